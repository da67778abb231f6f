/** The loop, step by step, each a check of what a user relies on. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Checks, same } from '../cluster/checks';
import { finished, type Result, run } from '../cluster/commands';
import { checkout, wineData } from './data';
import { standIns } from './images';
import type { Parts } from './install';
import { Manifests } from './manifests';
import { type Node, Pod } from './pod';
import { close, PREDICT, predictionOf, readmeProgram, readmeRequest } from './predictions';
import { modelPod } from './seldon';

/** In their order. */
const STAGES = [
  'platform',
  'train',
  'serveCommitted',
  'seldonProtocol',
  'trainInCluster',
  'registry',
  'frontend',
] as const;

/** @returns the exit code */
export async function runLoop(project: string, parts: Parts): Promise<number> {
  const loop = new Loop(project, parts);
  const { checks } = loop;
  try {
    for (const stage of STAGES) {
      await loop[stage]();
      // Each needs what the ones before it made.
      if (checks.failed) break;
    }
  } finally {
    await loop.end();
  }
  process.stdout.write(checks.toString());
  return checks.failed ? 1 : 0;
}

const MODELS = ['mlflow-wine', 'xgb-wine-k8s'] as const;
/** The registered model of each, and where train.py publishes it. */
const REGISTERED = { 'mlflow-wine': 'wine-elasticnet', 'xgb-wine-k8s': 'wine-xgboost' } as const;
const TRACKING = 'http://localhost:5000';
class Loop {
  readonly checks = new Checks();
  private readonly work: string;
  private readonly node: Node;
  private readonly pods = new Map<string, Pod>();
  private readonly data: string;
  /** What models say in Python, asked once. */
  private readonly answers = new Map<string, number>();

