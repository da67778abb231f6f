/** What the cluster of a production environment has before it: its PREREQUISITES.md, as far as it is here. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ml } from '../api/deploy-runs';
import type { Check } from '../cluster/checks';
import type { Cluster } from '../cluster/cluster';
import type { Environment } from '../cluster/environments';
import { installPlugin, storeOutside } from '../database/archive';
import { install } from '../database/operator';
import { installCertManagerPods } from './cert-manager';
import { BUCKETS } from './environment';
import { storeImage } from './images';
import type { ProductionProps } from './props';

/** Types alone, of what does not run here. */
const TYPES = ['gateway.networking.k8s.io', 'monitoring.coreos.com'];

export function prerequisites(props: ProductionProps, cluster: Cluster, env: Environment): Check[] {
  const { project, work, certManager, operator, plugin } = props;
  // It outlives the cluster.
  const outside = { hostPath: { path: join(work, 'outside'), type: 'DirectoryOrCreate' } };
  return [
    ['types of what does not run', () => installTypes(cluster, project)],
    ['cert-manager is installed', () => installCertManagerPods(cluster, certManager)],
    ['the CloudNativePG operator is installed', () => install(cluster, operator)],
    ['the Barman Cloud plugin is installed', () => installPlugin(cluster, plugin)],
    ['a store outside the platform', () => storeOutside(cluster, storeImage(env), outside, BUCKETS)],
    ['doctor finds what the cluster has', () => doctorAgrees(cluster, env, project)],
  ];
}

async function installTypes(cluster: Cluster, project: string): Promise<string> {
  const folder = join(project, 'crds/third-party');
  const files = readdirSync(folder).filter((name) => TYPES.some((group) => name.startsWith(group)));
  for (const file of files) {
    await cluster.applyForeign(join(folder, file));
    await cluster.established('-f', join(folder, file));
  }
  return TYPES.join(', ');
}

/** The cluster has what is needed; it warns of what does not run here. */
async function doctorAgrees(cluster: Cluster, env: Environment, project: string): Promise<string> {
  const { stdout, stderr } = await ml({ cluster, env, project }, 'doctor', env.name);
  const lines = stdout.split('\n');
  const faults = lines.filter((line) => line.startsWith('fault'));
  if (faults.length > 0 || lines.length < 5) throw new Error(`${stdout}${stderr}`);
  const count = (word: string) => lines.filter((line) => line.startsWith(word)).length;
  return `${count('ok')} ok, ${count('warning')} warnings, ${count('fault')} faults`;
}
