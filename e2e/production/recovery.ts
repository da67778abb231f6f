/**
 * The cluster is gone. By the commands of docs/operations.md the platform comes back in a fresh one, from the repository and
 * what lies outside: the archive of the database, and the copy of the bucket.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Check, same } from '../cluster/checks';
import { Cluster } from '../cluster/cluster';
import { killAllOthers } from '../cluster/linux-namespaces';
import { ARCHIVE, ARCHIVE_KEY, backedUp } from '../database/archive';
import { Database } from '../database/database';
import { wasAllowed } from '../database/operator';
import { CLIENT, startClient } from '../node/client';
import { blocksOf, type FillIn, followBlock } from '../node/follow';
import { prepare, startContainerd, startKubelet } from '../node/kubelet-node';
import type { Node } from '../node/nodes';
import type { RunningPlatform } from '../node/running-platform';
import { modelAnswersPods } from '../node/services';
import { WINE_MODELS } from '../software/wine-models';
import { certManagerPodsWereAllowed } from './cert-manager';
import { COPY, rendered, VOLUMES } from './environment';
import { CLIENT_IMAGE } from './images';
import { prerequisites } from './prerequisites';
import type { ProductionProps } from './props';
import { readBack, whileLogging } from './writer';

/** Headings of docs/operations.md. */
const HEADINGS = {
  copy: 'The bucket, at a second place',
  archive: 'Recover a cluster of CloudNativePG',
  recover: 'The cluster is lost, and CloudNativePG with it',
} as const;

export class Recovery {
  private fresh: RunningPlatform | undefined;
  /** The runs that are in the archive and in the copy of the bucket. */
  private kept: readonly string[] = [];
  /** What the registry has of them. */
  private versions = '';
  /** How many runs the database had at last. */
  private runs = 0;

  /** @param nodes where the platform comes back */
  constructor(
    private readonly props: ProductionProps,
    private readonly lost: RunningPlatform,
    private readonly nodes: readonly Node[],
  ) {}

  /** Where the platform is. */
  private get platform(): RunningPlatform {
    return this.fresh ?? this.lost;
  }

  get cluster(): Cluster {
    return this.platform.props.cluster;
  }

  checks(): Check[] {
    return [
      ['recovery: runs are logged, and the bucket is copied', () => this.copied()],
      ['recovery: the log of the database is archived', () => this.archived()],
      ['recovery: the cluster is gone', () => this.gone()],
      ['recovery: a fresh cluster of other nodes', () => this.started()],
      ['recovery: what the platform needs before it', () => this.prepared()],
      ['recovery: the database comes back from the archive', () => this.follow(HEADINGS.recover, 0)],
      ['recovery: the bucket is put back', () => this.follow(HEADINGS.recover, 1)],
      ['recovery: everything else is deployed, and status agrees', () => this.follow(HEADINGS.recover, 2)],
      ['recovery: runs and model versions are those that there were', () => this.agrees()],
      ...WINE_MODELS.map(
        (name): Check => [`recovery: ${name} answers as it did`, () => modelAnswersPods(this.platform, name)],
      ),
      ['recovery: the operator of PostgreSQL was forbidden nothing', () => wasAllowed(this.cluster)],
      ['recovery: cert-manager was forbidden nothing', () => certManagerPodsWereAllowed(this.cluster)],
    ];
  }

  private async copied(): Promise<string> {
    const { acknowledged } = await whileLogging(this.lost, async () => {});
    this.kept = acknowledged;
    this.versions = await this.versionsOf(this.lost);
    await this.follow(HEADINGS.copy);
    const copied = await this.lost.kubectl('logs', '-n', 'minio-system', 'job/mirror-now');
    return `${acknowledged.length} runs; ${copied.trim().split('\n').at(-1)}`;
  }

  private async archived(): Promise<string> {
    const backup = await backedUp(this.cluster, 0);
    await this.follow(HEADINGS.archive, 0);
    return `and there is the base backup ${backup}`;
  }

