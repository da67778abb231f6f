/**
 * Images of several nodes. To bring them into one takes minutes, so that it is done once: what containerd has made of them is
 * kept in .cache, and every node is given it.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster';
import { finished, run } from '../cluster/commands';
import { load, startContainerd } from './kubelet-node';
import { type Node, onlyNode, programOf } from './nodes';

export interface Images {
  /** An OCI layout, as a folder. */
  readonly layout: string;
  /** A folder that outlives the run. */
  readonly cache: string;
}

/** Gives all images to each node, none of which runs yet. */
export async function loadAll(cluster: Cluster, nodes: readonly Node[], { layout, cache }: Images): Promise<string> {
  const start = Date.now();
  const index = createHash('sha256').update(readFileSync(join(layout, 'index.json')));
  const kept = join(cache, `images-${index.digest('hex').slice(0, 12)}`);
  const isKept = existsSync(kept);
  if (!isKept) await unpack(cluster, layout, cache, kept);
  const unpacked = Date.now();
  for (const node of nodes) share(kept, node);
  const [first, then] = [unpacked - start, Date.now() - unpacked].map((time) => (time / 1000).toFixed(1));
  return `${nodes.length} nodes; ${isKept ? 'unpacked before' : `unpacked in ${first} s`}, shared in ${then} s`;
}

/** Has a containerd unpack them, in a folder that is complete once it has its name. */
async function unpack(cluster: Cluster, layout: string, cache: string, kept: string): Promise<void> {
  for (const old of readdirSync(cache).filter((name) => name.startsWith('images-')))
    rmSync(join(cache, old), { recursive: true });
  const folder = mkdtempSync(join(cache, 'images-new-'));
  const node = { ...onlyNode(folder), folder, socket: '/run/e2e/images/containerd.sock' };
  startContainerd(cluster, node);
  await load(layout, node);
  // Its databases are whole only while nothing writes them.
  await cluster.end(programOf(node, 'containerd'));
  renameSync(folder, kept);
}

const METADATA = 'io.containerd.metadata.v1.bolt';
const CONTENT = 'io.containerd.content.v1.content';
const SNAPSHOTTER = 'io.containerd.snapshotter.v1.overlayfs';

/** Gives a node what containerd has unpacked: the databases are copied, what they tell of is the same files. */
function share(kept: string, to: Node): void {
  const [source, target] = [kept, to.folder].map((folder) => join(folder, 'containerd')) as [string, string];
  const layers = join(SNAPSHOTTER, 'snapshots');
  mkdirSync(join(target, layers), { recursive: true });
  cpSync(join(source, METADATA), join(target, METADATA), { recursive: true });
  cpSync(join(source, SNAPSHOTTER, 'metadata.db'), join(target, SNAPSHOTTER, 'metadata.db'));
  // These are only read. They are mounted, for to link every file takes minutes as well.
  for (const folder of [
    join(CONTENT, 'blobs'),
    ...readdirSync(join(source, layers)).map((name) => join(layers, name)),
  ]) {
    mkdirSync(join(target, folder), { recursive: true });
    finished(run('mount', ['--bind', join(source, folder), join(target, folder)], '/'));
  }
}
