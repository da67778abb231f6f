/** What leads into the cluster: Traefik in pods, with the rights that its release asks for, behind a load balancer. */
import { readFileSync } from 'node:fs';
import { loadAll } from 'js-yaml';
import { GATEWAY_CLASS, traefikArguments } from '../access/gateway';
import { GATEWAYS, PORT } from '../access/people';
import type { TraefikParts } from '../cluster/build/traefik';
import { nothingForbidden } from '../cluster/checks';
import { type Cluster, list } from '../cluster/cluster';
import type { KubernetesObject } from '../cluster/objects';
import { TRAEFIK_IMAGE } from './images';

/** The address of the load balancer, which is led to the node. */
export const BALANCER = '10.90.1.1';

const NAME = 'traefik';
const metadata = { name: NAME, namespace: GATEWAYS };
const labels = { app: NAME };

interface Binding extends KubernetesObject {
  readonly subjects: readonly { readonly kind: string; readonly name: string; readonly namespace: string }[];
}

export async function startTraefik(cluster: Cluster, { types, rights }: TraefikParts): Promise<string> {
  await cluster.applyForeign(types);
  await cluster.established('-f', types);
  await cluster.run(
    ['apply', '--server-side', '-f', '-'],
    list([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: GATEWAYS } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
      ...rightsOf(rights),
      GATEWAY_CLASS,
      deployment(),
      service(),
    ]),
  );
  // What a cloud does: it has an address, leads it to the nodes, and says so.
  const status = JSON.stringify({ status: { loadBalancer: { ingress: [{ ip: BALANCER }] } } });
  await cluster.run(['patch', '-n', GATEWAYS, `service/${NAME}`, '--subresource=status', '--type=merge', '-p', status]);
  await cluster.run(['rollout', 'status', '-n', GATEWAYS, `deployment/${NAME}`, '--timeout=5m']);
  return `2 pods behind ${BALANCER}:${PORT}`;
}

/** Those of its release, for its account here. */
function rightsOf(file: string): object[] {
  const subjects = [{ kind: 'ServiceAccount', ...metadata }];
  return (loadAll(readFileSync(file, 'utf8')) as KubernetesObject[]).map((object) =>
    object.kind === 'ClusterRoleBinding' ? ({ ...object, subjects } satisfies Binding) : object,
  );
}

function deployment(): object {
  const ports = [
    { name: 'web', containerPort: 80 },
    { name: 'websecure', containerPort: 443 },
  ];
  const container = {
    name: NAME,
    image: TRAEFIK_IMAGE,
    args: traefikArguments('', { 'service.name': NAME, 'service.namespace': GATEWAYS }),
    ports,
    readinessProbe: { tcpSocket: { port: 'websecure' } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true },
  };
  // Its ports are those of the listeners, which are low.
  const securityContext = { sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }] };
  const spec = { serviceAccountName: NAME, securityContext, containers: [container] };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}

const service = () => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata,
  spec: {
    type: 'LoadBalancer',
    selector: labels,
    ports: [
      { name: 'web', port: 80, targetPort: 'web' },
      { name: 'websecure', port: PORT, targetPort: 'websecure' },
    ],
  },
});

/** Its account may do all that it tried. */
export async function traefikWasAllowed(cluster: Cluster): Promise<string> {
  return nothingForbidden(await cluster.run(['logs', '-n', GATEWAYS, '-l', `app=${NAME}`, '--tail=-1']));
}
