/** What `npm run docs` writes is current, and complete. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { platformSchema } from '../../charts/config';
import { modelSchema } from '../../charts/models/config';
import { documentation } from '../../cli/docs/documentation';
import { inputSchema, type JsonSchema } from '../../config/json-schema';
import { workloadFields } from '../../config/workload';
import { readFolder } from '../support/folders';

const CONFIGURATION = 'docs/configuration.md';
const read = (path: string) => readFileSync(path, 'utf8');
const configuration = read(CONFIGURATION);

describe('npm run docs', () => {
  const written = documentation(read);
  const writtenOver = (text: string) =>
    documentation((path) => (path === CONFIGURATION ? text : read(path)))[CONFIGURATION];

  test.each(Object.keys(written))('has nothing to change in %s', (path) => {
    expect(read(path)).toBe(written[path]);
  });

  test('writes the schema that each file of the starting environment names in its first line', () => {
    const files = Object.entries(readFolder('cli/init/template')).filter(([path]) =>
      /platform\.yaml$|models\/.*yaml$/.test(path),
    );
    expect(files.length).toBeGreaterThan(2);
    for (const [path, text] of files) {
      const schema = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1] ?? 'none';
      expect(Object.keys(written)).toContain(join(dirname(path), schema));
    }
  });

  test('keeps what people wrote', () => {
    const mine = configuration.replace('# Configuration', () => '# Mine $& $1');
    expect(writtenOver(mine)).toBe(mine);
  });

  test('mends a table', () => {
    const broken = configuration.replace(/^\| `clusterDomain`.*\n/m, '');
    expect(broken).not.toBe(configuration);
    expect(writtenOver(broken)).toBe(configuration);
  });
});

describe('every field of an environment', () => {
  /** Every field of a schema: its path and what is known of it. */
  const fields = (schema: JsonSchema, path: string): [string, JsonSchema][] => [
    [path, schema],
    ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) => fields(field, `${path}.${name}`)),
    ...(schema.oneOf ?? []).flatMap((kind) => fields(kind, path).slice(1)),
    ...(schema.items?.properties ? fields(schema.items, `${path}[]`).slice(1) : []),
  ];
  const all = [...fields(inputSchema(platformSchema), 'platform'), ...fields(inputSchema(modelSchema), 'model')];

  test('says what it means, in one line', () => {
    expect(all.length).toBeGreaterThan(80);
    // The images are alike: what an override says is said once for all of them. So is what the kinds of a section are.
    const missing = all.filter(
      ([path, { description = '', const: kind }]) =>
        kind === undefined && !/^\S[^\n]*$/.test(description) && !/overrides\.\w+$/.test(path),
    );
    expect(missing.map(([path]) => path)).toEqual([]);
  });

  test(`is in ${CONFIGURATION}, alone or with the resources it belongs to`, () => {
    const leaves = all.filter(
      ([path, { properties, items, oneOf }]) =>
        !properties && !oneOf && !items?.properties && !/overrides\.|quotas\.hard\.|teams\[\]\.quota\./.test(path),
    );
    const root = inputSchema(modelSchema).properties ?? {};
    // A predictor may say what the file says; it is told once.
    const told = (path: string) => {
      const [, field = ''] = /^model\.predictors\[\]\.(\w+)/.exec(path) ?? [];
      return field in root && !['name', 'replicas', 'graph'].includes(field);
    };
    const rows = leaves
      .filter(([path]) => !told(path))
      .map(([path]) => path.replace(/^\w+\./, '').replace(/\.(requests|limits)\..*$/, ''))
      .map((path) => {
        // What every component takes is told once for all of them.
        const parts = path.split('.');
        const told = parts.findIndex((part, index) => index > 0 && part.replace('[]', '') in workloadFields);
        return told > 0 && !['placement', 'delivery'].includes(parts[0] ?? '')
          ? ['<component>', ...parts.slice(told)].join('.')
          : path;
      });
    expect(rows.filter((path) => !configuration.includes(`\n| \`${path}\` | `))).toEqual([]);
  });
});
