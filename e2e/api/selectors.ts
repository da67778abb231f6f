/** That what selects pods by their labels selects pods. */
import { solverPods } from '../../charts/certificates/solver';
import type { Cluster } from '../cluster/cluster';
import { type Environment, namespacesOf, ofKind } from '../cluster/environments';
import { type KubernetesObject, type List, type Pod, title } from '../cluster/objects';

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}

interface Policy extends KubernetesObject {
  readonly spec: { readonly podSelector: Selector; readonly policyTypes: readonly string[] };
}

interface Service extends KubernetesObject {
  readonly spec: { readonly selector?: Readonly<Record<string, string>> };
}

interface EndpointSlice extends KubernetesObject {
  readonly endpoints?: readonly { readonly conditions: { readonly ready?: boolean } }[];
  readonly ports?: readonly { readonly port: number; readonly name: string }[];
}

const matches = ({ matchLabels = {} }: Selector, pod: Pod) =>
  Object.entries(matchLabels).every(([name, value]) => pod.metadata.labels?.[name] === value);

/** Whether a policy is about the pods that cert-manager makes while an ACME server asks, which none does here. */
const isForSolvers = ({ metadata, spec }: Policy) => {
  const { labels } = solverPods(metadata.namespace ?? '');
  return Object.entries(labels).every(([name, value]) => spec.podSelector.matchLabels?.[name] === value);
};

/** Every policy has a pod to protect, and every pod a policy each way. */
export async function policies(cluster: Cluster, env: Environment): Promise<string> {
  const namespaces = namespacesOf(env);
  const all = ofKind<Policy>(env, 'NetworkPolicy');
  const pods = (await cluster.get<List<Pod>>('-A', 'pods')).items.filter(({ metadata }) =>
    namespaces.includes(metadata.namespace ?? ''),
  );
  const selects = (policy: Policy, pod: Pod) =>
    policy.metadata.namespace === pod.metadata.namespace && matches(policy.spec.podSelector, pod);
  const idle = all.filter((policy) => !isForSolvers(policy) && !pods.some((pod) => selects(policy, pod)));
  const open = pods.filter((pod) => {
    const types = all.filter((policy) => selects(policy, pod)).flatMap(({ spec }) => spec.policyTypes);
    return !types.includes('Ingress') || !types.includes('Egress');
  });
  if (idle.length > 0) throw new Error(`policies without pods: ${idle.map(title).join(', ')}`);
  if (open.length > 0) throw new Error(`pods that no policy limits: ${open.map(title).join(', ')}`);
  return `${all.length} policies, ${pods.length} pods`;
}

/** Every Service has a ready pod behind each of its ports. */
export async function services(cluster: Cluster, env: Environment): Promise<string> {
  const namespaces = namespacesOf(env);
  const all = (await cluster.get<List<Service>>('-A', 'services')).items.filter(
    ({ metadata, spec }) => spec.selector !== undefined && namespaces.includes(metadata.namespace ?? ''),
  );
  const { items } = await cluster.get<List<EndpointSlice>>('-A', 'endpointslices');
  const empty = all.filter(({ metadata: { name, namespace } }) => {
    const slice = items.find(
      ({ metadata: { labels, namespace: where } }) =>
        labels?.['kubernetes.io/service-name'] === name && where === namespace,
    );
    const ready = slice?.endpoints?.some(({ conditions }) => conditions.ready === true);
    return !ready || (slice?.ports ?? []).length === 0;
  });
  if (empty.length > 0) throw new Error(`Services without pods: ${empty.map(title).join(', ')}`);
  return `${all.length} Services`;
}
