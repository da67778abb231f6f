/** A bucket outside the platform, and the real Barman Cloud plugin, which puts base backups and the WAL into it. */
import { PLUGIN as PLUGIN_NAME } from '../../charts/postgresql/archive';
import type { CloudNativePg } from '../cluster/build/cloudnativepg';
import { type Cluster, list, until } from '../cluster/cluster';
import type { KubernetesObject, List, Pod } from '../cluster/objects';
import type { FurtherImage } from '../node/oci-images';
import type { Software } from '../software/install';
import { inContainer } from '../software/stand-ins';
import { type Certificate, issue } from './certificates';
import { type Database, NAME, NAMESPACE } from './database';
import { installedObjects, OPERATOR } from './operator';

/** The images that its release builds: the plugin, and what runs beside each instance. */
const PLUGIN = 'localhost/barman-plugin:1';
const SIDECAR = 'localhost/barman-sidecar:1';
const OUTSIDE = 'outside';

/** What the environment says of the bucket. */
export const ARCHIVE = {
  endpoint: `http://store.${OUTSIDE}.svc:9000`,
  bucket: 'archive',
  path: 'ml/database',
  accessKeyId: 'archive-key',
};
/** The key to it, as whoever has the bucket gives it. */
export const ARCHIVE_KEY = 'given-to-a-test';

/** As containers/ of the plugin has them. */
export function pluginImages(
  { root }: CloudNativePg,
  software: Software,
  barman: string,
): Record<string, FurtherImage> {
  const path = `${inContainer(software, barman)}/bin:/usr/bin:/bin`;
  return {
    [PLUGIN]: { folder: root, entrypoint: ['/manager'] },
    [SIDECAR]: { folder: root, entrypoint: ['/manager'], software: [barman], path },
  };
}

/**
 * Makes a store of one pod, with buckets, in a namespace that no policy of the platform knows.
 * @param volume where its data is
 */
export async function storeOutside(
  cluster: Cluster,
  image: string,
  volume: object = { emptyDir: {} },
  buckets: readonly string[] = [ARCHIVE.bucket],
): Promise<string> {
  const metadata = { name: 'store', namespace: OUTSIDE };
  const labels = { app: 'store' };
  const env = { MINIO_ROOT_USER: ARCHIVE.accessKeyId, MINIO_ROOT_PASSWORD: ARCHIVE_KEY };
  const container = {
    name: 'store',
    image,
    args: ['server', '/data'],
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    readinessProbe: { httpGet: { path: '/minio/health/ready', port: 9000 } },
    volumeMounts: [{ name: 'data', mountPath: '/data' }],
  };
  const spec = { containers: [container], volumes: [{ name: 'data', ...volume }] };
  await cluster.create(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: OUTSIDE } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ port: 9000 }] } },
  );
  await cluster.run(['rollout', 'status', '-n', OUTSIDE, 'deployment/store', '--timeout=5m']);
  const places = buckets.map((bucket) => `here/${bucket}`).join(' ');
  const make = `mc alias set here http://localhost:9000 ${ARCHIVE.accessKeyId} ${ARCHIVE_KEY} && mc mb --ignore-existing ${places}`;
  await cluster.run(['exec', '-n', OUTSIDE, 'deployment/store', '--', 'sh', '-c', make]);
  return ARCHIVE.endpoint;
}

/**
 * Installs the plugin as its release does.
 * @param folder where its certificates are made. @default - by cert-manager
 */
export async function installPlugin(cluster: Cluster, { manifest }: CloudNativePg, folder?: string): Promise<string> {
  const named = JSON.stringify(installedObjects(manifest)).replaceAll(/"image":"[^"]+"/g, `"image":"${PLUGIN}"`);
  const all = JSON.parse(named) as KubernetesObject[];
  const objects = all.map((object) => ('data' in object && object.kind === 'Secret' ? sidecarNamed(object) : object));
  const applied = folder === undefined ? objects : objects.filter(isOfKubernetes);
  await cluster.run(['apply', '--server-side', '-f', '-'], list(applied));
  if (folder !== undefined)
    await issue(cluster, objects.filter(({ kind }) => kind === 'Certificate') as Certificate[], folder);
  await cluster.run([...['rollout', 'status', '-n', OPERATOR.namespace, 'deployment/barman-cloud', '--timeout=5m']]);
  return `${objects.length} objects`;
}

/** Issuers and certificates are of cert-manager, which may not run. */
const isOfKubernetes = ({ apiVersion }: KubernetesObject) => !apiVersion.startsWith('cert-manager.io/');

const sidecarNamed = (secret: KubernetesObject) => ({
  ...secret,
  data: { SIDECAR_IMAGE: Buffer.from(SIDECAR).toString('base64') },
});

interface Backup extends KubernetesObject {
  readonly status?: { readonly phase?: string; readonly error?: string };
}

/** Asks for a base backup out of turn. */
export const makeBackup = (cluster: Cluster): Promise<string> =>
  cluster.create({
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Backup',
    metadata: { name: 'out-of-turn', namespace: NAMESPACE },
    spec: {
      cluster: { name: NAME },
      method: 'plugin',
      pluginConfiguration: { name: PLUGIN_NAME },
    },
  });

/** Waits until a base backup of the cluster is in the bucket. */
export async function backedUp(cluster: Cluster, since: number): Promise<string> {
  const made = async () => {
    const { items } = await cluster.get<List<Backup>>('-n', NAMESPACE, 'backups.postgresql.cnpg.io');
    return items.filter(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '') >= since);
  };
  await until('a base backup is complete', 600, async () => {
    const backups = await made();
    const failed = backups.find(({ status }) => status?.phase === 'failed');
    if (failed) throw new Error(`${failed.metadata.name}: ${failed.status?.error}`);
    const phases = backups.map(({ status }) => status?.phase ?? 'new');
    return phases.includes('completed') ? undefined : `backups: ${phases.join() || 'none'}`;
  });
  const [backup] = await made();
  return backup?.metadata.name ?? '';
}

/** Waits until every instance has the container that archives. */
export async function archives({ cluster }: Database): Promise<void> {
  await until('every instance archives', 900, async () => {
    const { items } = await cluster.get<List<Pod>>('-n', NAMESPACE, 'pods', '-l', `cnpg.io/cluster=${NAME}`);
    const without = items.filter((pod) => !JSON.stringify(pod).includes('"name":"plugin-barman-cloud"'));
    return without.length === 0 ? undefined : without.map(({ metadata }) => metadata.name).join();
  });
}
