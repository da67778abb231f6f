/**
 * A network for each pod, as a cluster gives it: servers that find each other by name have to see which of the addresses
 * is their own. All of it is in the network of this run, from which nothing leads out.
 */
import { finished, run } from '../cluster/commands';

const BRIDGE = 'pods';
export const BRIDGE_ADDRESS = '10.0.0.1';
const FOLDER = '/run/netns';

const ip = (...args: string[]) => finished(run('ip', args, '/'));

/** Makes what connects the networks. The folder that names them is gone with the mounts of this run. */
export function makeBridge(): void {
  finished(run('mkdir', ['-p', FOLDER], '/'));
  finished(run('mount', ['-t', 'tmpfs', 'tmpfs', FOLDER], '/'));
  ip('link', 'set', 'lo', 'up');
  ip('link', 'add', BRIDGE, 'type', 'bridge');
  ip('address', 'add', `${BRIDGE_ADDRESS}/16`, 'dev', BRIDGE);
  ip('link', 'set', BRIDGE, 'up');
}

/** The file by which a runtime joins the network of a pod. */
export const networkFile = (pod: string) => `${FOLDER}/${pod}`;

export function makeNetwork(pod: string, address: string): void {
  // A name of a device has at most 15 characters.
  const id = address.replaceAll('.', '');
  const [outside, inside] = [`out${id}`, `in${id}`];
  ip('netns', 'add', pod);
  ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', inside);
  ip('link', 'set', outside, 'master', BRIDGE, 'up');
  ip('link', 'set', inside, 'netns', pod);
  ip('-n', pod, 'address', 'add', `${address}/16`, 'dev', inside);
  ip('-n', pod, 'link', 'set', inside, 'up');
  ip('-n', pod, 'link', 'set', 'lo', 'up');
}
