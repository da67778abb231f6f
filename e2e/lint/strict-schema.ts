/** OpenAPI 3.0, as the API server publishes it, as JSON Schema of draft 4 that refuses unknown fields. */

/** A part of an OpenAPI document. */
export type OpenApi = Readonly<Record<string, unknown>>;

/** Keywords whose value is a schema, a list of schemas, or schemas by name. */
const ONE = ['items', 'additionalProperties'];
const ALTERNATIVES = ['allOf', 'anyOf', 'oneOf', 'not'];

/** @param closed whether fields that it does not list are refused; alternatives only narrow what stands around them */
export function strict(schema: OpenApi, closed = true): OpenApi {
  const entries = Object.entries(schema).flatMap(([keyword, value]): [string, unknown][] => {
    if (/^(description|default|example|nullable|x-kubernetes-.*)$/.test(keyword)) return [];
    if (keyword === '$ref') return [[keyword, String(value).replace('#/components/schemas/', '#/definitions/')]];
    if (keyword === 'properties') return [[keyword, mapped(value as OpenApi, (part) => strict(part, closed))]];
    if (ONE.includes(keyword) && isSchema(value)) return [[keyword, strict(value, closed)]];
    if (ALTERNATIVES.includes(keyword)) return [[keyword, alternatives(value, (part) => strict(part, false))]];
    return [[keyword, value]];
  });
  const { properties, additionalProperties } = schema;
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const strictly = Object.fromEntries(entries);
  if (closed && properties !== undefined && additionalProperties === undefined && !open) {
    strictly.additionalProperties = false;
  }
  if (schema['x-kubernetes-int-or-string'] === true) strictly.type = ['integer', 'string'];
  return schema.nullable === true ? { anyOf: [{ type: 'null' }, strictly] } : strictly;
}

const isSchema = (value: unknown): value is OpenApi => typeof value === 'object' && value !== null;

const mapped = (parts: OpenApi, change: (part: OpenApi) => OpenApi) =>
  Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, change(part as OpenApi)]));

const alternatives = (value: unknown, change: (part: OpenApi) => OpenApi): unknown =>
  Array.isArray(value) ? value.map((part) => change(part as OpenApi)) : change(value as OpenApi);
