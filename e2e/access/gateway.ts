/**
 * What leads into the cluster: Traefik, which reads the rendered Gateway and HTTPRoutes from a real API server. Where the pods
 * of a Service are, this run says in EndpointSlices: they are no pods of that cluster.
 */
import { readFileSync } from 'node:fs';
import type { Parts } from '../cluster/build/parts';
import type { TraefikParts } from '../cluster/build/traefik';
import { Cluster, until } from '../cluster/cluster';
import type { List } from '../cluster/objects';
import type { CertificateFiles } from '../store/certificate';
import type { Client } from './client';
import { CLASS, originOf, WAYS } from './people';

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

export const GATEWAY_CLASS = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'GatewayClass',
  metadata: { name: CLASS },
  spec: { controllerName: 'traefik.io/gateway-controller' },
};

/**
 * @param address where it listens; every one where it is empty
 * @param status what it says of where the Gateway is
 */
export const traefikArguments = (address: string, status: Readonly<Record<string, string>>): string[] => [
  `--entrypoints.web.address=${address}:80`,
  `--entrypoints.websecure.address=${address}:443`,
  '--providers.kubernetesgateway=true',
  ...Object.entries(status).map(([key, value]) => `--providers.kubernetesgateway.statusaddress.${key}=${value}`),
  '--global.checknewversion=false',
  '--global.sendanonymoususage=false',
  '--log.level=INFO',
];

export class Gateway {
  private constructor(
    private readonly cluster: Cluster,
    private readonly namespaces: Set<string> = new Set(),
  ) {}

  static async start({ parts, traefik, folder, address }: GatewayProps): Promise<Gateway> {
    const cluster = await Cluster.start(parts, folder, () => {});
    await cluster.applyForeign(traefik.types);
    await cluster.established('-f', traefik.types);
    await cluster.create(GATEWAY_CLASS);
    cluster.launch(traefik.program, traefikArguments(address, { ip: address }));
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

  /** Waits until every route is taken. @returns how many */
  ready(): Promise<number> {
    return everyRouteTaken(this.cluster);
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

/**
 * Waits until every route is taken, and what each leads to is found.
 * @returns how many
 */
export async function everyRouteTaken(cluster: Cluster): Promise<number> {
  let routes = 0;
  await until('every route is accepted', 60, async () => {
    const { items } = await cluster.get<List<RouteStatus>>('httproutes', '-A');
    routes = items.length;
    const missing = items.filter(({ status }) => !isTaken(status?.parents?.flatMap(({ conditions }) => conditions)));
    return missing.length === 0
      ? undefined
      : JSON.stringify(missing.map(({ metadata, status }) => [metadata.name, status]));
  });
  await until('every Gateway is programmed', 60, async () => {
    const { items } = await cluster.get<List<{ status?: { conditions?: Condition[] } }>>('gateways', '-A');
    const faulty = items.filter(({ status }) => !holds(status?.conditions ?? [], 'Programmed'));
    return faulty.length === 0 ? undefined : JSON.stringify(faulty);
  });
  return routes;
}

/** Traefik says that it has taken a route before it leads anybody there. */
export function everyHostServed(client: Client): Promise<void> {
  return until('every host is served', 60, async () => {
    const asked = (['mlflow', 'app', 'models'] as const).map(async (name) => {
      const { status } = await client.ask(originOf(name) + WAYS[name]);
      return status === 404 ? `${name}: ${status}` : undefined;
    });
    const answers = await Promise.allSettled(asked);
    return answers
      .map((answer) => (answer.status === 'fulfilled' ? answer.value : String(answer.reason)))
      .find(Boolean);
  });
}

const holds = (conditions: readonly Condition[], type: string) =>
  conditions.some((condition) => condition.type === type && condition.status === 'True');

const isTaken = (conditions: readonly Condition[] = []) =>
  holds(conditions, 'Accepted') && holds(conditions, 'ResolvedRefs');
