/** How documents merge, and which file is named for what. */
import { type Document, merge, originOf } from '../../config/merge';

const said = (file: string, content: unknown): Document => ({ content, said: { file } });
const merged = (...contents: unknown[]) =>
  contents.map((content, index) => said(`file-${index}`, content)).reduce(merge);

describe('a document over its base', () => {
  test.each<[string, unknown[], unknown]>([
    ['says more', [{ a: 1 }, { b: 2 }], { a: 1, b: 2 }],
    ['wins', [{ a: 1 }, { a: 2 }], { a: 2 }],
    [
      'wins with a value that is false, empty or zero',
      [
        { a: 1, b: 1, c: 1 },
        { a: 0, b: '', c: false },
      ],
      { a: 0, b: '', c: false },
    ],
    [
      'merges mappings at any depth',
      [{ a: { b: { c: 1, d: 1 } } }, { a: { b: { d: 2 } } }],
      { a: { b: { c: 1, d: 2 } } },
    ],
    ['replaces lists', [{ a: [1, 2] }, { a: [3] }], { a: [3] }],
    ['replaces mappings in lists', [{ a: [{ b: 1, c: 1 }] }, { a: [{ b: 2 }] }], { a: [{ b: 2 }] }],
    ['replaces a mapping by a value', [{ a: { b: 1 } }, { a: 2 }], { a: 2 }],
    ['replaces a value by a mapping', [{ a: 2 }, { a: { b: 1 } }], { a: { b: 1 } }],
    ['removes with null', [{ a: { b: 1, c: 1 } }, { a: { b: null } }], { a: { c: 1 } }],
    ['removes a mapping with null', [{ a: { b: 1 }, c: 1 }, { a: null }], { c: 1 }],
    ['keeps a null that removes nothing', [{ a: 1 }, { b: null }], { a: 1, b: null }],
    ['fills a null of its base', [{ a: null }, { a: 1 }], { a: 1 }],
    ['is the last of several', [{ a: 1, b: 1, c: 1 }, { b: 2, c: 2 }, { c: 3 }], { a: 1, b: 2, c: 3 }],
    ['says again what a later base removed', [{ a: { b: 1, c: 1 } }, { a: null }, { a: { c: 3 } }], { a: { c: 3 } }],
  ])('%s', (_, contents, result) => {
    expect(merged(...contents).content).toEqual(result);
  });

  test('leaves the base as it was', () => {
    const base = said('base', { a: { b: 1 } });
    merge(base, said('over', { a: { b: 2, c: null } }));
    expect(base.content).toEqual({ a: { b: 1 } });
  });

  test('takes "__proto__" for a name like any other', () => {
    const { content } = merged({ a: 1 }, JSON.parse('{"__proto__": {"b": 2}}'));
    expect(Object.keys(content as object)).toEqual(['a', '__proto__']);
    expect((content as { b?: number }).b).toBeUndefined();
  });

  test('is refused where aliases multiply, or lead back to themselves', () => {
    const own: Record<string, unknown> = {};
    own.self = own;
    const bomb = Array.from({ length: 12 }).reduce<unknown>((inner) => ({ a: inner, b: inner }), {});
    for (const content of [own, bomb]) expect(() => merged(content, content)).toThrow('more than 1000 mappings');
  });
});

describe('the file of a value', () => {
  const origin = originOf(
    merged({ a: { x: 1, y: 1 }, list: [{ z: 1 }], whole: { w: 1 } }, { a: { y: 2 }, own: { v: 1 } }, { last: 1 }),
  );
  test.each<[string, readonly PropertyKey[], string]>([
    ['is the one that says it', ['a', 'x'], 'file-0'],
    ['is the last one that says it', ['a', 'y'], 'file-1'],
    ['in a mapping that one file says whole', ['whole', 'w'], 'file-0'],
    ['in a list is that of the list', ['list', 0, 'z'], 'file-0'],
    ['that a list lacks is that of the list, since lists do not merge', ['list', 0, 'missing'], 'file-0'],
    ['that nobody says is the file itself', ['a', 'missing'], 'file-2'],
    ['that nobody says at the top is the file itself', ['missing', 'deeper'], 'file-2'],
    ['below a value that is no mapping is the file of that value', ['own', 'v', 'deeper'], 'file-1'],
    ['as a whole is the file itself', [], 'file-2'],
  ])('%s', (_, path, file) => {
    expect(origin.fileOf(path)).toBe(file);
  });

  test('without a base is always the file', () => {
    expect(originOf(said('only', { a: 1 })).fileOf(['a', 'b'])).toBe('only');
  });
});