  /** More is logged, which is in no archive yet; then nothing runs any more, and the volumes are gone. */
  private async gone(): Promise<string> {
    const { work } = this.props;
    const { acknowledged } = await whileLogging(this.lost, async () => {});
    this.runs = await runsOf(this.cluster);
    await this.cluster.stop();
    killAllOthers();
    // Until the last process has ended, there may be new files.
    rmSync(join(work, 'volumes'), { recursive: true, maxRetries: 20, retryDelay: 200 });
    if (!existsSync(join(work, 'outside', ARCHIVE.bucket))) throw new Error('the store outside has no archive');
    return `${this.runs} runs, of which ${acknowledged.length} were logged after that`;
  }

  private async started(): Promise<string> {
    const { work, parts } = this.props;
    const names = this.nodes.map(({ name }) => name);
    const cluster = await Cluster.start(parts, join(work, 'fresh-cluster'), () => {}, names);
    this.fresh = this.lost.backIn(cluster);
    for (const node of this.nodes) {
      startContainerd(cluster, node);
      startKubelet(cluster, parts, node);
    }
    await prepare(cluster, work, { claims: VOLUMES, nodes: this.nodes });
    return names.join(', ');
  }

  private async prepared(): Promise<string> {
    const { repository } = this.lost.props;
    const { postgresql } = RECOVERY;
    repository.change(RECOVERY);
    const said: string[] = [];
    for (const [name, look] of prerequisites(this.props, this.cluster, rendered(repository))) {
      await look();
      said.push(name);
    }
    return `${said.length} steps; the archive ${postgresql.recovery.folder} is to be read`;
  }

  /** Does what blocks below a heading say: all of them, or one. */
  private async follow(heading: string, index?: number): Promise<string> {
    const all = blocksOf(this.platform, heading);
    const blocks = index === undefined ? all : all.slice(index, index + 1);
    if (blocks.length === 0) throw new Error(`nothing says how to go on below "${heading}"`);
    for (const block of blocks) await followBlock(this.platform, block, this.fillIn);
    return `"${heading}"`;
  }

  /** The environment, the place of the copy and the key to it are the reader's own. */
  private readonly fillIn: FillIn = (commands) =>
    commands
      .replaceAll(/\bminikube\b/g, this.lost.props.env.name)
      .replace(
        /^mc alias set second .*$/m,
        [
          'kubectl port-forward -n outside svc/store 9001:9000 &',
          `mc alias set second http://localhost:9001 ${ARCHIVE.accessKeyId} ${ARCHIVE_KEY}`,
        ].join('\n'),
      )
      .replaceAll('models-mirror', COPY);

  private async agrees(): Promise<string> {
    await startClient(this.platform, CLIENT_IMAGE);
    await readBack(this.platform, this.kept);
    same(await this.versionsOf(this.platform), this.versions);
    const missing = this.runs - (await runsOf(this.cluster));
    const models = this.versions.split('\n').length;
    return `${this.kept.length} runs that were archived and copied, 0 lost; ${missing} of those after them lost; ${models} model versions`;
  }

  private async versionsOf(platform: RunningPlatform): Promise<string> {
    return (await platform.exec(CLIENT.namespace, CLIENT.pod, 'python3', '-c', VERSIONS)).trim();
  }
}

const RECOVERY = { postgresql: { backup: { folder: 'postgres-2' }, recovery: { folder: 'postgres' } } };

const runsOf = async (cluster: Cluster) => Number(await new Database(cluster).sql('select count(*) from mlflow.runs'));

/** Prints the registry: what each version is called, the run that it is of, and where its files are. */
const VERSIONS = `
import mlflow
mlflow.set_tracking_uri("http://mlflow.mlflow:5000")
for version in sorted(mlflow.MlflowClient().search_model_versions(), key=lambda v: (v.name, v.version)):
    print(version.name, version.version, version.run_id, version.source)
`;
