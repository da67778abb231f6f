/** A client that logs runs with artifacts while something breaks, and reads all of them back afterwards. */
import { until } from '../cluster/cluster';
import { CLIENT } from '../node/client';
import type { RunningPlatform } from '../node/running-platform';

export interface Noticed {
  /** Runs whose every request was answered. */
  readonly acknowledged: readonly string[];
  /** Requests that were not answered, or with an error. */
  readonly failed: number;
  /** The longest time without an acknowledged run, in seconds. */
  readonly wait: number;
}

interface Written {
  readonly acknowledged: readonly string[];
  readonly failed: number;
  readonly gap: number;
  readonly errors: readonly string[];
}

/**
 * Does something while a client writes.
 * @param body ends when all is as it was before
 * @throws Error where something is gone that was acknowledged
 */
export async function whileLogging(platform: RunningPlatform, body: () => Promise<unknown>): Promise<Noticed> {
  const python = (code: string, ...args: string[]) =>
    platform.exec(CLIENT.namespace, CLIENT.pod, 'python3', '-c', code, ...args);
  await python('import os; [os.remove(f) for f in ("/tmp/stop", "/tmp/count") if os.path.exists(f)]');
  const writer = python(WRITE);
  // A failure of the writer is told when it is waited for.
  writer.catch(() => {});
  await until('the client has logged runs', 120, async () => {
    const count = Number(
      await python('import os; print(os.path.getsize("/tmp/count") if os.path.exists("/tmp/count") else 0)'),
    );
    return count > 40 ? undefined : `${count} runs`;
  });
  try {
    await body();
  } finally {
    await python('open("/tmp/stop", "w")');
  }
  const { acknowledged, failed, gap, errors } = JSON.parse(await writer) as Written;
  if (errors.length > 0) console.error(errors.map((error) => `  the client was told: ${error}`).join('\n'));
  await readBack(platform, acknowledged);
  return { acknowledged, failed, wait: gap };
}

/** @throws Error where a run is not as the client has logged it */
export async function readBack({ props }: RunningPlatform, runs: readonly string[]): Promise<void> {
  const exec = ['exec', '-i', '-n', CLIENT.namespace, CLIENT.pod, '--', 'python3', '-c', READ];
  const lost = (await props.cluster.run(exec, runs.join('\n'))).trim();
  if (lost !== '') throw new Error(`of ${runs.length} runs are lost or not as they were written:\n${lost}`);
}

/** For a table. */
export const told = ({ acknowledged, failed, wait }: Noticed) =>
  `${acknowledged.length} runs acknowledged, 0 lost; ${failed} requests failed; longest wait for a run ${wait.toFixed(1)} s`;

/**
 * Two threads log runs until a file says that they may end, and each has logged one since its last failure. Nothing is
 * tried again: each failure counts.
 */
const WRITE = `
import collections, json, os, threading, time
os.environ.update(MLFLOW_HTTP_REQUEST_TIMEOUT="10", MLFLOW_HTTP_REQUEST_MAX_RETRIES="0")
import mlflow
mlflow.set_tracking_uri("http://mlflow.mlflow:5000")
STOP, COUNT = "/tmp/stop", "/tmp/count"
lock = threading.Lock()
acknowledged, errors = [], collections.Counter()
failed, gap, last = 0, 0.0, time.monotonic()
def write():
    global failed, gap, last
    client = mlflow.MlflowClient()
    well = True
    while not (well and os.path.exists(STOP)):
        try:
            run = client.create_run("0").info.run_id
            client.log_metric(run, "rmse", 0.25)
            client.log_text(run, run, "note.txt")
            client.set_terminated(run)
        except Exception as error:
            well = False
            with lock:
                failed += 1
                errors[type(error).__name__ + " " + " ".join(str(error).split())[-120:]] += 1
            time.sleep(0.2)
            continue
        with lock:
            now = time.monotonic()
            gap, last, well = max(gap, now - last), now, True
            acknowledged.append(run)
            with open(COUNT, "a") as count:
                count.write(".")
threads = [threading.Thread(target=write) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
told = [f"{number} times {error}" for error, number in errors.most_common(6)]
print(json.dumps({"acknowledged": acknowledged, "failed": failed, "gap": gap, "errors": told}))
`;

/** Prints those of the runs on its input that are not as they were written. */
const READ = `
import concurrent.futures, sys, mlflow
mlflow.set_tracking_uri("http://mlflow.mlflow:5000")
client = mlflow.MlflowClient()
def look(run):
    try:
        found = client.get_run(run)
        text = mlflow.artifacts.load_text(f"{found.info.artifact_uri}/note.txt")
        if (found.info.status, found.data.metrics.get("rmse"), text) == ("FINISHED", 0.25, run):
            return
        print(run, found.info.status, found.data.metrics, text)
    except Exception as error:
        print(run, str(error)[:200])
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    list(pool.map(look, sys.stdin.read().split()))
`;
