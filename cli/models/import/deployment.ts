/** From a SeldonDeployment to a model file. */
import { modelSchema } from '../../../charts/models/config';
import { SELDON_NAMES } from '../../../charts/models/config/seldon-names';
import { validate } from '../../../config/read';
import { type ImportedNode, nodeOf } from './graph';
import { componentsOf, readResources } from './pods';
import { type Note, Reader } from './reader';

/** What a SeldonDeployment becomes. */
export interface Imported {
  readonly name: string;
  /** The fields of a model file, without its name. */
  readonly model: Readonly<Record<string, unknown>>;
  readonly notes: readonly Note[];
  /** What synth would refuse of it. */
  readonly problems: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

const PROTOCOLS: Readonly<Record<string, string>> = { kfserving: 'v2', v2: 'v2', tensorflow: 'tensorflow' };
const DEFAULT_PREDICTOR = 'default';
const DEFAULT_NODE = 'classifier';

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
  const predictors = spec.list('predictors').map(readPredictor);
  spec.done(SELDON_NAMES.fields);
  root.done();
  const speaks = PROTOCOLS[protocol ?? predictors.find((one) => one.protocol)?.protocol ?? ''] ?? 'seldon';
  const model = {
    ...(speaks === 'v2' ? {} : { protocol: speaks }),
    ...(replicas !== undefined &&
      replicas !== 1 &&
      predictors.every(({ shared }) => !isScaled(shared)) && { replicas }),
    ...merged(predictors),
    ...read,
  };
  const problems: string[] = [];
  validate({ name, ...model }, `${name}.yaml`, modelSchema, problems);
  return { name, model, notes, problems };
}

/** What a SeldonDeployment says of the routes for Istio. */
function readIstio(annotations: Reader): Fields {
  const number = (name: string) => {
    const value = annotations.text(name);
    return value === undefined ? undefined : Number(value);
  };
  const says = {
    host: annotations.text('seldon.io/istio-host'),
    gateway: annotations.text('seldon.io/istio-gateway'),
    retries: number('seldon.io/istio-retries'),
    retryTimeout: number('seldon.io/istio-retries-timeout'),
  };
  const said = Object.entries(says).filter(([, value]) => value !== undefined);
  return said.length > 0 ? { istio: Object.fromEntries(said) } : {};
}

/** The time-outs, which a SeldonDeployment has as annotations, in milliseconds. */
function readTimeouts(annotations: Reader): Fields {
  const seconds = (name: string) => {
    const value = annotations.text(name);
    return value === undefined ? undefined : Math.min(3600, Math.max(1, Math.ceil(Number(value) / 1000)));
  };
  const [rest, grpc] = [seconds('seldon.io/rest-timeout'), seconds('seldon.io/grpc-timeout')];
  return rest === undefined && grpc === undefined
    ? {}
    : { timeouts: { ...(rest !== undefined && { rest }), ...(grpc !== undefined && { grpc }) } };
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

interface Predictor {
  readonly name: string;
  readonly protocol?: string;
  /** What a predictor may say for itself. */
  readonly own: Fields;
  /** What the file says once, for all of its predictors. */
  readonly shared: Fields;
  readonly root: ImportedNode;
}

const isScaled = (shared: Fields) => 'autoscaling' in shared || 'keda' in shared;

function readPredictor(reader: Reader): Predictor {
  const protocol = reader.text('protocol');
  const components = componentsOf(reader);
  const root = nodeOf(reader.mapping('graph'), components.containers);
  components.done();
  const orchestrator = reader.mapping('svcOrchSpec');
  const engineResources =
    readResources(orchestrator.mapping('resources')).amounts ??
    readResources(reader.mapping('engineResources')).amounts;
  orchestrator.leave('env', 'tracing and logger say what the executor traces and logs');
  orchestrator.done();
  const labels = Object.fromEntries(reader.entries('labels'));
  const explainer = readExplainer(reader.mapping('explainer'));
  const replicas = reader.number('replicas') ?? components.replicas;
  const traffic = reader.number('traffic');
  const placement = {
    ...(components.shared.placement as Fields | undefined),
    ...(root.gpuResource && root.gpuResource !== 'nvidia.com/gpu' && { gpuResource: root.gpuResource }),
  };
  const deadline = reader.number('progressDeadlineSeconds');
  const shared = {
    ...components.shared,
    ...(deadline !== undefined && { progressDeadlineSeconds: deadline }),
    ...(Object.keys(placement).length > 0 && { placement }),
    ...(engineResources && { engineResources }),
  };
  const predictor: Predictor = {
    name: reader.text('name') ?? DEFAULT_PREDICTOR,
    protocol,
    own: {
      ...(traffic !== undefined && { traffic }),
      ...(reader.flag('shadow') && { shadow: true }),
      ...(Object.keys(labels).length > 0 && { labels }),
      ...(replicas !== undefined && replicas !== 1 && !isScaled(shared) && { replicas }),
      ...(explainer && { explainer }),
    },
    shared,
    root,
  };
  reader.ignore('transport');
  reader.leave('annotations', 'the platform writes those that the operator reads');
  reader.done(SELDON_NAMES.fields);
  return predictor;
}

function readExplainer(reader: Reader): Fields | undefined {
  if (reader.isEmpty) return undefined;
  const type = reader.text('type') ?? '';
  const uri = reader.text('modelUri');
  const config = Object.fromEntries(reader.entries('config'));
  const replicas = reader.number('replicas');
  const container = reader.mapping('containerSpec');
  const { amounts } = readResources(container.mapping('resources'));
  container.ignore('name');
  container.done(SELDON_NAMES.fields);
  reader.ignore('endpoint');
  reader.done(SELDON_NAMES.fields);
  return {
    // Old files have the methods in lower case: anchor_tabular is AnchorTabular.
    type: type.includes('_') ? type.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()) : type,
    ...(uri !== undefined && { uri }),
    ...(Object.keys(config).length > 0 && { config }),
    ...(replicas !== undefined && replicas !== 1 && { replicas }),
    ...(amounts && { resources: amounts }),
  };
}

