/** The platform with monitoring: the pods of a rendered environment, each in a network of its own, as in a cluster. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished, type Result, run, runBeside } from '../cluster/commands';
import { Repository, STARTING } from '../cluster/repository';
import type { Host } from '../loop/host';
import { Manifests, type PodTemplate } from '../loop/manifests';
import { Pod } from '../loop/pod';
import { modelPod } from '../loop/seldon';
import { CLAIMS } from '../loop/volumes';
import type { Software } from '../software/install';
import { exporterStandIn, standIns } from '../software/stand-ins';
import { BRIDGE_ADDRESS, makeBridge, makeNetwork, networkFile } from '../store/networks';
import { DETECTOR, MODELS, WATCHED } from './models';

/** What the starting environment does not have. */
const SETTINGS = {
  monitoring: { enabled: true, dashboards: { enabled: true } },
  postgresql: { backup: { enabled: true } },
  frontend: { model: 'steady' },
};

/** The pods that run, beside those of models, by the Service in front of each. */
const WORKLOADS = [
  { namespace: 'postgres', name: 'postgresql' },
  { namespace: 'minio-system', name: 'minio' },
  { namespace: 'mlflow', name: 'mlflow' },
  { namespace: 'fe', name: 'fe-deployment' },
  { namespace: 'ml-models', name: DETECTOR },
] as const;

/** How much the object store's volume holds: less than a GiB it takes for no disk. */
const STORE_SIZE = '3g';

export interface RunningPod {
  readonly template: PodTemplate;
  readonly address: string;
}

export class Platform {
  readonly manifests: Manifests;
  /** Each pod that there is, by its name. */
  readonly running = new Map<string, RunningPod>();
  private readonly pods = new Map<string, Pod>();
  private readonly host: Host;

  constructor(
    readonly project: string,
    readonly software: Software,
    exporter: string,
    /** A folder for what lasts as long as the run. */
    readonly work: string,
  ) {
    finished(run('mount', ['-t', 'tmpfs', 'tmpfs', work], '/'));
    makeBridge();
    const repository = Repository.init(project, join(work, 'repository'));
    repository.change(SETTINGS);
    // What init has rendered is another platform, whose data nobody has.
    rmSync(repository.dist(), { recursive: true });
    const models = join(repository.environment(), 'models');
    rmSync(models, { recursive: true });
    mkdirSync(models);
    for (const { name, file } of [...MODELS, WATCHED]) writeFileSync(join(models, `${name}.yaml`), file);
    finished(repository.command('synth'));
    const secrets = finished(repository.command('secrets', STARTING));
    this.manifests = new Manifests(repository.dist(), secrets);
    for (const template of this.templates()) {
      const address = `10.0.1.${this.running.size + 1}`;
      this.running.set(template.name, { template, address });
      makeNetwork(template.name, address);
    }
    this.host = {
      work,
      software: software.root,
      manifests: this.manifests,
      images: new Map([...standIns(project, software, work), exporterStandIn(project, software, exporter, work)]),
      address: ({ name }) => this.running.get(name)?.address ?? BRIDGE_ADDRESS,
      network: ({ name }) => (this.running.has(name) ? networkFile(name) : undefined),
    };
    this.writeHosts();
    const store = join(work, CLAIMS, 'minio-0/data');
    mkdirSync(store, { recursive: true });
    const group = this.template('minio-0').spec.securityContext?.fsGroup ?? 0;
    finished(run('mount', ['-t', 'tmpfs', '-o', `size=${STORE_SIZE},mode=2775,gid=${group}`, 'tmpfs', store], '/'));
  }

  private templates(): PodTemplate[] {
    return [
      ...WORKLOADS.flatMap(({ namespace, name }) => this.manifests.replicas(namespace, name)),
      ...MODELS.map(({ name }) => modelPod(this.manifests, this.manifests.seldonDeployment(name))),
    ];
  }

  /** A Service's name leads to the pods that its selector finds. */
  private writeHosts(): void {
    const lines = this.manifests
      .all<ServiceJson>('Service')
      .flatMap(({ metadata, spec }) =>
        this.selected(metadata.namespace, spec.selector).map(
          ({ address }) => `${address} ${metadata.name}.${metadata.namespace}.svc`,
        ),
      );
    const models = MODELS.map(({ name }) => `${this.address(name)} ${name}-default.ml-models.svc`);
    const file = join(this.work, 'hosts');
    writeFileSync(file, ['127.0.0.1 localhost', ...lines, ...models].map((line) => `${line}\n`).join(''));
    finished(run('mount', ['--bind', file, '/etc/hosts'], '/'));
  }

  /** The pods of a namespace that have some labels. */
  selected(namespace: string | undefined, selector: Readonly<Record<string, string>> = {}): RunningPod[] {
    return [...this.running.values()].filter(
      ({ template }) =>
        template.namespace === namespace &&
        Object.entries(selector).every(([key, value]) => template.metadata?.labels?.[key] === value),
    );
  }

  private template(name: string): PodTemplate {
    const found = this.running.get(name);
    if (!found) throw new Error(`there is no pod ${name}, but ${[...this.running.keys()].join(', ')}`);
    return found.template;
  }

  address(name: string): string {
    return this.host.address(this.template(name));
  }

  async start(name: string): Promise<string> {
    const pod = new Pod(this.host, this.template(name));
    this.pods.set(name, pod);
    await pod.start();
    return 'ready';
  }

  /** Ends a pod that stays where it was: Prometheus goes on looking for it. */
  async stop(name: string): Promise<void> {
    await this.pod(name).stop('KILL');
    this.pods.delete(name);
  }

  pod(name: string): Pod {
    const pod = this.pods.get(name);
    if (!pod) throw new Error(`${name} does not run`);
    return pod;
  }

  /** Runs a Job to its end. */
  async complete(namespace: string, job: string): Promise<string> {
    const { code, log } = await new Pod(this.host, this.manifests.pod(namespace, job)).complete();
    if (code !== 0) throw new Error(log);
    return log.trim().split('\n').at(-1) ?? '';
  }

  async end(): Promise<void> {
    for (const pod of this.pods.values()) await pod.stop('KILL');
  }

  /** The MinIO client, as root of the store. */
  mc(...args: string[]): Result {
    return run(...this.client(args));
  }

  /** The same while this process has other things to do. */
  mcBeside(...args: string[]): Promise<Result> {
    return runBeside(...this.client(args));
  }

  private client(args: readonly string[]) {
    const root = this.manifests.data('Secret', 'minio-system', 'minio');
    const login = `http://${root['root-user']}:${root['root-password']}@minio.minio-system.svc:9000`;
    const all = ['--config-dir', join(this.work, 'mc'), ...args];
    return [join(this.software.minio, 'mc'), all, this.project, { MC_HOST_root: login }] as const;
  }

  /** A folder on this machine that a pod has as a volume. */
  claim(pod: string, volume: string): string {
    return join(this.work, CLAIMS, pod, volume);
  }
}

/** What discovery reads of a Service. */
export interface ServiceJson {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly {
      readonly name?: string;
      readonly port: number;
      readonly targetPort?: number | string;
    }[];
  };
}
