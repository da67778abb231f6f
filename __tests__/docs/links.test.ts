/** Every link of every Markdown file leads somewhere, and every source file that one names is there. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { anchorsOf, codeOf, DOCUMENTS, linksOf, markdownFiles } from '../support/markdown';

const files = markdownFiles();

/** What is wrong with a link, and nothing where it resolves. Addresses of the network are not asked. */
function faultOf(file: string, link: string, read = (path: string) => readFileSync(path, 'utf8')): string[] {
  if (/^(https?|mailto):/.test(link)) return [];
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? file : normalize(join(dirname(file), path));
  if (!existsSync(target)) return [`${file}: ${link}: ${target} does not exist`];
  if (anchor === undefined) return [];
  if (statSync(target).isDirectory() || !anchorsOf(read(target)).includes(anchor)) {
    return [`${file}: ${link}: ${target} has no heading for it`];
  }
  return [];
}

test('all documents are found', () => {
  expect(files).toEqual(expect.arrayContaining([...DOCUMENTS, 'e2e/README.md', 'datascience/README.md']));
});

test.each(files)('%s has only links that resolve', (file) => {
  expect(linksOf(readFileSync(file, 'utf8')).flatMap((link) => faultOf(file, link))).toEqual([]);
});

test.each(DOCUMENTS.filter((file) => file !== 'README.md'))('README.md leads to %s', (file) => {
  expect(linksOf(readFileSync('README.md', 'utf8'))).toContain(file);
});

/** The folders of the sources, with everything in them. */
const SOURCES = ['__tests__', 'bench', 'charts', 'cli', 'config', 'e2e'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path.replaceAll('\\', '/')}`),
);
/** The component that CONTRIBUTING.md shows how to add. */
const ADDED = /\bcharts\/greeter\//;

/** The sources that a text names and that are not there. `<component>` and `*` stand for any name. */
function lostSources(text: string): string[] {
  return codeOf(text)
    .filter((code) => /^(__tests__|bench|charts|cli|config|e2e)\/[^…{]*$/.test(code) && !ADDED.test(code))
    .filter((code) => {
      const [path = ''] = code.replace(/<[^>]*>/g, '*').split(' ');
      const pattern = new RegExp(`^${path.replace(/\/$/, '').replaceAll('.', '\\.').replaceAll('*', '[^/]+')}$`);
      return !SOURCES.some((source) => pattern.test(source)) && !existsSync(path);
    });
}

// What is in crds/third-party/ names the sources of others.
test.each(files.filter((file) => !file.startsWith('crds/')))('%s names only sources that are there', (file) => {
  expect(lostSources(readFileSync(file, 'utf8'))).toEqual([]);
});

test('a source that is not there is found', () => {
  const text =
    '`charts/none.ts`, `charts/*/none.ts`, `charts/<component>/config.ts`, `charts/models/`, `cli/run.mjs FILE`';
  expect(lostSources(text)).toEqual(['charts/none.ts', 'charts/*/none.ts']);
});

describe('a link', () => {
  test.each([
    ['docs/none.md', 'docs/none.md does not exist'],
    ['docs/models.md#none', 'docs/models.md has no heading for it'],
    ['#none', 'README.md has no heading for it'],
    ['docs#none', 'docs has no heading for it'],
  ])('%s is refused', (link, fault) => {
    expect(faultOf('README.md', link)).toEqual([`README.md: ${link}: ${fault}`]);
  });

  test.each(['#limits', 'docs/', 'docs/models.md#call-a-model', 'https://example.com/none'])('%s resolves', (link) => {
    expect(faultOf('README.md', link)).toEqual([]);
  });

  test('is found beside pictures, and not in code', () => {
    const text = '![p](a.svg) [x](b.md#c) <http://d> `[y](e)`\n```\n[z](f)\n```\n';
    expect(linksOf(text)).toEqual(['a.svg', 'b.md#c']);
  });

  test('finds headings by the names that GitHub gives them', () => {
    expect(anchorsOf('# A B\n## `x`, y/z?\n## A B\n')).toEqual(['a-b', 'x-yz', 'a-b-1']);
  });
});
