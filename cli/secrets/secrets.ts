/** `ml-platform secrets`: prints the Secrets that an environment needs. */
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { PlatformConfig } from '../../charts/config';
import { loadEnvironment } from '../../charts/environment/environments';
import type { RequiredSecret } from '../../charts/lib/secret';
import { toYaml } from '../../charts/lib/yaml';
import { composePlatform } from '../../charts/platform';
import { ENVIRONMENTS, requireEnvironments } from '../environments';
import { examples } from '../help';
import type { Terminal } from '../terminal';
import {
  type CredentialValues,
  credentialsOf,
  type ExistingSecret,
  overrideProblems,
  recoverCredentials,
  secretManifests,
} from './credentials';
import { readExisting } from './existing';
import { encryptionFor, refuseUnreadable, withoutFile, writeEncrypted } from './files';
import { readValues } from './values';

interface Options {
  readonly existing?: string;
  readonly values?: string;
  readonly list?: true;
  readonly seal?: string;
  readonly encrypt?: string;
}

export function addSecrets(program: Command, terminal: Terminal): void {
  program
    .command('secrets')
    .summary('print the Secrets of an environment, for kubectl create')
    .description(
      'Prints Secret manifests with random values for every credential of an environment. "kubectl create" never ' +
        'replaces a Secret that exists. To add what is missing to a cluster that has some already, with the same values ' +
        'on both sides of each connection, show it what is there by --existing.',
    )
    .argument('<env>', 'the environment')
    .option(
      '--existing <file>',
      'leave out these Secrets, as "kubectl get -o json" or "-o yaml" prints them; "-": stdin',
    )
    .option('--values <file>', `values of your own, NAME=value a line (default: ${ENVIRONMENTS}/<env>/secrets.env)`)
    .addOption(
      new Option(
        '--seal <certificate>',
        'write SealedSecrets to the environment, for the controller whose certificate is in this file',
      ).conflicts(['list', 'encrypt']),
    )
    .addOption(
      new Option(
        '--encrypt <recipient>',
        'write Secrets to the environment, encrypted by sops for this age key',
      ).conflicts('list'),
    )
    .option('--list', 'print the Secrets, their keys and the names of the credentials instead, without values')
    .addHelpText(
      'after',
      examples(
        'npx ml-platform secrets minikube | kubectl create -f -',
        'npx ml-platform secrets production --seal sealed-secrets.pem',
        'kubectl get secrets -A -l app.kubernetes.io/part-of=ml-platform -o json |',
        '  npx ml-platform secrets minikube --existing - | kubectl create -f -',
      ),
    )
    .action((environment: string, options: Options) => {
      requireEnvironments([environment]);
      const config = loadEnvironment(ENVIRONMENTS, environment);
      const { secrets } = composePlatform(config);
      if (options.list) terminal.out(list(secrets));
      else if (options.seal === undefined && options.encrypt === undefined)
        terminal.out(manifests(environment, secrets, options, terminal));
      else files(config, secrets, options, terminal);
    });
}

/**
 * What `kubectl create -f -` takes where nothing is missing. It fails on empty input, and on an empty list as well
 * ("no objects passed to create"). A review of one's own rights is answered and not stored, and everybody who has logged
 * in may ask for it.
 */
const NOTHING = {
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SelfSubjectAccessReview',
  spec: { resourceAttributes: { verb: 'create', resource: 'secrets' } },
};

function manifests(
  environment: string,
  secrets: readonly RequiredSecret[],
  options: Options,
  terminal: Terminal,
): string {
  const existing = options.existing === undefined ? [] : readExisting(options.existing);
  const values = complete(secrets, knownValues(environment, secrets, existing, options));
  const missing = secretManifests(secrets, existing, values);
  if (missing.length > 0) return toYaml(missing);
  terminal.err('every Secret exists already: there is nothing to create\n');
  return toYaml([NOTHING]);
}

/** Writes the Secrets of an environment that have no file yet. */
function files(config: PlatformConfig, secrets: readonly RequiredSecret[], options: Options, terminal: Terminal): void {
  const root = `${ENVIRONMENTS}/${config.environment}`;
  const encrypt = encryptionFor(config, options, terminal);
  const existing = options.existing === undefined ? [] : readExisting(options.existing);
  const known = knownValues(config.environment, secrets, existing, options);
  const missing = withoutFile(config, secrets);
  refuseUnreadable(root, secrets, missing, known);
  writeEncrypted(root, missing, complete(missing, known), encrypt, terminal);
}

/** The values that the cluster has and that the user gives. */
function knownValues(
  environment: string,
  secrets: readonly RequiredSecret[],
  existing: readonly ExistingSecret[],
  options: Options,
): CredentialValues {
  const overrides = readOverrides(environment, options.values, secrets);
  const known = recoverCredentials(secrets, existing);
  for (const [id, value] of overrides) {
    if (known.has(id) && known.get(id) !== value) {
      throw new Error(
        `${id}: the cluster has another value, which is kept; remove it from your file or rotate it by hand`,
      );
    }
  }
  return new Map([...overrides, ...known]);
}

/** A value for each credential: the known one, or a new one. @throws Error where one has to be given, and is not */
function complete(secrets: readonly RequiredSecret[], known: CredentialValues): CredentialValues {
  const credentials = credentialsOf(secrets);
  const absent = credentials.filter(({ id, origin }) => origin === 'given' && !known.has(id));
  if (absent.length > 0) {
    const lines = absent.map(({ id, purpose }) => `${id}: is not given, and cannot be made here: ${purpose}`);
    throw new Error(
      `${lines.join('\n')}\nwrite it to a file, as a line such as ${absent[0]?.id}=…, and name the file with --values`,
    );
  }
  return new Map(credentials.map(({ id }) => [id, known.get(id) ?? randomPassword()]));
}

function readOverrides(
  environment: string,
  file: string | undefined,
  secrets: readonly RequiredSecret[],
): CredentialValues {
  const path = file ?? `${ENVIRONMENTS}/${environment}/secrets.env`;
  if (file === undefined && !existsSync(path)) return new Map();
  const overrides = readValues(path, credentialsOf(secrets)[0]?.id ?? 'NAME');
  const problems = overrideProblems(overrides, secrets);
  if (problems.length > 0) throw new Error(problems.map((text) => `${path}: ${text}`).join('\n'));
  return overrides;
}

function list(secrets: readonly RequiredSecret[]): string {
  const lines = secrets.flatMap((secret) => [
    `${secret.namespace}/${secret.name}: ${secret.purpose}`,
    ...Object.keys(secret.data).map((key) => `  ${key}`),
  ]);
  const names = credentialsOf(secrets).map(
    ({ id, purpose, origin }) => `  ${id}: ${purpose}${origin === 'given' ? ' (has to be given)' : ''}`,
  );
  return `${[...lines, '', 'Credentials, which --values may set:', ...names].join('\n')}\n`;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** 32 letters and digits: 190 bits, within the 40 characters that MinIO allows. */
function randomPassword(): string {
  return Array.from({ length: 32 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
