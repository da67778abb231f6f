/** Images of several nodes, which are brought into the first alone: unpacking takes minutes for each. */
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster';
import { finished, run } from '../cluster/commands';
import { load, startContainerd } from './kubelet-node';
import { type Node, programOf } from './nodes';

/**
 * Gives all images to each node, none of which runs yet.
 * @param layout the images, as a folder
 */
export async function loadAll(cluster: Cluster, nodes: readonly Node[], layout: string): Promise<string> {
  const [first, ...others] = nodes;
  if (first === undefined) throw new Error('there are no nodes');
  const start = Date.now();
  startContainerd(cluster, first);
  await load(layout, first);
  const imported = Date.now();
  // Its databases are whole only while nothing writes them.
  await cluster.end(programOf(first, 'containerd'));
  for (const other of others) share(first, other);
  const seconds = [imported - start, Date.now() - imported].map((time) => Math.round(time / 100) / 10);
  return `${nodes.length} nodes; imported in ${seconds[0]} s, shared in ${seconds[1]} s`;
}

const METADATA = 'io.containerd.metadata.v1.bolt';
const CONTENT = 'io.containerd.content.v1.content';
const SNAPSHOTTER = 'io.containerd.snapshotter.v1.overlayfs';

/** Gives a node what containerd has unpacked on another: the databases are copied, what they tell of is the same files. */
function share(from: Node, to: Node): void {
  const [source, target] = [from, to].map(({ folder }) => join(folder, 'containerd')) as [string, string];
  mkdirSync(join(target, SNAPSHOTTER, 'snapshots'), { recursive: true });
  cpSync(join(source, METADATA), join(target, METADATA), { recursive: true });
  cpSync(join(source, SNAPSHOTTER, 'metadata.db'), join(target, SNAPSHOTTER, 'metadata.db'));
  finished(run('cp', ['-al', join(source, CONTENT), target], '/'));
  // Layers are only read. They are mounted, for to link every file takes minutes as well.
  for (const layer of readdirSync(join(source, SNAPSHOTTER, 'snapshots'))) {
    const place = join(target, SNAPSHOTTER, 'snapshots', layer);
    mkdirSync(place);
    finished(run('mount', ['--bind', join(source, SNAPSHOTTER, 'snapshots', layer), place], '/'));
  }
}
