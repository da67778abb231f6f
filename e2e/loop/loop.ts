/** What the loop runs: the pods of the starting environment on one address, and commands beside them. */
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Checks } from '../cluster/checks';
import { finished, type Result, run } from '../cluster/commands';
import { Repository, STARTING } from '../cluster/repository';
import type { Software } from '../software/install';
import { close, documentedRequest, PREDICT, predictionOf } from '../software/predictions';
import { standIns } from '../software/stand-ins';
import { wineData } from '../software/wine-data';
import { REGISTERED, TRACKING, WINE_MODELS, type WineModel } from '../software/wine-models';
import type { Host } from './host';
import { Manifests } from './manifests';
import { Pod } from './pod';
import { modelPod } from './seldon';
import { CLAIMS } from './volumes';

/** The address of all pods but models. Not that of localhost, from where PostgreSQL's image asks for no password. */
const ADDRESS = '10.0.0.1';
/** What the starting environment does not have. */
const SETTINGS = {
  postgresql: { backup: { enabled: true, bucket: { enabled: true } } },
  objectStore: { backups: { enabled: true } },
  requestLog: { enabled: true, flush: { seconds: 2 } },
};

/** Rows that the loop sends a model through its batch, whose key to the object store is made with the others. */
const BATCH = 'batch: {input: s3://models/batch/wine/in, output: s3://models/batch/wine/out, schedule: "@daily"}\n';

export class Loop {
  readonly checks = new Checks();
  /** With the starting environment as its only one. */
  readonly repository: Repository;
  private _host: Host;
  private _secrets = '';
  readonly pods = new Map<string, Pod>();
  readonly data: string;
  /** What models say in Python, asked once. */
  readonly answers = new Map<string, number>();

  constructor(
    readonly project: string,
    readonly software: Software,
    /** A folder for what lasts as long as the run. */
    readonly work: string,
  ) {
    must('mount', '-t', 'tmpfs', 'tmpfs', work);
    must('ip', 'link', 'set', 'lo', 'up');
    must('ip', 'address', 'add', `${ADDRESS}/32`, 'dev', 'lo');
    this.repository = Repository.init(project, join(work, 'repository'));
    this.repository.change(SETTINGS);
    appendFileSync(join(this.repository.environment(), 'models/xgb-wine-k8s.yaml'), BATCH);
    finished(this.repository.command('synth'));
    const manifests = this.install();
    const addresses = new Map(WINE_MODELS.map((name, index): [string, string] => [name, `127.0.1.${index + 1}`]));
    this._host = {
      work,
      software: software.root,
      manifests,
      images: standIns(project, software, work),
      address: ({ name }) => addresses.get(name) ?? ADDRESS,
    };
    const hosts = [
      ['127.0.0.1', 'localhost'],
      ...manifests.serviceHosts().map((host) => [ADDRESS, host]),
      ...WINE_MODELS.map((name) => [addresses.get(name), `${name}-default.ml-models.svc`]),
    ];
    writeFileSync(join(this.work, 'hosts'), hosts.map((line) => `${line.join(' ')}\n`).join(''));
    must('mount', '--bind', join(this.work, 'hosts'), '/etc/hosts');
    this.data = wineData(project, software, work);
  }

  /** The manifests of the starting environment, and Secrets that are new but for what its secrets.env says. */
  private install(): Manifests {
    this._secrets = finished(this.repository.command('secrets', STARTING));
    return new Manifests(this.repository.dist(), this._secrets);
  }

  /** The Secrets that the pods have. */
  get secrets(): string {
    return this._secrets;
  }

  get host(): Host {
    return this._host;
  }

  /** Nothing is left but the repository: pods, volumes and Secrets are gone. New Secrets are made. */
  async loseAll(): Promise<void> {
    await this.end();
    this.pods.clear();
    rmSync(join(this.work, CLAIMS), { recursive: true });
    this._host = { ...this._host, manifests: this.install() };
  }

  /** Runs a Job of a CronJob to its end. */
  run(namespace: string, name: string): Promise<{ code: number; log: string }> {
    return new Pod(this.host, this.host.manifests.scheduledPod(namespace, name)).complete();
  }

