/** Imports lead one way: from the commands to the charts, from these to the vocabulary, and never in a circle. */
import { circles, importsOf, sourcesBelow, strays } from './support/imports';

const sources = sourcesBelow('charts', 'config', 'cli', 'e2e');
const imports = importsOf(sources);

test('no import runs in a circle', () => {
  expect(circles(imports)).toEqual([]);
});

test.each([
  ['charts/lib/', ['charts/lib/']],
  ['config/', ['config/', 'charts/lib/']],
  ['charts/', ['charts/', 'config/', 'imports/']],
  // What programs share does not know them.
  ['e2e/cluster/', ['e2e/cluster/', 'cli/command', 'cli/secrets/', 'charts/', 'config/', '__tests__/support/']],
  ['e2e/software/', ['e2e/software/', 'e2e/cluster/']],
])('%s imports only from %j', (folder, allowed) => {
  expect(strays(imports, folder, allowed)).toEqual([]);
});

test('one file alone has the Kubernetes API from its package, whose index loads more than that', () => {
  const users = [...sources].filter(([, text]) => /(from|require\() *'cdk8s-plus-27/.test(text)).map(([path]) => path);
  // The second is somebody else's program.
  expect(users).toEqual(['charts/lib/k8s.ts', 'e2e/package/app.ts']);
});

describe('the walker', () => {
  const read = (files: Record<string, string>) => importsOf(new Map(Object.entries(files)));

  test('reads the files that it judges, and what they import', () => {
    expect(imports.size).toBeGreaterThan(100);
    expect([...imports.values()].flat().length).toBeGreaterThan(imports.size);
    expect(imports.get('charts/models/models.ts')).toContain('charts/models/model.ts');
  });

  test.each([
    ["import { b } from './b';"],
    ["import type { B } from './b';"],
    ["import {\n  type B,\n  b,\n} from './b';"],
    ["import './b';"],
    ["export { b } from './b';"],
    ["export * from './b';"],
    ["const b = await import('./b');"],
    ["const b = require('./b');"],
  ])('finds the circle of %j', (text) => {
    const files = { 'x/a.ts': text, 'x/b.ts': "import { c } from '../c';", 'c.ts': "import { a } from './x/a';" };
    expect(circles(read(files))).toEqual(['x/a.ts > x/b.ts > c.ts > x/a.ts']);
  });

  test('finds a circle that does not go through the first file', () => {
    const files = { 'a.ts': "import './b';", 'b.ts': "import './c';", 'c.ts': "import './b';" };
    expect(circles(read(files))).toEqual(['b.ts > c.ts > b.ts']);
  });

  test('takes two ways to one file for no circle', () => {
    const files = {
      'a.ts': "import './b';\nimport './c';",
      'b.ts': "import './d';",
      'c.ts': "import './d';",
      'd.ts': '',
    };
    expect(circles(read(files))).toEqual([]);
  });

  test('takes a folder for its index', () => {
    const files = { 'a.ts': "import './b';", 'b/index.ts': "import '../a';" };
    expect(circles(read(files))).toEqual(['a.ts > b/index.ts > a.ts']);
  });

  test('finds an import that leaves its part of the project', () => {
    const files = {
      'low/a.ts': "import type { B } from '../high/b';",
      'high/b.ts': "import '../low/c';",
      'low/c.ts': '',
    };
    expect(strays(read(files), 'low/', ['low/'])).toEqual(['low/a.ts > high/b.ts']);
  });
});
