/** The real CloudNativePG operator, as its release installs it. */
import { readFileSync } from 'node:fs';
import { loadAll } from 'js-yaml';
import type { CloudNativePg } from '../cluster/build/cloudnativepg';
import { nothingForbidden } from '../cluster/checks';
import { accepted, type Cluster, list, until } from '../cluster/cluster';
import type { Container, KubernetesObject } from '../cluster/objects';

export const OPERATOR = { namespace: 'cnpg-system', deployment: 'cnpg-controller-manager' };

interface Deployment extends KubernetesObject {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly Container[] } } };
}

/** The image that its release names, of which the operator runs a copy in each instance, too. */
export function operatorImage({ manifest }: CloudNativePg): string {
  const deployment = installedObjects(manifest).find(({ kind }) => kind === 'Deployment') as Deployment | undefined;
  const image = deployment?.spec.template.spec.containers[0]?.image;
  if (image === undefined) throw new Error(`${manifest} has no Deployment with an image`);
  return image;
}

/** Installs it. Its image is on the node, and in no registry; its limit of a tenth of a CPU is for clusters in use. */
export async function install(cluster: Cluster, { manifest }: CloudNativePg): Promise<string> {
  const text = JSON.stringify(installedObjects(manifest))
    .replaceAll('"imagePullPolicy":"Always"', '"imagePullPolicy":"IfNotPresent"')
    .replaceAll('"cpu":"100m","memory":"200Mi"', '"memory":"400Mi"');
  const objects = JSON.parse(text) as object[];
  await cluster.applyForeign('-', list(objects));
  await cluster.run([
    'rollout',
    'status',
    '-n',
    OPERATOR.namespace,
    `deployment/${OPERATOR.deployment}`,
    '--timeout=10m',
  ]);
  await until('its webhook refuses a cluster of no instances', 120, async () => {
    const said = await tryCluster(cluster, { instances: 0, storage: { size: '1Gi' } });
    return /instances/.test(said) ? undefined : said;
  });
  return `${objects.length} objects; its webhook answers`;
}

/** What is said of a Cluster, which is not made; empty where it is taken. */
export async function tryCluster(cluster: Cluster, spec: object): Promise<string> {
  const tried = {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Cluster',
    metadata: { name: 'tried', namespace: 'default' },
    spec,
  };
  const { code, stderr } = await cluster.kubectl(['create', '--dry-run=server', '-f', '-'], JSON.stringify(tried));
  return code === 0 ? '' : stderr;
}

/** An operator's account may do all that it tried. */
export async function wasAllowed(cluster: Cluster, { namespace, deployment } = OPERATOR): Promise<string> {
  const args = ['logs', '-n', namespace, `deployment/${deployment}`];
  return nothingForbidden(accepted('kubectl logs', await cluster.kubectl(args)));
}

/** The objects of a release's manifest. */
export const installedObjects = (manifest: string) =>
  (loadAll(readFileSync(manifest, 'utf8')) as (KubernetesObject | null)[]).filter((object) => object !== null);
