/** An environment that people reach from outside: its pods on this machine, what leads to them, and who signs people in. */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../cluster/cluster';
import { finished, run, runBeside } from '../cluster/commands';
import { Repository, STARTING } from '../cluster/repository';
import type { Host } from '../loop/host';
import { Manifests, type PodTemplate } from '../loop/manifests';
import { Pod } from '../loop/pod';
import type { SignInSoftware, Software } from '../software/install';
import { signInStandIn, standIns } from '../software/stand-ins';
import { certificateFor } from '../store/certificate';
import { Edge, type Route } from './edge';
import { ModelEcho } from './model-echo';
import { AUDIENCES, CLIENT, ISSUER, PEOPLE, PLATFORM, PORT, ROBOTS, STRANGER } from './people';

/** Of all pods but proxies and models. Not that of localhost, from where PostgreSQL's image asks for no password. */
const ADDRESS = '10.0.0.1';
/** Of what leads into the cluster. */
const EDGE = '127.0.5.1';

const MODELS = { team: 'groups: [ml-admins]', open: 'public: true' } as const;
const MODEL_NAMES = ['mlflow-wine', 'xgb-wine-k8s', ...Object.keys(MODELS)];

export class Site {
  readonly manifests: Manifests;
  readonly edge: Edge;
  /** The file with the authority of its certificates. */
  readonly authority: string;
  /** The addresses of each Service. */
  private readonly addresses = new Map<string, string[]>();
  private readonly pods: Pod[] = [];
  private readonly processes: ChildProcess[] = [];
  private readonly echoes: readonly ModelEcho[];
  private readonly images: Host['images'];
  private readonly secrets: string;
  private readonly dist: string;

  constructor(
    readonly project: string,
    readonly software: Software,
    private readonly signIn: SignInSoftware,
    readonly work: string,
  ) {
    finished(run('mount', ['-t', 'tmpfs', 'tmpfs', work], '/'));
    finished(run('ip', ['link', 'set', 'lo', 'up'], '/'));
    finished(run('ip', ['address', 'add', `${ADDRESS}/32`, 'dev', 'lo'], '/'));
    this.images = new Map([...standIns(project, software, work), signInStandIn(project, software, signIn, work)]);
    const repository = Repository.init(project, join(work, 'repository'));
    appendFileSync(join(repository.environment(), 'platform.yaml'), PLATFORM);
    for (const [name, caller] of Object.entries(MODELS))
      writeFileSync(
        join(repository.environment(), 'models', `${name}.yaml`),
        `server: SKLEARN_SERVER\nuri: s3://models/x/1\n${caller}\n`,
      );
    finished(repository.command('synth'));
    const given = join(work, 'given.env');
    writeFileSync(given, `OIDC_CLIENT_SECRET=${CLIENT.client_secret}\n`);
    this.secrets = finished(repository.command('secrets', STARTING, '--values', given));
    this.dist = repository.dist();
    this.manifests = new Manifests(this.dist, this.secrets);
    this.echoes = MODEL_NAMES.map((name, index) => new ModelEcho(name, `127.0.1.${index + 1}`));
    const files = certificateFor(join(work, 'certificate'), ['*.ml.test']);
    this.authority = files.authority;
    this.edge = new Edge(
      this.manifests.all<Route>('HTTPRoute'),
      files,
      (service) => this.addresses.get(service) ?? [ADDRESS],
    );
  }

  /** Starts what people come through: issuers, what leads into the cluster, the proxies, and what is in the place of models. */
  async startFront(): Promise<string> {
    const proxies = ['mlflow', 'fe', 'ml-models'].flatMap((namespace) =>
      this.manifests
        .deployments(namespace)
        .filter((name) => name.endsWith('-sign-in'))
        .flatMap((name) =>
          this.manifests
            .replicas(namespace, name)
            .map((template) => ({ service: `${name}.${namespace}.svc`, template })),
        ),
    );
    proxies.forEach(({ service }, index) => {
      this.addresses.set(service, [...(this.addresses.get(service) ?? []), `127.0.4.${index + 1}`]);
    });
    for (const { model, address } of this.echoes) this.addresses.set(`${model}-default.ml-models.svc`, [address]);
    this.writeHosts();
    for (const echo of this.echoes) await echo.start();
    await this.edge.start(EDGE, PORT);
    await Promise.all([this.issue(ISSUER, '127.0.5.2'), this.issue(STRANGER, '127.0.5.3')]);
    const addresses = proxies.map((_, index) => `127.0.4.${index + 1}`);
    await Promise.all(proxies.map(({ template }, index) => this.startPod(template, addresses[index] ?? '')));
    return `${proxies.length} proxies`;
  }

