/** An environment that people reach from outside: its pods on this machine, what leads to them, and who signs people in. */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Parts } from '../cluster/build/parts';
import type { TraefikParts } from '../cluster/build/traefik';
import { HOST } from '../cluster/cluster';
import { finished, run, runBeside } from '../cluster/commands';
import { Repository, STARTING } from '../cluster/repository';
import type { Host } from '../loop/host';
import { Manifests, type PodTemplate } from '../loop/manifests';
import { Pod } from '../loop/pod';
import type { SignInSoftware, Software } from '../software/install';
import { signInStandIn, standIns } from '../software/stand-ins';
import { type CertificateFiles, certificateFor } from '../store/certificate';
import { Client } from './client';
import { Forwarding } from './forwarding';
import { everyHostServed, Gateway, type Service } from './gateway';
import { companyAuthority, startIssuer } from './issuer';
import { Listening, WithoutAuthority } from './listening';
import type { ModelEcho } from './model-echo';
import { addModels, echoes } from './models';
import { hostOf, type Outside } from './outside';
import { CLIENT, GATEWAYS, HOSTS, ISSUER, PORT, STRANGER, settings, TEAM } from './people';

/** Of all pods but proxies and models. Not that of localhost, from where PostgreSQL's image asks for no password. */
const ADDRESS = '10.0.0.1';
/** Of what leads into the cluster. */
const EDGE = '10.0.5.1';
const ISSUERS = { [ISSUER]: '10.0.5.2', [STRANGER]: '10.0.5.3' };
/** All of these, which are this machine's. */
const ADDRESSES = '10.0.0.0/16';
/** The Secret with the certificate of the Gateway. */
const CERTIFICATE = 'wildcard';

/** What is built for it. */
export interface SiteParts {
  readonly software: Software;
  readonly signIn: SignInSoftware;
  readonly control: Pick<Parts, 'kubernetes'>;
  readonly traefik: TraefikParts;
}

export class Site implements Outside {
  readonly manifests: Manifests;
  /** Comes from outside. */
  readonly client: Client;
  readonly authority: string;
  /** The certificate of the Gateway, and its authority. */
  private readonly files: CertificateFiles;
  /** The same of the issuers. */
  private readonly issuerFiles: CertificateFiles;
  private gateway?: Gateway;
  /** The addresses of each Service. */
  private readonly addresses = new Map<string, string[]>();
  private readonly pods: Pod[] = [];
  /** The pod at each address of a proxy. */
  private readonly proxies = new Map<string, { readonly pod: Pod; readonly template: PodTemplate }>();
  private readonly processes: ChildProcess[] = [];
  private readonly echoes: readonly ModelEcho[];
  private readonly forwardings: readonly Forwarding[];
  private readonly images: Host['images'];
  private readonly secrets: string;
  private readonly dist: string;

