/** `ml-platform models import`: makes model files of SeldonDeployments. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { CORE_SCHEMA, loadAll, YAMLException } from 'js-yaml';
import { toYaml } from '../../../charts/lib/yaml';
import { serviceName } from '../../../config/fields';
import { MODELS_FOLDER } from '../../../config/read';
import { ENVIRONMENTS, requireEnvironments } from '../../environments';
import { examples } from '../../help';
import type { Terminal } from '../../terminal';
import { type Imported, importDeployment, isSeldonDeployment } from './deployment';

const STDIN = '-';

export function addImport(models: Command, terminal: Terminal): void {
  models
    .command('import')
    .summary('make model files of SeldonDeployments')
    .description(
      'Prints a model file for each SeldonDeployment in a YAML or JSON file, or writes it to an environment. What a model ' +
        'file has no place for is left out, and named on standard error with the reason. Existing files stay as they are.',
    )
    .argument('<file>', 'a file with one or more objects, or "-" for standard input; other kinds are passed over')
    .option('--env <env>', `write ${ENVIRONMENTS}/<env>/${MODELS_FOLDER}/<name>.yaml instead of printing`)
    .addHelpText(
      'after',
      examples(
        'npx ml-platform models import deployment.yaml',
        'kubectl get sdep -n seldon iris -o yaml | npx ml-platform models import - --env minikube',
      ),
    )
    .action((file: string, { env }: { env?: string }) => importFile(file, env, terminal));
}

function importFile(file: string, environment: string | undefined, terminal: Terminal): void {
  if (environment !== undefined) requireEnvironments([environment]);
  const found = deploymentsIn(file).map(importDeployment);
  if (found.length === 0) throw new Error(`${file}: has no SeldonDeployment`);
  for (const { name, notes, problems } of found) {
    for (const { path, why } of notes) terminal.err(`${name}: left out ${path}: ${why}\n`);
    for (const line of problems) terminal.err(`${line}\n`);
  }
  if (environment === undefined) terminal.out(toYaml(found.map(({ name, model }) => ({ name, ...model }))));
  else write(`${ENVIRONMENTS}/${environment}/${MODELS_FOLDER}`, found, terminal);
  const faulty = found.filter(({ problems }) => problems.length > 0).map(({ name }) => name);
  if (faulty.length > 0)
    throw new Error(`mend what is said above of ${faulty.join(', ')}, which synth refuses as it is`);
}

/** All of them, or none. */
function write(folder: string, found: readonly Imported[], terminal: Terminal): void {
  const nameless = found.find(({ name }) => !serviceName('iris').safeParse(name).success);
  if (nameless) throw new Error(`nothing was written: "${nameless.name}" is no name for a model`);
  const files = found.map(({ name, model }) => ({ path: `${folder}/${name}.yaml`, text: toYaml([model]) }));
  const taken = files
    .map(({ path }) => path)
    .filter((path, index, all) => existsSync(path) || all.indexOf(path) < index);
  if (taken.length > 0) throw new Error(`nothing was written: there is ${taken.join(', ')} already`);
  mkdirSync(folder, { recursive: true });
  for (const { path, text } of files) {
    writeFileSync(path, text, { flag: 'wx' });
    terminal.out(`wrote ${path}\n`);
  }
}

/** The SeldonDeployments of a file, those in a List among them. */
function deploymentsIn(file: string): unknown[] {
  try {
    const documents = loadAll(readFileSync(file === STDIN ? 0 : file, 'utf8'), {
      schema: CORE_SCHEMA,
      maxAliases: 100,
    });
    return documents
      .flatMap((document) => (document as { items?: unknown[] } | null)?.items ?? [document])
      .filter(isSeldonDeployment);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new Error(`${file}: ${error.message.split('\n')[0]}`);
  }
}
