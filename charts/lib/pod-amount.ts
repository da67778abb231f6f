/** How much a pod has of what each of its containers has: Kubernetes' own rule. */

interface Started {
  /** "Always" for an init container that goes on beside all after it: a sidecar. */
  readonly restartPolicy?: string;
}

/**
 * What the scheduler reserves for a pod, and a quota counts: its containers together with the sidecars, or an init container
 * with the sidecars that were started before it, where that is more.
 *
 * Source: PodRequests of staging/src/k8s.io/component-helpers/resource/helpers.go, Kubernetes.
 */
export function podAmount<C extends Started>(
  { containers, initContainers = [] }: { readonly containers: readonly C[]; readonly initContainers?: readonly C[] },
  amount: (container: C) => number,
): number {
  let sidecars = 0;
  let most = 0;
  for (const container of initContainers) {
    const now = sidecars + amount(container);
    if (container.restartPolicy === 'Always') sidecars = now;
    most = Math.max(most, now);
  }
  return Math.max(
    most,
    containers.reduce((sum, container) => sum + amount(container), sidecars),
  );
}
