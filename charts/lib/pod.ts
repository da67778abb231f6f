/** Pods, as components describe them: what all of them have in common is added here. */

import type { Construct } from 'constructs';
import { type ContainerProps, containerSpec } from './container';
import { limitScratch, podDisk } from './disk';
import { k8s } from './k8s';
import { restrictedPod } from './security';
import { volumesOf } from './volumes';
import type { WorkloadSettings } from './workload-settings';

export interface PodBaseProps {
  readonly serviceAccountName: string;
  /** User, group and fsGroup of the pod. */
  readonly uid: number;
  /**
   * Name of an image pull Secret.
   * @default - images are pulled without a login
   */
  readonly pullSecret?: string;
}

/** What every pod of the platform has: an account without a token, and the pod half of Pod Security "restricted". */
export function podBase({ serviceAccountName, uid, pullSecret }: PodBaseProps) {
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    // Variables for every Service of the namespace, which nobody reads and some programs take for their own settings.
    enableServiceLinks: false,
    imagePullSecrets: pullSecret === undefined ? undefined : [{ name: pullSecret }],
    securityContext: restrictedPod(uid),
  } satisfies Partial<k8s.PodSpec>;
}

/** A pod of the platform's own; its volumes are those that its containers mount. */
export interface PodProps
  extends PodBaseProps,
    Pick<k8s.PodSpec, 'restartPolicy' | 'terminationGracePeriodSeconds' | 'activeDeadlineSeconds'> {
  /** @default - none */
  readonly initContainers?: readonly ContainerProps[];
  readonly containers: readonly ContainerProps[];
}

export function podSpec({ serviceAccountName, uid, pullSecret, ...props }: PodProps): k8s.PodSpec {
  const { initContainers, containers, ...rest } = props;
  const all = [...(initContainers ?? []), ...containers];
  const specs = { initContainers: initContainers?.map(containerSpec), containers: containers.map(containerSpec) };
  const disk = podDisk(specs.containers, specs.initContainers);
  return {
    ...podBase({ serviceAccountName, uid, pullSecret }),
    ...rest,
    ...specs,
    volumes: limitScratch(volumesOf(all.flatMap(({ mounts }) => mounts)), disk),
  };
}

/** A ServiceAccount whose token no pod gets: none of the platform's own software calls the API server. */
export function serviceAccount(
  scope: Construct,
  id: string,
  name: string,
  settings: WorkloadSettings,
  pullSecret?: string,
): k8s.KubeServiceAccount {
  return new k8s.KubeServiceAccount(scope, id, {
    metadata: { name, annotations: settings.serviceAccount?.annotations },
    automountServiceAccountToken: false,
    imagePullSecrets: pullSecret === undefined ? undefined : [{ name: pullSecret }],
  });
}
