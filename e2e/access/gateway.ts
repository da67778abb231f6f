/**
 * What leads into the cluster: Traefik, which reads the rendered Gateway and HTTPRoutes from a real API server. Where the pods
 * of a Service are, this run says in EndpointSlices: they are no pods of that cluster.
 */
import { readFileSync } from 'node:fs';
import type { Parts, TraefikParts } from '../cluster/build';
import { Cluster, until } from '../cluster/cluster';
import type { List } from '../cluster/objects';
import type { CertificateFiles } from '../store/certificate';

interface Named {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}
interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
}
interface RouteStatus extends Named {
  readonly status?: { readonly parents?: readonly { readonly conditions: readonly Condition[] }[] };
}

export interface Service extends Named {
  readonly spec: { readonly ports: readonly { readonly name?: string; readonly port: number }[] };
}

export interface GatewayProps {
  readonly parts: Pick<Parts, 'kubernetes'>;
  readonly traefik: TraefikParts;
  /** For what the API server and Traefik write. */
  readonly folder: string;
  /** Where it listens, at the ports 80 and 443. */
  readonly address: string;
}

/** The GatewayClass. */
export const CLASS = 'traefik';

export class Gateway {
  private constructor(
    private readonly cluster: Cluster,
    private readonly namespaces: Set<string> = new Set(),
  ) {}

  static async start({ parts, traefik, folder, address }: GatewayProps): Promise<Gateway> {
    const cluster = await Cluster.start(parts, folder, () => {});
    // Other projects' files may be warned of.
    const { code, stderr } = await cluster.kubectl(['apply', '--server-side', '-f', traefik.types]);
    if (code !== 0) throw new Error(stderr);
    await cluster.established('-f', traefik.types);
    await cluster.create({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name: CLASS },
      spec: { controllerName: 'traefik.io/gateway-controller' },
    });
    cluster.launch(traefik.program, [
      `--entrypoints.web.address=${address}:80`,
      `--entrypoints.websecure.address=${address}:443`,
      '--providers.kubernetesgateway=true',
      `--providers.kubernetesgateway.statusaddress.ip=${address}`,
      '--global.checknewversion=false',
      '--global.sendanonymoususage=false',
      '--log.level=INFO',
    ]);
    return new Gateway(cluster);
  }

  /** A certificate for all hosts, as somebody puts it beside a Gateway. */
  async certificate(namespace: string, name: string, { certificate, key }: CertificateFiles): Promise<void> {
    await this.namespace(namespace);
    await this.cluster.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace },
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': readFileSync(certificate, 'utf8'), 'tls.key': readFileSync(key, 'utf8') },
    });
  }

  /** Takes objects of the environment as they are rendered. */
  async take(objects: readonly Named[]): Promise<void> {
    for (const { metadata } of objects) if (metadata.namespace !== undefined) await this.namespace(metadata.namespace);
    await this.cluster.create(...objects);
  }

  /** Says where the pods of a Service are, anew where that was said before; each listens at the port of the Service. */
  async place({ metadata: { name, namespace }, spec }: Service, addresses: readonly string[]): Promise<void> {
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: `${name}-here`,
        namespace,
        labels: { 'kubernetes.io/service-name': name, 'endpointslice.kubernetes.io/managed-by': 'e2e' },
      },
      addressType: 'IPv4',
      ports: spec.ports.map((port) => ({ name: port.name ?? '', port: port.port, protocol: 'TCP' })),
      endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    };
    await this.cluster.run(['apply', '--server-side', '-f', '-'], JSON.stringify(slice));
  }

  /**
   * Waits until it has taken every route, and says that they lead somewhere.
   * @returns how many
   */
  async ready(): Promise<number> {
    let routes = 0;
    await until('every route is accepted', 60, async () => {
      const { items } = await this.cluster.get<List<RouteStatus>>('httproutes', '-A');
      routes = items.length;
      const missing = items.filter(({ status }) => !isTaken(status?.parents?.flatMap(({ conditions }) => conditions)));
      return missing.length === 0
        ? undefined
        : JSON.stringify(missing.map(({ metadata, status }) => [metadata.name, status]));
    });
    await until('every Gateway is programmed', 60, async () => {
      const { items } = await this.cluster.get<List<{ status?: { conditions?: Condition[] } }>>('gateways', '-A');
      const faulty = items.filter(({ status }) => !holds(status?.conditions ?? [], 'Programmed'));
      return faulty.length === 0 ? undefined : JSON.stringify(faulty);
    });
    return routes;
  }

  /** What Traefik has said. */
  log(): string {
    return this.cluster.log('traefik');
  }

  end(): Promise<void> {
    return this.cluster.stop();
  }

  private async namespace(name: string): Promise<void> {
    if (this.namespaces.has(name)) return;
    this.namespaces.add(name);
    await this.cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
}

const holds = (conditions: readonly Condition[], type: string) =>
  conditions.some((condition) => condition.type === type && condition.status === 'True');

const isTaken = (conditions: readonly Condition[] = []) =>
  holds(conditions, 'Accepted') && holds(conditions, 'ResolvedRefs');
