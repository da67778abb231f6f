/** Whom pods ask for the addresses of names, in the common distributions of Kubernetes. */

/** Pods that answer DNS queries. */
export interface DnsPods {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Port of the pods: policies judge a packet after the Service's address is translated. */
  readonly port: number;
}

export const DNS_PODS: readonly DnsPods[] = [
  // CoreDNS of kubeadm, minikube, kind, k3s, RKE2, Talos, AKS and EKS, and kube-dns of GKE, all of which kept this label.
  { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, port: 53 },
  // NodeLocal DNSCache behind a local redirect policy of Cilium, where it is a pod like any other.
  { namespace: 'kube-system', labels: { 'k8s-app': 'node-local-dns' }, port: 53 },
  // OpenShift. Source: manifests of the DNS operator, whose Service maps 53 to 5353.
  { namespace: 'openshift-dns', labels: { 'dns.operator.openshift.io/daemonset-dns': 'default' }, port: 5353 },
];

/** Where the DNS is on the node's own network, no selector reaches it. Only port 53 of these addresses is opened. */
export const DNS_ADDRESSES: readonly string[] = [
  // NodeLocal DNSCache, in Autopilot and newer Standard clusters of GKE by default.
  '169.254.20.10/32',
  // Cloud DNS for GKE. On its other ports the same address is the metadata server, which stays closed.
  '169.254.169.254/32',
];

export const DNS_PORT = 53;
