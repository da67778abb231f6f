/** What Prometheus, Alertmanager and Grafana are here: one pod with a volume, behind a Service. */
import type { Component } from '../../lib/component';
import type { ContainerProps, Resources } from '../../lib/container';
import type { Endpoint, Pods } from '../../lib/endpoint';
import type { Image } from '../../lib/image';
import type { Logging } from '../../lib/logging';
import { podSpec } from '../../lib/pod';
import { endpointOf, type NamedPort, service, servicePort } from '../../lib/service';
import { claimTemplate, type Mount, type Storage, tmp } from '../../lib/volumes';
import { statefulSet } from '../../lib/workload';
import type { WorkloadSettings } from '../../lib/workload-settings';

export interface StackProps extends WorkloadSettings {
  readonly namespace: string;
  readonly image: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  readonly resources: Resources;
  readonly storage: Storage;
  /** @default - it logs as it does by itself */
  readonly logging?: Logging;
}

export interface ServerProps {
  readonly name: string;
  readonly settings: StackProps;
  readonly pods: Pods;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly podAnnotations: Readonly<Record<string, string>>;
  readonly port: NamedPort;
  readonly serviceAccountName: string;
  readonly uid: number;
  /** Where its volume is. */
  readonly dataPath: string;
  /** What it has besides. */
  readonly mounts: readonly Mount[];
  /** Seconds. */
  readonly terminationGracePeriodSeconds: number;
  /** What only this program has; its image, port, resources and mounts are added. */
  readonly container: Omit<ContainerProps, 'name' | 'image' | 'ports' | 'resources' | 'mounts'>;
}

/** @returns where it is reached */
export function stackServer(scope: Component, props: ServerProps): Endpoint {
  const { name, settings, pods, port } = props;
  const ports = [servicePort(port)];
  const headless = service(scope, 'headless', { name: `${name}-hl`, pods, ports, headless: true });
  const inFront = service(scope, 'service', { name, pods, ports });
  const data = claimTemplate('data', settings.storage);
  statefulSet(scope, 'server', {
    name,
    service: headless,
    pods,
    podLabels: props.podLabels,
    settings,
    podAnnotations: props.podAnnotations,
    claims: [data],
    pod: podSpec({
      serviceAccountName: props.serviceAccountName,
      uid: props.uid,
      pullSecret: settings.pullSecret,
      terminationGracePeriodSeconds: props.terminationGracePeriodSeconds,
      containers: [
        {
          ...props.container,
          name,
          image: settings.image,
          ports: [port],
          resources: settings.resources,
          mounts: [{ volume: data, path: props.dataPath }, ...props.mounts, tmp()],
        },
      ],
    }),
  });
  return endpointOf(inFront, pods, port);
}
