/** The workloads among rendered objects, as far as a picture names them. */
import { podTemplateOf, type WorkloadJson } from '../lib/workload-json';
import { instancesOf, isCluster } from '../postgresql/expansion';

export interface Workload {
  readonly namespace: string;
  /** The labels of its pods. */
  readonly labels: Readonly<Record<string, string>>;
  /** What it is, such as "Deployment × 2" or "StatefulSet · 8Gi". */
  readonly text: string;
}

/** The workload that an object is; none for an object without pods of its own. */
export function workloadOf(object: unknown): Workload[] {
  const rendered = object as WorkloadJson;
  const workload: WorkloadJson = isCluster(rendered) ? instancesOf(rendered) : rendered;
  const { kind, metadata, spec } = workload;
  const template = podTemplateOf(workload);
  if (template === undefined) return [];
  const replicas = spec?.replicas ?? 1;
  const storage = spec?.volumeClaimTemplates?.map((claim) => claim.spec.resources?.requests?.storage) ?? [];
  const text = [replicas === 1 ? kind : `${kind} × ${replicas}`, ...storage, spec?.schedule];
  return [
    {
      namespace: metadata.namespace ?? '',
      labels: template.metadata?.labels ?? {},
      text: text.filter((part) => part !== undefined).join(' · '),
    },
  ];
}
