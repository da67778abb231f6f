/** The words of a structural schema, as the API server wants a CustomResourceDefinition to have. */

export interface Schema {
  type: string;
  description?: string;
  format?: string;
  nullable?: boolean;
  required?: string[];
  properties?: Record<string, Schema | IntOrString>;
  additionalProperties?: Schema;
  items?: Schema;
  'x-kubernetes-preserve-unknown-fields'?: true;
}
export interface IntOrString {
  'x-kubernetes-int-or-string': true;
  anyOf: [{ type: 'integer' }, { type: 'string' }];
}
type Properties = Record<string, Schema | IntOrString>;

export const string: Schema = { type: 'string' };
export const boolean: Schema = { type: 'boolean' };
export const int32: Schema = { type: 'integer', format: 'int32' };
export const int64: Schema = { type: 'integer', format: 'int64' };
export const intOrString: IntOrString = {
  'x-kubernetes-int-or-string': true,
  anyOf: [{ type: 'integer' }, { type: 'string' }],
};
/** A Kubernetes type that is not ours to freeze: nothing in it is pruned. */
export const open: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
export const array = (items: Schema): Schema => ({ type: 'array', items });
export const map = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });
export const object = (properties: Properties, required?: string[]): Schema => ({
  type: 'object',
  properties,
  ...(required ? { required } : {}),
});
export const doc = (description: string, schema: Schema): Schema => ({ ...schema, description });
