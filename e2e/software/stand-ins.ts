/**
 * Stand-ins for the images of the catalogue: the real software, with the entrypoint, user, working directory, variables
 * and paths that the Dockerfile of the image gives it, so that what a pod cannot do in the image it cannot do here. Files
 * that the image has besides are in layers/. What differs from the image is said at each.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { POSTGRESQL_BIN, type SignInSoftware, type Software, type StoreSoftware } from './install';

export interface StandIn {
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Whom the image names, such as "1000" or "10001:10001". @default root */
  readonly user?: string;
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
export const inContainer = ({ root }: Pick<Software, 'root'>, folder: string) => join(SOFTWARE, relative(root, folder));

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const ONLY_ROOT = 'root:x:0:0:root:/root:/bin/sh\n';

/** The stand-ins by the start of the image's repository. */
export function standIns(project: string, software: Software, work: string): ReadonlyMap<string, StandIn> {
  const at = (folder: string) => inContainer(software, folder);
  const python = (venv: string) => ({ PATH: `${at(venv)}/bin:${PATH}` });
  const layer = layersIn(project, work);
  return new Map<string, StandIn>([
    [
      // The locale is another: the root of the stand-ins has no en_US.utf8.
      'docker.io/library/postgres',
      {
        entrypoint: ['docker-entrypoint.sh'],
        cmd: ['postgres'],
        env: {
          PATH: `${at(software.postgresql)}/${POSTGRESQL_BIN}:${PATH}`,
          PGDATA: '/var/lib/postgresql/18/docker',
          LANG: 'C.UTF-8',
          // Where clients look for the server's socket; the image's are built to look there.
          PGHOST: '/var/run/postgresql',
        },
        cwd: '/',
        stopSignal: 'SIGINT',
        software: software.postgresql,
        layer: layer('postgres'),
      },
    ],
    silo(software, layer),
    mlflow(software, layer),
    [
      // rclone of today, the image's is 1.59.
      'docker.io/seldonio/rclone-storage-initializer',
      {
        entrypoint: ['rclone', 'copy'],
        cmd: [],
        env: {
          ...python(software.serving),
          RCLONE_CONFIG_GS_TYPE: 'google cloud storage',
          RCLONE_CONFIG_GS_ANONYMOUS: 'true',
          RCLONE_VERBOSE: '1',
        },
        cwd: '/',
        user: '8888',
        software: software.serving,
        layer: layer('rclone-storage-initializer'),
      },
    ],
    [
      // rclone of today, on Debian instead of Alpine.
      'docker.io/rclone/rclone',
      {
        entrypoint: ['rclone'],
        cmd: [],
        env: { ...python(software.serving), XDG_CONFIG_HOME: '/config' },
        cwd: '/data',
        software: software.serving,
        layer: layer('rclone', (folder) => mkdirSync(join(folder, 'data'), { recursive: true })),
      },
    ],
    [
      // All runtimes in one environment, with Debian's Python instead of 3.10 from conda.
      'docker.io/seldonio/mlserver',
      {
        entrypoint: [],
        cmd: [
          '/bin/bash',
          '-c',
          'source ./hack/activate-env.sh $MLSERVER_ENV_TARBALL && mlserver start $MLSERVER_MODELS_DIR',
        ],
        env: {
          PATH: `/opt/mlserver/.local/bin:${at(software.serving)}/bin:${PATH}`,
          MLSERVER_MODELS_DIR: '/mnt/models',
          MLSERVER_ENV_TARBALL: '/mnt/models/environment.tar.gz',
          MLSERVER_PATH: '/opt/mlserver',
          HF_HOME: '/opt/mlserver/.cache',
          NUMBA_CACHE_DIR: '/opt/mlserver/.cache',
        },
        cwd: '/opt/mlserver',
        user: '1000',
        software: software.serving,
        layer: layer('mlserver', (folder) => {
          chownSync(join(folder, 'opt/mlserver'), 1000, 0);
          chmodSync(join(folder, 'opt/mlserver'), 0o776);
        }),
      },
    ],
    [
      // Seldon's own wrapper, around a class written for this test, with Debian's Python instead of 3.8.
      'docker.io/seldonio/sklearnserver',
      {
        entrypoint: [],
        cmd: ['/s2i/bin/run'],
        env: {
          ...python(software.wrapper),
          LANG: 'C.UTF-8',
          LC_ALL: 'C.UTF-8',
          MODEL_NAME: 'SKLearnServer',
          SERVICE_TYPE: 'MODEL',
          PERSISTENCE: '0',
        },
        cwd: '/microservice',
        software: software.wrapper,
        layer: layer('sklearnserver'),
      },
    ],
    [
      // The image that the one before is made from: the wrapper alone, which has seldon-batch-processor.
      'docker.io/seldonio/seldon-core-s2i-python38',
      {
        entrypoint: [],
        cmd: [],
        env: { ...python(software.wrapper), LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' },
        cwd: '/microservice',
        software: software.wrapper,
        layer: layer('sklearnserver'),
      },
    ],
    ['ml-streamlit', built(join(project, 'frontend'), software.frontend, python(software.frontend), layer('frontend'))],
    [
      'ml-training',
      built(join(project, 'datascience'), software.training, python(software.training), layer('training')),
    ],
  ]);
}

/** The image of the proxy that signs people in. */
export function signInStandIn(
  project: string,
  software: Software,
  { proxy }: SignInSoftware,
  work: string,
): readonly [string, StandIn] {
  const standIn: StandIn = {
    entrypoint: [join(inContainer(software, proxy), 'oauth2-proxy')],
    cmd: [],
    env: { PATH },
    cwd: '/',
    user: '65532',
    software: proxy,
    layer: layersIn(project, work)('oauth2-proxy'),
  };
  return ['quay.io/oauth2-proxy/oauth2-proxy', standIn];
}

/**
 * The image of what measures PostgreSQL.
 * @param folder of the installed exporter
 */
export const exporterStandIn = (
  project: string,
  software: Software,
  folder: string,
  work: string,
): readonly [string, StandIn] => [
  'quay.io/prometheuscommunity/postgres-exporter',
  {
    entrypoint: [join(inContainer(software, folder), 'postgres_exporter')],
    cmd: [],
    env: { PATH },
    cwd: '/',
    user: '65534',
    software: folder,
    layer: layersIn(project, work)('postgres-exporter'),
  },
];

/** A copy of a folder of layers/, which some images add files to. */
const layersIn =
  (project: string, work: string) =>
  (name: string, add: (folder: string) => void = () => {}) => {
    const folder = join(work, 'layers', name);
    mkdirSync(join(folder, 'etc'), { recursive: true });
    writeFileSync(join(folder, 'etc/passwd'), ONLY_ROOT);
    const own = join(project, 'e2e/software/layers', name);
    if (existsSync(own)) cpSync(own, folder, { recursive: true });
    add(folder);
    return folder;
  };

type Layer = ReturnType<typeof layersIn>;

/** What runs MLflow, and the log of requests. */
function mlflow(software: Pick<Software, 'root' | 'tracking'>, layer: Layer): [string, StandIn] {
  return [
    'ghcr.io/mlflow/mlflow',
    {
      entrypoint: [],
      cmd: ['python3'],
      env: { PATH: `${inContainer(software, software.tracking)}/bin:${PATH}`, LANG: 'C.UTF-8' },
      cwd: '/',
      software: software.tracking,
      layer: layer('mlflow'),
    },
  ];
}

/** What runs the store of MinIO. */
function silo(software: Pick<Software, 'root' | 'minio'>, layer: Layer): [string, StandIn] {
  const at = (folder: string) => inContainer(software, folder);
  return [
    // MinIO and its mc, which Silo and its mc are forks of, on Debian instead of UBI micro.
    'docker.io/pgsty/silo',
    {
      entrypoint: ['/usr/bin/docker-entrypoint.sh'],
      cmd: ['silo'],
      env: {
        PATH,
        MINIO_ACCESS_KEY_FILE: 'access_key',
        MINIO_SECRET_KEY_FILE: 'secret_key',
        MINIO_ROOT_USER_FILE: 'access_key',
        MINIO_ROOT_PASSWORD_FILE: 'secret_key',
        MINIO_KMS_SECRET_KEY_FILE: 'kms_master_key',
        MINIO_CONFIG_ENV_FILE: 'config.env',
        HOME: '/tmp',
        MC_CONFIG_DIR: '/tmp/.mc',
      },
      cwd: '/',
      software: software.minio,
      layer: layer('silo', (folder) => {
        for (const [name, program] of Object.entries({ silo: 'minio', mc: 'mc', mcli: 'mc' }))
          symlinkSync(join(at(software.minio), program), join(folder, 'usr/bin', name));
      }),
    },
  ];
}

/** The images of object stores of several servers, and of the log of requests. */
export function storeStandIns(project: string, software: StoreSoftware, work: string): ReadonlyMap<string, StandIn> {
  const layer = layersIn(project, work);
  const program = (folder: string, name: string, link: (layer: string) => void = () => {}): StandIn => ({
    entrypoint: [],
    cmd: [],
    env: { PATH: `${inContainer(software, folder)}:${PATH}` },
    cwd: '/',
    software: folder,
    layer: layer(name, link),
  });
  return new Map([
    silo(software, layer),
    mlflow(software, layer),
    ['docker.io/chrislusf/seaweedfs', program(software.seaweedfs, 'seaweedfs')],
    [
      'registry.k8s.io/etcd',
      // The module calls the program "server".
      program(software.etcd, 'etcd', (folder) => {
        mkdirSync(join(folder, 'usr/local/bin'), { recursive: true });
        symlinkSync(join(inContainer(software, software.etcd), 'server'), join(folder, 'usr/local/bin/etcd'));
      }),
    ],
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
    user: lines('USER')[0],
    stopSignal: lines('STOPSIGNAL')[0],
    software: venv,
    layer,
  };
}
