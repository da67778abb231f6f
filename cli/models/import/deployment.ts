/** From a SeldonDeployment to a model file. */
import { modelSchema } from '../../../charts/models/config';
import { SELDON_NAMES } from '../../../charts/models/config/seldon-names';
import { validate } from '../../../config/read';
import { readIstio, readTimeouts } from './annotations';
import { isScaled, readPredictor, SCALED } from './predictor';
import { differencesOf, fieldsOf } from './predictors';
import { type Fields, type Note, Reader } from './reader';

/** What a SeldonDeployment becomes. */
export interface Imported {
  readonly name: string;
  /** The fields of a model file, without its name. */
  readonly model: Fields;
  readonly notes: readonly Note[];
  /** What synth would refuse of it. */
  readonly problems: readonly string[];
}

const PROTOCOLS: Readonly<Record<string, string>> = { kfserving: 'v2', v2: 'v2', tensorflow: 'tensorflow' };

/** Whether a document is one that can be imported. */
export const isSeldonDeployment = (document: unknown): boolean =>
  typeof document === 'object' && document !== null && (document as { kind?: unknown }).kind === 'SeldonDeployment';

export function importDeployment(document: unknown): Imported {
  const notes: Note[] = [];
  const root = new Reader(document, '', notes);
  root.ignore('apiVersion', 'kind', 'status');
  const name = readMetadata(root.mapping('metadata'));
  const spec = root.mapping('spec');
  spec.ignore('name', 'transport', 'oauth_key', 'oauth_secret');
  const protocol = spec.text('protocol');
  const replicas = spec.number('replicas');
  const annotations = spec.mapping('annotations');
  const read = { ...readTimeouts(annotations), ...readIstio(annotations) };
  annotations.done();
  const predictors = spec.list('predictors').map((predictor) => readPredictor(predictor, replicas ?? 1));
  const scaled = predictors.some(({ shared }) => isScaled(shared));
  if (replicas !== undefined && replicas !== 1 && scaled) spec.note('replicas', SCALED);
  notes.push(...differencesOf(predictors));
  spec.done(SELDON_NAMES.fields);
  root.done();
  const speaks = PROTOCOLS[protocol ?? predictors.find((one) => one.protocol)?.protocol ?? ''] ?? 'seldon';
  const model = {
    ...(speaks === 'v2' ? {} : { protocol: speaks }),
    ...(replicas !== undefined && replicas !== 1 && !scaled && { replicas }),
    ...fieldsOf(predictors),
    ...read,
  };
  const problems: string[] = [];
  validate({ name, ...model }, `${name}.yaml`, modelSchema, problems);
  return { name, model, notes, problems };
}

function readMetadata(metadata: Reader): string {
  const name = metadata.text('name') ?? 'model';
  metadata.leave('namespace', 'all models are in one namespace, namespaces.models of platform.yaml');
  metadata.leave('labels', 'the platform labels what it renders');
  metadata.leave('annotations', 'the platform writes those that the operator reads');
  metadata.ignore('creationTimestamp', 'generation', 'resourceVersion', 'uid', 'managedFields');
  metadata.done();
  return name;
}
