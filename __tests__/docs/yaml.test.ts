/** Every YAML block of the documents is synthesized into the starting environment. */
import { type Block, blocksOf, DOCUMENTS, placeOf } from '../support/markdown';
import { filesOf } from '../support/platform';
import { platformsWith } from '../support/starting-platform';

const blocks = DOCUMENTS.flatMap((file) => blocksOf(file)).filter(({ language }) => language === 'yaml');

/** The blocks below one heading are one change to the environment. */
const sections = new Map<string, Block[]>();
for (const block of blocks) {
  const name = `${block.file}: ${block.heading}`;
  sections.set(name, [...(sections.get(name) ?? []), block]);
}

const filesIn = (section: readonly Block[]) =>
  Object.fromEntries(section.map(({ marks, text }) => [marks.file ?? '', text]));

test.each([...sections])('%s is accepted', (_, section) => {
  const files = filesIn(section);
  expect(Object.keys(files)).toHaveLength(section.length);
  const rendered = platformsWith(files).flatMap((platform) => [...filesOf(platform).keys()]);
  const models = Object.keys(files).flatMap((path) => /\/models\/(.*)\.yaml$/.exec(path)?.[1] ?? []);
  expect(rendered).toEqual(expect.arrayContaining(models.map((name) => `50-models/${name}.yaml`)));
});

test('a block that is no environment file is refused', () => {
  expect(() => platformsWith({ 'elsewhere.yaml': 'a: 1' })).toThrow('elsewhere.yaml: is no file of');
});

test('a field that does not exist is refused', () => {
  const [block] = blocks.filter(({ marks }) => marks.file?.endsWith('platform.yaml'));
  if (!block) throw new Error('no document shows a platform.yaml');
  expect(() => platformsWith({ ...filesIn([block]), [block.marks.file ?? '']: `${block.text}nope: 1\n` })).toThrow(
    'nope: unknown field',
  );
  expect(placeOf(block)).toMatch(/^\S+\.md:\d+ /);
});
