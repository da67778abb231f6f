/** npm run lint:manifests: judges environments by linters that others wrote. `--help` says more. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { kubernetesSource, patchVersion, versions } from '../cluster/build/kubernetes';
import { buildLinters } from '../cluster/build/tools';
import { Checks } from '../cluster/checks';
import { requireCommands, runProgram } from '../cluster/program';
import { definitions } from './definitions';
import { Exceptions, readExceptions } from './exceptions';
import { type Finding, kubeconform, kubeScore } from './findings';
import { plantedFaults } from './planted-faults';
import { writeSchemas } from './schemas';
import { type Subject, subjects } from './subjects';

const EXCEPTIONS = 'e2e/lint/exceptions.yaml';

const program = new Command('npm run lint:manifests')
  .description(
    'Judges every environment of environments/, those of examples/ and the one that a new repository starts with: by ' +
      'every check of kube-score, and by kubeconform against the types of the oldest and the newest Kubernetes.',
  )
  .addHelpText(
    'after',
    `
The models are judged as what the Seldon operator makes of them. What is excepted, and why, is in ${EXCEPTIONS};
an exception that excepts nothing is a fault, too. Needs Go, and no root; the linters are built once, into .cache/e2e.`,
  );

async function main(): Promise<number> {
  requireCommands({ go: 'Go 1.26 or later' });
  const project = process.cwd();
  const linters = await buildLinters(project);
  mkdirSync(join(project, '.cache/e2e'), { recursive: true });
  const work = mkdtempSync(join(project, '.cache/e2e/lint-'));
  try {
    return await judgeAll(project, work, linters);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** @returns the exit code */
async function judgeAll(project: string, work: string, linters: string): Promise<number> {
  const checks = new Checks();
  const releases = [...new Set([versions(project).at(0), versions(project).at(-1)])].filter(
    (name) => name !== undefined,
  );
  const schemas = releases.map((minor) => {
    const folder = join(work, 'schemas', minor);
    writeSchemas(folder, kubernetesSource(project, minor), definitions(project));
    return { minor, version: patchVersion(project, minor), folder };
  });
  const exceptions = new Exceptions(readExceptions(join(project, EXCEPTIONS)));
  const judged = subjects(project, join(work, 'rendered'));
  for (const subject of judged) {
    for (const minor of releases) {
      await checks.check(`${subject.name}: kube-score for ${minor}`, () =>
        judge(subject, kubeScore(linters, subject, minor), exceptions),
      );
    }
    for (const { version, folder } of schemas) {
      await checks.check(`${subject.name}: kubeconform, ${version}`, () =>
        judge(subject, kubeconform(linters, subject, folder), exceptions),
      );
    }
  }
  await checks.check('every exception is of use', () => {
    const unused = exceptions.unused(judged.map(({ profile }) => profile));
    if (unused.length > 0) throw new Error(`not needed any more, in ${EXCEPTIONS}:\n${unused.join('\n')}`);
    return 'none is left over';
  });
  const [starting] = subjects(project, join(work, 'starting'), ['the starting environment']);
  const newest = schemas.at(-1);
  await checks.check('planted faults are noticed', () => {
    if (!starting || !newest) throw new Error('there is nothing to plant a fault in');
    return plantedFaults(starting, work, (subject, check) => {
      // A manifest of the wrong type is none to kube-score.
      const findings =
        check === 'kubeconform'
          ? kubeconform(linters, subject, newest.folder)
          : kubeScore(linters, subject, newest.minor);
      return exceptions.remaining(findings, subject.profile);
    });
  });
  process.stdout.write(`${checks}`);
  return checks.failed ? 1 : 0;
}

/** @throws Error with what is found and not excepted */
function judge({ profile, objects }: Subject, findings: readonly Finding[], exceptions: Exceptions): string {
  const remaining = exceptions.remaining(findings, profile);
  if (remaining.length > 0) throw new Error(`${remaining.length} findings:\n${remaining.map(line).join('\n')}`);
  return `${objects} objects, ${findings.length} findings excepted`;
}

const line = ({ check, object, container, message }: Finding) =>
  `  ${check}: ${object}${container === '' ? '' : ` (${container})`}: ${message}`;

void runProgram(program, main);
