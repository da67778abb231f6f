/** What `npm run docs` writes, and what README.md says of the platform. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { platformSchema } from '../charts/config';
import { CATALOGUE } from '../charts/images/catalogue';
import { Credential, RequiredSecret, secretText } from '../charts/lib/secret';
import { modelSchema } from '../charts/models/config';
import { composePlatform } from '../charts/platform';
import { documentation } from '../cli/docs/documentation';
import { configurationTable, insertTable, secretsTable } from '../cli/docs/tables';
import { inputSchema, type JsonSchema } from '../config/json-schema';
import { startingEnvironment } from './support/environments';
import { readFolder } from './support/folders';
import { filesOf, find } from './support/platform';

const read = (path: string) => readFileSync(path, 'utf8');
const readme = read('README.md');
const platform = composePlatform(startingEnvironment());
const objects = [...filesOf(platform).values()].flat();

describe('npm run docs', () => {
  const written = documentation(read);

  test.each(Object.keys(written))('has nothing to change in %s', (path) => {
    expect(read(path)).toBe(written[path]);
  });

  test.each([
    ['cli/init/template', 'environments'],
    ['', 'examples/environments'],
  ])('writes the schema that each environment file of %s%s names in its first line', (root, folder) => {
    const files = Object.entries(readFolder(join(root, folder))).filter(([path]) => /\.yaml$/.test(path));
    expect(files.length).toBeGreaterThan(2);
    for (const [path, text] of files) {
      const schema = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1] ?? 'none';
      expect(Object.keys(written)).toContain(join(folder, dirname(path), schema));
    }
  });

  test('keeps what people wrote', () => {
    const mine = readme.replace('# ML platform', () => '# Mine $& $1');
    expect(documentation((path) => (path === 'README.md' ? mine : read(path)))['README.md']).toBe(mine);
  });

  test('mends a table', () => {
    const broken = readme.replace(/^\| `clusterDomain`.*\n/m, '');
    expect(broken).not.toBe(readme);
    expect(documentation((path) => (path === 'README.md' ? broken : read(path)))['README.md']).toBe(readme);
  });
});

describe('every field of an environment', () => {
  /** Every field of a schema: its path and what is known of it. */
  const fields = (schema: JsonSchema, path: string): [string, JsonSchema][] => [
    [path, schema],
    ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) => fields(field, `${path}.${name}`)),
    ...(schema.items?.properties ? fields(schema.items, `${path}[]`).slice(1) : []),
  ];
  const all = [...fields(inputSchema(platformSchema), 'platform'), ...fields(inputSchema(modelSchema), 'model')];

  test('says what it means, in one line', () => {
    expect(all.length).toBeGreaterThan(80);
    // The images are alike: what an override says is said once for all of them.
    const missing = all.filter(
      ([path, { description = '' }]) => !/^\S[^\n]*$/.test(description) && !/overrides\.\w+$/.test(path),
    );
    expect(missing.map(([path]) => path)).toEqual([]);
  });

  test('is in README.md, alone or with the resources it belongs to', () => {
    const leaves = all.filter(
      ([path, { properties, items }]) => !properties && !items?.properties && !/overrides\./.test(path),
    );
    const root = inputSchema(modelSchema).properties ?? {};
    // A predictor may say what the file says; it is told once.
    const told = (path: string) => {
      const [, field = ''] = /^model\.predictors\[\]\.(\w+)/.exec(path) ?? [];
      return field in root && !['name', 'replicas', 'graph'].includes(field);
    };
    const rows = leaves
      .filter(([path]) => !told(path))
      .map(([path]) => path.replace(/^\w+\./, '').replace(/\.(requests|limits)\..*$/, ''));
    expect(rows.filter((path) => !readme.includes(`\n| \`${path}\` | `))).toEqual([]);
  });
});

describe('the table of a schema', () => {
  const tableOf = (shape: z.core.$ZodLooseShape) =>
    configurationTable(inputSchema(z.strictObject(shape)))
      .split('\n')
      .slice(2, -1);

  test.each<[string, z.ZodType, string]>([
    ['a text with a default', z.string().default('x').describe('Means x'), '| `field` | text | `"x"` | Means x |'],
    ['a number', z.int().default(3).describe('Means 3'), '| `field` | number | `3` | Means 3 |'],
    ['a choice', z.enum(['a', 'b']).default('a').describe('One'), '| `field` | `a`, `b` | `"a"` | One |'],
    ['a list', z.array(z.string()).default([]).describe('Many'), '| `field` | list of texts | `[]` | Many |'],
    ['a required field', z.string().describe('Must be'), '| `field` | text | required | Must be |'],
    ['a pipe', z.string().default('a|b').describe('c | d'), '| `field` | text | `"a\\|b"` | c \\| d |'],
    [
      'an optional field, with its example',
      z
        .string()
        .optional()
        .meta({ examples: ['such'] })
        .describe('May be'),
      '| `field` | text |  | May be, such as `"such"` |',
    ],
  ])('has a row for %s', (_, field, row) => {
    expect(tableOf({ field })).toEqual([row]);
  });

  test('names a field inside another by its path', () => {
    const inner = z.strictObject({ b: z.string().default('').describe('Inner') });
    expect(tableOf({ a: inner.prefault({}) })).toEqual(['| `a.b` | text | `""` | Inner |']);
  });
});