  /** Starts MLflow, and what it needs. */
  async startMlflow(): Promise<string> {
    await this.run('postgres', 'postgresql');
    await this.run('minio-system', 'minio');
    const setUp = await new Pod(this.host(ADDRESS), this.manifests.pod('minio-system', 'minio-setup')).complete();
    if (setUp.code !== 0) throw new Error(setUp.log);
    await this.run('mlflow', 'mlflow');
    return 'ready';
  }

  async end(): Promise<void> {
    for (const pod of this.pods) await pod.stop('KILL');
    for (const child of this.processes) child.kill();
    for (const echo of this.echoes) echo.end();
    this.edge.end();
  }

  /** Runs Python of the training code, or that with the browser. */
  python(part: 'training' | 'browser', args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    return runBeside(join(this.software[part], 'bin/python'), args, this.project, env);
  }

  private run(namespace: string, name: string): Promise<void> {
    return this.startPod(this.manifests.pod(namespace, name), ADDRESS);
  }

  private async startPod(template: PodTemplate, address: string): Promise<void> {
    const pod = new Pod(this.host(address), template);
    this.pods.push(pod);
    await pod.start();
  }

  private host(address: string): Host {
    return {
      work: this.work,
      software: this.software.root,
      manifests: new Listening(this.dist, this.secrets, address),
      images: this.images,
      address: () => address,
    };
  }

  private issue(issuer: string, address: string): Promise<void> {
    const settings = { issuer, address, people: PEOPLE, client: CLIENT, robots: ROBOTS, audiences: AUDIENCES };
    const script = join(this.signIn.issuer, 'issuer.mjs');
    this.processes.push(spawn(process.execPath, [script, JSON.stringify(settings)], { stdio: 'ignore' }));
    return until(`${issuer} answers`, 60, () =>
      fetch(`${issuer}/.well-known/openid-configuration`).then(
        ({ status }) => (status === 200 ? undefined : String(status)),
        String,
      ),
    );
  }

  private writeHosts(): void {
    const hostOf = (url: string) => new URL(url).hostname;
    const lines = [
      ['127.0.0.1', 'localhost'],
      ...['mlflow', 'app', 'models'].map((name) => [EDGE, `${name}.ml.test`]),
      ['127.0.5.2', hostOf(ISSUER)],
      ['127.0.5.3', hostOf(STRANGER)],
      ...this.manifests
        .serviceHosts()
        .filter((host) => !this.addresses.has(host))
        .map((host) => [ADDRESS, host]),
      ...[...this.addresses].flatMap(([host, addresses]) => addresses.map((address) => [address, host])),
    ];
    const file = join(this.work, 'hosts');
    mkdirSync(this.work, { recursive: true });
    writeFileSync(file, lines.map((line) => `${line.join(' ')}\n`).join(''));
    finished(run('mount', ['--bind', file, '/etc/hosts'], '/'));
  }
}

/** All pods share one network, so that each proxy listens at its own address alone; in a cluster it has one to itself. */
class Listening extends Manifests {
  constructor(
    folder: string,
    secrets: string,
    private readonly address: string,
  ) {
    super(folder, secrets);
  }

  override data(kind: 'ConfigMap' | 'Secret', namespace: string, name: string): Readonly<Record<string, string>> {
    return Object.fromEntries(
      Object.entries(super.data(kind, namespace, name)).map(([key, text]) => [
        key,
        text.replace(/bindAddress: ":(\d+)"/g, `bindAddress: "${this.address}:$1"`),
      ]),
    );
  }
}
