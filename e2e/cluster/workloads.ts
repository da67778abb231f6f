/** Whether the controllers could make what the manifests ask for, and the scheduler could place it. */
import { type Cluster, until } from './cluster';
import type { KubernetesObject, List, Pod, Workload } from './objects';
import { title } from './objects';

const WORKLOADS = 'deployments,statefulsets,jobs,replicasets';

interface Event extends KubernetesObject {
  readonly reason: string;
  readonly message: string;
  readonly involvedObject: { readonly kind: string; readonly name: string; readonly namespace?: string };
}

/** Waits until every workload has all its pods, each on the node, running or finished. */
export async function settled(cluster: Cluster): Promise<string> {
  await until('every workload has all its pods', 120, async () => {
    const refused = await refusals(cluster);
    if (refused.length > 0) throw new Error(refused.join('\n'));
    const behind = await unfinished(cluster);
    return behind.length > 0 ? `${behind.join(', ')}; ${(await unplaced(cluster)).join('; ')}` : undefined;
  });
  const left = await unplaced(cluster);
  if (left.length > 0) throw new Error(left.join('\n'));
  const { items: workloads } = await cluster.get<List<Workload>>('-A', 'deployments,statefulsets,jobs');
  const { items: pods } = await cluster.get<List<Pod>>('-A', 'pods');
  return `${workloads.length} workloads, ${pods.length} pods`;
}

/** The workloads that do not have all their pods ready, or done. */
export async function unfinished(cluster: Cluster): Promise<string[]> {
  const { items } = await cluster.get<List<Workload>>('-A', WORKLOADS);
  return items.filter((workload) => !complete(workload)).map(title);
}

function complete({ kind, metadata, spec, status }: Workload): boolean {
  if (kind === 'Job') return (status?.succeeded ?? 0) >= (spec.completions ?? 1);
  return status?.observedGeneration === metadata.generation && (status?.readyReplicas ?? 0) === (spec.replicas ?? 1);
}

/** What controllers were not allowed to make, in the API server's words. */
export async function refusals(cluster: Cluster): Promise<string[]> {
  const { items } = await cluster.get<List<Event>>('-A', 'events', '--field-selector', 'type=Warning');
  return items
    .filter(({ reason }) => reason === 'FailedCreate')
    .map(({ involvedObject: { kind, name, namespace }, message }) => `${kind} ${namespace}/${name}: ${message}`);
}

/** The pods that are not on a node, or neither run nor have finished. */
export async function unplaced(cluster: Cluster): Promise<string[]> {
  const { items } = await cluster.get<List<Pod>>('-A', 'pods');
  return items
    .filter(({ spec, status }) => spec.nodeName === undefined || !['Running', 'Succeeded'].includes(status.phase))
    .map((pod) => {
      const why = pod.status.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
      return `${title(pod)} is ${pod.status.phase}: ${why?.message ?? 'not yet on a node'}`;
    });
}

/** Runs each CronJob once. */
export async function runCronJobs(cluster: Cluster): Promise<string> {
  const { items } = await cluster.get<List>('-A', 'cronjobs');
  for (const { metadata } of items) {
    const { name, namespace = '' } = metadata;
    await cluster.run(['create', 'job', '-n', namespace, `--from=cronjob/${name}`, `${name}-e2e`]);
  }
  await settled(cluster);
  return `${items.length} made a Job and its pod`;
}

/** What Kubernetes itself says is wrong, for a reader of a failure. */
export async function diagnosis(cluster: Cluster): Promise<string> {
  const { stdout } = await cluster.kubectl(['get', 'events', '-A', '--field-selector', 'type=Warning']);
  const pods = await cluster.kubectl(['get', 'pods', '-A', '--field-selector', 'status.phase=Pending', '-o', 'wide']);
  return `--- warnings\n${stdout}--- pending pods\n${pods.stdout}${cluster.logs()}\n`;
}
