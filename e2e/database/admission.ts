/** What the operator's webhooks take, and what they refuse. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { driftOf } from '../api/gitops';
import { same } from '../cluster/checks';
import type { Cluster } from '../cluster/cluster';
import { type KubernetesObject, title } from '../cluster/objects';
import { tryCluster } from './operator';

/** Uses every option of a cluster, a backup and a recovery to a point in time among them. */
const EXAMPLE = 'examples/dist/replicated/30-data/postgres.yaml';
const NAMESPACE = 'default';

/** Every option is taken without a warning, and comes back as it was said. */
export async function takesTheExample(cluster: Cluster, project: string): Promise<string> {
  const objects = (loadAll(readFileSync(join(project, EXAMPLE), 'utf8')) as KubernetesObject[])
    .filter(({ apiVersion }) => apiVersion.startsWith('postgresql.cnpg.io/'))
    .map((object) => ({ ...object, metadata: { ...object.metadata, namespace: NAMESPACE } }));
  for (const object of objects) {
    const create = ['create', '--dry-run=server', '--validate=strict', '-o', 'json', '-f', '-'];
    const stored = JSON.parse(await cluster.run(create, JSON.stringify(object))) as KubernetesObject;
    same(driftOf(object, stored), []);
  }
  return objects.map(title).join(', ');
}

const VALID = { instances: 3, storage: { size: '1Gi' } };

/** Settings that synth refuses, as a Cluster would have them, and what the operator says of each. */
const REFUSED: readonly (readonly [spec: object, message: RegExp])[] = [
  [{ postgresql: { synchronous: { method: 'any', number: 3 } } }, /synchronous/],
  [
    { resources: { requests: { memory: '64Mi' } }, postgresql: { parameters: { shared_buffers: '128MB' } } },
    /shared_buffers/,
  ],
  [{ storage: { size: 'much' } }, /size/],
  [{ env: [{ name: 'PGTZ', value: 'UTC' }] }, /reserved/],
  [{ bootstrap: { recovery: { source: 'nowhere' } } }, /nowhere/],
];

export async function refusesWhatSynthRefuses(cluster: Cluster): Promise<string> {
  same(await tryCluster(cluster, VALID), '');
  for (const [spec, message] of REFUSED) {
    const said = await tryCluster(cluster, { ...VALID, ...spec });
    if (!message.test(said)) throw new Error(`${JSON.stringify(spec)}: ${said || 'is taken'}`);
  }
  return `${REFUSED.length} faults`;
}