  constructor(
    private readonly project: string,
    private readonly parts: Parts,
  ) {
    this.work = join(parts.root, 'run');
    must('mount', '-t', 'tmpfs', 'tmpfs', this.work);
    must('ip', 'link', 'set', 'lo', 'up');
    const secrets = this.command('node', 'scripts/run.mjs', 'scripts/secrets.ts', 'minikube').stdout;
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

  /** PostgreSQL, the object store and MLflow come up from the manifests alone. */
  async platform(): Promise<void> {
    const { manifests } = this.node;
    await this.checks.check('PostgreSQL is ready', () => this.start('postgres', 'postgresql'));
    await this.checks.check('its init scripts run a second time without harm', () => {
      return finished(this.pod('postgresql').exec('/docker-entrypoint-initdb.d/mlflow.sh'));
    });
    await this.checks.check('the object store is ready', () => this.start('minio-system', 'minio'));
    for (const turn of ['', ', and once more']) {
      await this.checks.check(`the bucket and its users are set up${turn}`, async () => {
        const { code, log } = await new Pod(this.node, manifests.pod('minio-system', 'minio-setup')).complete();
        if (code !== 0) throw new Error(log);
        return log.trim().split('\n').at(-1) ?? '';
      });
    }
    await this.checks.check('MLflow is ready, its database made', () => this.start('mlflow', 'mlflow'));
    await this.checks.check("MLflow's tables lie in schema mlflow, its role is no superuser and owns nothing", () => {
      const sql = `select (select count(*) > 20 from pg_tables where schemaname = 'mlflow'),
        (select count(*) from pg_tables where schemaname = 'public'),
        (select rolsuper or rolcreaterole or rolcreatedb from pg_roles where rolname = 'mlflow'),
        has_schema_privilege('mlflow', 'public', 'create')`;
      same(this.sql(sql), 't|0|f|f');
      return 'true, 0, false, false';
    });
    await this.checks.check('the object store refuses who has no key', async () => {
      const statuses = await Promise.all(
        ['/', '/models/', '/models/wine/mlflow-wine/1/MLmodel'].map(
          async (path) => (await fetch(`http://minio.minio-system.svc:9000${path}`)).status,
        ),
      );
      same(statuses, [403, 403, 403]);
      return statuses.join(', ');
    });
    await this.checks.check('MLflow answers the names it is called by, and no other', async () => {
      const status = (host: string) =>
        Number(
          this.command(
            'curl',
            '-s',
            '-o',
            '/dev/null',
            '-w',
            '%{http_code}',
            '-H',
            `Host: ${host}`,
            `${TRACKING}/api/2.0/mlflow/experiments/get?experiment_id=0`,
          ).stdout,
        );
      same(['mlflow.mlflow.svc:5000', 'localhost:12345', 'evil.example'].map(status), [200, 200, 403]);
      return '200, 200, 403';
    });
  }

  /** What a data scientist does first. */
  async train(): Promise<void> {
    await this.checks.check('train.py trains, publishes and registers', () => {
      const { stdout } = this.trainWith('--seed', '7');
      return stdout.match(/registered {2}.*/g)?.join('; ') ?? '';
    });
    await this.checks.check('each key to the object store can do its part and no more', () => this.keys());
  }

  /** The committed models answer with what the same model says in Python. */
  async serveCommitted(): Promise<void> {
    await this.checks.check("README.md's Python program asks mlflow-wine", async () => {
      await this.serve('mlflow-wine', this.node.manifests);
      const program = readmeProgram(this.project).replace('localhost', 'mlflow-wine-default.ml-models.svc');
      return close(Number(finished(this.python('training', '-c', program))), this.expected('mlflow-wine', 'wine'));
    });
    for (const name of MODELS) {
      await this.checks.check(`${name} is served from the committed manifest`, async () => {
        await this.serve(name, this.node.manifests);
        return 'ready';
      });
      await this.checks.check(`${name} answers the request of README.md as it does in Python`, () =>
        this.agrees(name, 'wine'),
      );
    }
  }

  /** The same as a Job, for those who have no Python. */
  async trainInCluster(): Promise<void> {
    await this.checks.check(
      'the training Job does the same in the cluster, and registers a further version',
      async () => {
        const server = createServer((_, response) => response.end(readFileSync(this.data)));
        server.listen(8099, '127.0.0.1');
        const root = this.checkout('training', (environment) => {
          const settings = 'training: {enabled: true, verify: false, data: "http://127.0.0.1:8099/wine.csv"}\n';
          writeFileSync(join(environment, 'platform.yaml'), settings);
        });
        finished(this.commandIn(root, 'node', 'scripts/run.mjs', 'main.ts'));
        const template = new Manifests(join(root, 'dist/minikube'), '').pod('training', 'wine-training');
        try {
          const { code, log } = await new Pod(this.node, template).complete();
          if (code !== 0) throw new Error(log);
          // What it published has replaced what was served. Asked now, while MLflow is there to ask.
          this.answers.clear();
          this.expected('mlflow-wine', 'wine');
          return log.match(/registered {2}.*/g)?.join('; ') ?? Promise.reject(new Error(log));
        } finally {
          server.close();
        }
      },
    );
  }

  /** A model that speaks Seldon's own protocol, and the front end in front of it. */
  async seldonProtocol(): Promise<void> {
    const name = 'mlflow-wine';
    // Seldon's wrapper listens on every address, the ports of the other model included.
    await this.pod('xgb-wine-k8s').stop();
    const root = this.checkout('seldon-protocol', (environment) => {
      const file = join(environment, 'models', `${name}.yaml`);
      const text = readFileSync(file, 'utf8').replace('MLFLOW_SERVER', 'SKLEARN_SERVER\nprotocol: seldon');
      writeFileSync(file, text.replace(/^uri: .*$/m, 'uri: s3://models/wine/joblib/1'));
    });
    await this.checks.check(
      'SKLEARN_SERVER answers README.md by the seldon protocol as the model does in Python',
      async () => {
        const model = join(this.work, 'model.joblib');
        finished(this.python('training', '-c', TO_JOBLIB, `mlflow-artifacts:/wine/${name}/1`, model));
        finished(this.mc('cp', model, 'mlflow/models/wine/joblib/1/model.joblib'));
        finished(this.commandIn(root, 'node', 'scripts/run.mjs', 'main.ts'));
        await this.serve(name, this.node.manifests, new Manifests(join(root, 'dist/minikube'), ''));
        const url = `http://${name}-default.ml-models.svc:8000/api/v1.0/predictions`;
        const served = await predictionOf(url, readmeRequest(this.project, '/predictions'));
        return close(served, this.expected(name, 'wine'));
      },
    );
    await this.checks.check('the front end asks it by the seldon protocol', async () => {
      const pod = new Pod(this.node, new Manifests(join(root, 'dist/minikube'), '').pod('fe', 'fe-deployment'));
      try {
        await pod.start();
        return this.browse('--expect', this.expected(name, 'wine').toFixed(2));
      } finally {
        await pod.stop();
      }
    });
    await this.serve(name, this.node.manifests);
  }

  /** From a registry name to manifests, by the lock. */
  async registry(): Promise<void> {
    const root = this.checkout('gitops', (environment) => {
      for (const name of MODELS) {
        const file = join(environment, 'models', `${name}.yaml`);
        const uri = `models:/${REGISTERED[name]}@champion`;
        writeFileSync(file, readFileSync(file, 'utf8').replace(/^uri: .*$/m, `uri: ${uri}`));
      }
    });
    cpSync(join(root, 'environments/minikube'), join(root, 'environments/production'), { recursive: true });
    const run = (script: string, ...args: string[]) => this.commandIn(root, 'node', 'scripts/run.mjs', script, ...args);
    const resolve = (...args: string[]) => run('scripts/models/resolve.ts', 'minikube', ...args);
    const lock = () => readFileSync(join(root, 'environments/minikube/models.lock.yaml'), 'utf8');
    const artifacts = () => /artifacts: s3:\/\/models\/(\S+)/.exec(lock())?.[1] ?? '';

    await this.checks.check('synth refuses a registry name that was never resolved', () => {
      const { status, stderr } = run('main.ts');
      same([status, stderr.includes('which models.lock.yaml does not resolve')], [1, true]);
      return stderr;
    });
    await this.checks.check('models:resolve writes the lock from the real registry', () => finished(resolve()));
    await this.checks.check('what the lock names is served, and answers as in Python', async () => {
      finished(run('scripts/models/resolve.ts', 'production'));
      finished(run('main.ts'));
      const manifests = new Manifests(join(root, 'dist/minikube'), '');
      await this.serve('mlflow-wine', this.node.manifests, manifests);
      return `${artifacts()}: ${await this.agrees('mlflow-wine', 'champion')}`;
    });
    await this.checks.check('an alias that moves changes nothing until it is resolved again', () => {
      const before = lock();
      this.trainWith('--seed', '8', '--version', '2');
      const { status, stdout } = resolve('--check');
      same([status, lock() === before], [1, true]);
      return stdout;
    });
    await this.checks.check('models:promote shows both versions and copies the entry', () => {
      finished(resolve());
      const { stdout } = run('scripts/models/promote.ts', 'mlflow-wine', '--from', 'minikube', '--to', 'production');
      const [row = ''] = stdout.match(/\| rmse .*/) ?? [];
      if (!/\| rmse \| [\d.]+ \| [\d.]+ \| [-+][\d.e-]+ \|/.test(row)) throw new Error(stdout);
      return row;
    });
    await this.checks.check('models:resolve says that the files are gone', () => {
      const before = lock();
      finished(this.mc('rm', '--recursive', '--force', `root/models/${artifacts()}`));
      const { status, stderr } = resolve();
      same([status, lock() === before], [1, true]);
      if (!stderr.includes('there are no files at')) throw new Error(stderr);
      return stderr.split('\n').find((line) => line.includes('no files')) ?? '';
    });
    await this.checks.check('models:resolve says that the server is down', async () => {
      await this.pod('mlflow').stop();
      const { status, stderr } = resolve();
      same([status, stderr.includes('cannot reach the MLflow server')], [1, true]);
      return stderr;
    });
  }

  /** What the users of a model see. */
  async frontend(): Promise<void> {
    await this.serve('mlflow-wine', this.node.manifests);
    await this.checks.check('the front end is ready', () => this.start('fe', 'fe-deployment'));
    await this.checks.check("Predict, clicked in Chromium, shows the model's own number", async () => {
      return this.browse('--expect', this.expected('mlflow-wine', 'wine').toFixed(2));
    });
    await this.checks.check('the front end says that the model is down', async () => {
      await this.pod('mlflow-wine').stop();
      try {
        this.browse('--timeout', '20');
      } catch (error) {
        return (
          String(error)
            .split('\n')
            .find((line) => line.includes('cannot be reached')) ?? Promise.reject(error)
        );
      }
      throw new Error('it showed a number');
    });
  }

  /** The project with a copy of the environment minikube, changed. */
  private checkout(name: string, change: (environment: string) => void): string {
    return checkout(this.project, join(this.work, name), change);
  }

  /** Opens the front end in Chromium and clicks Predict. */
  private browse(...args: string[]): string {
    const picture = ['--screenshot', join(this.parts.root, 'frontend.png')];
    const browser = join(this.project, 'frontend/browser.py');
    return finished(this.python('browser', browser, '--url', 'http://localhost:8501', ...picture, ...args));
  }

  /** Starts a workload, and remembers its pod. */
  private async start(namespace: string, name: string): Promise<string> {
    const template = this.node.manifests.pod(namespace, name);
    const pod = new Pod(this.node, template);
    this.pods.set(name, pod);
    await pod.start();
    return 'ready';
  }

  /** Serves a model in the place of what served it before. */
  private async serve(name: string, platform: Manifests, models = platform): Promise<void> {
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

  private async agrees(name: (typeof MODELS)[number], version: 'wine' | 'champion'): Promise<string> {
    const url = `http://${name}-default.ml-models.svc:8000/v2/models/classifier/infer`;
    return close(await predictionOf(url, readmeRequest(this.project)), this.expected(name, version));
  }

  /** What the model says of README.md's wine in the environment that trained it. */
  private expected(name: (typeof MODELS)[number], version: 'wine' | 'champion'): number {
    const known = this.answers.get(`${name} ${version}`);
    if (known !== undefined) return known;
    const uri = version === 'wine' ? `mlflow-artifacts:/wine/${name}/1` : `models:/${REGISTERED[name]}@champion`;
    const said = this.python('training', '-c', PREDICT, uri, JSON.stringify(readmeRequest(this.project)));
    const answer = Number(finished(said).split('\n').at(-1));
    this.answers.set(`${name} ${version}`, answer);
    return answer;
  }

  private async keys(): Promise<string> {
    const users = this.node.manifests.data('Secret', 'minio-system', 'minio-users');
    const tries = (user: string) => {
      writeFileSync(join(this.work, 'file'), 'x');
      const as = (...args: string[]) => this.mc(...args).status === 0;
      return [
        as('cat', `${user}/models/wine/mlflow-wine/1/MLmodel`),
        as('cp', join(this.work, 'file'), `${user}/models/try-${user}`),
        as('mb', `${user}/other`),
        as('admin', 'user', 'list', user),
      ];
    };
    same(Object.keys(users).sort(), ['mlflow', 'seldon']);
    same(
      { mlflow: tries('mlflow'), seldon: tries('seldon') },
      {
        mlflow: [true, true, false, false],
        seldon: [true, false, false, false],
      },
    );
    return 'read, write, make a bucket, list users: mlflow the first two, seldon the first';
  }

  /** The MinIO client with the root credential ("root") and those of the users. */
  private mc(...args: string[]): Result {
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

  private sql(query: string): string {
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

  private trainWith(...args: string[]): Result {
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

  private pod(name: string): Pod {
    const pod = this.pods.get(name);
    if (!pod) throw new Error(`${name} does not run`);
    return pod;
  }

  private python(part: 'training' | 'browser', ...args: string[]): Result {
    return run(join(this.parts[part], 'bin/python'), args, this.project, { MLFLOW_TRACKING_URI: TRACKING });
  }

  private command(command: string, ...args: string[]): Result {
    return this.commandIn(this.project, command, ...args);
  }

  private commandIn(cwd: string, command: string, ...args: string[]): Result {
    return run(command, args, cwd);
  }
}

function must(command: string, ...args: string[]): void {
  finished(run(command, args, '/'));
}

/** Saves the scikit-learn model inside an MLflow model as SKLEARN_SERVER reads it. */
const TO_JOBLIB = `
import sys, joblib, mlflow
joblib.dump(mlflow.sklearn.load_model(sys.argv[1]), sys.argv[2])
`;
