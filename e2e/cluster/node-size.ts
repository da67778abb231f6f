/** How big the node of a cluster is. */
export interface NodeSize {
  readonly cpu: string;
  readonly memory: string;
  readonly disk: string;
  readonly devices?: Readonly<Record<string, string>>;
  /** What the pods of kube-system request. */
  readonly system: { readonly cpu: string; readonly memory: string };
}

/**
 * The node of "minikube start". The requests of kube-system are those of kubeadm's static pods (750m with CoreDNS) and
 * of kindnet.
 */
export const MINIKUBE: NodeSize = {
  cpu: '2',
  memory: '4Gi',
  disk: '20Gi',
  system: { cpu: '850m', memory: '220Mi' },
};

/** A small one of several, as clouds have them. The pods of kube-system are on one of them. */
export const WORKER: NodeSize = { ...MINIKUBE, memory: '8Gi', disk: '100Gi' };

/** A node that has room for anything. */
export const BIG: NodeSize = {
  ...MINIKUBE,
  cpu: '32',
  memory: '128Gi',
  disk: '4Ti',
  devices: { 'nvidia.com/gpu': '8' },
};
