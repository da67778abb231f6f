import type { k8s } from './k8s';

/**
 * The pod half of what Pod Security "restricted" asks for.
 * @param id user, group and fsGroup of every process in the pod: the image's own user, or 10001 where it has none
 */
export function restrictedPod(id: number): k8s.PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: id,
    runAsGroup: id,
    fsGroup: id,
    // Walks the volume only when its owner is wrong, not at each start.
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** The container half of "restricted", plus a read-only root filesystem. */
export const RESTRICTED_CONTAINER: k8s.SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
};

/**
 * All of "restricted" in the container, for pods whose pod half is somebody else's to write.
 * @param id user and group of its processes
 */
export function restrictedContainer(id: number): k8s.SecurityContext {
  const { runAsNonRoot, runAsUser, runAsGroup, seccompProfile } = restrictedPod(id);
  return { ...RESTRICTED_CONTAINER, runAsNonRoot, runAsUser, runAsGroup, seccompProfile };
}
