/** The real CloudNativePG operator and its Barman Cloud plugin, as their releases install them, with the rights of their accounts. */
import { appendFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { PLUGIN as PLUGIN_NAME } from '../../charts/postgresql/archive';
import type { CloudNativePg } from '../cluster/build/cloudnativepg';
import { type Cluster, HOST, until } from '../cluster/cluster';
import { OPERATOR, tryCluster } from '../database/operator';
import { applyRelease, runInPlaceOfPods, wereAllowed } from './in-place-of-pods';

const PLUGIN = 'barman-cloud';

export async function installCloudNativePg(cluster: Cluster, { root, manifest }: CloudNativePg): Promise<string> {
  const objects = await applyRelease(cluster, manifest);
  // It looks for the programs of instances beside itself.
  symlinkSync(join(root, 'operator'), cluster.file('operator'));
  await runInPlaceOfPods(cluster, {
    ...OPERATOR,
    file: join(root, 'manager'),
    // The Seldon operator has its metrics at the same port, of the same machine.
    args: ['--metrics-bind-address=0'],
  });
  await until('its webhook refuses a cluster of no instances', 120, async () => {
    const said = await tryCluster(cluster, { instances: 0, storage: { size: '1Gi' } });
    return /instances/.test(said) ? undefined : said;
  });
  return `${objects} objects; its webhook answers`;
}

/** Its certificates are made by cert-manager, which has to run; the operator finds it by the name of its Service. */
export async function installBarmanPlugin(cluster: Cluster, { root, manifest }: CloudNativePg): Promise<string> {
  const objects = await applyRelease(cluster, manifest);
  appendFileSync('/etc/hosts', `${HOST} ${PLUGIN}.${OPERATOR.namespace}.svc\n`);
  await runInPlaceOfPods(cluster, {
    namespace: OPERATOR.namespace,
    deployment: PLUGIN,
    file: join(root, 'manager'),
  });
  await until('the operator has registered the plugin', 120, async () =>
    cluster.log(OPERATOR.deployment).includes('"Registered plugin"') ? undefined : cluster.log(PLUGIN).slice(-2000),
  );
  return `${objects} objects; the operator knows ${PLUGIN_NAME}`;
}

/** Both accounts have the rights that they need. */
export const cloudNativePgWasAllowed = (cluster: Cluster) => wereAllowed(cluster, [OPERATOR.deployment, PLUGIN]);