/** The predictors as a file says them: one of them in the fields of the file, several in a list. */
function merged(predictors: readonly Predictor[]): Fields {
  const [first, ...others] = predictors;
  if (!first) return {};
  const shared = Object.assign({}, ...[...predictors].reverse().map((one) => one.shared)) as Fields;
  if (others.length === 0) {
    const { traffic: _, labels, shadow: __, ...own } = first.own;
    if (labels)
      return {
        predictors: [{ name: first.name, labels, ...own, ...asNode(first.root, false) }],
        ...nodeName(first),
        ...shared,
      };
    const predictor = first.name === DEFAULT_PREDICTOR ? {} : { predictor: first.name };
    const { gpus, ...fields } = asNode(first.root, false);
    const placement = { ...(shared.placement as Fields | undefined), ...(gpus !== undefined && { gpus }) };
    return {
      ...fields,
      ...nodeName(first),
      ...predictor,
      ...own,
      ...shared,
      ...(Object.keys(placement).length > 0 && { placement }),
    };
  }
  const alike = predictors.every(({ root }) => root.name === first.root.name && !root.isGraph);
  const traffic = sharesOf(predictors);
  return {
    ...(alike ? nodeName(first) : {}),
    predictors: predictors.map(({ name, own, root }) => ({
      name,
      ...(traffic.has(name) && { traffic: traffic.get(name) }),
      ...own,
      ...asNode(root, !alike),
    })),
    ...shared,
  };
}

/**
 * The shares of predictors that say none, where several answer. Where no predictor says one, each has as much as it has of
 * the pods: Seldon shared so before it knew traffic.
 */
function sharesOf(predictors: readonly Predictor[]): ReadonlyMap<string, number> {
  const live = predictors.filter(({ own }) => own.shadow !== true);
  if (live.length < 2) return new Map();
  if (live.some(({ own }) => own.traffic !== undefined))
    return new Map(live.flatMap(({ name, own }) => (own.traffic === undefined ? [[name, 0]] : [])));
  const pods = live.map(({ own }) => Number(own.replicas ?? 1));
  const all = pods.reduce((sum, count) => sum + count, 0);
  const shares = pods.map((count) => Math.floor((100 * count) / Math.max(1, all)));
  const rest = 100 - shares.reduce((sum, share) => sum + share, 0);
  return new Map(live.map(({ name }, index) => [name, (shares[index] ?? 0) + (index === 0 ? rest : 0)]));
}

const nodeName = ({ root }: Predictor): Fields =>
  root.isGraph || root.name === DEFAULT_NODE ? {} : { node: root.name };

/** A root alone is fields of the file or of its predictor; with others, or under a name of its own, it is a graph. */
const asNode = (root: ImportedNode, named: boolean): Fields =>
  root.isGraph || named ? { graph: { name: root.name, ...root.fields } } : root.fields;
