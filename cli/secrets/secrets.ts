/** npm run secrets -- ENVIRONMENT: prints the Secrets that an environment needs. `--help` says more. */
import { randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs, parseEnv } from 'node:util';
import { load, YAMLException } from 'js-yaml';
import { loadEnvironment } from '../../charts/environments';
import type { RequiredSecret } from '../../charts/lib/secret';
import { toYaml } from '../../charts/lib/yaml';
import { composePlatform } from '../../charts/platform';
import { runCommand, UsageError } from '../command';
import {
  credentialsOf,
  type ExistingSecret,
  overrideProblems,
  recoverCredentials,
  secretManifests,
} from './credentials';

const HELP = `Prints Secret manifests with random values for every credential of an environment.

  npm run --silent secrets -- ENVIRONMENT [options] | kubectl create -f -

kubectl create never replaces a Secret that exists. To add what is missing to a cluster that has some already, with the
same values on both sides of each connection, show it what is there:

  kubectl get secrets -A -l app.kubernetes.io/part-of=ml-platform -o json |
    npm run --silent secrets -- ENVIRONMENT --existing - | kubectl create -f -

  --existing FILE   Secrets as "kubectl get -o json" or "-o yaml" prints them ("-": standard input); these are left out
  --values FILE     values of your own, NAME=value a line (default: environments/ENVIRONMENT/secrets.env, where it exists)
  --list            prints the Secrets, their keys and the names of the credentials instead, without values
  --help            prints this
`;

function main(): number {
  const { values, positionals } = parse();
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [environment] = positionals;
  if (environment === undefined || positionals.length > 1) {
    throw new UsageError('name one environment, such as "npm run secrets -- minikube"; --help says more');
  }
  const { secrets } = composePlatform(loadEnvironment('environments', environment));
  process.stdout.write(values.list ? list(secrets) : manifests(environment, secrets, values));
  return 0;
}

function parse() {
  return parseArgs({
    allowPositionals: true,
    options: {
      existing: { type: 'string' },
      values: { type: 'string' },
      list: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
}

function manifests(
  environment: string,
  secrets: readonly RequiredSecret[],
  options: { existing?: string; values?: string },
): string {
  const existing = options.existing === undefined ? [] : readExisting(options.existing);
  const overrides = readOverrides(environment, options.values, secrets);
  const known = recoverCredentials(secrets, existing);
  for (const [id, value] of overrides) {
    if (known.has(id) && known.get(id) !== value) {
      throw new UsageError(
        `${id}: the cluster has another value, which is kept; remove it from your file or rotate it by hand`,
      );
    }
  }
  const values = new Map(
    credentialsOf(secrets).map(({ id }) => [id, known.get(id) ?? overrides.get(id) ?? randomPassword()]),
  );
  const missing = secretManifests(secrets, existing, values);
  if (missing.length === 0) console.error('every Secret exists already: there is nothing to create');
  return toYaml(missing);
}

function readOverrides(
  environment: string,
  file: string | undefined,
  secrets: readonly RequiredSecret[],
): ReadonlyMap<string, string> {
  const path = file ?? `environments/${environment}/secrets.env`;
  if (!existsSync(path)) {
    if (file !== undefined) throw new UsageError(`${file}: not found`);
    return new Map();
  }
  const overrides = new Map(
    Object.entries(parseEnv(readFileSync(path, 'utf8'))).map(([id, value]) => [id, value ?? '']),
  );
  const problems = overrideProblems(overrides, secrets);
  if (problems.length > 0) throw new UsageError(problems.map((text) => `${path}: ${text}`).join('\n'));
  return overrides;
}

interface SecretObject {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>> | null;
  readonly items?: readonly SecretObject[];
}

/** Secrets as kubectl prints them: one, or a list; JSON is YAML too. */
function readExisting(file: string): ExistingSecret[] {
  const name = file === '-' ? 'standard input' : file;
  let content: unknown;
  try {
    content = load(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (error) {
    if (error instanceof YAMLException) throw new UsageError(`${name}: is not YAML or JSON: ${error.reason}`);
    throw new UsageError(`${name}: cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  const object = content as SecretObject;
  if (object?.kind !== 'List' && object?.kind !== 'SecretList' && object?.kind !== 'Secret') {
    throw new UsageError(`${name}: has no Secrets; give it what "kubectl get secrets -A -o json" prints`);
  }
  return (object.kind === 'Secret' ? [object] : (object.items ?? [])).map(({ metadata, data }) => ({
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    data: Object.fromEntries(
      Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
    ),
  }));
}

function list(secrets: readonly RequiredSecret[]): string {
  const lines = secrets.flatMap((secret) => [
    `${secret.namespace}/${secret.name}: ${secret.purpose}`,
    ...Object.keys(secret.data).map((key) => `  ${key}`),
  ]);
  const names = credentialsOf(secrets).map(({ id, purpose }) => `  ${id}: ${purpose}`);
  return `${[...lines, '', 'Credentials, which --values may set:', ...names].join('\n')}\n`;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** 32 letters and digits: 190 bits, within the 40 characters that MinIO allows. */
function randomPassword(): string {
  return Array.from({ length: 32 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

void runCommand(main);
