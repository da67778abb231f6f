/**
 * Changes that the API server refuses, each with the way out.
 *
 * Source: the ValidateXUpdate functions in pkg/apis/<group>/validation/validation.go of Kubernetes 1.35, and of
 * staging/src/k8s.io/apiextensions-apiserver. Until 1.32 a StatefulSet's revisionHistoryLimit cannot be changed, either.
 */
import type { ObjectJson } from '../../charts/lib/workload-json';
import { type FieldChange, fieldChanges } from './fields';
import type { Finding } from './finding';
import type { Pair } from './objects';

interface Rule {
  /** Whether a change at this path is refused. */
  readonly refuses: (path: string) => boolean;
  readonly wayOut: (object: Named) => string;
}

interface Named {
  /** Such as "statefulset/minio -n minio-system", for kubectl. */
  readonly target: string;
}

const below = (...fields: readonly string[]) => new RegExp(`^(${fields.join('|').replaceAll('.', '\\.')})([.[]|$)`);
const at = (...fields: readonly string[]) => {
  const pattern = below(...fields);
  return (path: string) => pattern.test(path);
};
const allBut = (...fields: readonly string[]) => {
  const pattern = below(...fields);
  return (path: string) => /^spec[.[]/.test(path) && !pattern.test(path);
};

const replace =
  (cost: string) =>
  ({ target }: Named) =>
    `\`kubectl delete ${target}\`, then apply: ${cost}`;

const RULES: Readonly<Record<string, readonly Rule[]>> = {
  StatefulSet: [
    {
      refuses: allBut(
        'spec.replicas',
        'spec.ordinals',
        'spec.template',
        'spec.updateStrategy',
        'spec.revisionHistoryLimit',
        'spec.persistentVolumeClaimRetentionPolicy',
        'spec.minReadySeconds',
      ),
      wayOut: ({ target }) =>
        `\`kubectl delete ${target} --cascade=orphan\`, then apply: pods and claims stay. A larger volume: "Grow a volume" in docs/operations.md`,
    },
  ],
  Deployment: [{ refuses: at('spec.selector'), wayOut: replace('its pods are gone until the new ones are ready') }],
  DaemonSet: [{ refuses: at('spec.selector'), wayOut: replace('its pods are gone until the new ones are ready') }],
  Job: [
    {
      refuses: at(
        'spec.selector',
        'spec.template',
        'spec.completions',
        'spec.completionMode',
        'spec.podFailurePolicy',
        'spec.successPolicy',
        'spec.backoffLimitPerIndex',
        'spec.managedBy',
      ),
      wayOut: replace('it runs once more'),
    },
  ],
  Service: [
    {
      refuses: at('spec.clusterIP', 'spec.clusterIPs'),
      wayOut: replace('its address changes, and callers look it up anew'),
    },
  ],
  PersistentVolumeClaim: [
    {
      refuses: allBut('spec.resources', 'spec.volumeAttributesClassName'),
      wayOut: () => 'a claim of another name, to which you copy the files',
    },
  ],
  RoleBinding: [{ refuses: at('roleRef'), wayOut: replace('its subjects have no access in between') }],
  ClusterRoleBinding: [{ refuses: at('roleRef'), wayOut: replace('its subjects have no access in between') }],
  StorageClass: [
    {
      refuses: at('parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'),
      wayOut: replace('volumes that are there stay as they are'),
    },
  ],
  PriorityClass: [{ refuses: at('value', 'preemptionPolicy'), wayOut: replace('pods that run keep their priority') }],
  CustomResourceDefinition: [
    {
      refuses: at('spec.group', 'spec.scope', 'spec.names.plural', 'spec.names.kind'),
      wayOut: () => 'a type of another name: deleting this one deletes every object of it',
    },
  ],
  ConfigMap: [
    {
      refuses: at('data', 'binaryData', 'immutable'),
      wayOut: replace('pods read the new one when they start'),
    },
  ],
};

/** What applying an object over the one of before fails with; nothing where it succeeds. */
export function refusals({ environment, title, before, after }: Pair): Finding[] {
  if (before === undefined || after === undefined) return [];
  // Of what runs once, a change makes another object.
  if (before.metadata.name !== after.metadata.name) return [];
  const rules = RULES[after.kind] ?? [];
  if (after.kind === 'ConfigMap' && (before as { immutable?: boolean }).immutable !== true) return [];
  const changes = rules.length > 0 ? fieldChanges(before, after) : [];
  return rules.flatMap(({ refuses, wayOut }) => {
    const paths = changes.filter(({ path }) => refuses(path)).filter(counts);
    if (paths.length === 0) return [];
    const fields = [...new Set(paths.map(({ path }) => path))].join(', ');
    const text = `${fields} cannot be changed`;
    return [{ kind: 'refused', environment, title, text, wayOut: wayOut({ target: targetOf(after) }) }];
  });
}

/** An address that was left to the API server may be left to it again. */
const counts = ({ path, after }: FieldChange) => !(path.startsWith('spec.clusterIP') && after === undefined);

const targetOf = ({ kind, metadata: { namespace, name } }: ObjectJson) =>
  `${kind.toLowerCase()} ${name}${namespace === undefined ? '' : ` -n ${namespace}`}`;
