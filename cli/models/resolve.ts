/** `ml-platform models resolve`: looks up what the names of models stand for. */
import type { Command } from 'commander';
import { loadModelFiles } from '../../charts/environment/environments';
import { type ModelFile, type Source, sourcesOf } from '../../charts/models/join-lock';
import { type Lock, type LockEntry, readLock, resolveCommand, seal } from '../../charts/models/lock';
import { isResolvable, parseModelUri } from '../../charts/models/uri';
import { ConfigError, problem } from '../../config/problems';
import { LOCK_FILE } from '../../config/read';
import { UsageError } from '../command';
import { ENVIRONMENTS, requireEnvironments } from '../environments';
import { examples } from '../help';
import type { Terminal } from '../terminal';
import { findModel } from './find';
import { formatProblem } from './format';
import { versionName, writeLock } from './lock-file';
import { MlflowError, MlflowServer } from './mlflow';
import { versionWarning } from './requirements';

interface Options {
  readonly server?: string;
  readonly check?: true;
  readonly newRegistry?: true;
}

export function addResolve(models: Command, terminal: Terminal): void {
  models
    .command('resolve')
    .summary('look up in MLflow what the names of models stand for')
    .description(
      'Asks the MLflow server what the models of an environment stand for, and writes it to models.lock.yaml. ' +
        'Synth reads the lock and needs no server: commit it, and a pull request shows each change of a version. ' +
        'A model whose uri is a plain place (s3://...) needs no entry; it gets one where its files are found, with ' +
        'their digest and signature.',
    )
    .argument('<env>', 'the environment')
    .argument('[model...]', 'resolve these models only')
    .option(
      '--server <url>',
      "the MLflow server (default: MLFLOW_TRACKING_URI, or http://localhost:5000, a port-forward's)",
    )
    .option(
      '--check',
      'write nothing, and fail where the server would now give something else: a moved alias, lost files',
    )
    .option('--new-registry', 'accept another registry than the one that the lock was made from')
    .addHelpText(
      'after',
      '\nMLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, log in where the server asks for it.',
    )
    .addHelpText(
      'after',
      examples(
        'npx ml-platform models resolve minikube',
        'npx ml-platform models resolve minikube mlflow-wine --check',
      ),
    )
    .action((environment: string, names: string[], options: Options) => resolve(environment, names, options, terminal));
}

async function resolve(
  environment: string,
  names: readonly string[],
  options: Options,
  terminal: Terminal,
): Promise<void> {
  requireEnvironments([environment]);
  const { root, settings, models } = loadModelFiles(ENVIRONMENTS, environment);
  const chosen = choose(root, models, names);
  const sources = sourcesIn(chosen);
  const server = new MlflowServer(
    options.server ?? terminal.env.MLFLOW_TRACKING_URI ?? 'http://localhost:5000',
    terminal.env,
  );
  const registry = await server.registry();
  const old = currentEntries(root, models, chosen);
  if (!options.newRegistry) refuseOtherRegistry(root, old, server.address, registry);

  const problems: string[] = [];
  const found: Record<string, LockEntry> = {};
  for (const { origin, model, key, uri, path, node } of sources) {
    terminal.err(`${key}: ${uri}
`);
    try {
      const { version, artifact } = await findModel(server, uri, settings.objectStore.bucket);
      const unfit = formatProblem(node.server, model.protocol, artifact);
      if (unfit) problems.push(problem(origin, path, `is ${uri}, which ${unfit}`));
      const loading = { server: node.server, protocol: model.protocol, ...artifact };
      const differs = versionWarning(loading, Object.keys(settings.images.overrides));
      if (differs) terminal.err(`${key}: warning: ${uri} ${differs}\n`);
      const facts = { uri, ...version, server: server.address, registry };
      found[key] = dated(facts, old[key]);
    } catch (error) {
      if (!(error instanceof MlflowError)) throw error;
      problems.push(problem(origin, path, `is ${uri}: ${error.message}`));
    }
  }
  if (problems.length > 0) {
    throw new ConfigError([...problems, `nothing was written: ${root}/${LOCK_FILE} is as it was`]);
  }
  const changes = sources.flatMap(({ key }) => describeChange(key, old[key], found[key]));
  for (const change of changes) terminal.out(`${change}\n`);
  if (options.check) {
    if (changes.length === 0) return;
    throw new Error(`${root}/${LOCK_FILE} is out of date; run "${resolveCommand(root)}"`);
  }
  writeLock(root, { ...old, ...found });
  const count = Object.keys({ ...old, ...found }).length;
  terminal.out(`${root}/${LOCK_FILE}: ${count} ${count === 1 ? 'model' : 'models'}, ${changes.length} changed\n`);
}

function choose(root: string, models: readonly ModelFile[], names: readonly string[]): readonly ModelFile[] {
  const known = models.map(({ model }) => model.name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(`${root}: has no model ${unknown.join(', ')}; it has ${known.join(', ') || 'none'}`);
  }
  return names.length === 0 ? models : models.filter(({ model }) => names.includes(model.name));
}

/** What the files name that an MLflow server can know. */
function sourcesIn(models: readonly ModelFile[]): (ModelFile & Source)[] {
  return models.flatMap((file) =>
    sourcesOf(file.model)
      .filter(({ uri }) => isResolvable(uri))
      .map((source) => ({ ...file, ...source })),
  );
}

/** The entries of models that there still are. A run for all of them replaces even a file that cannot be read. */
function currentEntries(root: string, models: readonly ModelFile[], chosen: readonly ModelFile[]): Lock {
  const problems: string[] = [];
  const lock = readLock(
    root,
    problems,
    sourcesIn(chosen).map(({ key }) => key),
  );
  if (problems.length > 0 && chosen.length < models.length) throw new ConfigError(problems);
  const keys = new Set(sourcesIn(models).map(({ key }) => key));
  return Object.fromEntries(Object.entries(lock).filter(([key]) => keys.has(key)));
}

function refuseOtherRegistry(root: string, lock: Lock, address: string, registry: string): void {
  const other = Object.values(lock).find((entry) => entry.registry !== registry);
  if (!other) return;
  throw new Error(
    `${root}/${LOCK_FILE} was made from the registry of ${other.registry} (then at ${other.server}), but ${address} is ` +
      `the registry of ${registry}; name the right one with --server, or accept this one with --new-registry`,
  );
}

/** An entry that says the same as before keeps its date, so that resolving again changes no line. */
function dated(facts: Omit<LockEntry, 'resolved' | 'checksum'>, old: LockEntry | undefined): LockEntry {
  const before = old && seal({ ...facts, resolved: old.resolved, server: old.server });
  return before && before.checksum === old.checksum ? before : seal({ ...facts, resolved: new Date().toISOString() });
}

function describeChange(name: string, old: LockEntry | undefined, now: LockEntry | undefined): string[] {
  if (now === undefined || old?.checksum === now.checksum) return [];
  const alias = parseModelUri(now.uri)?.kind === 'location' ? 'files' : versionName(now);
  if (old === undefined) return [`${name}: ${alias}, ${now.artifacts}`];
  if (old.artifacts !== now.artifacts) return [`${name}: ${versionName(old)} -> ${versionName(now)}, ${now.artifacts}`];
  if (old.digest !== now.digest) return [`${name}: other files at ${now.artifacts}`];
  return [`${name}: ${alias}, described anew`];
}
