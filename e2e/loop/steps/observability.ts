/** Whether a model is still good: its detector, and the report on what it predicted, with the software of their images. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { detectorUrl } from '../../../charts/detector/detector';
import { finished, run } from '../../cluster/commands';
import { close } from '../../software/predictions';
import { TRACKING } from '../../software/wine-models';
import { columnsOf, requestOf, type Wine, winesOf } from '../../software/wines';
import type { Host } from '../host';
import type { Loop } from '../loop';
import { Manifests } from '../manifests';
import { Pod } from '../pod';

const NAMESPACE = 'ml-models';
const MODEL = 'xgb-wine-k8s';
/** What its batch, which the loop starts with, does not have. */
const SETTINGS = `
detector: {kind: drift, uri: s3://models/wine/reference/1, batchSize: 400}
quality: {schedule: "@daily", truth: s3://models/truth/wine/, key: bottle, target: quality, kind: regression}
`;

export async function observability(loop: Loop): Promise<void> {
  await loop.checks.check(
    'the scripts of detectors, reports and the log of requests pass their tests, with the software of their images',
    () =>
      [
        [loop.software.serving, '__tests__/charts/detector/test_judge.py'] as const,
        [loop.software.tracking, '__tests__/charts/quality/test_quality.py'] as const,
        [loop.software.tracking, '__tests__/charts/request-log/test_request_log.py'] as const,
      ]
        .map(([software, file]) => {
          const { stderr } = succeed(loop, join(software, 'bin/python'), '-m', 'unittest', file);
          return /Ran \d+ tests/.exec(stderr)?.[0] ?? Promise.reject(new Error(stderr));
        })
        .join(', '),
  );
  const repository = loop.changed('observed', (environment) =>
    appendFileSync(join(environment, 'models', `${MODEL}.yaml`), SETTINGS),
  );
  finished(repository.command('synth'));
  const host: Host = { ...loop.host, manifests: new Manifests(repository.dist(), loop.secrets) };
  const wines = winesOf(loop.data);
  await loop.checks.check('a detector sees drift in what its model is asked, and none where there is none', () =>
    drift(loop, host, wines),
  );
  await loop.checks.check('what the batch predicted and what turned out become figures in MLflow', () =>
    figures(loop, host, wines),
  );
}

async function drift(loop: Loop, host: Host, wines: readonly Wine[]): Promise<string> {
  upload(loop, 'wine/reference/1/reference.csv', table(columnsOf(wines), wines));
  const pod = new Pod(host, host.manifests.pod(NAMESPACE, `${MODEL}-detector`));
  try {
    await pod.start();
    const { port, pathname } = new URL(detectorUrl({ name: MODEL, protocol: 'v2' }, NAMESPACE));
    const verdict = async (asked: readonly Wine[]) => {
      const response = await fetch(`http://${pod.address}:${port}${pathname}`, {
        method: 'POST',
        // As the executor posts it.
        headers: {
          'content-type': 'application/json',
          'ce-specversion': '1.0',
          'ce-id': 'x',
          'ce-source': 'http://x/',
        },
        body: JSON.stringify(requestOf('x', asked)),
      });
      if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
      const metrics = await (await fetch(`http://${pod.address}:8082/metrics`)).text();
      return Number(/^seldon_metric_drift_is_drift (\S+)$/m.exec(metrics)?.[1]);
    };
    const usual = wines.filter((_, index) => index % 4 === 1).slice(0, 399);
    const other = usual.map((wine) => ({ ...wine, alcohol: (wine.alcohol ?? 0) + 1 }));
    // The 400th row fills the first batch.
    const seen = [
      await verdict(usual),
      await verdict(wines.slice(0, 1)),
      await verdict([...other, ...other.slice(0, 1)]),
    ];
    if (String(seen) !== '0,0,1') throw new Error(`drift was ${seen}:\n${pod.log('detector')}`);
    return '0 of the wines of the reference, 1 where they are stronger';
  } finally {
    await pod.stop();
  }
}

async function figures(loop: Loop, host: Host, wines: readonly Wine[]): Promise<string> {
  const bottles = wines.slice(0, 60).map((wine, index) => ({ bottle: `bottle-${index}`, wine }));
  const rows = bottles.map(({ bottle, wine }) => `${JSON.stringify(requestOf(bottle, [wine]))}\n`);
  upload(loop, 'batch/wine/in/rows.jsonl', rows.join(''));
  await complete(host, `batch-${MODEL}`);
  const truth = bottles.map(({ bottle, wine }) => ({ bottle, quality: wine.quality ?? 0 }));
  upload(loop, 'truth/wine/quality.csv', table(['bottle', 'quality'], truth));
  await complete(host, `quality-${MODEL}`);
  const answers = finished(loop.mc('cat', 'root/models/batch/wine/out/rows.jsonl'))
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; outputs: { data: number[] }[] });
  const errors = answers.map(({ id, outputs }) => {
    const quality = truth.find(({ bottle }) => bottle === id)?.quality;
    return (outputs[0]?.data[0] ?? Number.NaN) - (quality ?? Number.NaN);
  });
  const rmse = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
  const [run] = JSON.parse(finished(loop.python('training', '-c', RUNS, `${MODEL}-quality`))) as Run[];
  if (run?.rows !== 60 || run.version !== `s3://models/wine/${MODEL}/1`) throw new Error(JSON.stringify(run));
  return `rmse ${close(run.rmse, rmse)} of ${run.rows} rows, version ${run.version}`;
}

interface Run {
  readonly version: string;
  readonly rows: number;
  readonly rmse: number;
}

/** The runs of an experiment. */
const RUNS = `
import json, sys, mlflow
mlflow.set_tracking_uri("${TRACKING}")
found = mlflow.search_runs(experiment_names=[sys.argv[1]], output_format="list")
print(json.dumps([{**run.data.metrics, "version": run.data.tags["version"]} for run in found]))
`;

async function complete(host: Host, cronJob: string): Promise<void> {
  const { code, log } = await new Pod(host, host.manifests.scheduledPod(NAMESPACE, cronJob)).complete();
  if (code !== 0) throw new Error(log);
}

const table = <C extends string>(columns: readonly C[], rows: readonly Readonly<Record<C, number | string>>[]) =>
  [columns, ...rows.map((row) => columns.map((column) => row[column]))].map((cells) => `${cells.join(',')}\n`).join('');

/** Puts a file into the bucket. */
function upload(loop: Loop, path: string, text: string): void {
  const file = join(loop.work, 'upload');
  writeFileSync(file, text);
  finished(loop.mc('cp', file, `root/models/${path}`));
}

function succeed(loop: Loop, command: string, ...args: string[]) {
  const result = run(command, args, loop.project, { PYTHONDONTWRITEBYTECODE: '1' });
  finished(result);
  return result;
}
