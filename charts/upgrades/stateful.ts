/** Objects with which data goes: what they are called, which volumes they have, and what is said of what is on them. */
import { quantityValue } from '../lib/quantity';
import type { ClaimJson, ObjectJson } from '../lib/workload-json';

/** An object that must not disappear, or be replaced, without a word. */
export interface Stateful {
  /** Such as "StatefulSet postgres/postgresql". */
  readonly title: string;
  readonly volumes: readonly Volume[];
  /** Those that share its data, each with volumes of its own. @default - it has none, or an operator looks after them */
  readonly servers?: Servers;
}

export interface Servers {
  readonly count: number;
  /** The software of which neither more nor fewer servers read the data, such as "MinIO". @default - more do */
  readonly fixedBy?: string;
}

export interface Volume {
  /** Its claim, or the object that makes its claims where only that object knows their names. */
  readonly title: string;
  readonly bytes: number;
  /** The software whose data is on it, where not every server of it reads that. */
  readonly writtenBy?: Writer;
}

export interface Writer {
  /** Such as "PostgreSQL". */
  readonly software: string;
  /** The major release, which the next one does not read. @default - the image does not say it */
  readonly release?: string;
  /** Who owns the files. @default - whom the cluster chooses */
  readonly user?: number;
}

interface UserFields {
  readonly securityContext?: { readonly runAsUser?: number };
}

interface Fields {
  readonly spec?: {
    readonly replicas?: number;
    readonly volumeClaimTemplates?: readonly ClaimJson[];
    readonly storage?: { readonly size?: string };
    readonly walStorage?: { readonly size?: string };
    readonly template?: {
      readonly spec?: UserFields & { readonly containers?: readonly UserFields[] };
    };
  };
}

/** An object as messages call it. */
export const titleOf = ({ kind, metadata: { namespace, name } }: ObjectJson) =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;

/**
 * By the label of their name, what only a server of the same major release and the same user reads. The operator of a Cluster
 * upgrades its data itself, and says which user it is.
 *
 * Source: checkDataDir in src/backend/utils/init/miscinit.c of PostgreSQL, "data directory has wrong ownership".
 */
const READ_BY_THE_SAME: Readonly<Record<string, string>> = { postgresql: 'PostgreSQL' };

/**
 * By the label of their name, what only as many servers read as have written it.
 *
 * Source: checkFormatErasureValues in cmd/format-erasure.go of MinIO, "drive is already being used in another erasure
 * deployment".
 */
const READ_BY_AS_MANY: Readonly<Record<string, string>> = { minio: 'MinIO' };

const nameOf = ({ metadata: { labels = {} } }: ObjectJson) => labels['app.kubernetes.io/name'] ?? '';

function writerOf(object: ObjectJson & Fields): Writer | undefined {
  const software = READ_BY_THE_SAME[nameOf(object)];
  if (software === undefined) return undefined;
  const [release] = /^\d+/.exec(object.metadata.labels?.['app.kubernetes.io/version'] ?? '') ?? [];
  const pod = object.spec?.template?.spec;
  const user = pod?.containers?.[0]?.securityContext?.runAsUser ?? pod?.securityContext?.runAsUser;
  return { software, ...(release && { release }), ...(user !== undefined && { user }) };
}

function volumesOf(title: string, size: unknown, writtenBy?: Writer): Volume[] {
  return size === undefined ? [] : [{ title, bytes: quantityValue(String(size)), ...(writtenBy && { writtenBy }) }];
}

function setOf(object: ObjectJson & Fields): Stateful[] {
  const { metadata, spec: { replicas: count = 1, volumeClaimTemplates: claims = [] } = {} } = object;
  if (claims.length === 0) return [];
  const fixedBy = READ_BY_AS_MANY[nameOf(object)];
  const volumes = claims.flatMap((claim) =>
    Array.from({ length: count }, (_, ordinal) =>
      volumesOf(
        `PersistentVolumeClaim ${metadata.namespace}/${claim.metadata.name}-${metadata.name}-${ordinal}`,
        claim.spec.resources?.requests?.storage,
        writerOf(object),
      ),
    ).flat(),
  );
  return [{ title: titleOf(object), volumes, servers: { count, ...(fixedBy && { fixedBy }) } }];
}

/** A rendered object, where data goes with it. */
export function statefulOf(object: unknown): Stateful[] {
  const { kind, apiVersion, spec = {} } = object as ObjectJson & Fields;
  const title = titleOf(object as ObjectJson);
  switch (kind) {
    // With a namespace goes everything in it; with a type, every object of that type.
    case 'Namespace':
    case 'CustomResourceDefinition':
      return [{ title, volumes: [] }];
    case 'PersistentVolumeClaim':
      return [{ title, volumes: volumesOf(title, (object as ClaimJson).spec.resources?.requests?.storage) }];
    case 'StatefulSet':
      return setOf(object as ObjectJson & Fields);
    // CloudNativePG numbers its claims as it makes them. It takes no volume for the WAL away again.
    case 'Cluster':
      if (!apiVersion.startsWith('postgresql.cnpg.io/')) return [];
      return [
        {
          title,
          volumes: [
            ...volumesOf(title, spec.storage?.size),
            ...volumesOf(`${title} (WAL)`, spec.walStorage?.size ?? 0),
          ],
        },
      ];
    default:
      return [];
  }
}
