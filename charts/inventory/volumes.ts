import type { ClaimJson, ObjectJson } from '../lib/workload-json';
import { instancesOf, isCluster } from '../postgresql/expansion';
import { fullName, ofKind } from './objects';
import { byText, row } from './text';

interface StatefulSetFields {
  readonly spec: { readonly replicas?: number; readonly volumeClaimTemplates?: readonly ClaimJson[] };
}

const WIDTHS = [46, 14, 24];

/** What outlives pods: claims, and those that a StatefulSet makes for each of its pods. */
export function volumes(objects: readonly ObjectJson[]): readonly string[] {
  const claims = ofKind<ClaimJson>(objects, 'PersistentVolumeClaim').map((claim) => line(fullName(claim), claim, 1));
  const sets = [
    ...ofKind<StatefulSetFields>(objects, 'StatefulSet'),
    ...objects.filter(isCluster).map((cluster) => instancesOf(cluster)),
  ];
  const made = sets.flatMap((set) =>
    (set.spec.volumeClaimTemplates ?? []).map((claim) =>
      line(`${fullName(set)}, ${claim.metadata.name}`, claim, set.spec.replicas ?? 1),
    ),
  );
  return [...claims, ...made].sort(byText);
}

function line(name: string, { spec }: ClaimJson, count: number): string {
  const size = `${spec.resources?.requests?.storage}`;
  return row(
    WIDTHS,
    name,
    count === 1 ? size : `${count} x ${size}`,
    `class ${spec.storageClassName ?? "the cluster's own"}`,
    (spec.accessModes ?? []).join(', '),
  );
}
