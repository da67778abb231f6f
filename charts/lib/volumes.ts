/** The volumes of pods, and where containers mount them. */
import { k8s } from './k8s';
import type { RequiredSecret } from './secret';

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

/** A claim that a StatefulSet makes for each of its pods, whose volume has the claim's name in the pod. */
export interface ClaimTemplate extends k8s.KubePersistentVolumeClaimProps {
  readonly metadata: { readonly name: string };
}

export function claimTemplate(name: string, storage: Storage): ClaimTemplate {
  return { metadata: { name }, spec: claimSpec(storage) };
}

/** The place of a volume in a container. */
export interface Mount {
  readonly volume: k8s.Volume | ClaimTemplate;
  readonly path: string;
  /** @default - true for Secrets, ConfigMaps and projected volumes, which Kubernetes never lets a container change */
  readonly readOnly?: boolean;
}

const isClaim = (volume: Mount['volume']): volume is ClaimTemplate => 'metadata' in volume;

export function volumeMount({ volume, path, readOnly }: Mount): k8s.VolumeMount {
  if (isClaim(volume)) return { name: volume.metadata.name, mountPath: path, readOnly };
  const fixed = [volume.secret, volume.configMap, volume.projected].some((source) => source !== undefined);
  return { name: volume.name, mountPath: path, readOnly: readOnly ?? (fixed ? true : undefined) };
}

/** The volumes that a pod needs for these mounts, each once. The volume of a claim template is added by Kubernetes. */
export function volumesOf(mounts: readonly Mount[]): k8s.Volume[] {
  const volumes = mounts.flatMap(({ volume }) => (isClaim(volume) ? [] : [volume]));
  return [...new Map(volumes.map((volume) => [volume.name, volume])).values()];
}

/** Some keys of a Secret as files, readable by the pod's group. */
export function secretVolume(name: string, secret: RequiredSecret, ...keys: string[]): k8s.Volume {
  return { name, secret: { secretName: secret.name, items: secret.items(...keys), defaultMode: 0o440 } };
}

/** All keys of a ConfigMap as files. */
export function configMapVolume(name: string, configMap: k8s.KubeConfigMap, defaultMode?: number): k8s.Volume {
  return { name, configMap: { name: configMap.name, defaultMode } };
}

/** An empty folder that lives as long as the pod. Without a size it may grow to what the pod may use (disk.ts). */
export function scratchVolume(name: string, sizeLimit?: string): k8s.Volume {
  return { name, emptyDir: { sizeLimit: sizeLimit === undefined ? undefined : k8s.Quantity.fromString(sizeLimit) } };
}

/** A folder for temporary files, which the read-only file system of the image has no place for. */
export function tmp(sizeLimit?: string): Mount {
  return { volume: scratchVolume('tmp', sizeLimit), path: '/tmp' };
}

/** A folder that the containers of a pod pass files on in. */
export const FILES: Mount = { volume: scratchVolume('files'), path: '/files' };
