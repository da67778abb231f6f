/** Who may do more with the Kubernetes API than before, and which pods are held to less. */
import type { ObjectJson } from '../../charts/lib/workload-json';
import { isSame } from './fields';
import type { Finding } from './finding';
import type { Pair } from './objects';

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}
interface RbacFields {
  readonly rules?: readonly Rule[];
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly namespace?: string; readonly name: string }[];
}

/** One verb on one thing. */
interface Grant {
  readonly group: string;
  readonly resource: string;
  /** "*" for all of them. */
  readonly name: string;
  readonly verb: string;
}

export function accessFindings({ environment, title, before, after }: Pair): Finding[] {
  if (after === undefined) return [];
  return widened(before, after).map((text) => ({ kind: 'access', environment, title, text }));
}

function widened(before: ObjectJson | undefined, after: ObjectJson): string[] {
  switch (after.kind) {
    case 'Role':
    case 'ClusterRole':
      return newGrants((before as RbacFields | undefined)?.rules ?? [], (after as RbacFields).rules ?? []);
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return newSubjects(before as RbacFields | undefined, after as RbacFields, after.kind === 'ClusterRoleBinding');
    case 'Namespace':
      return before === undefined ? [] : loweredLevel(before, after);
    default:
      return [];
  }
}

function newGrants(before: readonly Rule[], after: readonly Rule[]): string[] {
  const old = before.flatMap(grantsOf);
  const added = after.flatMap(grantsOf).filter((grant) => !old.some((known) => covers(known, grant)));
  const verbs = new Map<string, string[]>();
  for (const { group, resource, name, verb } of added) {
    const what = `${resource}${group === '' ? '' : ` (${group})`}${name === '*' ? '' : ` named ${name}`}`;
    verbs.set(what, [...(verbs.get(what) ?? []), verb]);
  }
  return [...verbs].map(([what, list]) => `may now ${list.join(', ')} ${what}`);
}

const grantsOf = ({
  apiGroups = [''],
  resources = [],
  resourceNames = ['*'],
  nonResourceURLs = [],
  verbs,
}: Rule): Grant[] =>
  verbs.flatMap((verb) => [
    ...apiGroups.flatMap((group) =>
      resources.flatMap((resource) => resourceNames.map((name) => ({ group, resource, name, verb }))),
    ),
    ...nonResourceURLs.map((resource) => ({ group: '', resource, name: '*', verb })),
  ]);

function covers(one: Grant, other: Grant): boolean {
  const fits = (field: keyof Grant) => one[field] === '*' || one[field] === other[field];
  return fits('group') && fits('resource') && fits('name') && fits('verb');
}

function newSubjects(before: RbacFields | undefined, after: RbacFields, everywhere: boolean): string[] {
  const { roleRef, subjects = [] } = after;
  const isSameRole = isSame(before?.roleRef, roleRef);
  const added = subjects.filter((subject) => !isSameRole || !before?.subjects?.some((known) => isSame(known, subject)));
  return added.map(({ kind, namespace, name }) => {
    const who = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
    return `gives ${who} the ${roleRef?.kind} ${roleRef?.name}${everywhere ? ', in every namespace' : ''}`;
  });
}

const LEVEL = 'pod-security.kubernetes.io/enforce';
const LEVELS = ['privileged', 'baseline', 'restricted'];

/** A namespace without a level takes every pod. */
const levelOf = ({ metadata: { labels } }: ObjectJson) => labels?.[LEVEL] ?? 'privileged';

function loweredLevel(before: ObjectJson, after: ObjectJson): string[] {
  const [old, now] = [levelOf(before), levelOf(after)];
  return LEVELS.indexOf(now) < LEVELS.indexOf(old)
    ? [`takes pods of Pod Security level ${now}, before ${old} only`]
    : [];
}
