/** Whether a GitOps tool would see a difference between the files and what the API server stores. */
import { isMapping } from '../../charts/lib/mapping';
import type { Cluster } from '../cluster/cluster';
import { allFiles, type Environment } from '../cluster/environments';
import { type KubernetesObject, type List, title } from '../cluster/objects';

/**
 * kubectl diff, Flux, and Argo CD with server-side diff ask the API server what an apply would change, and it fills in
 * defaults on both sides. By default Argo CD predicts the stored object itself: it merges the manifest into it, and calls
 * the default functions of the types that it is built with (gitops-engine, pkg/diff). So a field that is not in the
 * manifest counts where that merge replaces a whole list, and no default function puts it back: in lists of custom
 * resources, and in volumeClaimTemplates, whose `apiVersion` and `kind` come from a conversion.
 */
export async function nothingDrifts(cluster: Cluster, env: Environment): Promise<string> {
  const { items } = await cluster.get<List>(...allFiles(env));
  const stored = new Map(items.map((object) => [title(object), object]));
  const differences = env.objects.flatMap((object) => driftOf(object, stored.get(title(object))));
  if (differences.length > 0) throw new Error(`${differences.length} differences:\n${differences.join('\n')}`);
  return `${env.objects.length} objects, each field of a file as it is stored`;
}

/** Whether Argo CD is built with the type: the groups of Kubernetes itself have no domain, or that of Kubernetes. */
function isBuiltIn({ apiVersion }: KubernetesObject): boolean {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  return !group.includes('.') || (group.endsWith('.k8s.io') && group !== 'gateway.networking.k8s.io');
}

/** What conversion puts into each item of a list, by the path of the list. */
const CONVERTED: Readonly<Record<string, readonly string[]>> = { 'spec.volumeClaimTemplates': ['apiVersion', 'kind'] };

/** Each place where what is stored would not come out of the prediction. */
export function driftOf(object: KubernetesObject, stored: KubernetesObject | undefined): string[] {
  const name = title(object);
  if (stored === undefined) return [`${name} is not stored`];
  const builtIn = isBuiltIn(object);
  const counts = (list: string, field: string) => (builtIn ? CONVERTED[list]?.includes(field) === true : list !== '');
  return compare(object, stored, { path: '', list: '', counts, builtIn }).map((difference) => `${name}: ${difference}`);
}

interface Place {
  readonly path: string;
  /** The path of the innermost list around it. */
  readonly list: string;
  /** Whether a field that is stored, but not rendered, counts. */
  readonly counts: (list: string, field: string) => boolean;
  /** Whether an empty text is as good as none: the types of both sides leave it out. */
  readonly builtIn: boolean;
}

function compare(rendered: unknown, stored: unknown, place: Place): string[] {
  const { path, list, counts } = place;
  if (Array.isArray(rendered) && Array.isArray(stored)) {
    if (rendered.length !== stored.length) return [`${path} has ${stored.length} items, not ${rendered.length}`];
    return rendered.flatMap((item, index) =>
      compare(item, stored[index], { ...place, path: `${path}[${index}]`, list: path }),
    );
  }
  if (isMapping(rendered) && isMapping(stored)) {
    const added = Object.keys(stored).filter((field) => !(field in rendered) && counts(list, field));
    return [
      ...added.map((field) => `${path}.${field} is ${JSON.stringify(stored[field])}, and not rendered`),
      ...Object.entries(rendered).flatMap(([field, value]) =>
        compare(value, stored[field], { ...place, path: path === '' ? field : `${path}.${field}` }),
      ),
    ];
  }
  if (place.builtIn && rendered === '' && stored === undefined) return [];
  const [one, other] = [JSON.stringify(rendered), JSON.stringify(stored)];
  return one === other ? [] : [`${path} is ${other}, and rendered as ${one}`];
}