  constructor(
    readonly project: string,
    private readonly parts: SiteParts,
    readonly work: string,
  ) {
    const { software, signIn } = parts;
    finished(run('mount', ['-t', 'tmpfs', 'tmpfs', work], '/'));
    finished(run('ip', ['link', 'set', 'lo', 'up'], '/'));
    finished(run('ip', ['address', 'add', `${ADDRESS}/32`, 'dev', 'lo'], '/'));
    finished(run('ip', ['address', 'add', `${HOST}/32`, 'dev', 'lo'], '/'));
    finished(run('ip', ['route', 'add', 'local', ADDRESSES, 'dev', 'lo'], '/'));
    this.images = new Map([...standIns(project, software, work), signInStandIn(project, software, signIn, work)]);
    const repository = Repository.init(project, join(work, 'repository'));
    repository.change(settings({ secret: CERTIFICATE }, [TEAM]));
    addModels(repository.environment());
    finished(repository.command('synth'));
    const given = join(work, 'given.env');
    writeFileSync(given, `OIDC_CLIENT_SECRET=${CLIENT.client_secret}\n`);
    this.files = certificateFor(join(work, 'certificate'), ['*.ml.test']);
    this.authority = this.files.authority;
    this.issuerFiles = certificateFor(join(work, 'issuer-certificate'), Object.keys(ISSUERS).map(hostOf));
    this.client = new Client([this.files.authority, this.issuerFiles.authority]);
    this.dist = repository.dist();
    const secrets = finished(repository.command('secrets', STARTING, '--values', given));
    const company = companyAuthority(this.issuerFiles.authority).map((object) => JSON.stringify(object));
    this.secrets = [secrets, ...company].join('\n---\n');
    this.manifests = new Manifests(this.dist, this.secrets);
    this.echoes = echoes();
    this.forwardings = [
      // Of the load balancer.
      new Forwarding(EDGE, PORT, 443),
      // Of the Service of the front end.
      new Forwarding(ADDRESS, 8080, 8501),
    ];
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
      this.addresses.set(service, [...(this.addresses.get(service) ?? []), `10.0.4.${index + 1}`]);
    });
    for (const { service, address } of this.echoes) this.addresses.set(service, [address]);
    this.writeHosts();
    for (const listener of [...this.echoes, ...this.forwardings]) await listener.start();
    await Promise.all(Object.entries(ISSUERS).map(([issuer, address]) => this.issue(issuer, address)));
    await Promise.all(proxies.map(({ template }, index) => this.startProxy(template, `10.0.4.${index + 1}`)));
    return `${proxies.length} proxies`;
  }

  private async startProxy(template: PodTemplate, address: string): Promise<void> {
    this.proxies.set(address, { template, pod: await this.startPod(template, address) });
  }

  /**
   * Replaces the pods of a proxy one after the other, as its Deployment does. That an old one ends is told to the kubelet and to what
   * leads there at the same time, and the latter takes two seconds to act on it.
   * @returns how many
   */
  async roll(name: string, namespace: string): Promise<number> {
    const { gateway } = this;
    const host = `${name}.${namespace}.svc`;
    const service = this.manifests.all<Service>('Service').find((candidate) => hostOfService(candidate) === host);
    const old = this.addresses.get(host) ?? [];
    if (!gateway || !service) throw new Error(`nothing leads to ${host}`);
    let addresses = old;
    for (const [index, address] of old.entries()) {
      const { pod, template } = this.proxies.get(address) ?? {};
      if (!pod || !template) throw new Error(`no pod of ${host} is at ${address}`);
      const next = `10.0.4.${200 + index}`;
      await this.startProxy({ ...template, name: `${template.name}-next` }, next);
      await gateway.place(service, [...addresses, next]);
      addresses = [...addresses.filter((other) => other !== address), next];
      await gateway.place(service, addresses);
      await pod.drain();
      await pod.stop();
    }
    this.addresses.set(host, addresses);
    return old.length;
  }

  /** Starts what leads into the cluster, and gives it the routes as they are rendered. */
  async startGateway(): Promise<string> {
    const { control: parts, traefik } = this.parts;
    this.gateway = await Gateway.start({ parts, traefik, folder: join(this.work, 'cluster'), address: EDGE });
    const routes = this.manifests.all<Route>('HTTPRoute');
    await this.gateway.certificate(GATEWAYS, CERTIFICATE, this.files);
    const led = new Set(
      routes.flatMap(({ metadata: { namespace }, spec: { rules } }) =>
        rules.flatMap(({ backendRefs = [] }) => backendRefs.map(({ name }) => `${name}.${namespace}.svc`)),
      ),
    );
    const services = this.manifests.all<Service>('Service').filter((service) => led.has(hostOfService(service)));
    await this.gateway.take(services);
    for (const service of services) await this.gateway.place(service, this.addresses.get(hostOfService(service)) ?? []);
    await this.gateway.take([...this.manifests.all('Gateway'), ...routes]);
    const taken = await this.gateway.ready();
    await everyHostServed(this.client);
    return `${taken} routes`;
  }

  /** What the Gateway has said. */
  gatewayLog(): string {
    return this.gateway?.log() ?? '';
  }

  /** Starts a proxy that knows the public authorities alone, and gives what it says of the issuer. */
  async withoutAuthority(): Promise<string> {
    const [template] = this.manifests.replicas('mlflow', 'mlflow-sign-in');
    if (!template) throw new Error('there is no proxy');
    const address = '10.0.4.250';
    const manifests = new WithoutAuthority(this.dist, this.secrets, address);
    const pod = new Pod({ ...this.host(address), manifests }, { ...template, name: 'without-authority' });
    this.pods.push(pod);
    return pod.start().then(
      () => 'it started',
      (error: Error) => error.message,
    );
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

  /** Starts the front end. */
  async startFrontend(): Promise<string> {
    await this.run('fe', 'fe-deployment');
    return 'ready';
  }

  async end(): Promise<void> {
    for (const pod of this.pods) await pod.stop('KILL');
    for (const child of this.processes) child.kill();
    for (const echo of this.echoes) echo.end();
    for (const forwarding of this.forwardings) forwarding.end();
    await this.gateway?.end();
  }

  python(part: 'training' | 'browser', args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    return runBeside(join(this.parts.software[part], 'bin/python'), args, this.project, env);
  }

  private async run(namespace: string, name: string): Promise<void> {
    await this.startPod(this.manifests.pod(namespace, name), ADDRESS);
  }

  private startPod(template: PodTemplate, address: string): Promise<Pod> {
    const pod = new Pod(this.host(address), template);
    this.pods.push(pod);
    return pod.start();
  }

  private host(address: string): Host {
    return {
      work: this.work,
      software: this.parts.software.root,
      manifests: new Listening(this.dist, this.secrets, address),
      images: this.images,
      address: () => address,
    };
  }

  private async issue(issuer: string, address: string): Promise<void> {
    const { client, issuerFiles: files } = this;
    this.processes.push(await startIssuer({ software: this.parts.signIn, issuer, address, files, client }));
  }

  private writeHosts(): void {
    const lines = [
      ['127.0.0.1', 'localhost'],
      ...HOSTS.map((name) => [EDGE, `${name}.ml.test`]),
      ...Object.entries(ISSUERS).map(([issuer, address]) => [address, hostOf(issuer)]),
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

/** The part of an HTTPRoute that is looked at. */
interface Route {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly rules: readonly { readonly backendRefs?: readonly { readonly name: string }[] }[] };
}

const hostOfService = ({ metadata: { name, namespace } }: Service) => `${name}.${namespace}.svc`;
