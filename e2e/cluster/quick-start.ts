/** The commands of README.md's quick start, so that what is proved is what is written there. */
import { accepted, type Cluster } from './cluster';
import { bashBlock, section } from './documents';
import type { Environment } from './environments';

/** A numbered step: the stage it applies, if any, and its commands for kubectl. */
export interface Step {
  readonly stage?: string;
  readonly commands: readonly string[];
}

/** Its steps for an environment: stages that minikube's does not have are applied in their place. */
export function quickStart(project: string, env: Environment): Step[] {
  const block = bashBlock(section(project, 'README.md', '## Quick start on minikube'));
  const steps = block.split(/\n\n/).flatMap((paragraph): Step[] => {
    const stage = /dist\/minikube\/(\S+)/.exec(paragraph)?.[1];
    const commands = paragraph.replaceAll('\\\n', ' ').split('\n').filter(runs);
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

/** Nothing listens on ports: there is no kubelet. */
const runs = (line: string) => /^(kubectl|npm run --silent secrets) /.test(line) && !line.includes('port-forward');

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
  for (const written of step.commands) {
    const secrets = `node ${project}/cli/run.mjs ${project}/cli/main.ts secrets ${env.name}`;
    const command = written
      .replaceAll('dist/minikube', env.folder)
      // npm would go up to the folder of package.json, where another environments/ lies.
      .replace(
        'npm run --silent secrets -- minikube',
        env.home === project ? `npm run --silent secrets -- ${env.name}` : secrets,
      )
      .replace(/--timeout=\d+m/, (given) => (asWritten ? given : '--timeout=3m'));
    const output = await cluster.kubectl(['-c', `set -euo pipefail; ${command}`], '', {
      program: 'bash',
      cwd: env.home,
    });
    accepted(written, output);
  }
  return step.commands.length === 1 ? '1 command' : `${step.commands.length} commands`;
}
