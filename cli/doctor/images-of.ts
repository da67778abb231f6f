/** What the workloads of a cluster run. */
import type { Kubectl } from '../cluster/kubectl';
import { list } from '../cluster/live';
import type { LiveObject } from '../cluster/objects';

interface Workload extends LiveObject {
  readonly spec: LiveObject['spec'] & {
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
}

/**
 * The images of their containers, in all namespaces.
 * @param type such as "daemonsets.apps"
 */
export async function imagesOf(kubectl: Kubectl, type: string, ...args: readonly string[]): Promise<string[]> {
  const workloads = await list<Workload>(kubectl, '', type, ['--all-namespaces', ...args]);
  return workloads.flatMap(({ spec }) => spec.template.spec.containers.map(({ image }) => image));
}
