/** Reads environments/: every file through the schema, all faults reported together. */
import { isUtf8 } from 'node:buffer';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CORE_SCHEMA, loadAll, YAMLException } from 'js-yaml';
import type { z } from 'zod';
import { type ModelConfig, modelSchema } from './model';
import { type PlatformSettings, platformSchema } from './platform';
import { ConfigError, describeIssues, problem } from './problems';

/** All that is known of one environment; nothing in it is optional unless absence means something. */
export interface PlatformConfig extends Readonly<PlatformSettings> {
  /** Name of the environment: its folder under environments/ and under dist/. */
  readonly environment: string;
  readonly models: readonly ModelConfig[];
}

export const PLATFORM_FILE = 'platform.yaml';
export const MODELS_FOLDER = 'models';

/**
 * Every environment below a folder, in the order of their names.
 * @throws ConfigError with all that is wrong in all of them
 */
export function loadEnvironments(folder: string): PlatformConfig[] {
  if (!existsSync(folder)) {
    throw new ConfigError([
      `${folder}: not found; an environment is a folder such as "${folder}/minikube/${PLATFORM_FILE}"`,
    ]);
  }
  const found = entries(folder);
  const names = found.filter(({ isFolder }) => isFolder).map(({ name }) => name);
  if (names.length === 0)
    throw new ConfigError([`${folder}: has no environment, such as "${folder}/minikube/${PLATFORM_FILE}"`]);

  const problems = found
    .filter(({ name, isFolder }) => !isFolder && /\.ya?ml$/i.test(name))
    .map(({ name }) => {
      const meant = `${folder}/${name.replace(/\.\w+$/, '')}/${PLATFORM_FILE}`;
      return problem(`${folder}/${name}`, [], `not read; an environment is a folder, such as "${meant}"`);
    });
  const environments = names.map((name) => readEnvironment(folder, name, problems));
  if (problems.length > 0) throw new ConfigError(problems);
  return environments.filter((environment) => environment !== undefined);
}

/**
 * One environment.
 * @throws ConfigError with all that is wrong in it
 */
export function loadEnvironment(folder: string, name: string): PlatformConfig {
  const problems: string[] = [];
  const environment = readEnvironment(folder, name, problems);
  if (environment === undefined || problems.length > 0) throw new ConfigError(problems);
  return environment;
}

function readEnvironment(folder: string, name: string, problems: string[]): PlatformConfig | undefined {
  const root = `${folder}/${name}`;
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) {
    problems.push(problem(root, [], 'the name of an environment is a lower-case DNS label, such as "minikube"'));
  }
  for (const entry of existsSync(root) ? entries(root) : []) {
    const known = entry.isFolder ? entry.name === MODELS_FOLDER : entry.name === PLATFORM_FILE || !isData(entry.name);
    if (!known) {
      const path = `${root}/${entry.name}`;
      problems.push(problem(path, [], `not read; an environment is ${PLATFORM_FILE} and ${MODELS_FOLDER}/`));
    }
  }
  const file = `${root}/${PLATFORM_FILE}`;
  if (!existsSync(file)) {
    problems.push(problem(file, [], 'not found; an empty file gives a platform with all defaults'));
    return undefined;
  }
  const settings = readFile(file, platformSchema, {}, problems);
  const models = modelFiles(root, problems).map((path) => {
    const model = readFile(path, modelSchema, { name: basename(path, '.yaml') }, problems);
    return model && { file: path, model };
  });
  if (settings === undefined) return undefined;

  const read = models.filter((entry) => entry !== undefined);
  problems.push(...nameClashes(read), ...strayUris(read, settings.objectStore.bucket));
  if (read.length === models.length) problems.push(...frontendProblems(file, settings, read));
  return Object.freeze({ environment: name, ...settings, models: read.map(({ model }) => model) });
}

interface ModelFile {
  readonly file: string;
  readonly model: ModelConfig;
}

/** Reads one YAML file. `defaults` are the values that depend on the file's name. */
function readFile<S extends z.ZodObject>(
  file: string,
  schema: S,
  defaults: Readonly<Record<string, string>>,
  problems: string[],
): z.output<S> | undefined {
  const content = parse(file, problems);
  if (content === undefined) return undefined;
  const input = typeof content === 'object' && !Array.isArray(content) ? { ...defaults, ...content } : content;
  const result = schema.safeParse(input);
  if (!result.success) {
    problems.push(...describeIssues(file, schema, input, result.error));
    return undefined;
  }
  return result.data;
}

