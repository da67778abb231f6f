import type { ObjectJson } from '../lib/workload-json';
import { ofKind } from './objects';
import { byText, row } from './text';

interface RoleFields {
  readonly rules: readonly {
    readonly apiGroups?: readonly string[];
    readonly resources?: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly nonResourceURLs?: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

interface BindingFields {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects: readonly { readonly kind: string; readonly namespace?: string; readonly name: string }[];
}

const WIDTHS = [36, 20, 32];

/** What each account may do with the Kubernetes API: a line for each rule of a role that is bound to it. */
export function access(objects: readonly ObjectJson[]): readonly string[] {
  const roles = [...ofKind<RoleFields>(objects, 'Role'), ...ofKind<RoleFields>(objects, 'ClusterRole')];
  const bindings = [
    ...ofKind<BindingFields>(objects, 'RoleBinding'),
    ...ofKind<BindingFields>(objects, 'ClusterRoleBinding'),
  ];
  const lines = bindings.flatMap(({ metadata: { namespace }, roleRef, subjects }) => {
    const rules = roles
      .filter(({ kind, metadata }) => kind === roleRef.kind && metadata.name === roleRef.name)
      // A RoleBinding may grant a ClusterRole, and then in its own namespace only.
      .filter(({ kind, metadata }) => kind === 'ClusterRole' || metadata.namespace === namespace)
      .flatMap((role) => role.rules);
    const granted =
      rules.length > 0 ? rules.map(rule) : [[`the ${roleRef.kind} ${roleRef.name}, which is not rendered here`]];
    return subjects.flatMap((subject) =>
      granted.map((cells) =>
        row(
          WIDTHS,
          [subject.namespace, subject.name].filter(Boolean).join('/'),
          namespace === undefined ? 'everywhere' : `in ${namespace}`,
          ...cells,
        ),
      ),
    );
  });
  return [...new Set(lines)].sort(byText);
}

function rule({
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
  verbs,
}: RoleFields['rules'][number]): string[] {
  const group = apiGroups.filter((name) => name !== '').join(', ');
  const named = resourceNames.length > 0 ? ` named ${resourceNames.join(', ')}` : '';
  return [
    `${verbs.join(', ')}`,
    `${[...resources, ...nonResourceURLs].join(', ')}${group ? ` (${group})` : ''}${named}`,
  ];
}
