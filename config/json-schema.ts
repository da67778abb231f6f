/** The configuration as JSON Schema: what editors complete, error messages quote and docs/configuration.md lists. */
import * as z from 'zod';

/** The part of JSON Schema that the configuration uses. */
export interface JsonSchema {
  readonly type?: string;
  readonly anyOf?: readonly JsonSchema[];
  /** The kinds of a section, each with the field that says which it is, such as `kind`, as a constant. */
  readonly oneOf?: readonly JsonSchema[];
  readonly const?: unknown;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  /** What recurs is said once, below $defs. */
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

/**
 * What is known of each schema. Making it takes some 15 ms, and a run may have thousands of faulty files, each of whose
 * messages quotes it.
 */
const known = new WeakMap<z.ZodType, JsonSchema>();

/** What a file may say, with the defaults and examples of each field. */
export function inputSchema(schema: z.ZodType): JsonSchema {
  const made = known.get(schema) ?? toJsonSchema(schema);
  known.set(schema, made);
  return made;
}

function toJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    // zod leaves these out where a value is transformed; ours only turn a number into text.
    override: ({ zodSchema, jsonSchema }) => {
      jsonSchema.examples ??= examplesOf(zodSchema);
      if (zodSchema instanceof z.ZodDefault) jsonSchema.default ??= zodSchema.def.defaultValue;
    },
  }) as JsonSchema;
}

/** The examples of a field, which it keeps through describe() and default(). */
function examplesOf(schema: z.core.$ZodType): unknown[] | undefined {
  const inner = schema instanceof z.ZodDefault || schema instanceof z.ZodOptional ? schema.unwrap() : undefined;
  const examples = z.globalRegistry.get(schema)?.examples;
  return Array.isArray(examples) ? examples : inner && examplesOf(inner);
}

/** The field by which sections of several kinds say which they are: `kind` of most. */
export const kindField = ({ properties = {} }: JsonSchema) =>
  Object.keys(properties).find((name) => properties[name]?.const !== undefined) ?? 'kind';

/** The kind of section that a schema is of, where it is one of several. */
export const kindOf = (schema: JsonSchema) => schema.properties?.[kindField(schema)]?.const;

/** The kind that a section of several says it is; that which need not say it where it says none that there is. */
export function kindIn({ oneOf = [] }: JsonSchema, section: unknown): JsonSchema | undefined {
  const field = kindField(oneOf[0] ?? {});
  const said = typeof section === 'object' && section !== null ? Reflect.get(section, field) : undefined;
  return oneOf.find((kind) => kindOf(kind) === said) ?? oneOf.find(({ required = [] }) => !required.includes(field));
}
