/** The models of this run: real servers around a model that does as it is told, so that faults can be asked for. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { HTTP_PORT } from '../../charts/seldon/contract';
import { finished, run } from '../cluster/commands';
import type { Platform } from './platform';

const OBJECTIVE = 'slo: {availability: 99.9, latency: {percent: 95, within: 500ms}}';
const FORM = 'form: {inputs: [{name: x, min: 0, max: 10, default: 0}], output: {label: Answer}}';

/** Their names and files. "steady" is of the same make as "flaky", and nothing ever happens to it. */
export const MODELS = [
  { name: 'flaky', file: `server: MLFLOW_SERVER\nuri: s3://models/told/1\n${OBJECTIVE}\n` },
  { name: 'slow', file: `server: MLFLOW_SERVER\nuri: s3://models/told/1\n${OBJECTIVE}\n` },
  { name: 'steady', file: `server: MLFLOW_SERVER\nuri: s3://models/told/1\n${OBJECTIVE}\n${FORM}\n` },
  // Seldon's wrapper, which has metrics of its own.
  { name: 'wrapped', file: 'server: SKLEARN_SERVER\nprotocol: seldon\nuri: s3://models/wrapped/1\n' },
] as const;

export type ModelName = (typeof MODELS)[number]['name'];

/** Puts the files of the models where the servers fetch them. */
export function publish(platform: Platform): string {
  const { software, work, project } = platform;
  const told = join(work, 'told');
  const save = ['-c', SAVE_TOLD, join(project, 'e2e/scraping/told.py'), told];
  finished(run(join(software.serving, 'bin/python'), save, project));
  const wrapped = join(work, 'wrapped');
  mkdirSync(wrapped);
  finished(run(join(software.wrapper, 'bin/python'), ['-c', SAVE_WRAPPED, join(wrapped, 'model.joblib')], project));
  for (const folder of [told, wrapped]) {
    const name = folder === told ? 'told' : 'wrapped';
    finished(platform.mc('cp', '--recursive', `${folder}/`, `root/models/${name}/1/`));
  }
  return 'told, wrapped';
}

const SAVE_TOLD = `
import sys, mlflow
mlflow.pyfunc.save_model(sys.argv[2], python_model=sys.argv[1], pip_requirements=[])
`;
const SAVE_WRAPPED = `
import sys, joblib
from sklearn.linear_model import LinearRegression
joblib.dump(LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0]), sys.argv[1])
`;

/** Asks a model; what x is tells "told.py" what to do. */
export async function ask(model: ModelName, x: number): Promise<number> {
  const [path, body] =
    model === 'wrapped'
      ? ['api/v1.0/predictions', { data: { ndarray: [[x]] } }]
      : ['v2/models/classifier/infer', { parameters: { content_type: 'pd' }, inputs: [inputOf(x)] }];
  const response = await fetch(`http://${model}-default.ml-models.svc:${HTTP_PORT}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await response.text();
  return response.status;
}

const inputOf = (x: number) => ({
  name: 'x',
  shape: [1, 1],
  datatype: 'FP64',
  data: [x],
  parameters: { content_type: 'np' },
});
