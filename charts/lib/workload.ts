/** Kubernetes facts that every workload of the platform shares. */
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Image } from '../images';
import type { RequiredSecret } from './secret';

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

/** How pods log in to a registry. Nothing where no pull Secret is configured. */
export function pullSecrets(name: string | undefined): k8s.LocalObjectReference[] | undefined {
  return name === undefined ? undefined : [{ name }];
}

/** A ServiceAccount whose token no pod gets: none of the platform's own software calls the API server. */
export function serviceAccount(scope: Construct, id: string, name: string): k8s.KubeServiceAccount {
  return new k8s.KubeServiceAccount(scope, id, { metadata: { name }, automountServiceAccountToken: false });
}

/** A volume with some keys of a Secret, readable by the pod's group. */
export function secretVolume(name: string, secret: RequiredSecret, ...keys: string[]): k8s.Volume {
  return { name, secret: { secretName: secret.name, items: secret.items(...keys), defaultMode: 0o440 } };
}

/** An empty folder that lives as long as the pod. */
export function scratchVolume(name: string, sizeLimit: string): k8s.Volume {
  return { name, emptyDir: { sizeLimit: k8s.Quantity.fromString(sizeLimit) } };
}
