/** The fast reader of written YAML: the same as a library's, or nothing. */
import { loadAll } from 'js-yaml';
import { toYaml } from '../../../charts/lib/yaml';
import { readWritten } from '../../../cli/report/written-yaml';
import { readFolder } from '../../support/folders';

const files = Object.entries({ ...readFolder('dist'), ...readFolder('examples/dist') }).filter(([path]) =>
  path.endsWith('.yaml'),
);

test('every file that is rendered here is read, as js-yaml reads it', () => {
  expect(files.length).toBeGreaterThan(40);
  for (const [path, text] of files) expect([path, readWritten(text)]).toEqual([path, loadAll(text)]);
});

test.each<[string, unknown]>([
  ['empty collections', { a: [], b: {}, c: [{}, []] }],
  ['numbers and words', { a: [0, -1.5, 1e21, true, false, null], b: ['1', 'true', 'null', 'no', '1e3', ''] }],
  ['lists of lists', { a: [[1, [2, ['x']]], [{ b: [{ c: 1 }] }]] }],
  ['texts of several lines', { a: 'one\n\n  two\nthree\n', b: ['x\ny'], c: { d: 'no end\nhere' } }],
  ['keys that need quotes', { 'a: b': 1, '"': 2, '#': { yes: 3 } }],
  ['a text that looks like the end of a document', { a: 'x\n---\ny\n' }],
])('%s are read as they were written', (_, value) => {
  expect(readWritten(toYaml([value, { second: 1 }]))).toEqual([value, { second: 1 }]);
});

test.each([
  ['a comment after a value', 'a: b # c\n'],
  ['an anchor', 'a: &x 1\nb: *x\n'],
  ['single quotes', "a: 'b'\n"],
  ['a flow mapping', 'a: {b: c}\n'],
  ['another indentation', 'a:\n    b: c\n'],
  ['a folded text', 'a: >\n  b\n'],
  ['a key twice', 'a: 1\na: 2\n'],
  ['no line break at the end', 'a: 1'],
  ['a YAML 1.1 boolean', 'a: yes\n'],
])('%s is left to a library', (_, text) => {
  expect(readWritten(text)).toBeUndefined();
});
