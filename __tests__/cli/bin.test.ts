/** The command `ml-platform` in a clone. In a repository of one's own it is tested by e2e/package/package.test.ts. */
import { version } from '../../package.json';
import { writeFiles } from '../support/environments';
import { copyProject, type Project } from '../support/project';

let project: Project;
beforeAll(() => {
  project = copyProject();
}, 60_000);
afterAll(() => project.remove());

test('npx finds it', () => {
  expect(project.run(['npx', '--no-install', 'ml-platform', '--version'])).toMatchObject({
    status: 0,
    stdout: `${version}\n`,
  });
}, 60_000);

test('runs the sources, whatever bundle "npm pack" has left behind', () => {
  writeFiles(project.root, { 'build/cli.js': 'throw new Error("stale");\n' });
  expect(project.run(['node', 'cli/bin.mjs', '--version'])).toMatchObject({ status: 0, stdout: `${version}\n` });
}, 60_000);
