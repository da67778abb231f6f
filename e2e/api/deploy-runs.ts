/** Runs `ml-platform` against a cluster, as a user does, and plays what is around it: the operator, and who makes Secrets. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Parts } from '../cluster/build/parts';
import { accepted, type Cluster, type Output, until } from '../cluster/cluster';
import { type Environment, namespacesOf } from '../cluster/environments';
import type { List } from '../cluster/objects';
import { POD_ACCOUNT } from './in-place-of-pods';
import { NAMESPACE, startOperator, tokenOf } from './operator';

const program = (project: string) => [join(project, 'cli/run.mjs'), join(project, 'cli/main.ts')];

/** An environment, the cluster that it is deployed to, and the checkout whose command deploys it. */
export interface Deployment {
  readonly cluster: Cluster;
  readonly env: Environment;
  readonly project: string;
}

/** Runs `ml-platform` to its end. */
export function ml({ cluster, env, project }: Deployment, ...args: readonly string[]): Promise<Output> {
  return cluster.kubectl([...program(project), ...args], '', { program: process.execPath, cwd: env.home });
}

/** @throws Error where it ends with another code, or does not say something */
export async function expectMl(
  deployment: Deployment,
  args: readonly string[],
  code: number,
  ...says: readonly RegExp[]
): Promise<string> {
  const output = await ml(deployment, ...args);
  const text = `${output.stdout}${output.stderr}`;
  if (output.code !== code) throw new Error(`${args.join(' ')} ended with ${output.code}, not ${code}:\n${text}`);
  const unsaid = says.filter((pattern) => !pattern.test(text));
  if (unsaid.length > 0) throw new Error(`${args.join(' ')} does not say ${unsaid.join(', ')}:\n${text}`);
  return text;
}

/** Starts it, for somebody who will interrupt it. */
export function startMl({ cluster, env, project }: Deployment, ...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [...program(project), ...args], {
    cwd: env.home,
    env: cluster.environment(),
    stdio: 'ignore',
  });
}

/** Prints the Secrets, for several clusters to have the same. */
export async function secretsOf(deployment: Deployment): Promise<string> {
  return accepted('secrets', await ml(deployment, 'secrets', deployment.env.name));
}

/** Removes all that an environment has made, as nobody should do it to one in use. */
export async function empty({ cluster, env }: Deployment): Promise<void> {
  const clusterWide = env.objects.filter(({ metadata }) => metadata.namespace === undefined);
  const flags = ['--ignore-not-found', '--wait=false'];
  for (const { kind, metadata } of clusterWide) await cluster.kubectl(['delete', kind, metadata.name, ...flags]);
  await cluster.kubectl(['delete', 'validatingwebhookconfiguration', '--all']);
  // Nothing runs that could put an end to what it has made.
  await until('the environment is gone', 120, async () => {
    const { stdout } = await cluster.kubectl(['get', 'ns,crd', '-o', 'name']);
    const left = stdout.split('\n').filter((name) => isOf(env, name));
    return left.length === 0 ? undefined : left.join();
  });
  // Volumes that were claimed are not claimed again by themselves.
  const { items } = await cluster.get<List>('pv');
  for (const { metadata } of items) {
    await cluster.kubectl(['patch', 'pv', metadata.name, '--type=merge', '--patch={"spec":{"claimRef":null}}']);
  }
}

const isOf = (env: Environment, name: string) =>
  name.startsWith('customresourcedefinition') ||
  namespacesOf(env).some((namespace) => name === `namespace/${namespace}`);

/** Keeps the operator, which is a process here, running with the account that the environment has made last. */
export class OperatorKeeper {
  private account = '';
  private readonly ended: Promise<void>;
  private stopped = false;

  constructor(
    private readonly deployment: Deployment,
    private readonly parts: Parts,
  ) {
    this.ended = this.keep();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.ended;
  }

  private async keep(): Promise<void> {
    const { cluster } = this.deployment;
    while (!this.stopped) {
      const look = ['get', '-n', NAMESPACE, 'deployment,serviceaccount', '-o', 'jsonpath={.items[*].metadata.uid}'];
      const { stdout } = await cluster.kubectl(look);
      const { stdout: name } = await cluster.kubectl([...look.slice(0, 3), 'deployment', '-o', 'name']);
      if (name.trim() !== '' && stdout !== this.account) await this.start(stdout);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }

  private async start(account: string): Promise<void> {
    const { cluster, env } = this.deployment;
    try {
      if (this.account === '') {
        await startOperator(cluster, env, this.parts);
      } else {
        writeFileSync(join(POD_ACCOUNT, 'token'), await tokenOf(cluster));
        // It is started again when it ends.
        cluster.process('manager').kill('SIGKILL');
      }
      this.account = account;
    } catch {
      // The account goes as fast as it came where the environment is being removed; the next look tries again.
    }
  }
}
