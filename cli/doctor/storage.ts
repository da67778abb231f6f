/** The StorageClasses that volume claims name, or the default one. */
import type { ClaimJson, WorkloadJson } from '../../charts/lib/workload-json';
import { list } from '../cluster/live';
import type { LiveObject, ObjectJson } from '../cluster/objects';
import { type Finding, fault, ok, type Patient, warning } from './finding';

interface StorageClass extends LiveObject {
  readonly allowVolumeExpansion?: boolean;
}

const DEFAULT = 'storageclass.kubernetes.io/is-default-class';
const isDefault = ({ metadata }: StorageClass) => metadata.annotations?.[DEFAULT] === 'true';

/** What claims name as their class; undefined is the default one. */
function classesOf(objects: readonly ObjectJson[]): ReadonlySet<string | undefined> {
  const claims = objects.flatMap((object): readonly ClaimJson[] => {
    if (object.kind === 'PersistentVolumeClaim') return [object as ObjectJson & ClaimJson];
    return (object as WorkloadJson).spec?.volumeClaimTemplates ?? [];
  });
  const clusters = objects.filter(
    ({ kind, apiVersion }) => kind === 'Cluster' && apiVersion.startsWith('postgresql.cnpg.io'),
  );
  const stores = clusters.map(
    (cluster) => (cluster as { spec?: { storage?: { storageClass?: string } } }).spec?.storage,
  );
  return new Set([...claims.map(({ spec }) => spec.storageClassName), ...stores.map((store) => store?.storageClass)]);
}

export async function checkStorage({ kubectl, environment }: Patient): Promise<readonly Finding[]> {
  const wanted = classesOf(environment.objects);
  if (wanted.size === 0) return [ok('no volume is claimed')];
  const there = await list<StorageClass>(kubectl, '', 'storageclasses.storage.k8s.io');
  return [...wanted].flatMap((name) => {
    const defaults = there.filter(isDefault);
    const found = name === undefined ? defaults[0] : there.find(({ metadata }) => metadata.name === name);
    // '' asks for a volume that somebody has made by hand.
    if (name === '') return [];
    if (!found) {
      const names = there.map(({ metadata }) => metadata.name).join(', ') || 'none';
      return [
        name === undefined
          ? fault(
              `no StorageClass is the default one, and claims name none; there is ${names}`,
              `name one by storage.className in platform.yaml, or make one the default by the annotation ${DEFAULT}`,
            )
          : fault(
              `there is no StorageClass ${name}; there is ${names}`,
              'make it, or name another by storage.className',
            ),
      ];
    }
    const what = `StorageClass ${found.metadata.name}${name === undefined ? ', the default one' : ''}`;
    return [
      ...(name === undefined && defaults.length > 1
        ? [
            warning(
              `${defaults.length} StorageClasses are the default one`,
              'leave one of them: Kubernetes takes the newest',
            ),
          ]
        : []),
      found.allowVolumeExpansion === true
        ? ok(`${what}; its volumes can grow`)
        : warning(`${what}, does not let volumes grow`, 'choose sizes with room, or a class with allowVolumeExpansion'),
    ];
  });
}
