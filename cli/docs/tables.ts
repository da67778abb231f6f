/** The tables of the documents that follow from the code: configuration, Secrets and images. */

import { CATALOGUE, type CatalogueEntry, type Runtime } from '../../charts/images/catalogue';
import type { RequiredSecret } from '../../charts/lib/secret';
import { type JsonSchema, kindField, kindOf } from '../../config/json-schema';
import { workloadFields } from '../../config/workload';
import { markdownTable } from './markdown';

/** One row for each field of a schema: its path, type, default and meaning. */
export function configurationTable(schema: JsonSchema): string {
  const fields = rows(withoutRepetition(schema), '', false);
  return markdownTable(['field', 'type', 'default', 'meaning'], [...fields, ...workloadRows(schema)]);
}

const WORKLOAD_FIELDS = Object.keys(workloadFields);
const isWorkload = ({ oneOf, properties = {} }: JsonSchema): boolean =>
  oneOf?.some(isWorkload) ?? WORKLOAD_FIELDS.every((name) => name in properties);
/** The section, or that of its kinds which has pods. */
const withPods = (section: JsonSchema | undefined) => section?.oneOf?.find(isWorkload) ?? section;

/** The workloads within a section, such as "access.proxy". */
const partsOf = (section: string, { properties = {} }: JsonSchema) =>
  Object.entries(properties)
    .filter(([, field]) => isWorkload(field))
    .map(([name, field]) => [`${section}.${name}`, field] as const);

/** What every component with pods can be given, once for all of them. */
function workloadRows({ properties = {} }: JsonSchema): string[][] {
  const components = Object.entries(properties).flatMap(([name, field]) =>
    isWorkload(field) ? [[name, field] as const] : partsOf(name, field),
  );
  const fields = Object.entries(withPods(components[0]?.[1])?.properties ?? {}).filter(([name]) =>
    WORKLOAD_FIELDS.includes(name),
  );
  const names = components.map(([name]) => code(name)).join(', ');
  return fields.flatMap(([name, field], index) =>
    rows(field, `<component>.${name}`, false).map(([path = '', type = '', value = '', meaning = '']) => [
      path,
      type,
      value,
      index === 0 ? `${meaning}. Here and below, ${code('<component>')} is one of ${names}` : meaning,
    ]),
  );
}

/** What stands in lists and says the same as a field of the file itself is not said again. */
function withoutRepetition(schema: JsonSchema): JsonSchema {
  const { properties = {} } = schema;
  const own = ([name, field]: [string, JsonSchema]) => properties[name]?.description !== field.description;
  const fields = Object.entries(properties).map(([name, field]): [string, JsonSchema] => {
    const { items } = field;
    if (!items?.properties) return [name, field];
    return [
      name,
      { ...field, items: { ...items, properties: Object.fromEntries(Object.entries(items.properties).filter(own)) } },
    ];
  });
  return { ...schema, properties: Object.fromEntries(fields) };
}

/** Fields that are too many to list one by one, and all alike: what each is for. */
const ALIKE: Readonly<Record<string, string>> = { 'images.overrides': 'image', 'quotas.hard': 'namespace' };

function rows(schema: JsonSchema, path: string, required: boolean): string[][] {
  const { properties } = schema;
  const each = ALIKE[path];
  if (each !== undefined) {
    return Object.entries(Object.values(properties ?? {})[0]?.properties ?? {}).map(([name, field]) =>
      row(`${path}.<${each}>.${name}`, field, false),
    );
  }
  if (properties?.requests && properties.limits) {
    return [[code(path), 'requests and limits', resourceDefaults(properties), schema.description ?? '']];
  }
  if (properties) {
    const listed = Object.entries(properties).filter(
      ([name]) => path === '' || !isWorkload(schema) || !WORKLOAD_FIELDS.includes(name),
    );
    return listed.flatMap(([name, field]) =>
      rows(field, path === '' ? name : `${path}.${name}`, schema.required?.includes(name) ?? false),
    );
  }
  if (schema.oneOf) return rowsOfKinds(schema.oneOf, path);
  const { items } = schema;
  return items?.properties ? rows(items, `${path}[]`, false) : [row(path, schema, required)];
}

