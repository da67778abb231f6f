/** What is checked, in order; the first check that fails ends it. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load as parse } from 'js-yaml';
import { CATALOGUE } from '../../charts/images/catalogue';
import type { CloudNativePg } from '../cluster/build/cloudnativepg';
import type { Parts } from '../cluster/build/parts';
import { type Check, Checks, same } from '../cluster/checks';
import { Cluster, until } from '../cluster/cluster';
import { finished, run } from '../cluster/commands';
import { type Environment, startingEnvironment } from '../cluster/environments';
import { perform, quickStart } from '../cluster/quick-start';
import { Repository } from '../cluster/repository';
import { diagnosis } from '../node/diagnosis';
import { imagesOf } from '../node/image-names';
import { isolate, load, prepare, startNode } from '../node/kubelet-node';
import { onlyNode } from '../node/nodes';
import { writeImages } from '../node/oci-images';
import type { DebianPostgresql, Software } from '../software/install';
import { refusesWhatSynthRefuses, takesTheExample } from './admission';
import { installPlugin, storeOutside } from './archive';
import { Database, NAMESPACE } from './database';
import { expansionHolds } from './expansion';
import { CLOUD_NATIVE_PG, clusterImages, postgresPath } from './images';
import { toCloudNativePg, toServerOutside } from './moving';
import { install, wasAllowed } from './operator';
import { backupsTurnedOn, measures, recovered } from './recovery';
import { everyPodIsLimited, refusesPlainText, roles, verifiesTheServer } from './services';
import { whileWriting } from './writer';

export interface DatabaseProps {
  readonly project: string;
  /** A folder that is removed afterwards. */
  readonly work: string;
  readonly parts: Parts;
  readonly software: Software;
  readonly operator: CloudNativePg;
  readonly plugin: CloudNativePg;
  /** The commands that the plugin calls. */
  readonly barman: string;
  readonly postgresql: DebianPostgresql;
}

/** Of each instance two, and as many again for an instance that lost its own, and for a cluster that is recovered; and the object store's. */
const VOLUMES = 20;

/** What the database is moved from. */
const EMBEDDED = {
  postgresql: { storage: { size: '1Gi' }, resources: { requests: { cpu: '50m' } } },
  mlflow: { workers: 1, resources: { requests: { cpu: '50m' } } },
};

/** @returns the exit code */
export async function checkDatabase(props: DatabaseProps): Promise<number> {
  const { project, work, parts, postgresql } = props;
  isolate(work);
  const repository = Repository.init(project, join(work, 'repository'));
  const tag = postgresql.major;
  const images = { overrides: { postgresql: { tag }, cloudNativePg: { tag } } };
  writeFileSync(join(repository.environment(), 'platform.yaml'), dump({ ...EMBEDDED, images }));
  // What init has rendered is a server of another release, whose data nobody has.
  rmSync(repository.dist(), { recursive: true });
  finished(repository.command('synth'));
  const checks = new Checks();
  const cluster = await Cluster.start(parts, join(work, 'cluster'), (started) =>
    startNode(started, parts, onlyNode(work)),
  );
  try {
    for (const [name, look] of checksOf(props, cluster, repository)) {
      if (await checks.check(name, look)) continue;
      console.error(await diagnosis(cluster));
      break;
    }
  } finally {
    await cluster.stop();
  }
  process.stdout.write(`Kubernetes ${parts.version}\n\n${checks}`);
  return checks.failed ? 1 : 0;
}

function checksOf(props: DatabaseProps, cluster: Cluster, repository: Repository): Check[] {
  const { project, work, operator, plugin } = props;
  const env = startingEnvironment(repository);
  const database = new Database(cluster);
  const certificates = join(work, 'certificates');
  const operated = { database, repository, project };
  const settings = parse(readFileSync(join(project, 'e2e/database/platform.yaml'), 'utf8'));
  const apply = (stage: string) => cluster.run(['apply', '--server-side', '-f', join(env.folder, stage)]);
  const rolledOut = (namespace: string, workload: string) =>
    cluster.run(['rollout', 'status', '-n', namespace, workload, '--timeout=15m']);
  return [
    ['the images are on the node', () => images(props, env)],
    ['a node with DNS', () => prepare(cluster, work, { claims: VOLUMES })],
    ['the operator is installed', () => install(cluster, operator)],
    ['its webhooks take the example that has every option', () => takesTheExample(cluster, project)],
    ['its webhook refuses what synth refuses', () => refusesWhatSynthRefuses(cluster)],
    [
      'MLflow with the embedded server is ready',
      async () => {
        const types = join(project, 'crds/third-party/cert-manager.io.yaml');
        await cluster.run(['apply', '--server-side', '-f', types]);
        await cluster.established('-f', types);
        await apply('10-setup');
        for (const step of quickStart(project, env).filter(({ stage }) => stage === undefined))
          await perform(cluster, env, project, step);
        await apply('30-data');
        await rolledOut(NAMESPACE, 'statefulset/postgresql');
        await apply('40-tracking');
        return rolledOut('mlflow', 'deployment/mlflow');
      },
    ],
    ['the database moves to CloudNativePG', () => toCloudNativePg(operated, settings, certificates)],
    [
      'three instances are ready',
      async () => {
        await database.healthy();
        return `primary ${await database.primary()}`;
      },
    ],
    ['the operator makes what expansion.ts says', () => expansionHolds(cluster, startingEnvironment(repository))],
    ['every pod is limited both ways', () => everyPodIsLimited(cluster)],
    ['MLflow verifies the server', () => verifiesTheServer(database)],
    ['nobody logs in without TLS', () => refusesPlainText(database)],
    ["MLflow's role and schema", () => roles(database)],
    ['a second apply changes nothing', () => appliedTwice(cluster, env)],
    ["the primary's pod is gone", () => primaryGone(database, 'pod')],
    ["the primary's pod and volumes are gone", () => primaryGone(database, 'volumes')],
    ['all instances are rolled', () => rolled(database, repository)],
    ['a bucket outside the platform', () => storeOutside(cluster, storeImage(env))],
    ['the Barman Cloud plugin is installed', () => installPlugin(cluster, plugin, certificates)],
    ['backups are turned on, and the first is made', () => backupsTurnedOn(operated)],
    [
      'with the plugin, the operator makes what expansion.ts says',
      () => expansionHolds(cluster, startingEnvironment(repository)),
    ],
    ['instances have the metrics that rules and dashboards name', () => measures(database)],
    ['the cluster is recovered to a point in time', () => recovered(operated)],
    ['the operator was forbidden nothing', () => wasAllowed(cluster)],
    [
      'the database moves to a server outside',
      () => toServerOutside(operated, `${CLOUD_NATIVE_PG}:${props.postgresql.major}`, certificates),
    ],
  ];
}

