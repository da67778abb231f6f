/** Objects with which data goes: what they are called, which volumes they have, and what is said of what is on them. */
import { quantityValue } from '../lib/quantity';
import type { ClaimJson, ObjectJson } from '../lib/workload-json';

/** An object that must not disappear, or be replaced, without a word. */
export interface Stateful {
  /** Such as "StatefulSet postgres/postgresql". */
  readonly title: string;
  readonly volumes: readonly Volume[];
}

export interface Volume {
  /** Its claim, or the object that makes its claims where only that object knows their names. */
  readonly title: string;
  readonly bytes: number;
  /** The software whose data is on it, such as "PostgreSQL 18", where a server of another major release does not read that. */
  readonly writtenBy?: string;
}

interface Fields {
  readonly spec?: {
    readonly replicas?: number;
    readonly volumeClaimTemplates?: readonly ClaimJson[];
    readonly storage?: { readonly size?: string };
    readonly walStorage?: { readonly size?: string };
  };
}

/** An object as messages call it. */
export const titleOf = ({ kind, metadata: { namespace, name } }: ObjectJson) =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;

/** By the label of their name, what only a server of the same major release reads. The operator of a Cluster upgrades its data itself. */
const READ_BY_ONE_RELEASE: Readonly<Record<string, string>> = { postgresql: 'PostgreSQL' };

function writerOf({ kind, metadata: { labels = {} } }: ObjectJson): string | undefined {
  const software = READ_BY_ONE_RELEASE[labels['app.kubernetes.io/name'] ?? ''];
  const [major] = /^\d+/.exec(labels['app.kubernetes.io/version'] ?? '') ?? [];
  return kind === 'StatefulSet' && software && major ? `${software} ${major}` : undefined;
}

/** A rendered object, where data goes with it. */
export function statefulOf(object: unknown): Stateful[] {
  const { kind, apiVersion, metadata, spec = {} } = object as ObjectJson & Fields;
  const title = titleOf(object as ObjectJson);
  const writtenBy = writerOf(object as ObjectJson);
  const volume = (name: string, size: unknown): Volume[] =>
    size === undefined ? [] : [{ title: name, bytes: quantityValue(String(size)), ...(writtenBy && { writtenBy }) }];
  switch (kind) {
    // With a namespace goes everything in it; with a type, every object of that type.
    case 'Namespace':
    case 'CustomResourceDefinition':
      return [{ title, volumes: [] }];
    case 'PersistentVolumeClaim':
      return [{ title, volumes: volume(title, (object as ClaimJson).spec.resources?.requests?.storage) }];
    case 'StatefulSet': {
      const claims = spec.volumeClaimTemplates ?? [];
      if (claims.length === 0) return [];
      const volumes = claims.flatMap((claim) =>
        Array.from({ length: spec.replicas ?? 1 }, (_, ordinal) =>
          volume(
            `PersistentVolumeClaim ${metadata.namespace}/${claim.metadata.name}-${metadata.name}-${ordinal}`,
            claim.spec.resources?.requests?.storage,
          ),
        ).flat(),
      );
      return [{ title, volumes }];
    }
    // CloudNativePG numbers its claims as it makes them. It takes no volume for the WAL away again.
    case 'Cluster':
      if (!apiVersion.startsWith('postgresql.cnpg.io/')) return [];
      return [
        {
          title,
          volumes: [...volume(title, spec.storage?.size), ...volume(`${title} (WAL)`, spec.walStorage?.size ?? 0)],
        },
      ];
    default:
      return [];
  }
}
