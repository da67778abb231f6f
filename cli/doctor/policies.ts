/** Whether something enforces NetworkPolicies, and whether the pods that answer for the DNS are those that they admit. */
import { list } from '../cluster/live';
import { kindOf, type LiveObject, type ObjectJson } from '../cluster/objects';
import { type Finding, ok, type Patient, warning } from './finding';
import { imagesOf } from './images-of';

/** Containers of DaemonSets that enforce NetworkPolicies, by a part of their image's path. */
const ENFORCE: Readonly<Record<string, string>> = {
  'amazon/aws-network-policy-agent': 'the network policy agent of Amazon EKS',
  antrea: 'Antrea',
  'aws-network-policy-agent': 'the network policy agent of Amazon EKS',
  'azure-npm': 'Azure Network Policy Manager',
  calico: 'Calico',
  cilium: 'Cilium',
  'kube-network-policies': 'kube-network-policies',
  'kube-router': 'kube-router',
  'netd-': 'the data plane of Google GKE',
  'ovn-kubernetes': 'OVN-Kubernetes',
  ovnkube: 'OVN-Kubernetes',
  'weave-npc': 'Weave Net',
};
/** Those that are known to enforce none. */
const IGNORE: Readonly<Record<string, string>> = { flannel: 'Flannel', kindnetd: 'kindnet' };

interface Node extends LiveObject {
  readonly status: { readonly nodeInfo?: { readonly kubeletVersion?: string } };
}

const REMEDY = 'see "Network" in docs/security.md; on minikube: minikube start --cni=calico';

export async function checkPolicyEngine({ kubectl, environment }: Patient): Promise<readonly Finding[]> {
  if (!environment.objects.some(({ kind }) => kind === 'NetworkPolicy')) return [];
  const images = await imagesOf(kubectl, 'daemonsets.apps');
  const found = (names: typeof ENFORCE) =>
    Object.entries(names).find(([part]) => images.some((image) => image.includes(part)));
  const enforcer = found(ENFORCE);
  if (enforcer) return [ok(`NetworkPolicies are enforced, judged by the DaemonSets: there is ${enforcer[1]}`)];
  const nodes = await list<Node>(kubectl, '', 'nodes');
  // Their policy controller is a part of the kubelet's process, and no pod.
  const embedded = nodes.find(({ status }) => /\+(k3s|rke2)/.test(status.nodeInfo?.kubeletVersion ?? ''));
  if (embedded) return [ok('NetworkPolicies are enforced, judged by the version of the nodes: k3s and RKE2 do so')];
  const idle = found(IGNORE);
  const why = idle
    ? `there is ${idle[1]}, which most likely enforces none`
    : 'no DaemonSet is of a plug-in that does so';
  return [warning(`NetworkPolicies may be ignored, judged by the DaemonSets: ${why}`, REMEDY)];
}

interface Peer {
  readonly namespaceSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
}
interface Policy extends ObjectJson {
  readonly spec: {
    readonly egress?: readonly {
      readonly to?: readonly Peer[];
      readonly ports?: readonly { readonly port?: number | string; readonly protocol?: string }[];
    }[];
  };
}
const NAMESPACE = 'kubernetes.io/metadata.name';

/** The pods that policies let answer for the DNS: those that are called by UDP, as nothing else of a platform is. */
function dnsPeers(objects: readonly ObjectJson[]): { namespace: string; labels: Readonly<Record<string, string>> }[] {
  const rules = objects
    .filter((object) => kindOf(object) === 'NetworkPolicy.networking.k8s.io')
    .flatMap((policy) => (policy as Policy).spec.egress ?? []);
  const peers = rules
    .filter(({ ports = [] }) => ports.some(({ protocol }) => protocol === 'UDP'))
    .flatMap(({ to = [] }) => to)
    .flatMap(({ namespaceSelector, podSelector }) => {
      const namespace = namespaceSelector?.matchLabels?.[NAMESPACE];
      const labels = podSelector?.matchLabels;
      return namespace !== undefined && labels !== undefined ? [{ namespace, labels }] : [];
    });
  return [...new Map(peers.map((peer) => [JSON.stringify(peer), peer])).values()];
}

export async function checkDns({ kubectl, environment }: Patient): Promise<readonly Finding[]> {
  const peers = dnsPeers(environment.objects);
  if (peers.length === 0) return [];
  const found = await Promise.all(
    peers.map(async ({ namespace, labels }) => {
      const selector = Object.entries(labels).map((pair) => pair.join('='));
      const pods = await list(kubectl, namespace, 'pods', [`--selector=${selector.join()}`]);
      return pods.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    }),
  );
  const [pod] = found.flat();
  if (pod !== undefined) return [ok(`the NetworkPolicies admit the pods of the DNS, such as ${pod}`)];
  const admitted = peers.map(({ namespace, labels }) => `${namespace} ${JSON.stringify(labels)}`).join(' or ');
  return [
    warning(
      `the NetworkPolicies admit a DNS in ${admitted}, and there is no such pod`,
      'set networkPolicies.dns to where your DNS is: "DNS" in docs/configuration.md',
    ),
  ];
}
