/** The nodes of a cluster: one in the network of the run, or several, each in a network of its own. */
import { join } from 'node:path';
import { HOST, NODE, PODS } from '../cluster/cluster';

/** The control group below which all pods are: of a run with one node, and with several. */
export const CGROUP = 'ml-e2e';
export const SEVERAL_CGROUP = 'ml-e2e-several';

export interface Node {
  readonly name: string;
  /** Where its kubelet listens. */
  readonly address: string;
  /** The addresses of its pods, such as "10.244.1.0/24". */
  readonly pods: string;
  /** What it keeps, which ends with the run. */
  readonly folder: string;
  /** Where its containerd listens. */
  readonly socket: string;
  /** The control group below which its pods are. */
  readonly cgroup: string;
  /** The name of its network, as "ip netns" knows it. @default - that of the run */
  readonly network?: string;
}

/** A node beside the API server. */
export const onlyNode = (work: string): Node => ({
  name: NODE,
  address: HOST,
  pods: PODS,
  folder: join(work, 'node'),
  socket: '/run/e2e/containerd.sock',
  cgroup: CGROUP,
});

/** Nodes that reach each other and the API server over a bridge. */
export const severalNodes = (work: string, count: number): Node[] =>
  Array.from({ length: count }, (_, index) => {
    const name = `node-${index + 1}`;
    return {
      name,
      address: HOST.replace(/\d+$/, String(index + 11)),
      pods: PODS.replace('0.0/16', `${index + 1}.0/24`),
      folder: join(work, name),
      socket: `/run/e2e/${name}/containerd.sock`,
      cgroup: `${SEVERAL_CGROUP}/${name}`,
      network: name,
    };
  });

/** The zone that a node says that it is in: each is in one of its own. */
export const zoneOf = ({ name }: Node) => `zone-of-${name}`;

/** The name that the cluster knows a program of a node by. */
export const programOf = ({ name, network }: Node, program: string) =>
  network === undefined ? program : `${program}-${name}`;

/** A command, run in the network of a node. */
export const inNetwork = ({ network }: Node, ...command: readonly string[]): readonly string[] =>
  network === undefined ? command : ['nsenter', `--net=/run/netns/${network}`, '--', ...command];
