/**
 * What Seldon's webhook would refuse, and what its operator and executor would take and then not do.
 *
 * Source: operator/apis/machinelearning.seldon.io/v1/seldondeployment_webhook.go, controllers/ and executor/predictor/ at
 * v1.17.1. Synth says it first, in the words of the file.
 */

import { batchFaults } from '../batch/config';
import { SERVERS } from '../images/catalogue';
import type { ModelSettings } from './config';
import { componentName, hasProxy, TENSORFLOW_SERVING } from './containers';
import { type Node, needsEngine, nodesOf, type Path, type Predictor } from './predictors';

export interface RuleFault {
  readonly path: Path;
  readonly message: string;
}

/** Names of containers that the operator adds to pods. */
const RESERVED = ['seldon-container-engine', TENSORFLOW_SERVING];
/** Levels below the root that the type describes; a deeper one would be pruned. */
const MAX_DEPTH = 10;

type Model = Omit<ModelSettings, 'predictors'> & { readonly predictors: readonly unknown[] };

/** All faults of a model, each with the place in its file. */
export function ruleFaults(model: Model, predictors: readonly Predictor[]): RuleFault[] {
  return [
    ...formFaults(model),
    ...trafficFaults(predictors),
    ...scalingFaults(model),
    ...batchFaults(model),
    ...detectorFaults(model),
    ...predictors.flatMap((predictor) => predictorFaults(model, predictor)),
  ];
}

/** One way to say one thing. */
function formFaults(model: Model): RuleFault[] {
  const faults: RuleFault[] = [];
  for (const field of ['server', 'image', 'uri', 'container', 'parameters'] as const) {
    const value = model[field];
    const said =
      field === 'container' ? false : typeof value === 'object' ? Object.keys(value).length > 0 : value !== undefined;
    if (model.graph && said) {
      faults.push({ path: [field], message: 'stands beside graph, whose nodes say it; remove one of the two' });
    }
  }
  if (model.predictors.length > 0 && model.predictor !== 'default') {
    faults.push({ path: ['predictor'], message: 'stands beside predictors, which have names of their own; remove it' });
  }
  return faults;
}

function trafficFaults(predictors: readonly Predictor[]): RuleFault[] {
  const faults: RuleFault[] = [];
  const names = predictors.map(({ name }) => name);
  predictors.forEach(({ name, path }, index) => {
    if (names.indexOf(name) < index)
      faults.push({
        path: [...path, 'name'],
        message: `is "${name}", the name of another predictor; rename one of them`,
      });
  });
  const shadows = predictors.filter(({ shadow }) => shadow);
  for (const { path } of shadows.slice(1)) {
    faults.push({ path: [...path, 'shadow'], message: 'is the second shadow; Seldon takes one' });
  }
  const live = predictors.filter(({ shadow }) => !shadow);
  const [first] = predictors;
  if (first && live.length === 0) {
    faults.push({
      path: [...first.path, 'shadow'],
      message: 'is true, but there is no predictor that answers; add one',
    });
  }
  const sum = live.reduce((total, { traffic = 0 }) => total + traffic, 0);
  const [only] = live;
  if (live.length > 1 && sum !== 100) {
    faults.push({
      path: ['predictors'],
      message: `share ${sum} percent of the traffic; the traffic of all but the shadow must sum to 100, such as 90 and 10`,
    });
  } else if (live.length === 1 && only?.traffic !== undefined && only.traffic !== 100) {
    faults.push({
      path: [...only.path, 'traffic'],
      message: `is ${only.traffic}, but no other predictor answers; remove it, or make it 100`,
    });
  }
  return faults;
}

function scalingFaults(model: Model): RuleFault[] {
  const { autoscaling, keda, replicas } = model;
  const faults: RuleFault[] = [];
  if (autoscaling && keda)
    faults.push({
      path: ['keda'],
      message: 'stands beside autoscaling, and both would set the number of pods; remove one',
    });
  if ((autoscaling || keda) && replicas !== undefined) {
    faults.push({
      path: ['replicas'],
      message: `is ${replicas}, which ${autoscaling ? 'autoscaling' : 'keda'} would change; remove it, and set ${autoscaling ? 'autoscaling' : 'keda'}.min`,
    });
  }
  return faults;
}

function detectorFaults({ name, protocol, detector, logger }: Model): RuleFault[] {
  if (!detector) return [];
  const faults: RuleFault[] = [];
  // The server's name for v2 changed between releases.
  if (protocol === 'v2') {
    faults.push({ path: ['detector'], message: 'reads the protocols seldon and tensorflow, and the model speaks v2' });
  }
  if (logger)
    faults.push({ path: ['logger'], message: 'stands beside detector, which is what requests are logged to' });
  if (name.length > 54) {
    faults.push({ path: ['name'], message: `has ${name.length} characters; a model with a detector may have 54` });
  }
  return faults;
}

function predictorFaults(model: Model, predictor: Predictor): RuleFault[] {
  const { graph, engine } = predictor;
  const nodes = nodesOf(graph);
  const faults = [...nodes.flatMap((node) => nodeFaults(model, node)), ...nameFaults(model, predictor, nodes)];
  const reason = needsEngine(model, graph);
  if (model.engine === false && !engine && reason !== undefined) {
    faults.push({ path: ['engine'], message: `is false, but ${reason} needs the executor; remove it` });
  }
  for (const node of nodes.filter(({ server }) => hasProxy(server, model.protocol)).slice(1)) {
    faults.push({
      path: [...node.path, 'server'],
      message:
        'is a second TENSORFLOW_SERVER in one pod, where both would have ports 2000 and 2001; make one a model of its own',
    });
  }
  if (depthOf(graph) > MAX_DEPTH) {
    faults.push({
      path: graph.path,
      message: `is ${depthOf(graph)} levels deep; the SeldonDeployment type has ${MAX_DEPTH} below the root`,
    });
  }
  return faults;
}