/** The fields of each kind of a section; what several kinds have is one row, which names them. */
function rowsOfKinds(kinds: readonly JsonSchema[], path: string): string[][] {
  const names = kinds.map((kind) => code(String(kindOf(kind))));
  const field = kindField(kinds[0] ?? {});
  const found = new Map<string, { readonly cells: string[]; readonly of: string[] }>();
  kinds.forEach((kind, index) => {
    const { [field]: _, ...properties } = kind.properties ?? {};
    for (const cells of rows({ ...kind, properties }, path, false)) {
      const same = found.get(cells.join('|')) ?? { cells, of: [] };
      same.of.push(names[index] ?? '');
      found.set(cells.join('|'), same);
    }
  });
  const [first = {}] = kinds.map(({ properties }) => properties?.[field]);
  const standard = kinds.find(({ required = [] }) => !required.includes(field));
  return [
    [
      code(`${path}.${field}`),
      names.join(', '),
      standard ? code(JSON.stringify(kindOf(standard))) : 'required',
      first.description ?? '',
    ],
    ...[...found.values()].map(({ cells: [name = '', type = '', value = '', meaning = ''], of }) => [
      name,
      type,
      value,
      of.length === kinds.length ? meaning : `${of.join(' and ')}: ${meaning}`,
    ]),
  ];
}

function row(path: string, schema: JsonSchema, required: boolean): string[] {
  const value = required ? 'required' : schema.default === undefined ? '' : code(JSON.stringify(schema.default));
  const example =
    schema.default === undefined && schema.examples ? `, such as ${code(JSON.stringify(schema.examples[0]))}` : '';
  return [code(path), typeOf(schema), value, `${schema.description ?? ''}${example}`];
}

function typeOf(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => code(String(value))).join(', ');
  if (schema.anyOf?.some(({ type }) => type === 'array')) return 'text or list of texts';
  if (schema.anyOf) return schema.anyOf.some(({ type }) => type === 'boolean') ? 'text, number or boolean' : 'quantity';
  if (schema.type === 'array') {
    return `list of ${schema.items?.anyOf ? 'values' : schema.items?.type === 'integer' ? 'numbers' : 'texts'}`;
  }
  const type = String(schema.type ?? 'object');
  return { string: 'text', object: 'mapping', integer: 'number' }[type] ?? type;
}

function resourceDefaults({ requests, limits }: Readonly<Record<string, JsonSchema>>): string {
  const amount = (name: string) => `${requests?.properties?.[name]?.default}–${limits?.properties?.[name]?.default}`;
  return `${amount('cpu')} CPU, ${amount('memory')} memory, ${amount('ephemeral-storage')} disk`;
}

/** One row for each Secret that must exist. */
export function secretsTable(secrets: readonly RequiredSecret[]): string {
  return markdownTable(
    ['namespace', 'Secret', 'keys', 'for'],
    secrets.map(({ namespace, name, data, purpose }) => [
      namespace,
      code(name),
      Object.keys(data).map(code).join(', '),
      purpose,
    ]),
  );
}

/** One row for each image of the catalogue. */
export function imagesTable(): string {
  return markdownTable(
    ['name', 'image', 'licence', 'runs on', 'for'],
    Object.entries(CATALOGUE).map(([name, { repository, tag, licence, purpose, ...known }]) => [
      code(name),
      code(`${repository}:${tag === 'seldon' ? '<seldon.version>' : tag}`),
      licence,
      'architecture' in known ? `${known.architecture} only` : '',
      purpose,
    ]),
  );
}

/** One row for each image that loads models: what it loads them with. */
export function runtimesTable(): string {
  const catalogue: Readonly<Record<string, CatalogueEntry>> = CATALOGUE;
  return markdownTable(
    ['image', 'for', 'Python', 'packages', 'known from'],
    Object.entries(catalogue).flatMap(([name, { purpose, runtime }]) =>
      runtime ? [[code(name), purpose, runtime.python, packages(runtime), runtime.source]] : [],
    ),
  );
}

const packages = ({ packages }: Runtime) =>
  Object.entries(packages)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ') || 'not known: the newest when it was built';

/**
 * Puts a table between its two comments in a Markdown text.
 * @param path of the text, for the message
 * @throws Error when the comments are not there
 */
export function insertTable(path: string, markdown: string, name: string, content: string): string {
  const start = `<!-- ${name}: written by "npm run docs" -->\n`;
  const end = `<!-- end of ${name} -->`;
  const [before, rest] = markdown.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) {
    throw new Error(`${path}: has no place for the table "${name}", between "${start.trim()}" and "${end}"`);
  }
  return `${before}${start}${content}${end}${after}`;
}

const code = (text: string) => `\`${text}\``;
