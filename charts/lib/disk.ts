/** The disk of a pod: how much its containers may use together, and what follows for its empty folders. */
import type { k8s } from './k8s';
import { formatMemory, quantityValue } from './quantity';
import { scratchVolume } from './volumes';

/** The resource by which Kubernetes counts logs, emptyDirs and files outside volumes. */
export const DISK = 'ephemeral-storage';

type Limited = Pick<k8s.Container, 'resources'>;

/**
 * How much disk a pod may use: the limits of its containers together, or that of its largest init container where that
 * is more. The kubelet evicts a pod that uses more, its emptyDirs included.
 *
 * Source: podEphemeralStorageLimitEviction of pkg/kubelet/eviction/eviction_manager.go, Kubernetes.
 *
 * @returns undefined where no container is limited
 */
export function podDisk(containers: readonly Limited[], initContainers: readonly Limited[] = []): string | undefined {
  const running = sum(containers.flatMap(limitOf));
  const limits = [...(running === undefined ? [] : [running]), ...initContainers.flatMap(limitOf)];
  return limits.reduce<string | undefined>(
    (most, limit) => (most === undefined || quantityValue(limit) > quantityValue(most) ? limit : most),
    undefined,
  );
}

/**
 * Limits empty folders on disk that have no limit of their own to what the pod may use, so that the limits of the
 * containers alone decide what fits. A folder in memory keeps its limit.
 */
export function limitScratch(volumes: readonly k8s.Volume[], disk: string | undefined): k8s.Volume[] {
  return volumes.map((volume) => {
    const { emptyDir, name } = volume;
    const open = emptyDir && emptyDir.medium !== 'Memory' && emptyDir.sizeLimit === undefined;
    return open ? scratchVolume(name, disk) : volume;
  });
}

const limitOf = ({ resources }: Limited): string[] => {
  const limit = resources?.limits?.[DISK];
  return limit === undefined ? [] : [String(limit.value)];
};

/** One amount stays as it is written. */
function sum(amounts: readonly string[]): string | undefined {
  return amounts.length > 1
    ? formatMemory(amounts.reduce((total, text) => total + quantityValue(text), 0))
    : amounts[0];
}