const depthOf = (node: Node): number => Math.max(0, ...node.children.map((child) => 1 + depthOf(child)));

function nodeFaults({ protocol }: Model, node: Node): RuleFault[] {
  const faults: RuleFault[] = [];
  const fault = (field: string, message: string) => faults.push({ path: [...node.path, field], message });
  const { server, image, router, uri, children, type } = node;
  if (node.logger && node.logger.url === undefined) {
    fault('logger', 'has no url, such as "http://broker.logging:8080/"; the operator would log to a Knative broker');
  }
  const kinds = [server && 'server', image && 'image', router && 'router'].filter(Boolean);
  // The schema says it of the file itself.
  if (kinds.length === 0 && node.path.length > 0)
    fault('server', 'is required, such as "MLFLOW_SERVER"; or name an image of your own, under image');
  if (kinds.length > 1) fault(String(kinds[1]), `stands beside ${kinds[0]}; a node runs one of the two`);
  if (server) {
    const protocols = Object.keys(SERVERS[server]);
    if (!protocols.includes(protocol)) {
      faults.push({
        path: node.path.length === 0 ? ['protocol'] : [...node.path, 'server'],
        message: `is ${node.path.length === 0 ? protocol : server}, ${node.path.length === 0 ? `which ${server} does not speak` : `which does not speak ${protocol}`}; use ${protocols.join(' or ')}`,
      });
    }
    // The one server that can load from a hub, by parameters alone.
    if (uri === undefined && server !== 'HUGGINGFACE_SERVER' && node.path.length > 0)
      fault('uri', `is required by ${server}, such as "models:/wine-elasticnet@champion"`);
    if (type !== undefined && type !== 'MODEL')
      fault('type', `is ${type}, but ${server} is a MODEL; the operator would make it one`);
  }
  if (router !== undefined) {
    if (children.length !== 2) fault('children', `are ${children.length}; ${router} routes to two`);
    const { ratioA } = node.parameters;
    if (typeof ratioA !== 'number' || ratioA < 0 || ratioA > 1)
      fault('parameters', `need ratioA for ${router}, the share of the first child, such as 0.5`);
    if (uri !== undefined) fault('uri', `stands beside router, which loads nothing; remove it`);
  }
  if (children.length > 1 && router === undefined && type !== 'ROUTER' && type !== 'COMBINER') {
    fault(
      'children',
      `are ${children.length}, but only a ROUTER chooses among several, and only a COMBINER merges their answers; set type`,
    );
  }
  if ((type === 'ROUTER' || type === 'COMBINER') && children.length === 0)
    fault('children', `are none; a ${type} needs some`);
  if (type === 'OUTPUT_TRANSFORMER' && children.length === 0)
    fault('children', 'are none; an OUTPUT_TRANSFORMER changes the answer of its child');
  // The operator replaces a longer name by "seldon-<md5>", so that no caller would find the Service.
  if (RESERVED.includes(node.name)) {
    faults.push({
      path: node.path.length === 0 ? ['node'] : [...node.path, 'name'],
      message: `is ${node.name}, the name of a container that the operator adds to the pod; choose another, such as "classifier"`,
    });
  }
  return faults;
}

function nameFaults(model: Model, predictor: Predictor, nodes: readonly Node[]): RuleFault[] {
  const { name, path } = predictor;
  const faults: RuleFault[] = [];
  const names = nodes.map((node) => node.name);
  nodes.forEach((node, index) => {
    if (names.indexOf(node.name) < index)
      faults.push({
        path: [...node.path, 'name'],
        message: `is "${node.name}", the name of another node; rename one of them`,
      });
  });
  const composed = composedNames(model, [predictor]);
  for (const [kind, text] of composed) {
    if (text.length <= 63 || model.name.length > 63 || name.length > 63 || names.some((node) => node.length > 44))
      continue;
    faults.push({
      path: path.length === 0 ? ['name'] : [...path, 'name'],
      message: `makes the ${kind} name "${text}" of ${text.length} characters, and the operator hashes names over 63; shorten name, predictor or node by ${text.length - 63}`,
    });
  }
  return faults;
}

/** The objects that the operator would make of a model, as far as their names can clash. */
export function operatorNames(model: NamedModel, predictors: readonly Predictor[]): string[] {
  return [
    `SeldonDeployment "${model.name}"`,
    ...composedNames(model, predictors).map(([kind, name]) => `${kind} "${name}"`),
  ];
}

type NamedModel = Pick<Model, 'name' | 'protocol'>;

function composedNames(
  { name: model, protocol }: NamedModel,
  predictors: readonly Predictor[],
): (readonly [string, string])[] {
  return predictors.flatMap(({ name, graph, explainer }) => {
    const nodes = nodesOf(graph).filter(({ router }) => router === undefined);
    return [
      ['Service', `${model}-${name}`],
      ...nodes.map((node) => ['Service', `${model}-${name}-${node.name}`] as const),
      ['Deployment', `${model}-${name}-0-${componentName(nodes, protocol)}`],
      ...(explainer ? [['Service', `${model}-${name}-explainer`] as const] : []),
    ] as const;
  });
}
