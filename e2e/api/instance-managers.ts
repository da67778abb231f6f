/** Answers the CloudNativePG operator in place of its instances: as if a server ran in each pod, the target the primary. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import type { CloudNativePg } from '../cluster/build/cloudnativepg';
import type { Cluster } from '../cluster/cluster';
import type { KubernetesObject, List, Pod } from '../cluster/objects';
import { secretData } from './in-place-of-pods';

/** Where the operator asks an instance for its status: pkg/management/url of CloudNativePG. */
const STATUS = { port: 8000, path: '/pg/status' };

export interface PostgresqlCluster extends KubernetesObject {
  readonly spec: {
    readonly instances: number;
    readonly certificates?: { readonly serverTLSSecret?: string };
  };
  readonly status?: {
    readonly phase?: string;
    readonly readyInstances?: number;
    readonly currentPrimary?: string;
    readonly targetPrimary?: string;
  };
}

interface Running extends Pod {
  readonly status: Pod['status'] & { readonly podIP?: string };
}

/** Listens at the address of every pod, until the run ends. */
export async function playInstanceManagers(
  cluster: Cluster,
  { metadata, spec }: PostgresqlCluster,
  { root }: CloudNativePg,
): Promise<string> {
  const { name, namespace = '' } = metadata;
  const secret = spec.certificates?.serverTLSSecret ?? `${name}-server`;
  const { 'tls.crt': cert, 'tls.key': key } = await secretData(cluster, namespace, secret);
  const executable = createHash('sha256')
    .update(readFileSync(join(root, 'manager')))
    .digest('hex');
  const server = createServer({ cert, key }, async ({ url, socket }, response) => {
    try {
      if (url !== STATUS.path) throw new Error(`${url} is not answered`);
      const isPrimary =
        (await podAt(cluster, namespace, name, socket.localAddress)) === (await primary(cluster, metadata));
      response.end(JSON.stringify({ ...statusOf(isPrimary), executableHash: executable }));
    } catch (error) {
      response.writeHead(503).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(STATUS.port, resolve));
  server.unref();
  return `at port ${STATUS.port} of every pod`;
}

/** PostgresqlStatus of pkg/postgres/status.go: all is well, and nothing has been written since. */
const statusOf = (isPrimary: boolean) => ({
  isPrimary,
  systemID: '7000000000000000000',
  instanceArch: 'amd64',
  sessionID: 'e2e',
  timeLineID: 1,
  loadedConfigurationHash: 'e2e',
  isArchivingWAL: isPrimary,
  ...(isPrimary ? { currentLsn: '0/5000000' } : { receivedLsn: '0/5000000', replayLsn: '0/5000000' }),
  isWalReceiverActive: !isPrimary,
});

async function podAt(cluster: Cluster, namespace: string, name: string, address: string | undefined) {
  const ours = ['-l', `cnpg.io/cluster=${name},cnpg.io/podRole=instance`];
  const { items } = await cluster.get<List<Running>>('-n', namespace, 'pods', ...ours);
  const found = items.find(({ status }) => status.podIP !== undefined && address?.endsWith(status.podIP));
  if (found === undefined) throw new Error(`${address} is of no instance`);
  return found.metadata.name;
}

/** The target, which says itself that it has become the primary. */
async function primary(cluster: Cluster, { name, namespace = '' }: KubernetesObject['metadata']) {
  const { status = {} } = await cluster.get<PostgresqlCluster>('-n', namespace, 'clusters.postgresql.cnpg.io', name);
  const { targetPrimary, currentPrimary } = status;
  if (targetPrimary !== undefined && targetPrimary !== currentPrimary) {
    const patch = JSON.stringify({ status: { currentPrimary: targetPrimary } });
    const what = ['-n', namespace, 'clusters.postgresql.cnpg.io', name];
    await cluster.run(['patch', ...what, '--subresource=status', '--type=merge', '-p', patch]);
  }
  return targetPrimary;
}