  async end(): Promise<void> {
    for (const pod of this.pods.values()) await pod.stop('KILL');
  }

  /** A copy of the repository with changed files, which is not rendered yet. */
  changed(name: string, change: (environment: string) => void): Repository {
    return this.repository.copy(join(this.work, name), change);
  }

  /** Opens the front end in Chromium and clicks Predict. */
  browse(...args: string[]): string {
    const picture = ['--screenshot', join(this.project, '.cache/frontend.png')];
    const browser = join(this.project, 'frontend/browser.py');
    return finished(this.python('browser', browser, '--url', 'http://localhost:8501', ...picture, ...args));
  }

  /** Starts a workload, and remembers its pod. */
  async start(namespace: string, name: string): Promise<string> {
    const template = this.host.manifests.pod(namespace, name);
    const pod = new Pod(this.host, template);
    this.pods.set(name, pod);
    await pod.start();
    return 'ready';
  }

  /** Serves a model in the place of what served it before. */
  async serve(name: string, platform: Manifests, models = platform): Promise<void> {
    await this.pods.get(name)?.stop();
    const template = modelPod(
      platform,
      models.seldonDeployment(name),
      this.host.address({ name, namespace: '', spec: { containers: [] } }),
    );
    const pod = new Pod(this.host, template);
    this.pods.set(name, pod);
    await pod.start();
  }

  async agrees(name: WineModel, version: 'wine' | 'champion'): Promise<string> {
    const url = `http://${name}-default.ml-models.svc:8000/v2/models/classifier/infer`;
    return close(await predictionOf(url, documentedRequest(this.project)), this.expected(name, version));
  }

  /** What the model says of README.md's wine in the environment that trained it. */
  expected(name: WineModel, version: 'wine' | 'champion'): number {
    const known = this.answers.get(`${name} ${version}`);
    if (known !== undefined) return known;
    const uri = version === 'wine' ? `mlflow-artifacts:/wine/${name}/1` : `models:/${REGISTERED[name]}@champion`;
    const said = this.python('training', '-c', PREDICT, uri, JSON.stringify(documentedRequest(this.project)));
    const answer = Number(finished(said).split('\n').at(-1));
    this.answers.set(`${name} ${version}`, answer);
    return answer;
  }

  /** The MinIO client with the root credential ("root") and those of the users. */
  mc(...args: string[]): Result {
    const { manifests } = this.host;
    const root = manifests.data('Secret', 'minio-system', 'minio');
    const logins = {
      root: [root['root-user'], root['root-password']] as const,
      ...Object.fromEntries(
        Object.entries(manifests.data('Secret', 'minio-system', 'minio-users')).map(([user, key]) => [
          user,
          [user, key] as const,
        ]),
      ),
    };
    const hosts = Object.entries(logins).map(([name, [user, key]]) => [
      `MC_HOST_${name}`,
      `http://${user}:${key}@minio.minio-system.svc:9000`,
    ]);
    return run(
      join(this.software.minio, 'mc'),
      ['--config-dir', join(this.work, 'mc'), ...args],
      this.project,
      Object.fromEntries(hosts),
    );
  }

  sql(query: string): string {
    const { stdout } = this.pod('postgresql').exec(
      'psql',
      '-U',
      'postgres',
      '-d',
      'mlflowdb',
      '-h',
      '/var/run/postgresql',
      '-Atc',
      query,
    );
    return stdout.trim();
  }

  trainWith(...args: string[]): Result {
    const result = this.python(
      'training',
      join(this.project, 'datascience/train.py'),
      '--data',
      this.data,
      '--no-verify',
      ...args,
    );
    finished(result);
    for (const name of WINE_MODELS) this.answers.delete(`${name} champion`);
    return result;
  }

  pod(name: string): Pod {
    const pod = this.pods.get(name);
    if (!pod) throw new Error(`${name} does not run`);
    return pod;
  }

  python(part: 'training' | 'browser', ...args: string[]): Result {
    return run(join(this.software[part], 'bin/python'), args, this.project, { MLFLOW_TRACKING_URI: TRACKING });
  }

  command(command: string, ...args: string[]): Result {
    return run(command, args, this.project);
  }
}

function must(command: string, ...args: string[]): void {
  finished(run(command, args, '/'));
}
