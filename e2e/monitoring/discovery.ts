/** What a cluster says of pods to those who discover them: pods, Services, and which pod is behind which Service. */
import type { PodTemplate } from '../loop/manifests';
import { BRIDGE_ADDRESS } from '../store/networks';
import type { Platform, RunningPod, ServiceJson } from './platform';

/** An object as the API has it. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

export const NAMESPACE = 'monitoring';
export const ALERTMANAGER = { service: 'alertmanager-operated', port: 9093, portName: 'http-web' } as const;

export function discovered(platform: Platform): ApiObject[] {
  const pods = [...platform.running.values()];
  const services = platform.manifests.all<ServiceJson>('Service');
  return [
    ...pods.map(podOf),
    ...services.map((service) => ({ apiVersion: 'v1', kind: 'Service', ...service })),
    ...services.map((service) =>
      sliceOf(service, platform.selected(service.metadata.namespace, service.spec.selector)),
    ),
    ...alertmanager(),
  ] as ApiObject[];
}

const podOf = ({ template, address }: RunningPod) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: template.name, namespace: template.namespace, uid: template.name, ...template.metadata },
  spec: { nodeName: 'node', ...template.spec },
  status: {
    phase: 'Running',
    podIP: address,
    podIPs: [{ ip: address }],
    hostIP: BRIDGE_ADDRESS,
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: template.spec.containers.map(({ name, image }) => ({
      name,
      image,
      imageID: '',
      ready: true,
      restartCount: 0,
      containerID: `containerd://${name}`,
      state: { running: { startedAt: new Date().toISOString() } },
    })),
  },
});

/** As the controller of EndpointSlices makes it, which copies the labels of the Service. */
function sliceOf({ metadata, spec }: ServiceJson, pods: readonly RunningPod[]) {
  const ports = spec.ports ?? [];
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: metadata.name,
      namespace: metadata.namespace,
      labels: { ...metadata.labels, 'kubernetes.io/service-name': metadata.name },
    },
    addressType: 'IPv4',
    endpoints: pods.map(({ template, address }) => ({
      addresses: [address],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: 'node',
      targetRef: { kind: 'Pod', name: template.name, namespace: template.namespace },
    })),
    ports: ports.map(({ name = '', port, targetPort = port }) => ({
      name,
      port: pods[0] ? portOf(pods[0].template, targetPort) : 0,
      protocol: 'TCP',
    })),
  };
}

function portOf({ name: pod, spec }: PodTemplate, target: number | string): number {
  if (typeof target === 'number') return target;
  const found = spec.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === target);
  if (!found) throw new Error(`${pod} has no port ${target}`);
  return found.containerPort;
}

/** Alertmanager, as its operator puts a Service in front of it. */
function alertmanager() {
  const { service: name, port, portName } = ALERTMANAGER;
  const metadata = { name, namespace: NAMESPACE };
  return [
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ name: portName, port }] } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [BRIDGE_ADDRESS], conditions: { ready: true } }],
      ports: [{ name: portName, port, protocol: 'TCP' }],
    },
  ];
}
