/** What is checked, in order; the first check that fails ends it. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudNativePg, Parts } from '../cluster/build';
import { type Check, Checks, same } from '../cluster/checks';
import { Cluster, until } from '../cluster/cluster';
import { finished, run } from '../cluster/commands';
import { type Environment, startingEnvironment } from '../cluster/environments';
import { perform, quickStart } from '../cluster/quick-start';
import { Repository } from '../cluster/repository';
import { diagnosis } from '../node/diagnosis';
import { imagesOf } from '../node/image-names';
import { isolate, load, prepare, startNode } from '../node/kubelet-node';
import { writeImages } from '../node/oci-images';
import type { DebianPostgresql, Software } from '../software/install';
import { refusesWhatSynthRefuses, takesTheExample } from './admission';
import { issue } from './certificates';
import { Database, NAMESPACE } from './database';
import { expansionHolds } from './expansion';
import { install, operatorImage, wasAllowed } from './operator';
import { everyPodIsLimited, refusesPlainText, roles, verifiesTheServer } from './services';
import { whileWriting } from './writer';

export interface DatabaseProps {
  readonly project: string;
  /** A folder that is removed afterwards. */
  readonly work: string;
  readonly parts: Parts;
  readonly software: Software;
  readonly operator: CloudNativePg;
  readonly postgresql: DebianPostgresql;
}

/** Of each instance two, and as many again for an instance that lost its own; and the object store's. */
const VOLUMES = 12;

/** @returns the exit code */
export async function checkDatabase(props: DatabaseProps): Promise<number> {
  const { project, work, parts, postgresql } = props;
  isolate(work);
  const repository = Repository.init(project, join(work, 'repository'));
  const settings = readFileSync(join(project, 'e2e/database/platform.yaml'), 'utf8');
  const image = `images: {overrides: {cloudNativePg: {tag: "${postgresql.major}"}}}\n`;
  writeFileSync(join(repository.environment(), 'platform.yaml'), settings + image);
  // Nothing is moved here: the data of the server that the starting environment has would be left behind.
  rmSync(repository.dist(), { recursive: true });
  finished(repository.command('synth'));
  const checks = new Checks();
  const cluster = await Cluster.start(parts, join(work, 'cluster'), (started) => startNode(started, parts, work));
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
  const { project, work, operator } = props;
  const env = startingEnvironment(repository);
  const database = new Database(cluster);
  const apply = (stage: string) => cluster.run(['apply', '--server-side', '-f', join(env.folder, stage)]);
  return [
    ['the images are on the node', () => images(props, env)],
    ['a node with DNS', () => prepare(cluster, work, VOLUMES)],
    ['the operator is installed', () => install(cluster, operator)],
    ['its webhooks take the example that has every option', () => takesTheExample(cluster, project)],
    ['its webhook refuses what synth refuses', () => refusesWhatSynthRefuses(cluster)],
    [
      'namespaces, policies, Secrets and certificates',
      async () => {
        const types = join(project, 'crds/third-party/cert-manager.io.yaml');
        await cluster.run(['apply', '--server-side', '-f', types]);
        await cluster.established('-f', types);
        await apply('10-setup');
        for (const step of quickStart(project, env).filter(({ stage }) => stage === undefined))
          await perform(cluster, env, project, step);
        return issue(cluster, env, join(work, 'certificates'));
      },
    ],
    [
      'three instances are ready',
      async () => {
        await apply('30-data');
        await database.healthy();
        return `primary ${await database.primary()}`;
      },
    ],
    ['the operator makes what expansion.ts says', () => expansionHolds(cluster, env)],
    ['every pod is limited both ways', () => everyPodIsLimited(cluster)],
    [
      'MLflow is ready',
      async () => {
        await apply('40-tracking');
        return cluster.run(['rollout', 'status', '-n', 'mlflow', 'deployment/mlflow', '--timeout=15m']);
      },
    ],
    ['MLflow verifies the server', () => verifiesTheServer(database)],
    ['nobody logs in without TLS', () => refusesPlainText(database)],
    ["MLflow's role and schema", () => roles(database)],
    ['a second apply changes nothing', () => appliedTwice(cluster, env)],
    ["the primary's pod is gone", () => primaryGone(database, 'pod')],
    ["the primary's pod and volumes are gone", () => primaryGone(database, 'volumes')],
    ['all instances are rolled', () => rolled(database, repository)],
    ['the operator was forbidden nothing', () => wasAllowed(cluster)],
  ];
}

async function images(
  { project, parts, software, work, operator, postgresql }: DatabaseProps,
  env: Environment,
): Promise<string> {
  const names = imagesOf(env).filter((name) => /\/mlflow\/|\/silo:/.test(name));
  mkdirSync(join(work, 'run'), { recursive: true });
  const further = {
    [operatorImage(operator)]: { folder: operator.root },
    [postgresImage(env)]: {
      folder: postgresRoot(postgresql, work),
      path: `/usr/lib/postgresql/${postgresql.major}/bin:/usr/bin:/bin`,
    },
  };
  await load(await writeImages({ project, parts, software, work: join(work, 'run'), names, further }));
  return [...names, ...Object.keys(further)].join(', ');
}

function postgresImage(env: Environment): string {
  const [, name] = /"imageName":"([^"]+)"/.exec(JSON.stringify(env.objects)) ?? [];
  if (name === undefined) throw new Error(`${env.name} has no Cluster`);
  return name;
}

/** Debian's, with the account that the operator runs it as. */
function postgresRoot({ folder }: DebianPostgresql, work: string): string {
  const root = join(work, 'layers/cloudnativepg-postgres');
  mkdirSync(join(work, 'layers'), { recursive: true });
  finished(run('cp', ['-a', folder, root], work));
  const accounts = ['root:x:0:0:root:/root:/bin/bash', 'postgres:x:26:26::/var/lib/postgresql:/bin/bash'];
  writeFileSync(join(root, 'etc/passwd'), accounts.map((account) => `${account}\n`).join(''));
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
    const file = join(repository.environment(), 'platform.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('maxConnections: 60', 'maxConnections: 80'));
    finished(repository.command('synth'));
    await cluster.run(['apply', '--server-side', '-f', join(repository.dist(), '30-data')]);
    await until('each instance has the new setting', 900, async () => {
      const { code, stdout } = await cluster.kubectl([
        'get',
        'pods',
        '-n',
        NAMESPACE,
        '-o',
        'name',
        '-l',
        'cnpg.io/podRole=instance',
      ]);
      if (code !== 0) return 'no pods';
      for (const pod of stdout.trim().split('\n')) {
        const psql = [
          'exec',
          '-n',
          NAMESPACE,
          pod,
          '-c',
          'postgres',
          '--',
          'psql',
          '-U',
          'postgres',
          '-Atc',
          'show max_connections',
        ];
        const said = await cluster.kubectl(psql);
        if (said.stdout.trim() !== '80') return `${pod}: ${said.stdout}${said.stderr}`;
      }
      return undefined;
    });
    await database.healthy();
  });
}
