/** A deployment that is interrupted again and again, and what the cluster is like in the end. */
import { constants } from 'node:os';
import type { Cluster } from '../cluster/cluster';
import { type KubernetesObject, type List, title } from '../cluster/objects';
import { type Deployment, empty, expectMl, startMl } from './deploy-runs';

/** Numbers from 0 to 1, the same in each run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Milliseconds that a deployment may run before it is interrupted, at least and at most. */
const SPAN = [200, 12_000] as const;

/**
 * Empties the cluster, deploys, and interrupts that at random moments; where a deployment comes to its end, the cluster has
 * to be the same as after one that nobody interrupted.
 * @param secrets what the reader makes between the first stage and the others
 */
export async function interruptions(deployment: Deployment, secrets: string, count: number): Promise<string> {
  const { cluster, env } = deployment;
  await fromNothing(deployment, secrets);
  await expectMl(deployment, ['deploy', env.name], 0);
  const expected = await contents(cluster);
  const random = seeded(17);
  let interrupted = 0;
  let rounds = 0;
  while (interrupted < count) {
    await fromNothing(deployment, secrets);
    let ended = false;
    while (!ended && interrupted < count) {
      const moment = SPAN[0] + random() * (SPAN[1] - SPAN[0]);
      // Every other one is not asked to end, but killed.
      ended = !(await interruptedAfter(deployment, moment, interrupted % 2 === 0 ? 'SIGINT' : 'SIGKILL'));
      if (!ended) interrupted += 1;
    }
    await expectMl(deployment, ['deploy', env.name], 0);
    await expectMl(deployment, ['status', env.name], 0);
    differ(expected, await contents(cluster));
    rounds += 1;
  }
  return `${interrupted} interruptions in ${rounds} deployments; each ended in the same ${expected.size} objects`;
}

/** Empties the cluster, but for the namespaces that Secrets need, and these. */
async function fromNothing(deployment: Deployment, secrets: string): Promise<void> {
  await empty(deployment);
  await expectMl(deployment, ['deploy', deployment.env.name, '--only', '10-setup'], 0);
  await deployment.cluster.run(['create', '-f', '-'], secrets);
}

/** @returns whether it had not ended by itself before that */
async function interruptedAfter(deployment: Deployment, moment: number, signal: NodeJS.Signals): Promise<boolean> {
  const child = startMl(deployment, 'deploy', deployment.env.name);
  // On a slow machine the signal may come before the command listens for it. Then the kernel ends the process, which has no
  // exit code; a shell calls that 128 and the number of the signal too.
  const end = new Promise<number>((resolve) =>
    child.once('exit', (code, by) => resolve(code ?? (by === null ? -1 : 128 + constants.signals[by]))),
  );
  const timer = setTimeout(() => child.kill(signal), moment);
  const code = await end;
  clearTimeout(timer);
  if (code === 1) throw new Error(`a deployment failed that was to be interrupted after ${Math.round(moment)} ms`);
  if (signal === 'SIGINT' && code !== 0 && code !== 130) throw new Error(`Ctrl-C ends it with ${code}`);
  return code !== 0;
}

/** What comes and goes by itself. */
const PASSING = [
  'Event',
  'Lease',
  'Pod',
  'EndpointSlice',
  'Endpoints',
  // It is named by the address that a Service was dealt.
  'IPAddress',
  'ControllerRevision',
  'Node',
  'PersistentVolume',
];

/** Every object of the cluster, without what is another each time. */
export async function contents(cluster: Cluster): Promise<ReadonlyMap<string, string>> {
  const listing = await cluster.run(['api-resources', '--verbs=list,create', '-o', 'name']);
  const resources = listing
    .split('\n')
    .filter((name) => name !== '' && !/^(events|pods|leases|endpoints)\b/.test(name));
  const { items } = await cluster.get<List>('-A', resources.join());
  return new Map(
    items
      .filter(({ kind }) => !PASSING.includes(kind))
      .map((object) => [`${object.apiVersion} ${title(object)}`, text(object)]),
  );
}

function text(object: KubernetesObject): string {
  return JSON.stringify(object, (name, value: unknown) => (DEALT.includes(name) ? undefined : value));
}

/** Fields that the API server and controllers fill in, different each time. */
const DEALT = [
  'caBundle',
  'clusterIP',
  'clusterIPs',
  'controller-uid',
  'batch.kubernetes.io/controller-uid',
  'creationTimestamp',
  'generation',
  'resourceVersion',
  'revision',
  'status',
  'uid',
  'volumeName',
  'deployment.kubernetes.io/revision',
  // What the operator has applied, packed; the uid of its SeldonDeployment is in it.
  'seldon.io/last-applied',
];

/** @throws Error where two clusters are not the same */
export function differ(expected: ReadonlyMap<string, string>, found: ReadonlyMap<string, string>): void {
  const differences = [
    ...[...expected.keys()].filter((name) => !found.has(name)).map((name) => `${name} is missing`),
    ...[...found.keys()].filter((name) => !expected.has(name)).map((name) => `${name} is there as well`),
    ...[...expected].flatMap(([name, before]) => {
      const after = found.get(name);
      return after === undefined || after === before ? [] : [`${name}:\n  ${before}\n  ${after}`];
    }),
  ];
  if (differences.length > 0) throw new Error(`${differences.length} differences:\n${differences.join('\n')}`);
}
