/** The rendered manifests of every environment: what a reviewer reads in a pull request. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvironments } from '../charts/environments';
import { renderEnvironments } from '../charts/synth';

const rendered = [...renderEnvironments(loadEnvironments('environments'))];

describe.each(rendered)('$path', ({ path, text }) => {
  test('is what was reviewed', () => {
    expect(text).toMatchSnapshot();
  });

  test('is in dist/ as it is rendered now', () => {
    expect(readFileSync(join('dist', path), 'utf8')).toBe(text);
  });
});

test('dist/ has no other files', () => {
  const files = readdirSync('dist', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice('dist/'.length));
  expect(files.sort()).toEqual(rendered.map(({ path }) => path).sort());
});

/** The environment that uses every option, for those who look for how to say something. */
const examples = [...renderEnvironments(loadEnvironments('examples/environments'))];

describe.each(examples)('examples: $path', ({ path, text }) => {
  test('is in examples/dist/ as it is rendered now', () => {
    expect(readFileSync(join('examples/dist', path), 'utf8')).toBe(text);
  });
});
