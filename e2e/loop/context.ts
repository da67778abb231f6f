/** What the loop runs: the pods of the environment minikube on one address, and commands beside them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Checks } from '../cluster/checks';
import { finished, type Result, run } from '../cluster/commands';
import { checkout, wineData } from './data';
import { standIns } from './images';
import type { Parts } from './install';
import { Manifests } from './manifests';
import { type Node, Pod } from './pod';
import { close, documentedRequest, PREDICT, predictionOf } from './predictions';
import { modelPod } from './seldon';

export const MODELS = ['mlflow-wine', 'xgb-wine-k8s'] as const;
/** The registered model of each, and where train.py publishes it. */
export const REGISTERED = { 'mlflow-wine': 'wine-elasticnet', 'xgb-wine-k8s': 'wine-xgboost' } as const;
export const TRACKING = 'http://localhost:5000';

export class Context {
  readonly checks = new Checks();
  readonly work: string;
  readonly node: Node;
  readonly pods = new Map<string, Pod>();
  readonly data: string;
  /** What models say in Python, asked once. */
  readonly answers = new Map<string, number>();

  constructor(
    readonly project: string,
    readonly parts: Parts,
  ) {
    this.work = join(parts.root, 'run');
    must('mount', '-t', 'tmpfs', 'tmpfs', this.work);
    must('ip', 'link', 'set', 'lo', 'up');
    const secrets = this.command('node', 'cli/run.mjs', 'cli/main.ts', 'secrets', 'minikube').stdout;
    const manifests = new Manifests(join(project, 'dist/minikube'), secrets);
    const addresses = new Map(MODELS.map((name, index): [string, string] => [name, `127.0.1.${index + 1}`]));
    this.node = {
      work: this.work,
      software: parts.root,
      manifests,
      images: standIns(project, parts, this.work),
      address: ({ name }) => addresses.get(name) ?? '127.0.0.1',
    };
    const hosts = [
      ['127.0.0.1', 'localhost'],
      ...manifests.serviceHosts().map((host) => ['127.0.0.1', host]),
      ...MODELS.map((name) => [addresses.get(name), `${name}-default.ml-models.svc`]),
    ];
    writeFileSync(join(this.work, 'hosts'), hosts.map((line) => `${line.join(' ')}\n`).join(''));
    must('mount', '--bind', join(this.work, 'hosts'), '/etc/hosts');
    this.data = wineData(project, parts, this.work);
  }

  async end(): Promise<void> {
    for (const pod of this.pods.values()) await pod.stop('KILL');
  }

  /** The project with a copy of the environment minikube, changed. */
  checkout(name: string, change: (environment: string) => void): string {
    return checkout(this.project, join(this.work, name), change);
  }

  /** Opens the front end in Chromium and clicks Predict. */
  browse(...args: string[]): string {
    const picture = ['--screenshot', join(this.parts.root, 'frontend.png')];
    const browser = join(this.project, 'frontend/browser.py');
    return finished(this.python('browser', browser, '--url', 'http://localhost:8501', ...picture, ...args));
  }

  /** Starts a workload, and remembers its pod. */
  async start(namespace: string, name: string): Promise<string> {
    const template = this.node.manifests.pod(namespace, name);
    const pod = new Pod(this.node, template);
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
      this.node.address({ name, namespace: '', spec: { containers: [] } }),
    );
    const pod = new Pod(this.node, template);
    this.pods.set(name, pod);
    await pod.start();
  }

  async agrees(name: (typeof MODELS)[number], version: 'wine' | 'champion'): Promise<string> {
    const url = `http://${name}-default.ml-models.svc:8000/v2/models/classifier/infer`;
    return close(await predictionOf(url, documentedRequest(this.project)), this.expected(name, version));
  }

  /** What the model says of README.md's wine in the environment that trained it. */
  expected(name: (typeof MODELS)[number], version: 'wine' | 'champion'): number {
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
    const { manifests } = this.node;
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
      join(this.parts.minio, 'mc'),
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
    for (const name of MODELS) this.answers.delete(`${name} champion`);
    return result;
  }

  pod(name: string): Pod {
    const pod = this.pods.get(name);
    if (!pod) throw new Error(`${name} does not run`);
    return pod;
  }

  python(part: 'training' | 'browser', ...args: string[]): Result {
    return run(join(this.parts[part], 'bin/python'), args, this.project, { MLFLOW_TRACKING_URI: TRACKING });
  }

  command(command: string, ...args: string[]): Result {
    return this.commandIn(this.project, command, ...args);
  }

  commandIn(cwd: string, command: string, ...args: string[]): Result {
    return run(command, args, cwd);
  }
}

function must(command: string, ...args: string[]): void {
  finished(run(command, args, '/'));
}