async function images(props: DatabaseProps, env: Environment): Promise<string> {
  const { project, parts, software, work, postgresql } = props;
  const names = imagesOf(env).filter((name) => /\/mlflow\/|\/silo:/.test(name));
  mkdirSync(join(work, 'run'), { recursive: true });
  const further = {
    ...clusterImages(props),
    [`${EMBEDDED_IMAGE}:${postgresql.major}`]: {
      folder: embeddedRoot(project, postgresql, work),
      path: `/usr/local/bin:${postgresPath(postgresql)}`,
      env: { LANG: 'C.UTF-8' },
      entrypoint: ['docker-entrypoint.sh'],
    },
  };
  await load(await writeImages({ project, parts, software, work: join(work, 'run'), names, further }), onlyNode(work));
  return [...names, ...Object.keys(further)].join(', ');
}

const EMBEDDED_IMAGE = CATALOGUE.postgresql.repository;

function storeImage(env: Environment): string {
  const name = imagesOf(env).find((image) => image.includes('/silo:'));
  if (name === undefined) throw new Error(`${env.name} has no store`);
  return name;
}

/** The same with the account and the entrypoint of the official image. */
function embeddedRoot(project: string, { folder }: DebianPostgresql, work: string): string {
  const root = join(work, 'layers/embedded-postgres');
  finished(run('cp', ['-a', folder, root], work));
  cpSync(join(project, 'e2e/software/layers/postgres'), root, { recursive: true });
  return root;
}

async function appliedTwice(cluster: Cluster, env: Environment): Promise<string> {
  const generation = async () => (await new Database(cluster).status()).metadata.generation;
  const before = await generation();
  await cluster.run(['apply', '--server-side', '-f', join(env.folder, '30-data')]);
  same(await generation(), before);
  return `generation ${before}`;
}

/** Another instance takes over, and a third one comes back or is made anew. */
function primaryGone(database: Database, what: 'pod' | 'volumes'): Promise<string> {
  const { cluster } = database;
  return whileWriting(database, what, async () => {
    const old = await database.primary();
    if (what === 'volumes') await cluster.run(['delete', 'pvc', '-n', NAMESPACE, old, `${old}-wal`, '--wait=false']);
    await cluster.kubectl(['delete', 'pod', '-n', NAMESPACE, old, '--force', '--grace-period=0']);
    await until('another instance is the primary', 300, async () =>
      (await database.primary()) === old ? `${old} is` : undefined,
    );
    await database.healthy();
    if (what === 'pod') return;
    const { status } = await database.status();
    if (status?.instanceNames?.includes(old)) throw new Error(`${old} is still an instance`);
  });
}

/** A setting that a server reads when it starts. */
function rolled(database: Database, repository: Repository): Promise<string> {
  const { cluster } = database;
  return whileWriting(database, 'roll', async () => {
    repository.change({ postgresql: { maxConnections: 80 } });
    finished(repository.command('synth'));
    await cluster.run(['apply', '--server-side', '-f', join(repository.dist(), '30-data')]);
    await until('each instance has the new setting', 900, async () => {
      const list = ['get', 'pods', '-n', NAMESPACE, '-o', 'name', '-l', 'cnpg.io/podRole=instance'];
      const { code, stdout } = await cluster.kubectl(list);
      if (code !== 0) return 'no pods';
      for (const pod of stdout.trim().split('\n')) {
        const show = ['psql', '-U', 'postgres', '-Atc', 'show max_connections'];
        const said = await cluster.kubectl(['exec', '-n', NAMESPACE, pod, '-c', 'postgres', '--', ...show]);
        if (said.stdout.trim() !== '80') return `${pod}: ${said.stdout}${said.stderr}`;
      }
      return undefined;
    });
    await database.healthy();
  });
}