describe('a table in a text', () => {
  const place = 'before\n<!-- x: written by "npm run docs" -->\nold\n<!-- end of x -->\nafter\n';

  test('takes the place of the old one, whatever characters it has', () => {
    const text = place.replace('old\n', () => '| $& $1 |\n');
    expect(insertTable(place, 'x', '| $& $1 |\n')).toBe(text);
    expect(insertTable(text, 'x', '| $& $1 |\n')).toBe(text);
  });

  test.each([
    ['is missing', 'text'],
    ['has no end', place.replace('<!-- end of x -->', '')],
    ['is another’s', place.replaceAll(' x', ' y')],
  ])('is refused where its place %s', (_, text) => {
    expect(() => insertTable(text, 'x', '')).toThrow('README.md has no place for the table "x"');
  });
});

test('the table of Secrets names each with its keys and never a value', () => {
  const text = secretText`fixed-x${new Credential('ID_X', 'opens x')}`;
  const secret = new RequiredSecret({
    namespace: 'space-x',
    name: 'name-x',
    purpose: 'For x',
    data: { a: text, b: text },
  });
  const [, , row, ...rest] = secretsTable([secret]).split('\n');
  expect(row).toBe('| space-x | `name-x` | `a`, `b` | For x |');
  expect(rest).toEqual(['']);
});

describe('README.md', () => {
  test.each(
    platform.secrets.map(({ namespace, name, data }): [string, string, string[]] => [
      namespace,
      name,
      Object.keys(data),
    ]),
  )('lists the Secret %s/%s with every key', (namespace, name, keys) => {
    expect(readme).toContain(`\n| ${namespace} | \`${name}\` | ${keys.map((key) => `\`${key}\``).join(', ')} | `);
  });

  const without = (named: readonly [string, RegExp][]) =>
    named.flatMap(([name, pattern]) => (pattern.test(readme) ? [] : [name]));

  test('names every Service that has an address, with its port', () => {
    const services = objects.filter(({ kind, spec }) => kind === 'Service' && spec.clusterIP !== 'None');
    expect(services.length).toBeGreaterThan(4);
    const named = services.map(({ metadata: { name, namespace }, spec }): [string, RegExp] => [
      name,
      new RegExp(`\`${name}(\\.${namespace})?:${spec.ports[0].port}\``),
    ]);
    expect(without(named)).toEqual([]);
  });

  test('has every namespace in its table of what is deployed', () => {
    const namespaces = objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
    expect(namespaces).toHaveLength(6);
    expect(without(namespaces.map((name) => [name, new RegExp(`\n\\| ${name} +\\|`)]))).toEqual([]);
  });

  test('lists every image of the catalogue with its licence', () => {
    const named = Object.entries(CATALOGUE).map(([name, { repository, licence }]): [string, RegExp] => [
      name,
      new RegExp(`\n\\| \`${name}\` \\| \`${repository}:[^\`]+\` \\| ${licence} \\| `),
    ]);
    expect(without(named)).toEqual([]);
  });

  test('waits only for what there is, in its namespace', () => {
    const named = [...readme.matchAll(/-n (\S+) (deployment|statefulset|svc)\/([a-z0-9-]+)/g)];
    expect(named.length).toBeGreaterThan(7);
    const kinds: Record<string, string> = { deployment: 'Deployment', statefulset: 'StatefulSet', svc: 'Service' };
    // The operator makes the Service of a model.
    const rendered = named.filter(([, namespace]) => namespace !== 'ml-models');
    for (const [, namespace, kind = '', name = ''] of rendered) {
      expect([name, find(objects, kinds[kind] ?? '', name).metadata.namespace]).toEqual([name, namespace]);
    }
  });

  test('applies every stage of dist/, once and in order', () => {
    const start = readme.slice(readme.indexOf('## Quick start'), readme.indexOf('## What is deployed'));
    const applied = [...start.matchAll(/apply .*-f dist\/minikube\/(\S+)/g)].map(([, stage]) => stage);
    const stages = new Set([...filesOf(platform).keys()].map((path) => path.split('/')[0]));
    expect(applied).toEqual([...stages].sort());
  });

  test('names only npm scripts that there are', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = [...readme.matchAll(/npm run (?:--silent )?([a-z0-9:]+)/g)].map(([, name]) => name ?? '');
    expect([...new Set(named)].filter((name) => !(name in scripts))).toEqual([]);
  });

  test('names only folders and files that there are', () => {
    const section = readme.slice(readme.indexOf('## Repository'));
    const named = [...section.matchAll(/^([a-z_]+\/|main\.ts) {2,}/gm)].map(([, path]) => path ?? '');
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });
});
