/** A model file joined with the lock: after this a model is files at known places, whatever its file calls them. */

import { type Origin, problem } from '../../config/problems';
import { LOCK_FILE } from '../../config/read';
import type { Form } from '../frontend/form';
import type { ModelSettings } from './config';
import { completeForm } from './form';
import { type Lock, type LockEntry, resolveCommand } from './lock';
import { type Node, nodesOf, type Path, type Predictor, predictorsOf } from './predictors';
import { needsResolving } from './uri';

/** What is known of one file. */
export interface FileOf<T> {
  readonly file: string;
  /** Which file said what of the model, where the file extends others. */
  readonly origin: Origin;
  readonly model: T;
}
export type ModelFile = FileOf<ModelSettings>;

/** A node whose files are known. */
export interface NodeConfig extends Omit<Node, 'children'> {
  /** What the lock says of it; absent for files that the lock does not list. */
  readonly version?: LockEntry;
  readonly children: readonly NodeConfig[];
}

export interface PredictorConfig extends Omit<Predictor, 'graph'> {
  readonly graph: NodeConfig;
}

type Shared =
  | 'name'
  | 'protocol'
  | 'autoscaling'
  | 'keda'
  | 'disruptionBudget'
  | 'placement'
  | 'tracing'
  | 'detector'
  | 'batch';

/** A model that can be served. */
export interface ModelConfig extends Pick<ModelSettings, Shared | 'engineResources' | 'initializerResources'> {
  readonly predictors: readonly PredictorConfig[];
  /** Absent where nobody knows its columns. */
  readonly form?: Form;
}

/** A place in a file that names a model, and the name of its entry in the lock. */
export interface Source {
  readonly key: string;
  readonly uri: string;
  readonly path: Path;
  readonly node: Node;
}

/** Every node of a model that loads files. */
export function sourcesOf(model: ModelSettings, predictors = predictorsOf(model)): Source[] {
  return predictors
    .flatMap(({ graph }) => nodesOf(graph))
    .flatMap((node) =>
      node.uri === undefined ? [] : [{ key: node.lockKey, uri: node.uri, path: [...node.path, 'uri'], node }],
    );
}

/**
 * A model with what the lock says of it.
 * @param root the environment's folder
 * @returns undefined where the lock does not fit, which `problems` then says
 */
export function joinLock(
  root: string,
  file: string | Origin,
  settings: ModelSettings,
  lock: Lock,
  problems: string[],
): ModelConfig | undefined {
  const before = problems.length;
  const predictors = predictorsOf(settings);
  for (const { key, uri, path } of sourcesOf(settings, predictors)) {
    const entry = lock[key];
    const command = `run "${resolveCommand(root)} ${settings.name}"`;
    if (entry === undefined && needsResolving(uri)) {
      problems.push(problem(file, path, `is ${uri}, which ${LOCK_FILE} does not resolve; ${command}`));
    } else if (entry !== undefined && entry.uri !== uri) {
      problems.push(problem(file, path, `is ${uri}, but ${LOCK_FILE} resolves ${entry.uri}; ${command}`));
    }
  }
  if (problems.length > before) return undefined;
  const { name, protocol, autoscaling, keda, disruptionBudget, placement, tracing, detector, batch } = settings;
  const { engineResources, initializerResources } = settings;
  const form = completeForm(file, settings, lock[name], problems);
  return {
    ...{ name, protocol, autoscaling, keda, disruptionBudget, placement, tracing, detector, batch },
    ...{ engineResources, initializerResources },
    predictors: predictors.map((predictor) => ({ ...predictor, graph: located(predictor.graph, lock) })),
    ...(form === undefined ? {} : { form }),
  };
}

function located(node: Node, lock: Lock): NodeConfig {
  const entry = node.uri === undefined ? undefined : lock[node.lockKey];
  if (entry === undefined && node.children.length === 0) return node;
  return {
    ...node,
    ...(entry === undefined ? {} : { uri: entry.artifacts, version: entry }),
    children: node.children.map((child) => located(child, lock)),
  };
}
