/** A model file joined with the lock: afterwards each node says where its files are, whatever name the file calls them by. */
import { type Origin, problem } from '../../config/problems';
import { LOCK_FILE } from '../../config/read';
import type { Form } from '../frontend/form';
import type { Node, Path, PlacedNode, Predictor } from './config/complete';
import { predictorsOf } from './config/inheritance';
import type { ModelSettings } from './config/model';
import { completeForm } from './form';
import { type Lock, type LockEntry, resolveCommand } from './lock';
import { type ModelVersion, nodesOf } from './node';
import { needsResolving } from './uri';

/** What is known of one file. */
export interface FileOf<T> {
  readonly file: string;
  /** Which file said what of the model, where the file extends others. */
  readonly origin: Origin;
  readonly model: T;
}
export type ModelFile = FileOf<ModelSettings>;

type Shared =
  | 'progressDeadlineSeconds'
  | 'timeouts'
  | 'podAnnotations'
  | 'serviceAccount'
  | 'istio'
  | 'caBundle'
  | 'name'
  | 'protocol'
  | 'autoscaling'
  | 'keda'
  | 'disruptionBudget'
  | 'placement'
  | 'egress'
  | 'tracing'
  | 'slo'
  | 'public'
  | 'groups'
  | 'detector'
  | 'logger'
  | 'batch'
  | 'quality';

/** A model that can be served. */
export interface ModelConfig extends Pick<ModelSettings, Shared | 'engineResources'> {
  readonly predictors: readonly Predictor<PlacedNode>[];
  /** Absent where nobody knows its columns. */
  readonly form?: Form;
  /** Whose it is; the platform's own where absent. */
  readonly team?: string;
}

/** A place in a file that names a model, and the name of its entry in the lock. */
export interface Source {
  readonly key: string;
  readonly uri: string;
  readonly path: Path;
  readonly node: Node;
}

/** Every node of a model that loads files. */
export function sourcesOf(model: ModelSettings, predictors: readonly Predictor[] = predictorsOf(model)): Source[] {
  return predictors
    .flatMap(({ graph }) => nodesOf(graph))
    .flatMap((node) =>
      node.uri === undefined ? [] : [{ key: node.lockKey, uri: node.uri, path: [...node.path, 'uri'], node }],
    );
}

/**
 * A model with what the lock says of it.
 * @param root the environment's folder
 * @param predictors those of the model, by predictorsOf()
 * @returns undefined where the lock does not fit, which `problems` then says
 */
export function joinLock(
  root: string,
  file: string | Origin,
  settings: ModelSettings,
  lock: Lock,
  problems: string[],
  predictors: readonly Predictor[] = predictorsOf(settings),
): ModelConfig | undefined {
  const mismatches = lockProblems(root, file, settings.name, sourcesOf(settings, predictors), lock);
  if (mismatches.length > 0) {
    problems.push(...mismatches);
    return undefined;
  }
  const { name, protocol, autoscaling, keda, disruptionBudget, placement, egress, tracing, detector, batch } = settings;
  const { engineResources, progressDeadlineSeconds, timeouts, istio, caBundle, quality } = settings;
  const { podAnnotations, serviceAccount, public: isPublic, groups, slo, logger } = settings;
  const form = completeForm(file, settings, lock[name], problems);
  // One literal: an object that is put together of several takes four times the memory.
  return {
    name,
    protocol,
    predictors: predictors.map((predictor) => ({ ...predictor, graph: placed(predictor.graph, lock) })),
    form,
    autoscaling,
    keda,
    disruptionBudget,
    placement,
    egress,
    tracing,
    detector,
    logger,
    batch,
    quality,
    engineResources,
    progressDeadlineSeconds,
    timeouts,
    istio,
    caBundle,
    podAnnotations,
    serviceAccount,
    public: isPublic,
    groups,
    slo,
  };
}

/** Sources that the lock has no entry for, or an entry that is out of date. */
function lockProblems(
  root: string,
  file: string | Origin,
  name: string,
  sources: readonly Source[],
  lock: Lock,
): string[] {
  const command = `run "${resolveCommand(root)} ${name}"`;
  return sources.flatMap(({ key, uri, path }) => {
    const entry = lock[key];
    if (entry === undefined) {
      return needsResolving(uri)
        ? [problem(file, path, `is ${uri}, which ${LOCK_FILE} does not resolve; ${command}`)]
        : [];
    }
    return entry.uri === uri
      ? []
      : [problem(file, path, `is ${uri}, but ${LOCK_FILE} resolves ${entry.uri}; ${command}`)];
  });
}

/** A graph whose nodes have the places and versions that the lock says, and nothing that only the rules of files need. */
function placed(node: Node, lock: Lock): PlacedNode {
  const { path, name, type, server, serverImage, image, router, parameters } = node;
  const { container, logger, resources, initializerResources, gpus } = node;
  const entry = node.uri === undefined ? undefined : lock[node.lockKey];
  return {
    path,
    name,
    type,
    server,
    serverImage,
    image,
    router,
    uri: entry?.artifacts ?? node.uri,
    parameters,
    container,
    logger,
    resources,
    initializerResources,
    gpus,
    children: node.children.map((child) => placed(child, lock)),
    ...(entry && { version: versionIn(entry) }),
  };
}

const versionIn = ({ digest, run, registered }: LockEntry): ModelVersion => ({ digest, run, registered });
