/** Each block of code in the documents says what becomes of it, so that none is there that no test looks at. */
import { existsSync, readFileSync } from 'node:fs';
import { type Block, blocksOf, DOCUMENTS, placeOf } from '../support/markdown';

const blocks = DOCUMENTS.flatMap((file) => blocksOf(file));

/** What somebody could run. Other languages only show something. */
const RUN = ['bash', 'sh', 'python'];

/** What a block lacks; nothing where it is complete. */
function faultOf({ file, language, marks, text }: Block): string | undefined {
  if (text.trim() === '') return 'is empty';
  if (language === 'yaml') return marks.file ? undefined : 'has no "<!-- file: PATH -->", the file that it is';
  if (!RUN.includes(language)) return undefined;
  const runner = marks['run by'];
  if (runner === undefined && !marks['checked only']) {
    return 'has neither "<!-- run by: FILE -->" nor "<!-- checked only: REASON -->"';
  }
  if (runner === undefined) return undefined;
  if (!existsSync(runner)) return `is run by ${runner}, which does not exist`;
  return readFileSync(runner, 'utf8').includes(file) ? undefined : `is run by ${runner}, which does not read ${file}`;
}

test('there are blocks of commands, of YAML and of Python', () => {
  const languages = blocks.map(({ language }) => language);
  expect(languages).toEqual(expect.arrayContaining(['bash', 'yaml', 'python']));
  expect(blocks.length).toBeGreaterThan(50);
});

test.each(blocks.map((block) => [placeOf(block), block] as const))('%s says what becomes of it', (_, block) => {
  expect(faultOf(block)).toBeUndefined();
});

describe('a block', () => {
  const faultIn = (text: string) => blocksOf('x.md', text).map(faultOf);

  test.each([
    ['```bash\nls\n```', 'has neither'],
    ['```sh\nls\n```', 'has neither'],
    ['<!-- run by: e2e/none.ts -->\n```bash\nls\n```', 'e2e/none.ts, which does not exist'],
    ['<!-- run by: main.ts -->\n```bash\nls\n```', 'main.ts, which does not read x.md'],
    ['<!-- checked only -->\n```bash\nls\n```', 'has neither'],
    ['<!-- file: x.yaml -->\nwords\n```yaml\na: 1\n```', 'has no'],
    ['```yaml\na: 1\n```', 'has no'],
    ['```python\nx\n```', 'has neither'],
    ['```\n\n```', 'is empty'],
  ])('%j is refused', (text, fault) => {
    expect(faultIn(text)).toEqual([expect.stringContaining(fault)]);
  });

  test('has the comments above it, and no others', () => {
    const text = '<!-- a: 1 -->\n<!-- b -->\n```bash\nls\n```\n```bash\ncd\n```\n';
    expect(blocksOf('x.md', text).map(({ marks }) => marks)).toEqual([{ a: '1', b: '' }, {}]);
  });
});
