/** What an apply would change, in the API server's own words. */
import { type Kubectl, listOf } from '../cluster/kubectl';
import { list } from '../cluster/live';
import { type ObjectJson, titleOf } from '../cluster/objects';
import { type ServedTypes, servedTypes, typeOf } from '../cluster/types';

export interface Difference {
  /** As "kubectl diff" prints it; empty where nothing differs. */
  readonly text: string;
  /** What the API server cannot be asked about, since its namespace or its type is not there yet. */
  readonly unasked: readonly ObjectJson[];
}

/** @throws Error where the API server refuses an object */
export async function differenceOf(kubectl: Kubectl, objects: readonly ObjectJson[]): Promise<Difference> {
  const types: ServedTypes = await servedTypes(kubectl, objects);
  const namespaces = new Set((await list(kubectl, '', 'namespaces')).map(({ metadata }) => metadata.name));
  const isAskable = (object: ObjectJson) =>
    typeOf(types, object) !== undefined &&
    (object.metadata.namespace === undefined || namespaces.has(object.metadata.namespace));
  const asked = objects.filter(isAskable);
  const unasked = objects.filter((object) => !isAskable(object));
  if (asked.length === 0) return { text: '', unasked };
  const { code, stdout, stderr } = await kubectl.run(['diff', '--server-side', '--force-conflicts', '--filename=-'], {
    input: listOf(asked),
  });
  // 1 says that something differs.
  if (code > 1) throw new Error(`kubectl diff: ${stderr.trim()}`);
  return { text: stdout, unasked };
}

/** Such as "3 objects are new: Deployment fe/fe-deployment, …". */
export function describeUnasked(unasked: readonly ObjectJson[]): string {
  const names = unasked.slice(0, 5).map(titleOf);
  const more = unasked.length > names.length ? ` and ${unasked.length - names.length} more` : '';
  return `${unasked.length} are new, in a namespace or of a type that is not there yet: ${names.join(', ')}${more}`;
}
