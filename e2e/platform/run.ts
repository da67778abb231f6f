/** The checks in their order, and the table of what they saw. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Parts } from '../cluster/build';
import { Checks } from '../cluster/checks';
import { Cluster } from '../cluster/cluster';
import { committed } from '../cluster/environments';
import { perform, quickStart } from '../cluster/quick-start';
import type { Parts as Software } from '../loop/install';
import { writeImages } from './images';
import { isolate, load, prepare, startNode } from './node';

export interface RunProps {
  readonly project: string;
  /** A folder that is removed afterwards. */
  readonly work: string;
  readonly parts: Parts;
  readonly software: Software;
  /** Whether e2e/RESULTS.md is written. */
  readonly record: boolean;
}

/** @returns the exit code */
export async function runChecks({ project, work, parts, software }: RunProps): Promise<number> {
  isolate(work);
  const checks = new Checks();
  const env = committed(project).find(({ name }) => name === 'minikube');
  if (!env) throw new Error('dist/ has no minikube');
  const cluster = await Cluster.start(parts, join(work, 'cluster'), (started) => startNode(started, parts, work));
  try {
    await checks.check('the images are on the node', async () => {
      const names = imagesOf(JSON.stringify(env.objects));
      mkdirSync(join(work, 'run'), { recursive: true });
      await load(await writeImages({ project, parts, software, work: join(work, 'run'), names }));
      return `${names.length} images`;
    });
    await checks.check('a node with DNS', () => prepare(cluster, work));
    for (const step of quickStart(project, env)) {
      if (checks.failed) break;
      await checks.check(step.stage ?? 'secrets', () => perform(cluster, env, project, step));
    }
    if (checks.failed || process.env.SHELL_INSIDE) {
      console.error((await cluster.kubectl(['get', 'pods', '-A', '-o', 'wide'])).stdout);
      console.error((await cluster.kubectl(['get', 'events', '-A', '--field-selector', 'type=Warning'])).stdout);
      console.error(cluster.logs(4));
    }
  } finally {
    await cluster.stop();
  }
  process.stdout.write(String(checks));
  return checks.failed ? 1 : 0;
}

/** The images that pods of the environment run, with those that the operator puts in. */
function imagesOf(objects: string): string[] {
  const named = [...objects.matchAll(/"image":"([^"]+)"/g)].map(([, name = '']) => name);
  const servers = ['sklearn', 'xgboost', 'mlflow'].map(
    (runtime) =>
      new RegExp(
        `"(docker.io/seldonio/mlserver)\\\\",[^"]*\\\\"defaultImageVersion\\\\": \\\\"([^"]*-${runtime})\\\\"`,
      ),
  );
  const served = servers.flatMap((pattern) => {
    const match = pattern.exec(objects.replaceAll('\\n', '').replaceAll(/ +/g, ' '));
    return match ? [`${match[1]}:${match[2]}`] : [];
  });
  return [...new Set([...named, ...served])];
}
