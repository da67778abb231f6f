/** `ml-platform models promote`: takes a version to another environment. */
import type { Command } from 'commander';
import { loadModelFiles } from '../../charts/environment/environments';
import { type ModelFile, type Source, sourcesOf } from '../../charts/models/join-lock';
import { type Lock, type LockEntry, readLock, resolveCommand } from '../../charts/models/lock';
import { ConfigError, problem } from '../../config/problems';
import { LOCK_FILE, MODELS_FOLDER } from '../../config/read';
import { UsageError } from '../command';
import { ENVIRONMENTS, requireEnvironments } from '../environments';
import { examples } from '../help';
import type { Terminal } from '../terminal';
import { writeLock } from './lock-file';
import { comparison } from './report';
import { signatureChanges } from './signature';

interface Options {
  readonly from: string;
  readonly to: string;
  readonly allowSignatureChange?: true;
}

interface Environment {
  readonly root: string;
  readonly bucket: string;
  readonly lock: Lock;
  readonly source: ModelFile & Source;
}

export function addPromote(models: Command, terminal: Terminal): void {
  models
    .command('promote')
    .summary("take a model's version to another environment")
    .description(
      'Copies the locked version of a model from one environment to another, and shows what changes: versions, metrics ' +
        'and signatures, before and after, as Markdown for the description of the pull request. Both environments have ' +
        'a file for the model with the same uri, and are served from one MLflow server.',
    )
    .argument('<model>', 'a name, or NAME/PREDICTOR, or NAME/PREDICTOR/NODE, as models.lock.yaml has it')
    .requiredOption('--from <env>', 'the environment that has the version')
    .requiredOption('--to <env>', 'the environment that gets it')
    .option('--allow-signature-change', 'promote a version that callers of the one before cannot call as before')
    .addHelpText('after', examples('npx ml-platform models promote mlflow-wine --from minikube --to production'))
    .action((name: string, options: Options) => promote(name, options, terminal));
}

function promote(name: string, { from, to, allowSignatureChange }: Options, terminal: Terminal): void {
  if (from === to) throw new UsageError(`--from and --to are both "${from}"; name two environments`);
  requireEnvironments([from, to]);

  const target = read(to, name, from);
  const source = read(from, name, to);
  const entry = source.lock[name];
  if (entry === undefined || entry.uri !== source.source.uri) {
    throw new Error(
      `${source.root}/${LOCK_FILE} has no entry for ${name} as its file is; run "${resolveCommand(source.root)} ${name}"`,
    );
  }
  refuse(source, target, entry);

  const old = target.lock[name];
  const changes = old ? signatureChanges(old.signature, entry.signature) : [];
  terminal.out(comparison(name, from, to, old, entry, changes));
  if (changes.some(({ breaks }) => breaks) && !allowSignatureChange) {
    throw new Error(
      `nothing was written: callers of ${name} in ${to} would break; change them first, and say --allow-signature-change`,
    );
  }
  writeLock(target.root, { ...target.lock, [name]: entry });
  terminal.err(`${target.root}/${LOCK_FILE}: ${name} is what ${from} has; next: npx ml-platform synth ${to}\n`);
}

/** @throws ConfigError when the environment, or its lock, is faulty, or has no such model */
function read(environment: string, name: string, other: string): Environment {
  const { root, settings, models } = loadModelFiles(ENVIRONMENTS, environment);
  const problems: string[] = [];
  const lock = readLock(root, problems);
  const [file = ''] = name.split('/');
  const model = models.find((candidate) => candidate.model.name === file);
  if (!model) {
    const path = `${root}/${MODELS_FOLDER}/${file}.yaml`;
    problems.push(
      problem(path, [], `not found; start with a copy of ${ENVIRONMENTS}/${other}/${MODELS_FOLDER}/${file}.yaml`),
    );
  }
  const sources = model ? sourcesOf(model.model) : [];
  const source = sources.find(({ key }) => key === name);
  if (model && !source) {
    const keys = sources.map(({ key }) => key).join(', ');
    problems.push(problem(model.file, [], `has no ${name} that loads files; it has ${keys || 'none'}`));
  }
  if (!model || !source || problems.length > 0) throw new ConfigError(problems);
  return { root, bucket: settings.objectStore.bucket, lock, source: { ...model, ...source } };
}

/** @throws ConfigError when the version cannot be served in the target */
function refuse(source: Environment, target: Environment, entry: LockEntry): void {
  const problems: string[] = [];
  const { origin, uri, path } = target.source;
  if (uri !== entry.uri) {
    problems.push(problem(origin, path, `is ${uri}, but ${source.root} has ${entry.uri}; make them the same`));
  }
  if (!entry.artifacts.startsWith(`s3://${target.bucket}/`)) {
    const what = `${entry.artifacts} is outside the bucket "${target.bucket}" that this environment serves models from`;
    problems.push(problem(origin, path, what));
  }
  const other = Object.values(target.lock).find(({ registry }) => registry !== entry.registry);
  if (other) {
    problems.push(
      problem(
        `${target.root}/${LOCK_FILE}`,
        [],
        `is of the MLflow server at ${other.server} (registry of ${other.registry}), and ${source.root} is of the one at ` +
          `${entry.server} (registry of ${entry.registry}), whose files it cannot serve; log the model to its server, and run "${resolveCommand(target.root)}"`,
      ),
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
}
