/** What no tool may delete by itself: with a namespace, a type or a volume goes data that nothing brings back. */
import type { ComponentFile } from '../lib/component';

export interface GuardedBy {
  readonly argoCd: boolean;
  readonly flux: boolean;
}

/** With a CustomResourceDefinition go all objects of the type, with a namespace all that is in it. */
const KINDS = ['Namespace', 'CustomResourceDefinition', 'PersistentVolumeClaim', 'StatefulSet'];
/** Kinds of other groups that keep volumes, as kind and group. */
const KEEPERS = ['Cluster.postgresql.cnpg.io'];

interface ObjectJson {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
}

const isGuarded = ({ kind, apiVersion }: ObjectJson) =>
  KINDS.includes(kind) || KEEPERS.includes(`${kind}.${apiVersion.split('/')[0]}`);

/** Annotates what must stay when it leaves the files, or when what deploys it is deleted. */
export function withGuards(file: ComponentFile, { argoCd, flux }: GuardedBy): ComponentFile {
  if (!argoCd && !flux) return file;
  const guards = {
    ...(argoCd && {
      'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
      // Otherwise what stays makes its stage OutOfSync for ever, and no later stage is deployed again.
      'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
    }),
    ...(flux && { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' }),
  };
  const guarded = (object: ObjectJson): ObjectJson =>
    isGuarded(object)
      ? { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...guards } } }
      : object;
  return { ...file, objects: file.objects.map((object) => guarded(object as ObjectJson)) };
}
