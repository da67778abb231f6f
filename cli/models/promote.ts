/** npm run models:promote -- MODEL --from ENV --to ENV: takes a version to another environment. `--help` says more. */
import { parseArgs } from 'node:util';
import { loadModelFiles } from '../../charts/environments';
import { type Lock, type LockEntry, readLock, resolveCommand } from '../../charts/models/lock';
import { type ModelFile, type Source, sourcesOf } from '../../charts/models/version';
import { ConfigError, problem } from '../../config/problems';
import { LOCK_FILE, MODELS_FOLDER } from '../../config/read';
import { runCommand, UsageError } from '../command';
import { writeLock } from './lock-file';
import { comparison } from './report';
import { signatureChanges } from './signature';

const HELP = `Copies the locked version of a model from one environment to another, and shows what changes.

  npm run models:promote -- MODEL --from ENVIRONMENT --to ENVIRONMENT [options]

MODEL is a name, or NAME/PREDICTOR, or NAME/PREDICTOR/NODE, as models.lock.yaml has it.
Both environments have a file for the model with the same uri, and are served from one MLflow server. What is printed
is Markdown, for the description of the pull request: versions, metrics and signatures, before and after.

  --allow-signature-change   promotes a version that callers of the one before cannot call as before
  --help                     prints this
`;

interface Environment {
  readonly root: string;
  readonly bucket: string;
  readonly lock: Lock;
  readonly source: ModelFile & Source;
}

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      'allow-signature-change': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [name] = positionals;
  const { from, to } = values;
  if (name === undefined || positionals.length > 1 || from === undefined || to === undefined) {
    throw new UsageError(
      'name a model and two environments, such as "npm run models:promote -- wine --from minikube --to production"',
    );
  }
  if (from === to) throw new UsageError(`--from and --to are both "${from}"; name two environments`);

  const target = read(to, name, from);
  const source = read(from, name, to);
  const entry = source.lock[name];
  if (entry === undefined || entry.uri !== source.source.uri) {
    throw new UsageError(
      `${source.root}/${LOCK_FILE} has no entry for ${name} as its file is; run "${resolveCommand(source.root)} ${name}"`,
    );
  }
  refuse(source, target, entry);

  const old = target.lock[name];
  const changes = old ? signatureChanges(old.signature, entry.signature) : [];
  process.stdout.write(comparison(name, from, to, old, entry, changes));
  if (changes.some(({ breaks }) => breaks) && !values['allow-signature-change']) {
    throw new UsageError(
      `nothing was written: callers of ${name} in ${to} would break; change them first, and say --allow-signature-change`,
    );
  }
  writeLock(target.root, { ...target.lock, [name]: entry });
  console.error(`${target.root}/${LOCK_FILE}: ${name} is what ${from} has; next: npm run synth`);
  return 0;
}

/** @throws ConfigError when the environment, or its lock, is faulty, or has no such model */
function read(environment: string, name: string, other: string): Environment {
  const { root, settings, models } = loadModelFiles('environments', environment);
  const problems: string[] = [];
  const lock = readLock(root, problems);
  const [file = ''] = name.split('/');
  const model = models.find((candidate) => candidate.model.name === file);
  if (!model) {
    const path = `${root}/${MODELS_FOLDER}/${file}.yaml`;
    problems.push(
      problem(path, [], `not found; start with a copy of environments/${other}/${MODELS_FOLDER}/${file}.yaml`),
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
  const { file, uri, path } = target.source;
  if (uri !== entry.uri) {
    problems.push(problem(file, path, `is ${uri}, but ${source.root} has ${entry.uri}; make them the same`));
  }
  if (!entry.artifacts.startsWith(`s3://${target.bucket}/`)) {
    const what = `${entry.artifacts} is outside the bucket "${target.bucket}" that this environment serves models from`;
    problems.push(problem(file, path, what));
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

void runCommand(main);
