/** Whether the nodes have room for what is rendered, and are of an architecture that its images have. */

import { podsOf } from '../../charts/inventory/objects';
import { formatCpu, formatMemory, quantityValue } from '../../charts/lib/quantity';
import { type Capacity, capacityOf, sum } from '../../charts/rendering/capacity';
import { list } from '../cluster/live';
import type { LiveObject } from '../cluster/objects';
import { namespacesOf } from '../cluster/rendered';
import { type Finding, fault, ok, type Patient, warning } from './finding';

interface Node extends LiveObject {
  readonly spec?: LiveObject['spec'] & { readonly unschedulable?: boolean };
  readonly status: { readonly allocatable: Readonly<Record<string, string>> };
}
interface Pod extends LiveObject {
  readonly spec: LiveObject['spec'] & { readonly nodeName?: string };
}

const hasEnded = ({ status }: Pod) => ['Succeeded', 'Failed'].includes(String(status?.phase));

export async function checkRoom({ kubectl, environment }: Patient): Promise<readonly Finding[]> {
  const nodes = (await list<Node>(kubectl, '', 'nodes')).filter(({ spec }) => spec?.unschedulable !== true);
  if (nodes.length === 0)
    return [fault('the cluster has no node that takes pods', 'add one, or "kubectl uncordon" one')];
  const pods = await list<Pod>(kubectl, '', 'pods', ['--all-namespaces']);
  const own = namespacesOf(environment);
  const wanted = sum(environment.objects.map(capacityOf));
  // Those of the environment itself are in what is wanted already.
  const others = pods.filter((pod) => !hasEnded(pod) && !own.includes(pod.metadata.namespace ?? ''));
  const taken = sum(others.map(requestOf));
  const all = sum(nodes.map(allocatable));
  const free = { cpu: all.cpu - taken.cpu, memory: all.memory - taken.memory };
  const numbers =
    `${formatCpu(wanted.cpu)} CPU and ${formatMemory(wanted.memory)} memory are requested; ${nodes.length} ` +
    `${nodes.length === 1 ? 'node has' : 'nodes have'} ${formatCpu(free.cpu)} and ${formatMemory(free.memory)} free`;
  if (free.cpu >= wanted.cpu && free.memory >= wanted.memory) return [ok(`there is room: ${numbers}`)];
  return [
    // Jobs and all replicas of a scaler are in the sum, and most clusters can add a node.
    (free.cpu < wanted.cpu / 2 || free.memory < wanted.memory / 2 ? fault : warning)(
      `there is not room for all at once: ${numbers}`,
      'add a node, or ask for less: "resources" and "replicas" in platform.yaml and the model files',
    ),
  ];
}

/** A pod is counted as a workload of one replica is. */
const requestOf = ({ spec }: Pod): Capacity => capacityOf({ kind: 'Pod', spec: { template: { spec } } });

const allocatable = ({ status }: Node): Capacity => ({
  cpu: quantityValue(status.allocatable.cpu ?? '0'),
  memory: quantityValue(status.allocatable.memory ?? '0'),
  storage: 0,
});

const ARCHITECTURE = 'kubernetes.io/arch';

/** The images of Seldon's servers are for amd64 alone (charts/images/catalogue.ts). */
const AMD64_ONLY = /\/seldonio\//;

export async function checkArchitecture({ kubectl, environment }: Patient): Promise<readonly Finding[]> {
  const nodes = await list(kubectl, '', 'nodes');
  const found = [...new Set(nodes.map(({ metadata }) => metadata.labels?.[ARCHITECTURE] ?? 'unknown'))].sort();
  const isServed = environment.objects.some(
    (object) =>
      object.kind === 'SeldonDeployment' ||
      podsOf(object).some(({ containers }) => containers.some(({ image = '' }) => AMD64_ONLY.test(image))),
  );
  if (!isServed || (found.length === 1 && found[0] === 'amd64')) return [ok(`the nodes are of ${found.join(', ')}`)];
  const remedy = '"Architectures" in docs/configuration.md says how to keep them on nodes of amd64';
  if (!found.includes('amd64')) {
    return [fault(`the nodes are of ${found.join(', ')}, and Seldon's images for amd64 alone`, remedy)];
  }
  // Pods that choose their node by its architecture are where they belong.
  const isPlaced = JSON.stringify(environment.objects).includes(`"${ARCHITECTURE}":"amd64"`);
  if (isPlaced) return [ok(`the nodes are of ${found.join(', ')}, and pods that need amd64 choose it`)];
  return [warning(`the nodes are of ${found.join(', ')}, and Seldon's images for amd64 alone`, remedy)];
}
