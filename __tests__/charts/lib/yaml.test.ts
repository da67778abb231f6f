/** YAML that every reader understands alike; `properties.test.ts` tries random values. */
import { CORE_SCHEMA, load } from 'js-yaml';
import { parse, parseAllDocuments } from 'yaml';
import { toYaml } from '../../../charts/lib/yaml';

/** kubectl, Argo CD and Flux read YAML 1.1; what came later reads 1.2. */
const readers: [string, (text: string) => unknown][] = [
  ['a YAML 1.1 reader', (text) => parse(text, { version: '1.1', merge: true })],
  ['a YAML 1.2 reader', (text) => parse(text, { version: '1.2' })],
  ['js-yaml', (text) => load(text, { schema: CORE_SCHEMA })],
];

const WORDS = ['no', 'NO', 'Yes', 'y', 'N', 'on', 'off', 'true', 'False', 'null', 'Null', '~', '', 'e5', 'E-5'];
const NUMBERS = [
  ...['0', '1', '-1', '+1', '012', '0o17', '0x1F', '0b11', '1_000', '1e3', '1E3', '1.', '.5', '-.5', '1.5'],
  ...['12:30', '1:2:3', '190:20:30', '.inf', '-.INF', '.nan', '5432', '1.17'],
];
const DATES = ['2026-11-03', '2026-11-03T10:00:00Z', '2026-11-03 10:00:00'];
const SYNTAX = [
  ...['=', '<<', '-', '- a', '? a', ': a', 'a: b', 'a:', 'a #b', '# a', '#', '%a', '@a', '`a`', '*a', '&a', '!a'],
  ...['!!str a', '|', '>', '[', ']', '[a]', '{', '}', '{a: b}', ',', '---', '...', '--- a', '"', "'", '"a"', "'a'"],
  ...['\\', 'a\\nb', ' a', 'a ', ' ', '\t', 'a\tb', '${a}', '$(A)', '%Y-%m', '0 3 * * *', '*/5', 'a, b', 'a: [b'],
];
const LINES = [
  ...['\n', 'a\n', 'a\nb', 'a\nb\n', 'a\n\nb\n', 'a\n\n', '\na', '\n\n', ' a\nb', 'a\n b\n', 'a\n  \nb\n', 'a \nb\n'],
  ...['a\n\tb\n', '\ta\nb', '- a\n- b\n', 'a: b\n---\nc: d\n', '# a\nb\n', '#!/bin/sh\nset -e\n'],
  ...['{\n  "a": 1\n}\n', 'a\n...\n', '%a\nb\n', '|\na\n', 'key: |\n  text\n'],
];
const UNICODE = ['é', 'Größe', '日本語', 'שלום', '🍷', 'a\u00a0b', '\u00ad', 'i̇', 'ﬁ', '日本\n語\n', '🍷\n🍷'];
const ORDINARY = [
  'a',
  '/tmp',
  'a/b:c',
  'registry.test:5000/a',
  's3://a/b',
  'a=b',
  '100m',
  '1Gi',
  '10Mi',
  'a b',
  'a-b_c',
];

describe.each(readers)('%s', (_, read) => {
  const strings = { WORDS, NUMBERS, DATES, SYNTAX, LINES, UNICODE, ORDINARY };

  test.each(Object.entries(strings))('reads strings as strings: %s', (__, texts) => {
    for (const text of texts) expect([text, read(toYaml([{ key: text }]))]).toEqual([text, { key: text }]);
  });

  test.each(Object.entries(strings))('reads them in lists and as keys: %s', (__, texts) => {
    for (const text of texts) {
      expect(read(toYaml([[text, [text]]]))).toEqual([text, [text]]);
      expect(read(toYaml([{ [text]: { [text]: text } }]))).toEqual({ [text]: { [text]: text } });
    }
  });

  test('reads numbers, truth values and nothing as what they are', () => {
    const value = { a: 0, b: -1.5, c: 1e21, d: 0.000_001, e: true, f: false, g: null, h: 2 ** 53 - 1 };
    expect(read(toYaml([value]))).toEqual(value);
  });

  test('reads lists and mappings, however deep and however empty', () => {
    const value = { a: [], b: {}, c: [[], {}, [[1], { d: [{ e: {} }] }]], f: { g: { h: [{ i: 1, j: [2] }, 3] } } };
    expect(read(toYaml([value]))).toEqual(value);
  });

  test('reads text of several lines at any depth', () => {
    const value = { a: [{ b: 'x\n  y\n\nz\n', c: ['x\ny', { d: 'x\ny\n' }] }] };
    expect(read(toYaml([value]))).toEqual(value);
  });
});

