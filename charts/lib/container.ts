/** Containers, as components describe them: what all of them have in common is added here. */

import type { Image } from './image';
import { k8s } from './k8s';
import { NO_LIMIT } from './quantity';
import { RESTRICTED_CONTAINER } from './security';
import { type Mount, volumeMount } from './volumes';

/** Requests and limits, as the configuration has them; a limit may be "none". */
export interface Resources {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

export function resourceRequirements(resources: Resources): k8s.ResourceRequirements {
  const quantities = (amounts: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(amounts)
        .filter(([, amount]) => amount !== NO_LIMIT)
        .map(([name, amount]) => [name, k8s.Quantity.fromString(amount)]),
    );
  return { requests: quantities(resources.requests), limits: quantities(resources.limits) };
}

/** Environment variables by name: a value, or where Kubernetes takes it from. A value may refer to variables above it. */
export type Variables = Readonly<Record<string, string | number | k8s.EnvVarSource>>;

export function envVars(variables: Variables): k8s.EnvVar[] {
  return Object.entries(variables).map(([name, value]) =>
    typeof value === 'object' ? { name, valueFrom: value } : { name, value: String(value) },
  );
}

/** A container of the platform's own; its remaining fields are those of Kubernetes. */
export interface ContainerProps
  extends Omit<
    k8s.Container,
    'image' | 'imagePullPolicy' | 'env' | 'resources' | 'securityContext' | 'volumeMounts' | 'volumeDevices'
  > {
  readonly image: Image;
  /** @default - those of the image */
  readonly env?: Variables;
  readonly resources: Resources;
  /** What it sees of the pod's volumes; the rest of its file system is read-only. */
  readonly mounts: readonly Mount[];
}

export function containerSpec({ image, env, resources, mounts, ...rest }: ContainerProps): k8s.Container {
  return {
    ...rest,
    image: image.reference,
    imagePullPolicy: image.pullPolicy,
    env: env && envVars(env),
    resources: resourceRequirements(resources),
    securityContext: RESTRICTED_CONTAINER,
    volumeMounts: mounts.map(volumeMount),
  };
}

/**
 * Lets a server answer the requests that still arrive: a pod is taken out of its Services while it already stops, not
 * before.
 */
export const DRAIN: k8s.Lifecycle = { preStop: { exec: { command: ['sleep', '5'] } } };

/** The same where the image has no such command: the kubelet waits. It can from Kubernetes 1.30 on. */
export const DRAIN_BY_KUBELET = { preStop: { sleep: { seconds: 5 } } };
