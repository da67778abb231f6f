/** Plain files are read without a YAML parser, and exactly as one reads them. */
import * as fc from 'fast-check';
import { CORE_SCHEMA, loadAll } from 'js-yaml';
import { flatYaml } from '../../config/flat-yaml';

/** What js-yaml makes of a text; undefined where it refuses it. */
function parsed(text: string): unknown {
  try {
    const documents = loadAll(text, { schema: CORE_SCHEMA });
    return documents.length > 1 ? undefined : (documents[0] ?? {});
  } catch {
    return undefined;
  }
}

test.each<[string, string, unknown]>([
  ['nothing', '', {}],
  [
    'words',
    'server: XGBOOST_SERVER\nuri: s3://models/churn/3\n',
    { server: 'XGBOOST_SERVER', uri: 's3://models/churn/3' },
  ],
  ['whole numbers', 'replicas: 12\nport: 0', { replicas: 12, port: 0 }],
  ['true and false', 'engine: true\npublic: false\n', { engine: true, public: false }],
  [
    'mappings in mappings, and what follows them',
    'resources:\n  requests:\n    memory: 320Mi\n\n  limits:\n    cpu: 2\nnode: scorer\n',
    { resources: { requests: { memory: '320Mi' }, limits: { cpu: 2 } }, node: 'scorer' },
  ],
])('it reads %s', (_, text, content) => {
  expect(flatYaml(text)).toEqual(content);
  expect(parsed(text)).toEqual(content);
});

test.each([
  ['a comment', '# mine\nserver: X\n'],
  ['a comment behind a value', 'server: X # mine\n'],
  ['a list', 'groups:\n  - a\n'],
  ['brackets', 'groups: [a]\n'],
  ['quotes', 'server: "X"\n'],
  ['a word that older readers take for true', 'server: yes\n'],
  ['null', 'server: null\n'],
  ['a key without a value', 'server:\nuri: x\n'],
  ['a key without a value at the end', 'server:\n'],
  ['a number with a fraction', 'cpu: 0.5\n'],
  ['a number of another base', 'mode: 0x1F\n'],
  ['a number with a zero in front', 'mode: 0644\n'],
  ['a number that JavaScript cannot hold', 'id: 12345678901234567890\n'],
  ['a field given twice', 'node: a\nnode: b\n'],
  ['a value that goes on in the next line', 'node: a\n  b\n'],
  ['another indentation', 'resources:\n    cpu: 1\n'],
  ['an indentation that fits no level', 'resources:\n  cpu: 1\n memory: 1Gi\n'],
  ['a mapping below a value', 'node: a\n  cpu: 1\n'],
  ['a tab', 'node:\ta\n'],
  ['line ends of Windows', 'node: a\r\n'],
  ['the start of a document', '---\nnode: a\n'],
  ['an alias', 'node: &a b\nother: *a\n'],
  ['a name of every object', 'constructor: a\n__proto__: b\n'],
])('it leaves %s to js-yaml', (_, text) => {
  expect(flatYaml(text)).toBeUndefined();
});

test('whatever lines a file has, it is read as js-yaml reads it', () => {
  const key = fc.constantFrom('a', 'uri', 'on', 'e5', 'null', 'resources', 'toString', '1', '"q"', '<<', '-');
  const value = fc.constantFrom(
    ...['', ' x', ' 7', ' 007', ' 1.5', ' 1e3', ' true', ' True', ' no', ' ~', ' s3://b/c:d', ' x: y', ' x #y', ' [x]'],
    ...[
      ' "x"',
      ' 320Mi',
      ' 2001-01-01',
      ' 12:30:45',
      ' a b',
      ' a  b',
      ' |',
      ' x ',
      ' -',
      ' - x',
      ' &x y',
      ' 0o7',
      ' .inf',
    ],
  );
  const line = fc
    .tuple(fc.constantFrom('', '', '  ', '  ', '    ', ' ', '\t'), key, fc.constantFrom(':', ':', ':', ''), value)
    .map((parts) => parts.join(''));
  const text = fc.array(
    fc.oneof({ weight: 9, arbitrary: line }, { weight: 1, arbitrary: fc.constantFrom('', '#', '---') }),
    {
      maxLength: 5,
    },
  );
  let read = 0;
  fc.assert(
    fc.property(text, (lines) => {
      const found = flatYaml(lines.join('\n'));
      if (found === undefined) return;
      read++;
      expect(found).toEqual(parsed(lines.join('\n')));
    }),
    { seed: 11, numRuns: 3000 },
  );
  expect(read).toBeGreaterThan(100);
});
