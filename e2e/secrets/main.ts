/**
 * npm run e2e:secrets: encrypted Secrets, opened by the programs that users have. Every credential is given a value of
 * this run, so that what kubeseal and sops read is known, and so is what nobody may read.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { loadEnvironment } from '../../charts/environment/environments';
import type { RequiredSecret } from '../../charts/lib/secret';
import { composePlatform } from '../../charts/platform';
import { credentialsOf, type ExistingSecret, recoverCredentials } from '../../cli/secrets/credentials';
import { buildSecretTools } from '../cluster/build/tools';
import { Checks, same } from '../cluster/checks';
import { finished, type Result, run } from '../cluster/commands';
import type { KubernetesObject } from '../cluster/objects';
import { requireCommands, runProgram } from '../cluster/program';
import { Repository, STARTING } from '../cluster/repository';

const program = new Command('npm run e2e:secrets --').description(
  'Encrypts the Secrets of the starting environment by "ml-platform secrets", for Sealed Secrets and for SOPS, and opens ' +
    'them by kubeseal and sops themselves. Needs Go and openssl; the two are built once, into .cache/e2e.',
);

/** A backend: how its files are made, and how its own program opens one. */
interface Backend {
  readonly name: string;
  readonly settings: object;
  readonly make: readonly string[];
  readonly open: (file: string) => Result;
  /** The same with a key that is not theirs. */
  readonly openByOther: (file: string) => Result;
}

async function main(): Promise<number> {
  requireCommands({ go: 'Go 1.26 or later', openssl: 'openssl' });
  const project = process.cwd();
  const tools = await buildSecretTools(project);
  const work = join(project, '.cache/e2e/secrets');
  const repository = Repository.init(project, join(work, 'repository'));
  const checks = new Checks();
  for (const backend of [sealedSecrets(tools, work), sops(tools, work)]) await check(checks, backend, repository, work);
  process.stdout.write(`\n${checks}`);
  return checks.failed ? 1 : 0;
}

async function check(checks: Checks, backend: Backend, starting: Repository, work: string): Promise<void> {
  const { name, settings, make, open, openByOther } = backend;
  const repository = starting.copy(join(work, name), () => {});
  repository.change(settings);
  const { secrets } = composePlatform(loadEnvironment(join(repository.root, 'environments'), STARTING));
  const values = new Map(credentialsOf(secrets).map(({ id }) => [id, randomBytes(12).toString('hex')]));
  const given = join(work, `${name}.env`);
  writeFileSync(given, [...values].map(([id, value]) => `${id}=${value}\n`).join(''));
  const folder = join(repository.environment(), 'secrets');
  const files = () => readdirSync(folder).map((file) => join(folder, file));
  const said: string[] = [];

  await checks.check(`${name}: a file for each Secret`, () => {
    const { status, stdout, stderr } = repository.command('secrets', STARTING, ...make, '--values', given);
    said.push(stdout, stderr);
    same([status, files().length], [0, secrets.length]);
    return `${secrets.length} files`;
  });
  await checks.check(`${name}: its own program reads every value`, () => {
    const opened = files().map((file) => secretIn(finished(open(file)), secrets));
    same([...recoverCredentials(secrets, opened)].sort(), [...values].sort());
    return `${values.size} credentials in ${opened.length} Secrets`;
  });
  await checks.check(`${name}: with another key it reads nothing`, () => {
    const readable = files().filter((file) => openByOther(file).status === 0);
    same(readable, []);
    return `${files().length} files stay closed`;
  });
  await checks.check(`${name}: a file that was changed is refused`, () => {
    const [file = ''] = files();
    const changed = join(work, 'changed.yaml');
    // What says whose it is counts, too: a sealed Secret cannot be given another name.
    writeFileSync(changed, readFileSync(file, 'utf8').replaceAll(/^( +)name: .*/gm, '$1name: another'));
    const { status, stderr } = open(changed);
    if (status === 0) throw new Error(`${changed} is opened`);
    return stderr.trim().split('\n')[0] ?? '';
  });
  await checks.check(`${name}: no value is in dist/, in the files or in what is said`, () => {
    const { status, stdout, stderr } = repository.command('synth');
    said.push(stdout, stderr);
    same(status, 0);
    const places = [...files(), ...filesBelow(repository.dist())];
    const texts = [...places.map((file) => readFileSync(file, 'utf8')), ...said];
    same(
      [...values].filter(([, value]) => texts.some((text) => holds(text, value))).map(([id]) => id),
      [],
    );
    return `${places.length} files`;
  });
}

const holds = (text: string, value: string) =>
  [value, Buffer.from(value).toString('base64').replace(/=+$/, '')].some((form) => text.includes(form));

const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** A Secret as the controllers make it; its keys are those of the list. */
function secretIn(json: string, secrets: readonly RequiredSecret[]): ExistingSecret {
  const { metadata, data, stringData } = JSON.parse(json) as KubernetesObject & {
    readonly data?: Readonly<Record<string, string>>;
    readonly stringData?: Readonly<Record<string, string>>;
  };
  const decoded = Object.entries(data ?? {}).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]);
  const secret = {
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    data: { ...Object.fromEntries(decoded), ...stringData },
  };
  const required = secrets.find(({ name, namespace }) => name === secret.name && namespace === secret.namespace);
  same(Object.keys(secret.data).sort(), Object.keys(required?.data ?? {}).sort());
  return secret;
}

/** What the controller does with the key that it keeps. */
function sealedSecrets(tools: string, work: string): Backend {
  const [key, other] = ['controller', 'other'].map((name) => {
    const files = ['-keyout', join(work, `${name}.key`), '-out', join(work, `${name}.pem`)];
    const kind = ['-newkey', 'rsa:4096', '-days', '30', '-subj', `/CN=${name}`];
    finished(run('openssl', ['req', '-x509', '-nodes', ...kind, ...files], work));
    return join(work, `${name}.key`);
  });
  const unseal = (file: string, with_ = '') =>
    run(
      'sh',
      ['-c', `exec '${tools}/kubeseal' --recovery-unseal --recovery-private-key '${with_}' -o json <'${file}'`],
      work,
    );
  return {
    name: 'sealedSecrets',
    settings: { secrets: { backend: 'sealedSecrets' } },
    make: ['--seal', join(work, 'controller.pem')],
    open: (file) => unseal(file, key),
    openByOther: (file) => unseal(file, other),
  };
}

/** What Flux does with the identity in its Secret. */
function sops(tools: string, work: string): Backend {
  // ml-platform calls the one that is installed.
  process.env.PATH = `${tools}:${process.env.PATH}`;
  const [key, other] = ['flux', 'other'].map((name) => {
    const identity = finished(run(join(tools, 'age-keygen'), [], work));
    const file = join(work, `${name}.agekey`);
    writeFileSync(file, identity);
    return { file, recipient: /age1\w+/.exec(identity)?.[0] ?? '' };
  });
  const decrypt = (file: string, { file: identity = '' } = {}) =>
    run(join(tools, 'sops'), ['--decrypt', '--output-type', 'json', file], work, { SOPS_AGE_KEY_FILE: identity });
  return {
    name: 'sops',
    settings: {
      secrets: { backend: 'sops' },
      delivery: { flux: { source: { url: 'https://git.test/platform.git' } } },
    },
    make: ['--encrypt', key?.recipient ?? ''],
    open: (file) => decrypt(file, key),
    openByOther: (file) => decrypt(file, other),
  };
}

void runProgram(program, main);
