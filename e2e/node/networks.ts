/** What joins the API server and the nodes: a cable, or a bridge. */
import { HOST } from '../cluster/cluster';
import type { Node } from './nodes';

/** The device of the API server's address. */
const DEVICE = 'node0';

/** The commands that make it, where the run has a network of its own. */
export function networkCommands(nodes: readonly Node[]): string[][] {
  const apart = nodes.filter(({ network }) => network !== undefined);
  return [
    ['ip', 'link', 'set', 'lo', 'up'],
    // The API server's address is not of the loopback device, which pods cannot reach.
    ...(apart.length === 0 ? cable() : [['ip', 'link', 'add', DEVICE, 'type', 'bridge']]),
    ['ip', 'address', 'add', `${HOST}/24`, 'dev', DEVICE],
    ['ip', 'link', 'set', DEVICE, 'up'],
    // Services are found by the default route.
    ...(apart.length === 0 ? [['ip', 'route', 'add', 'default', 'dev', DEVICE]] : []),
    ...apart.flatMap((node) => ownNetwork(node, apart)),
  ];
}

const cable = () => [
  ['ip', 'link', 'add', DEVICE, 'type', 'veth', 'peer', 'name', 'node1'],
  ['ip', 'link', 'set', 'node1', 'up'],
];

/** A network with a port of the bridge, which knows where the pods of the others are. */
function ownNetwork(node: Node, all: readonly Node[]): string[][] {
  const { name, address, pods } = node;
  const inside = (...args: string[]) => ['ip', '-n', name, ...args];
  const others = all.filter((other) => other.name !== name);
  return [
    ['ip', 'netns', 'add', name],
    ['ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name],
    ['ip', 'link', 'set', name, 'master', DEVICE, 'up'],
    inside('link', 'set', 'lo', 'up'),
    inside('address', 'add', `${address}/24`, 'dev', 'eth0'),
    inside('link', 'set', 'eth0', 'up'),
    inside('route', 'add', 'default', 'via', HOST),
    ...others.map((other) => inside('route', 'add', other.pods, 'via', other.address)),
    // What is sent to a pod that is gone is lost without a word, as in most networks of clusters.
    inside('route', 'add', 'blackhole', pods),
    ['ip', 'route', 'add', pods, 'via', address],
  ];
}
