/** What a platform must survive. */
import { spawnSync } from 'node:child_process';
import { NODE, until } from '../cluster/cluster';
import type { List, Pod } from '../cluster/objects';
import { refusals, unfinished } from '../cluster/workloads';
import { CLIENT } from './client';
import { onlyNode } from './nodes';
import type { RunningPlatform } from './running-platform';

interface RunningPod extends Pod {
  readonly metadata: Pod['metadata'] & { readonly uid: string };
  readonly status: Pod['status'] & {
    readonly containerStatuses?: readonly { readonly containerID: string; readonly restartCount: number }[];
  };
}

const NAMESPACES = ['seldon-system', 'postgres', 'minio-system', 'mlflow', 'ml-models', 'fe'];

async function podsOf(platform: RunningPlatform): Promise<RunningPod[]> {
  const { items } = await platform.props.cluster.get<List<RunningPod>>('-A', 'pods');
  return items.filter(
    ({ metadata, status }) => NAMESPACES.includes(metadata.namespace ?? '') && status.phase === 'Running',
  );
}

/** Every workload has all its pods ready, and none of them is the old one. */
async function recovered(platform: RunningPlatform, what: string, old: string): Promise<void> {
  await until(`everything is ready after ${what}`, 600, async () => {
    const refused = await refusals(platform.props.cluster);
    if (refused.length > 0) throw new Error(refused.join('\n'));
    const left = (await podsOf(platform)).filter(({ metadata }) => metadata.uid === old);
    if (left.length > 0) return 'the old pod is still there';
    const behind = await unfinished(platform.props.cluster);
    if (behind.length > 0) return behind.join(', ');
    const states = await platform.kubectl('get', 'sdep', '-n', 'ml-models', '-o', 'jsonpath={.items[*].status.state}');
    return /^(Available ?)+$/.test(states) ? undefined : states;
  });
}

/** Each pod is deleted once. */
export async function eachPodDeleted(platform: RunningPlatform): Promise<string> {
  const seconds: string[] = [];
  for (const { metadata } of await podsOf(platform)) {
    const { name, namespace = '', uid } = metadata;
    const owner = name.replace(/-[a-f0-9]+-[a-z0-9]{5}$/, '');
    const start = Date.now();
    await platform.kubectl('delete', 'pod', '-n', namespace, name, '--wait=false');
    await recovered(platform, `${namespace}/${name} was deleted`, uid);
    seconds.push(`${owner} ${Math.round((Date.now() - start) / 1000)} s`);
  }
  return seconds.join(', ');
}

/** A server is killed, without a warning, while a client writes: nothing that was acknowledged is lost. */
export async function killedWhileWriting(platform: RunningPlatform, namespace: string, pod: string): Promise<string> {
  const writer = platform.exec(CLIENT.namespace, CLIENT.pod, 'python3', '-c', WRITE_RUNS, '60');
  const written = async () => Number(await platform.sql("select count(*) from mlflow.runs where status = 'FINISHED'"));
  const enough = (await written()) + 50;
  await until('the client has written runs', 60, async () => ((await written()) < enough ? 'too few' : undefined));
  const { metadata, status } = await platform.props.cluster.get<RunningPod>('-n', namespace, 'pod', pod);
  const id = status.containerStatuses?.[0]?.containerID.replace('containerd://', '') ?? '';
  const start = Date.now();
  const kill = [
    '--address',
    onlyNode(platform.props.work).socket,
    '--namespace',
    'k8s.io',
    'tasks',
    'kill',
    '--signal',
    'SIGKILL',
    id,
  ];
  const { status: code, stderr } = spawnSync('ctr', kill, { encoding: 'utf8' });
  if (code !== 0) throw new Error(`ctr ${kill.join(' ')}: ${stderr}`);
  await until(`${pod} runs again`, 300, async () => {
    const found = await platform.props.cluster.get<RunningPod>('-n', namespace, 'pod', pod);
    const before = status.containerStatuses?.[0]?.restartCount ?? 0;
    return (found.status.containerStatuses?.[0]?.restartCount ?? 0) > before ? undefined : 'not restarted';
  });
  await recovered(platform, `${namespace}/${metadata.name} was killed`, '');
  const seconds = Math.round((Date.now() - start) / 1000);
  const { acknowledged, failed, gap } = JSON.parse(await writer) as Written;
  if (acknowledged.length === 0) throw new Error('no run was acknowledged');
  const lost = await platform.exec(CLIENT.namespace, CLIENT.pod, 'python3', '-c', READ_RUNS, ...acknowledged);
  if (lost.trim() !== '') throw new Error(`lost: ${lost}`);
  const writes = `${acknowledged.length} runs acknowledged and kept, ${failed} refused`;
  return `ready after ${seconds} s; ${writes}; longest wait for a run ${gap.toFixed(0)} s`;
}

