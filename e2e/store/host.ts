/** The servers of a store as pods of this machine, each at an address of its own, and clients beside them. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { finished } from '../cluster/commands';
import { Repository, STARTING } from '../cluster/repository';
import type { Host } from '../loop/host';
import { Manifests, type PodTemplate } from '../loop/manifests';
import { Pod } from '../loop/pod';
import type { StandIn } from '../software/stand-ins';
import { type CertificateFiles, certificateFor } from './certificate';
import { BRIDGE_ADDRESS, makeNetwork, networkFile } from './networks';

export const NAMESPACE = 'minio-system';

/** The file of a model that asks for a log of its requests. */
export const LOGGED_MODEL = 'server: SKLEARN_SERVER\nuri: s3://models/asked/1\nlogger: {mode: all}\n';

export interface StoreProps {
  readonly project: string;
  /** A folder for what lasts as long as the run. */
  readonly work: string;
  /** The folder of the installed software. */
  readonly software: string;
  readonly images: ReadonlyMap<string, StandIn>;
  /** The first part of the addresses of its pods, such as "10.0.2". */
  readonly network: string;
  /** The settings of the platform. */
  readonly settings: string;
  /** Files of models beside those of the starting environment, below models/. @default - none */
  readonly models?: Readonly<Record<string, string>>;
  /** The Services with one address, and the workload behind each. */
  readonly services: Readonly<Record<string, string>>;
  /** The Certificate of the servers. */
  readonly certificate: string;
  /** The workloads whose pods run. */
  readonly workloads: readonly string[];
}

/** What differs between stores. */
export type StoreKind = Pick<StoreProps, 'network' | 'settings' | 'models' | 'services' | 'certificate' | 'workloads'>;

export interface Tools {
  readonly project: string;
  /** The MinIO client. */
  readonly mc: string;
  /** The folder of rclone. */
  readonly rclone: string;
  /** A folder for what lasts as long as the run. */
  readonly work: string;
}

export class Store {
  readonly manifests: Manifests;
  readonly pods = new Map<string, Pod>();
  readonly authority: string;
  private readonly host: Host;
  private readonly addresses = new Map<string, string>();
  private readonly templates: readonly PodTemplate[];

  constructor(private readonly props: StoreProps) {
    const { work, project } = props;
    mkdirSync(work, { recursive: true });
    const repository = Repository.init(project, join(work, 'repository'));
    writeFileSync(join(repository.environment(), 'platform.yaml'), props.settings);
    for (const [name, text] of Object.entries(props.models ?? {})) {
      const file = join(repository.environment(), 'models', name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    // What init has rendered is another platform, whose data nobody has.
    rmSync(repository.dist(), { recursive: true });
    finished(repository.command('synth'));
    const secrets = finished(repository.command('secrets', STARTING));
    const dist = repository.dist();
    const rendered = new Manifests(dist, secrets);
    const names = rendered.certificateNames(NAMESPACE, props.certificate);
    const files = certificateFor(join(work, 'certificate'), names);
    this.authority = files.authority;
    const signed = rendered.all<CertificateJson>('Certificate').map((each) => secretOf(each, files));
    this.manifests = new Manifests(dist, [secrets, ...signed].join('\n---\n'));
    this.templates = props.workloads.flatMap((name) => this.manifests.replicas(NAMESPACE, name));
    this.templates.forEach(({ name }, index) => {
      const address = `${props.network}.${index + 1}`;
      this.addresses.set(name, address);
      makeNetwork(name, address);
    });
    this.host = {
      work,
      software: props.software,
      manifests: this.manifests,
      images: props.images,
      address: ({ name }) => this.addresses.get(name) ?? BRIDGE_ADDRESS,
      network: ({ name }) => (this.addresses.has(name) ? networkFile(name) : undefined),
    };
  }

  /** The lines of /etc/hosts: each pod by its name, and each Service by all of its pods. */
  hosts(): string[] {
    const pods = this.templates.map(({ name }) => {
      const workload = name.replace(/-\d+$/, '');
      const headless = workload === 'minio' ? 'minio-hl' : workload;
      return `${this.addresses.get(name)} ${name}.${headless}.${NAMESPACE}.svc`;
    });
    const fronts = Object.entries(this.props.services).flatMap(([service, workload]) =>
      this.templates
        .filter(({ name }) => name.replace(/-\d+$/, '') === workload)
        .map(({ name }) => `${this.addresses.get(name)} ${service}.${NAMESPACE}.svc`),
    );
    return [...pods, ...fronts];
  }

  /** Starts pods side by side; those whose names start so, or all. */
  async start(prefix = ''): Promise<string> {
    const started = this.templates.filter(({ name }) => name.startsWith(prefix));
    await Promise.all(started.map((template) => this.startOne(template)));
    return `${started.length} pods`;
  }

  private async startOne(template: PodTemplate): Promise<void> {
    const pod = new Pod(this.host, template);
    this.pods.set(template.name, pod);
    await pod.start();
  }

  /** A pod that shares the network of the run, in which it finds the store. */
  beside(template: PodTemplate, manifests: Manifests): Pod {
    return new Pod({ ...this.host, manifests }, template);
  }

  async kill(name: string): Promise<void> {
    await this.pods.get(name)?.stop('KILL');
    this.pods.delete(name);
  }

  /** Runs a Job to its end. */
  async complete(job: string): Promise<string> {
    const pod = new Pod(this.host, this.manifests.pod(NAMESPACE, job));
    const { code, log } = await pod.complete();
    await pod.stop('KILL');
    if (code !== 0) throw new Error(log);
    return log.trim().split('\n').at(-1) ?? '';
  }

  async end(): Promise<void> {
    for (const pod of this.pods.values()) await pod.stop('KILL');
  }

  /** Where a pod's volume is on this machine. */
  claim(pod: string): string {
    return join(this.props.work, 'claims', pod, 'data');
  }

  secret(name: string): Readonly<Record<string, string>> {
    return this.manifests.data('Secret', NAMESPACE, name);
  }
}

interface CertificateJson {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly secretName: string };
}

/** A client is asked for none of its own: it has the authority with one, and any will do. */
function secretOf({ metadata, spec }: CertificateJson, { authority, certificate, key }: CertificateFiles): string {
  const stringData = Object.fromEntries(
    Object.entries({ 'ca.crt': authority, 'tls.crt': certificate, 'tls.key': key }).map(([name, file]) => [
      name,
      readFileSync(file, 'utf8'),
    ]),
  );
  const { namespace } = metadata;
  return JSON.stringify({ kind: 'Secret', metadata: { namespace, name: spec.secretName }, stringData });
}
