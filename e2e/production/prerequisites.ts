/** What the cluster of a production environment has before it: its PREREQUISITES.md, as far as it is here. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Deployment, ml } from '../api/deploy-runs';
import type { Cluster } from '../cluster/cluster';

/** Types alone, of what does not run here. */
const TYPES = ['cert-manager.io', 'gateway.networking.k8s.io', 'monitoring.coreos.com'];

export async function installTypes(cluster: Cluster, project: string): Promise<string> {
  const folder = join(project, 'crds/third-party');
  const files = readdirSync(folder).filter((name) => TYPES.some((group) => name.startsWith(group)));
  for (const file of files) {
    const { code, stderr } = await cluster.kubectl(['apply', '--server-side', '-f', join(folder, file)]);
    // Other projects' files may be warned of.
    if (code !== 0) throw new Error(stderr);
    await cluster.established('-f', join(folder, file));
  }
  // Where cert-manager looks for authorities.
  await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'cert-manager' } });
  return TYPES.join(', ');
}

/** The cluster has what is needed; it warns of what does not run here. */
export async function doctorAgrees(deployment: Deployment): Promise<string> {
  const { stdout, stderr } = await ml(deployment, 'doctor', deployment.env.name);
  const lines = stdout.split('\n');
  const faults = lines.filter((line) => line.startsWith('fault'));
  if (faults.length > 0 || lines.length < 5) throw new Error(`${stdout}${stderr}`);
  const count = (word: string) => lines.filter((line) => line.startsWith(word)).length;
  return `${count('ok')} ok, ${count('warning')} warnings, ${count('fault')} faults`;
}