interface Written {
  readonly acknowledged: string[];
  readonly failed: number;
  /** The longest time between two acknowledged runs, in seconds. */
  readonly gap: number;
}

/** Writes runs with an artifact for some seconds, and says which the server has acknowledged in full. */
const WRITE_RUNS = `
import json, os, sys, time
os.environ.update(MLFLOW_HTTP_REQUEST_TIMEOUT="10", MLFLOW_HTTP_REQUEST_MAX_RETRIES="1")
import mlflow
mlflow.set_tracking_uri("http://mlflow.mlflow:5000")
client = mlflow.MlflowClient()
acknowledged, failed, gap = [], 0, 0.0
end = time.monotonic() + float(sys.argv[1])
last = None
while time.monotonic() < end or (acknowledged and failed and time.monotonic() < end + 120 and last < failure):
    try:
        run = client.create_run("0").info.run_id
        client.log_metric(run, "rmse", 0.25)
        client.log_text(run, run, "note.txt")
        client.set_terminated(run)
        now = time.monotonic()
        gap = max(gap, now - last) if last else gap
        last = now
        acknowledged.append(run)
    except Exception:
        failed += 1
        failure = time.monotonic()
        time.sleep(0.2)
print(json.dumps({"acknowledged": acknowledged, "failed": failed, "gap": gap}))
`;

/** Prints the runs that are not as they were written. */
const READ_RUNS = `
import sys, mlflow
mlflow.set_tracking_uri("http://mlflow.mlflow:5000")
client = mlflow.MlflowClient()
for run in sys.argv[1:]:
    found = client.get_run(run)
    text = mlflow.artifacts.load_text(f"{found.info.artifact_uri}/note.txt")
    if (found.info.status, found.data.metrics.get("rmse"), text) != ("FINISHED", 0.25, run):
        print(run, found.info.status, found.data.metrics, text)
`;

/** The kubelet ends without a warning and is started again: the pods go on. */
export async function kubeletKilled(platform: RunningPlatform): Promise<string> {
  const { cluster } = platform.props;
  const restarts = async () =>
    (await podsOf(platform))
      .map(({ metadata, status }) => `${metadata.uid} ${status.containerStatuses?.[0]?.restartCount}`)
      .sort();
  const before = await restarts();
  const beat = ['get', 'lease', '-n', 'kube-node-lease', NODE, '-o', 'jsonpath={.spec.renewTime}'];
  cluster.process('kubelet').kill('SIGKILL');
  const start = Date.now();
  await until('the kubelet reports, and runs commands in pods', 120, async () => {
    const last = await platform.kubectl(...beat);
    if (Date.parse(last) <= start) return `its lease is of ${last}`;
    // It learns which pods it has only after it has reported.
    const { code, stderr } = await cluster.kubectl(['exec', '-n', CLIENT.namespace, CLIENT.pod, '--', 'true']);
    return code === 0 ? undefined : stderr;
  });
  const seconds = ((Date.now() - start) / 1000).toFixed(0);
  await recovered(platform, 'the kubelet was killed', '');
  const after = await restarts();
  if (after.join() !== before.join()) throw new Error(`pods were restarted: ${before.join()} became ${after.join()}`);
  return `works after ${seconds} s; ${after.length} pods went on`;
}
