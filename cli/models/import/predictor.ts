/** A predictor of a SeldonDeployment, with its explainer. */
import { SELDON_NAMES } from '../../../charts/models/config/seldon-names';
import { type ImportedNode, nodeOf } from './graph';
import { componentsOf } from './pods';
import type { Fields, Reader } from './reader';
import { readResources } from './resources';

/** The name of a predictor that says none. */
export const DEFAULT_PREDICTOR = 'default';

export interface Predictor {
  readonly name: string;
  readonly protocol?: string;
  /** How many, where nothing scales it. */
  readonly pods: number;
  /** What a predictor may say for itself. */
  readonly own: Fields;
  /** What the file says once, for all of its predictors. */
  readonly shared: Fields;
  readonly root: ImportedNode;
}

/** Whether something other than `replicas` says how many pods there are. */
export const isScaled = (shared: Fields) => 'autoscaling' in shared || 'keda' in shared;

/** Why `replicas` is left out beside them. */
export const SCALED = 'autoscaling or keda says how many pods there are';

/** @param usual how many pods a predictor has that does not say it */
export function readPredictor(reader: Reader, usual: number): Predictor {
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
  if (replicas !== undefined && replicas !== 1 && isScaled(shared)) reader.note('replicas', SCALED);
  const predictor: Predictor = {
    name: reader.text('name') ?? DEFAULT_PREDICTOR,
    protocol,
    pods: replicas ?? usual,
    own: {
      ...(traffic !== undefined && { traffic }),
      ...(reader.flag('shadow') && { shadow: true }),
      ...(Object.keys(labels).length > 0 && { labels }),
      ...(replicas !== undefined && replicas !== usual && !isScaled(shared) && { replicas }),
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
