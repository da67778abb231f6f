/** Which fields an apply would change: the API server is asked, without a change, and its answer compared with what is there. */

import { isDeepStrictEqual } from 'node:util';
import { isMapping } from '../../charts/lib/mapping';
import { type Kubectl, listOf } from '../cluster/kubectl';
import { itemsOf } from '../cluster/live';
import { keyOf, type LiveObject, type ObjectJson } from '../cluster/objects';

export interface FieldDifference {
  /** Such as "spec.replicas". */
  readonly path: string;
  /** What dist/ makes of it, as JSON; undefined where an apply would remove it. */
  readonly rendered?: string;
  /** What the cluster has, as JSON; undefined where it has no such field. */
  readonly live?: string;
}

/** What an apply would do to an object: change fields, or be refused. */
export type Answer = { readonly fields: readonly FieldDifference[] } | { readonly refused: string };

/** What differs in each of some objects, by keyOf(). */
export async function differencesOf(
  kubectl: Kubectl,
  objects: readonly { readonly rendered: ObjectJson; readonly live: LiveObject }[],
): Promise<ReadonlyMap<string, Answer>> {
  if (objects.length === 0) return new Map();
  const { code, stdout, stderr } = await kubectl.run(
    ['apply', '--server-side', '--dry-run=server', '--force-conflicts', '--filename=-', '--output=json'],
    { input: listOf(objects.map(({ rendered }) => rendered)) },
  );
  if (code === 0) {
    const answers = new Map(itemsOf(JSON.parse(stdout)).map((object) => [keyOf(object), object]));
    return new Map(
      objects.map(({ rendered, live }) => {
        const answer = answers.get(keyOf(rendered)) ?? live;
        return [keyOf(rendered), { fields: differ('', comparable(answer), comparable(live)) }];
      }),
    );
  }
  const [first] = objects;
  if (objects.length === 1 && first) return new Map([[keyOf(first.rendered), { refused: stderr.trim() }]]);
  // Where one is refused, kubectl says nothing of the others.
  const middle = Math.ceil(objects.length / 2);
  const halves = [objects.slice(0, middle), objects.slice(middle)];
  const answers = await Promise.all(halves.map((half) => differencesOf(kubectl, half)));
  return new Map(answers.flatMap((answer) => [...answer]));
}

/** What the API server writes itself. A dry run counts a generation up where the object would change. */
const OF_THE_SERVER = ['managedFields', 'resourceVersion', 'generation', 'creationTimestamp', 'uid', 'selfLink'];

function comparable({ status: _, metadata, ...rest }: LiveObject): unknown {
  const kept = Object.entries(metadata).filter(([name]) => !OF_THE_SERVER.includes(name));
  return { ...rest, metadata: Object.fromEntries(kept) };
}

function differ(path: string, rendered: unknown, live: unknown): FieldDifference[] {
  if (isMapping(rendered) && isMapping(live)) {
    const names = [...new Set([...Object.keys(rendered), ...Object.keys(live)])];
    return names.flatMap((name) => differ(path === '' ? name : `${path}.${name}`, rendered[name], live[name]));
  }
  if (Array.isArray(rendered) && Array.isArray(live) && rendered.length === live.length) {
    return rendered.flatMap((item, index) => differ(`${path}[${index}]`, item, live[index]));
  }
  if (isDeepStrictEqual(rendered, live)) return [];
  return [{ path, rendered: text(rendered), live: text(live) }];
}

/** Characters of a value that are shown. */
const SHOWN = 80;

function text(value: unknown): string | undefined {
  const json = JSON.stringify(value);
  return json !== undefined && json.length > SHOWN ? `${json.slice(0, SHOWN)}…` : json;
}
