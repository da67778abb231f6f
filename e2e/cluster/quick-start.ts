/** The commands of README.md's quick start, so that what is proved is what is written there. */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEnvironment } from '../../charts/environment/environments';
import { composePlatform } from '../../charts/platform';
import { credentialsOf } from '../../cli/secrets/credentials';
import type { Cluster } from './cluster';
import { blocksBelow, runDocumented } from './documents';
import { type Environment, hasFolders } from './environments';
import { STARTING } from './repository';

/** A numbered step: the stage it applies, if any, and its commands for kubectl. */
export interface Step {
  readonly stage?: string;
  readonly commands: readonly string[];
}

/** Its steps for an environment: stages that the starting environment does not have are applied in their place. */
export function quickStart(project: string, env: Environment): Step[] {
  const [block] = blocksBelow(project, 'README.md', 'Quick start on minikube');
  const steps = (block?.text ?? '').split(/\n\n/).flatMap((paragraph): Step[] => {
    const stage = /dist\/minikube\/(\S+)/.exec(paragraph)?.[1];
    const commands = paragraph
      .replaceAll('\\\n', ' ')
      .split('\n')
      .filter((line) => runs(line) && hasAwaited(line, env));
    const known = stage === undefined || env.stages.includes(stage);
    return commands.length > 0 && known ? [{ stage, commands }] : [];
  });
  for (const stage of env.stages) {
    if (steps.some((step) => step.stage === stage)) continue;
    const next = steps.findIndex((step) => step.stage !== undefined && step.stage > stage);
    const commands = [`kubectl apply --server-side -f dist/minikube/${stage}`];
    steps.splice(next < 0 ? steps.length : next, 0, { stage, commands });
  }
  return steps;
}

/** The rest is for minikube and for training. */
const runs = (line: string) => /^(kubectl|npm run --silent secrets) /.test(line) && !line.includes('port-forward');

/** Whether an environment has what a command waits for: it may leave a component out, and have others in the same stage. */
function hasAwaited(line: string, { objects }: Environment): boolean {
  const [, namespace, kind = '', name] = /^kubectl rollout status -n (\S+) (\w+)\/(\S+)/.exec(line) ?? [];
  if (name === undefined) return true;
  return objects.some(
    (object) =>
      object.kind.toLowerCase() === kind && object.metadata.name === name && object.metadata.namespace === namespace,
  );
}

/**
 * Runs a step's commands, once each.
 * @param asWritten whether they wait as long as is written: where no container starts there is nothing to wait for
 */
export async function perform(
  cluster: Cluster,
  env: Environment,
  project: string,
  step: Step,
  { asWritten = false } = {},
): Promise<string> {
  const { home, name } = env;
  for (const written of step.commands) {
    const command = written
      .replace(/(?<=apply --server-side )(?=-f dist)/, step.stage && hasFolders(env, step.stage) ? '-R ' : '')
      .replaceAll(`dist/${STARTING}`, `dist/${name}`)
      .replace(`secrets -- ${STARTING}`, `secrets -- ${name}${valuesOf(home, name)}`)
      .replace(/--timeout=\d+m/, (given) => (asWritten ? given : '--timeout=3m'));
    await runDocumented(cluster, command, { project, home });
  }
  return step.commands.length === 1 ? '1 command' : `${step.commands.length} commands`;
}

/** The option that names a file with what a person would have to give; nothing where the platform makes or has all of it. */
function valuesOf(home: string, name: string): string {
  if (existsSync(join(home, 'environments', name, 'secrets.env'))) return '';
  const { secrets } = composePlatform(loadEnvironment(join(home, 'environments'), name));
  const given = credentialsOf(secrets).filter(({ origin }) => origin === 'given');
  if (given.length === 0) return '';
  const file = join(mkdtempSync(join(tmpdir(), 'given-')), 'secrets.env');
  writeFileSync(file, given.map(({ id }) => `${id}=given-to-a-test\n`).join(''));
  return ` --values ${file}`;
}