/**
 * The one document of a YAML 1.2 file; an empty file is an empty mapping. Read by js-yaml, since the `yaml` package
 * takes more than twice as long per file, which is half of the run with thousands of models (`npm run bench`).
 */
function parse(file: string, problems: string[]): unknown {
  const bytes = readFileSync(file);
  if (!isUtf8(bytes)) {
    problems.push(problem(file, [], 'is not UTF-8; save it in that encoding'));
    return undefined;
  }
  const text = bytes.toString();
  try {
    const documents = loadAll(text, { schema: CORE_SCHEMA, maxAliases: 100 });
    if (documents.length > 1) {
      problems.push(
        problem(file, [], `has ${documents.length} documents; it must be one, so remove the "---" between them`),
      );
      return undefined;
    }
    return documents[0] ?? {};
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark?.line;
    const source = line === undefined ? '' : (text.split('\n')[line] ?? '').trim();
    problems.push(
      problem(
        file,
        line === undefined ? [] : [`line ${line + 1}`],
        `${error.reason}${source && `, at "${source.slice(0, 60)}"`}`,
      ),
    );
    return undefined;
  }
}

function modelFiles(root: string, problems: string[]): string[] {
  const folder = `${root}/${MODELS_FOLDER}`;
  if (!existsSync(folder)) return [];
  return entries(folder).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isFolder) {
      problems.push(problem(path, [], `not read; model files lie in ${MODELS_FOLDER}/ itself`));
      return [];
    }
    if (entry.name.endsWith('.yaml')) return [path];
    if (isData(entry.name)) {
      const stem = entry.name.replace(/\.\w+$/, '');
      problems.push(problem(path, [], `not read; a model file ends in .yaml, such as "${stem}.yaml"`));
    }
    return [];
  });
}

/** Looks like a file that its author expects to be read. */
const isData = (name: string) => /\.(ya?ml|json)$/i.test(name);

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** The entries of a folder, links followed, in an order that no locale or file system changes. */
function entries(folder: string): Entry[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .map((entry) => ({
      name: entry.name,
      isFolder: entry.isSymbolicLink()
        ? statSync(join(folder, entry.name), { throwIfNoEntry: false })?.isDirectory() === true
        : entry.isDirectory(),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Two models whose objects would have one name: the later apply would take the earlier model's Service. */
function nameClashes(models: readonly ModelFile[]): string[] {
  const owners = new Map<string, string>();
  return models.flatMap(({ file, model: { name, predictor, node } }) => {
    const objects = [
      `SeldonDeployment "${name}"`,
      `Service "${name}-${predictor}"`,
      `Service "${name}-${predictor}-${node}"`,
      `Deployment "${name}-${predictor}-0-${node}"`,
    ];
    const clash = objects.find((object) => owners.has(object));
    if (clash !== undefined)
      return problem(file, ['name'], `makes the ${clash}, which ${owners.get(clash)} makes too; rename one of them`);
    for (const object of objects) owners.set(object, file);
    return [];
  });
}

/** Models outside the bucket that the models' key may read. */
function strayUris(models: readonly ModelFile[], bucket: string): string[] {
  return models
    .filter(({ model }) => !model.uri.startsWith(`s3://${bucket}/`))
    .map(({ file, model }) =>
      problem(
        file,
        ['uri'],
        `is ${model.uri}, outside the bucket that models are read from, such as "s3://${bucket}/${model.name}/1"`,
      ),
    );
}

function frontendProblems(file: string, settings: PlatformSettings, models: readonly ModelFile[]): string[] {
  const { enabled, model: name } = settings.frontend;
  if (!enabled) return [];
  const path = ['frontend', 'model'];
  const found = models.find(({ model }) => model.name === name)?.model;
  if (!found) {
    const names = models.map(({ model }) => model.name);
    const choice =
      names.length > 0 ? `it can be one of ${names.join(', ')}` : 'add a model file, or set frontend.enabled: false';
    return [problem(file, path, `there is no model "${name}" in ${MODELS_FOLDER}/; ${choice}`)];
  }
  return found.protocol === 'tensorflow'
    ? [problem(file, path, `is "${name}", which speaks the tensorflow protocol; the front end speaks v2 and seldon`)]
    : [];
}
