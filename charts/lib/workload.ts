/** Kubernetes facts that every workload of the platform shares. */
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Image } from './image';
import type { RequiredSecret } from './secret';
import { restrictedPod } from './security';

/** Requests and limits, as the configuration has them. */
export interface Resources {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

export function resourceRequirements(resources: Resources): k8s.ResourceRequirements {
  const quantities = (amounts: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, k8s.Quantity.fromString(amount)]));
  return { requests: quantities(resources.requests), limits: quantities(resources.limits) };
}

/** The part of a container that says what runs and how much it may use. */
export function imageOf(image: Image): { image: string; imagePullPolicy: string } {
  return { image: image.reference, imagePullPolicy: image.pullPolicy };
}

/** A persistent volume, as the configuration has it. */
export interface Storage {
  readonly size: string;
  /** @default - the cluster's default StorageClass */
  readonly className?: string;
}

/** A claim for a volume that one node mounts at a time. */
export function claimSpec({ size, className }: Storage): k8s.PersistentVolumeClaimSpec {
  return {
    accessModes: ['ReadWriteOnce'],
    storageClassName: className,
    resources: { requests: { storage: k8s.Quantity.fromString(size) } },
  };
}

export interface PodProps {
  readonly serviceAccountName: string;
  /** User, group and fsGroup of the pod. */
  readonly uid: number;
  /** Name of an image pull Secret. */
  readonly pullSecret?: string;
}

/** What every pod of the platform has: an account without a token, and the pod half of Pod Security "restricted". */
export function podBase({ serviceAccountName, uid, pullSecret }: PodProps) {
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    // Variables for every Service of the namespace, which nobody reads and some programs take for their own settings.
    enableServiceLinks: false,
    imagePullSecrets: pullSecret === undefined ? undefined : [{ name: pullSecret }],
    securityContext: restrictedPod(uid),
  } satisfies Partial<k8s.PodSpec>;
}

/** Replaces pods one by one, each only when its successor is ready. */
export const ONE_BY_ONE: k8s.DeploymentStrategy = {
  type: 'RollingUpdate',
  rollingUpdate: { maxSurge: k8s.IntOrString.fromNumber(1), maxUnavailable: k8s.IntOrString.fromNumber(0) },
};

/** A ServiceAccount whose token no pod gets: none of the platform's own software calls the API server. */
export function serviceAccount(
  scope: Construct,
  id: string,
  name: string,
  pullSecret?: string,
): k8s.KubeServiceAccount {
  return new k8s.KubeServiceAccount(scope, id, {
    metadata: { name },
    automountServiceAccountToken: false,
    imagePullSecrets: pullSecret === undefined ? undefined : [{ name: pullSecret }],
  });
}

/** A volume with some keys of a Secret, readable by the pod's group. */
export function secretVolume(name: string, secret: RequiredSecret, ...keys: string[]): k8s.Volume {
  return { name, secret: { secretName: secret.name, items: secret.items(...keys), defaultMode: 0o440 } };
}

/** An empty folder that lives as long as the pod. */
export function scratchVolume(name: string, sizeLimit: string): k8s.Volume {
  return { name, emptyDir: { sizeLimit: k8s.Quantity.fromString(sizeLimit) } };
}
