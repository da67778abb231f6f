/** What the Gateway and the sign-in cost: the same model, asked straight by its node and from outside. */
import { join } from 'node:path';
import { bearer } from '../access/client';
import type { Load } from '../access/load';
import { originOf } from '../access/people';
import { type Checks, same } from '../cluster/checks';
import { finished, runBeside } from '../cluster/commands';
import { inNetwork, type Node } from '../node/nodes';
import type { RunningPlatform } from '../node/running-platform';
import { documentedRequest } from '../software/predictions';
import type { Entrance } from './entrance';
import type { LoadProps } from './load-program';
import { urlOf } from './model-checks';

const CALLERS = 200;
const SECONDS = 60;

interface Service {
  readonly spec: { readonly clusterIP: string };
}

export async function loadChecks(
  checks: Checks,
  platform: RunningPlatform,
  entrance: Entrance,
  node: Node,
): Promise<void> {
  const { cluster, project } = platform.props;
  const { client, authority } = entrance;
  const headers = { ...bearer(await client.token('ci')), 'content-type': 'application/json' };
  const body = JSON.stringify(documentedRequest(project));
  const from = async (
    where: Node | undefined,
    props: Pick<LoadProps, 'url' | 'callers' | 'seconds'>,
  ): Promise<Load> => {
    const settings = JSON.stringify({ ...props, headers, body, authority } satisfies LoadProps);
    const program = ['cli/run.mjs', 'e2e/exposed/load-program.ts'].map((file) => join(project, file));
    const command = [process.execPath, ...program, settings];
    const [first = '', ...rest] = where === undefined ? command : inNetwork(where, ...command);
    return JSON.parse(
      finished(await runBeside(first, rest, project))
        .split('\n')
        .at(-1) ?? '',
    ) as Load;
  };
  const through = urlOf(originOf('models'), 'ml-models', 'mlflow-wine');
  const straightTo = async () => {
    const { spec } = await cluster.get<Service>('-n', 'ml-models', 'service', 'mlflow-wine-default');
    return `http://${spec.clusterIP}:8000/v2/models/classifier/infer`;
  };
  const compare = async (callers: number, seconds: number) => {
    const alone = await from(node, { url: await straightTo(), callers, seconds: Math.min(seconds, 20) });
    const all = await from(undefined, { url: through, callers, seconds });
    same([alone.failed, all.failed], [0, 0]);
    // Where both cores are full, medians of the two say nothing of each other.
    const added = (all.mean - alone.mean).toFixed(1);
    return `${added} ms more; through: ${said(all)}; straight by the node: ${said(alone)}`;
  };
  await checks.check('one caller: what Gateway and proxy add', () => compare(1, 20));
  await checks.check(`${CALLERS} callers at once for ${SECONDS} s through Gateway and proxy: nothing fails`, () =>
    compare(CALLERS, SECONDS),
  );
  await checks.check(`every pod of the proxy is replaced under ${CALLERS} callers: nothing fails`, async () => {
    let isOver = false;
    const during = from(undefined, { url: through, callers: CALLERS, seconds: SECONDS }).finally(() => {
      isOver = true;
    });
    const proxy = ['-n', 'ml-models', 'deployment/models-sign-in'];
    await cluster.run(['rollout', 'restart', ...proxy]);
    await cluster.run(['rollout', 'status', ...proxy, '--timeout=5m']);
    if (isOver) throw new Error('the callers had ended before');
    const seen = await during;
    same(seen.failed, 0);
    return said(seen);
  });
}

const said = ({ requests, mean, p99, failed }: Load) =>
  `${requests} requests, ${failed} failed, mean ${mean.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
