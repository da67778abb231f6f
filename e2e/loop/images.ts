/**
 * Stand-ins for the images of the catalogue: the real software, with the entrypoint, user and paths that the official
 * image documents. What differs from the image is said at each.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Parts } from './install';

export interface StandIn {
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** What asks it to end. @default "SIGTERM" */
  readonly stopSignal?: string;
  /** The folder of the installed software on this machine; the container has it below SOFTWARE. */
  readonly software: string;
  /** A folder whose files lie over those of the host. */
  readonly layer: string;
}

/** Where containers have the installed software: no pod mounts anything there. */
export const SOFTWARE = '/opt/software';

/** The place in a container of a folder of installed software. */
export const inContainer = ({ root }: Parts, folder: string) => join(SOFTWARE, relative(root, folder));

const PATH = '/usr/local/bin:/usr/bin:/bin';

/** The stand-ins by the start of the image's repository. */
export function standIns(project: string, parts: Parts, work: string): ReadonlyMap<string, StandIn> {
  const layer = (name: string, fill: (folder: string) => void = () => {}) => {
    const folder = join(work, 'layers', name);
    mkdirSync(join(folder, 'etc'), { recursive: true });
    // Users that the images name; the other containers run as numbers without one.
    const users = [
      'root:x:0:0::/root:/bin/sh',
      'postgres:x:999:999::/tmp:/bin/sh',
      'default:x:1000:1000::/tmp:/bin/sh',
    ];
    writeFileSync(join(folder, 'etc/passwd'), `${users.join('\n')}\n`);
    fill(folder);
    return folder;
  };
  const at = (folder: string) => inContainer(parts, folder);
  const python = (venv: string) => ({ PATH: `${at(venv)}/bin:${PATH}` });
  const plain = layer('plain');
  return new Map<string, StandIn>([
    [
      // The client programs are Debian's, of an older release; the rest is PostgreSQL 18.
      'docker.io/library/postgres',
      {
        entrypoint: ['/usr/local/bin/docker-entrypoint.sh'],
        cmd: ['postgres'],
        env: { PATH: `${at(parts.postgresql)}/bin:${PATH}`, PGDATA: '/var/lib/postgresql/18/docker', LANG: 'C.UTF-8' },
        cwd: '/',
        stopSignal: 'SIGINT',
        software: parts.postgresql,
        layer: layer('postgres', (folder) => {
          mkdirSync(join(folder, 'usr/local/bin'), { recursive: true });
          cpSync(
            join(project, 'e2e/loop/postgres/docker-entrypoint.sh'),
            join(folder, 'usr/local/bin/docker-entrypoint.sh'),
          );
        }),
      },
    ],
    [
      // MinIO itself, which Silo is a fork of.
      'docker.io/pgsty/silo',
      {
        entrypoint: [`${at(parts.minio)}/minio`],
        cmd: [],
        env: { PATH: `${at(parts.minio)}:${PATH}` },
        cwd: '/',
        software: parts.minio,
        layer: plain,
      },
    ],
    [
      'ghcr.io/mlflow/mlflow',
      {
        entrypoint: [],
        cmd: ['python3'],
        env: python(parts.tracking),
        cwd: '/',
        software: parts.tracking,
        layer: plain,
      },
    ],
    [
      // rclone of today, the image's is 1.59.
      'docker.io/seldonio/rclone-storage-initializer',
      {
        entrypoint: ['rclone', 'copy'],
        cmd: [],
        env: python(parts.serving),
        cwd: '/',
        software: parts.serving,
        layer: plain,
      },
    ],
    [
      // All runtimes in one environment, with Python 3.11 instead of 3.10.
      'docker.io/seldonio/mlserver',
      {
        entrypoint: [],
        cmd: ['mlserver', 'start', '/mnt/models'],
        env: python(parts.serving),
        cwd: '/tmp',
        software: parts.serving,
        layer: plain,
      },
    ],
    [
      // Seldon's own wrapper, around a class written for this test.
      'docker.io/seldonio/sklearnserver',
      {
        entrypoint: [],
        cmd: ['seldon-core-microservice', 'SKLearnServer', '--service-type', 'MODEL'],
        env: python(parts.wrapper),
        cwd: '/microservice',
        software: parts.wrapper,
        layer: layer('sklearnserver', (folder) => {
          cpSync(join(project, 'e2e/loop/sklearnserver'), join(folder, 'microservice'), { recursive: true });
        }),
      },
    ],
    ['ml-streamlit', built(join(project, 'frontend'), parts.frontend, python(parts.frontend), layer('frontend'))],
    ['ml-training', built(join(project, 'datascience'), parts.training, python(parts.training), layer('training'))],
  ]);
}

/** An image that the project builds itself, by its Dockerfile; `venv` is what its RUN line installs. */
function built(folder: string, venv: string, python: StandIn['env'], layer: string): StandIn {
  const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8').replaceAll('\\\n', ' ');
  const lines = (instruction: string) =>
    [...dockerfile.matchAll(new RegExp(`^${instruction} (.*)$`, 'gm'))].map((match) => match[1]?.trim() ?? '');
  const list = (instruction: string) => JSON.parse(lines(instruction)[0] ?? '[]') as string[];
  const cwd = lines('WORKDIR')[0] ?? '/';
  for (const copied of lines('COPY')) {
    const names = copied.split(/\s+/);
    const target = join(layer, cwd, names.at(-1) ?? '');
    mkdirSync(target, { recursive: true });
    // The shell expands patterns, as docker does.
    const { status, stderr } = spawnSync('sh', ['-c', `cp ${names.slice(0, -1).join(' ')} '${target}/'`], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${folder}/Dockerfile: COPY ${copied}: ${stderr}`);
  }
  const env = lines('ENV').flatMap((pairs) => pairs.split(/\s+/).map((pair) => pair.split('=') as [string, string]));
  return {
    entrypoint: list('ENTRYPOINT'),
    cmd: list('CMD'),
    env: { ...python, ...Object.fromEntries(env) },
    cwd,
    software: venv,
    layer,
  };
}
