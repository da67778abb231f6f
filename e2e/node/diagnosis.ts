import type { Cluster } from '../cluster/cluster';

/** What Kubernetes itself says is wrong, for a reader of a failure. */
export async function diagnosis(cluster: Cluster): Promise<string> {
  const pods = await cluster.kubectl(['get', 'pods', '-A', '-o', 'wide']);
  const events = await cluster.kubectl(['get', 'events', '-A', '--field-selector', 'type=Warning']);
  const unready = pods.stdout.split('\n').filter((line) => / 0\/[1-9] /.test(line) && !line.includes('Completed'));
  const logs = unready.map(async (line) => {
    const [namespace = '', name = ''] = line.split(/\s+/);
    const args = ['logs', '-n', namespace, name, '--all-containers', '--tail=15'];
    return `--- ${namespace}/${name}\n${(await cluster.kubectl(args)).stdout}`;
  });
  return [pods.stdout, events.stdout, ...(await Promise.all(logs)), cluster.logs(5)].join('\n');
}
