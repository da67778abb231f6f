/** The models of this run: real servers around a model that does as it is told, so that faults can be asked for. */
import { detectorUrl } from '../../charts/detector/detector';
import { HTTP_PORT } from '../../charts/seldon/contract';

const OBJECTIVE = 'slo: {availability: 99.9, latency: {percent: 99, within: 500ms}}';
const FORM = 'form: {inputs: [{name: x, min: 0, max: 10, default: 0}], output: {label: Answer}}';

/** Their names and files. "steady" is of the same make as "flaky", and nothing ever happens to it. */
export const MODELS = [
  { name: 'flaky', file: `server: MLFLOW_SERVER\nuri: s3://models/told/1\n${OBJECTIVE}\n` },
  { name: 'slow', file: `server: MLFLOW_SERVER\nuri: s3://models/told/1\n${OBJECTIVE}\n` },
  { name: 'steady', file: `server: MLFLOW_SERVER\nuri: s3://models/told/1\n${OBJECTIVE}\n${FORM}\n` },
  // Seldon's wrapper, which has metrics of its own.
  { name: 'wrapped', file: 'server: SKLEARN_SERVER\nprotocol: seldon\nuri: s3://models/wrapped/1\n' },
] as const;

/** A model of which the detector runs alone: no executor is here to report requests to it, and the load does. */
export const WATCHED = {
  name: 'watched',
  file: 'server: MLFLOW_SERVER\nuri: s3://models/told/1\ndetector: {kind: drift, uri: s3://models/usual/1, batchSize: 20}\n',
} as const;
export const DETECTOR = `${WATCHED.name}-detector`;

export type ModelName = (typeof MODELS)[number]['name'];

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

/** Reports a request to the detector, as the executor does. It cannot judge one with more columns than its reference. */
export async function report(x: number, columns = 1): Promise<void> {
  const response = await fetch(detectorUrl({ name: WATCHED.name, protocol: 'v2' }, 'ml-models'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'ce-specversion': '1.0', 'ce-id': 'x', 'ce-source': 'http://x/' },
    body: JSON.stringify({
      inputs: Array.from({ length: columns }, (_, index) => ({ ...inputOf(x), name: `x${index}` })),
    }),
  });
  await response.text();
}

const inputOf = (x: number) => ({
  name: 'x',
  shape: [1, 1],
  datatype: 'FP64',
  data: [x],
  parameters: { content_type: 'np' },
});