describe('what a reviewer sees', () => {
  test.each([
    ['a plain word', 'mlflow', 'key: mlflow\n'],
    ['an image', 'docker.io/library/postgres:18.6-trixie', 'key: docker.io/library/postgres:18.6-trixie\n'],
    ['a quantity', '100m', 'key: 100m\n'],
    ['a number in text', '5432', 'key: "5432"\n'],
    ['a word that YAML 1.1 takes for false', 'no', 'key: "no"\n'],
    ['letters of any language', 'Größe', 'key: "Größe"\n'],
    ['a script', 'set -e\nexit 0\n', 'key: |\n  set -e\n  exit 0\n'],
    ['lines without a last line break', 'a\nb', 'key: |-\n  a\n  b\n'],
    ['an empty list', [], 'key: []\n'],
    ['an empty mapping', {}, 'key: {}\n'],
    ['a list', [{ a: 1, b: 2 }, 'c'], 'key:\n  - a: 1\n    b: 2\n  - c\n'],
  ])('of %s', (_, value, text) => {
    expect(toYaml([{ key: value }])).toBe(text);
  });

  test('is no space at the end of an empty line of a script', () => {
    expect(toYaml([{ key: 'a\n\nb\n' }])).toBe('key: |\n  a\n\n  b\n');
  });

  test('is keys in the order that they are given, not sorted', () => {
    expect(toYaml([{ kind: 'b', apiVersion: 'a', '0a': 1 }])).toBe('kind: b\napiVersion: a\n"0a": 1\n');
  });

  test('is no key whose value is undefined', () => {
    expect(toYaml([{ a: undefined, b: 1 }, { a: undefined }])).toBe('b: 1\n---\n{}\n');
  });
});

describe('a file of several documents', () => {
  const documents = [{ a: 1 }, { b: '---\nc\n' }, { d: '...' }];

  test('is read as the same documents, in their order', () => {
    expect(parseAllDocuments(toYaml(documents)).map((document) => document.toJS())).toEqual(documents);
  });

  test('is empty without any', () => {
    expect(toYaml([])).toBe('');
  });
});

describe('what cannot be carried', () => {
  test.each([
    ['a number that JSON has not', Number.NaN, 'YAML cannot carry NaN'],
    ['infinity', -Infinity, 'YAML cannot carry -Infinity'],
    ['a function', () => {}, 'YAML cannot carry a function'],
    ['a big integer', 1n, 'YAML cannot carry a bigint'],
    ['a list with a hole', [undefined], 'YAML cannot carry a undefined'],
    ['a line break of Windows, which readers make one of Unix', 'a\r\nb', 'the character U+000D'],
    ['a control character', 'a\u0007b', 'the character U+0007 in "a\\u0007b" cannot be carried by YAML'],
    ['a line separator, which YAML 1.1 folds', 'a\u2028b', 'the character U+2028'],
    ['half of a character', 'a\ud83c', 'the character U+D83C'],
    ['a byte order mark', '\ufeffa', 'the character U+FEFF'],
  ])('is refused: %s', (_, value, message) => {
    expect(() => toYaml([{ key: value }])).toThrow(message);
  });

  test('is refused as a key too', () => {
    expect(() => toYaml([{ 'a\u0000': 1 }])).toThrow('the character U+0000');
    expect(() => toYaml([{ ['a'.repeat(1001)]: 1 }])).toThrow('YAML cannot carry a key of 1001 characters');
  });
});
