/** The workloads among rendered objects, as far as a picture names them. */

export interface Workload {
  readonly namespace: string;
  /** The labels of its pods. */
  readonly labels: Readonly<Record<string, string>>;
  /** What it is, such as "Deployment × 2" or "StatefulSet · 8Gi". */
  readonly text: string;
}

interface Template {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
}
interface WorkloadObject {
  readonly kind: string;
  readonly metadata: { readonly namespace: string };
  readonly spec: {
    readonly replicas?: number;
    readonly schedule?: string;
    readonly template?: Template;
    readonly jobTemplate?: { readonly spec: { readonly template: Template } };
    readonly volumeClaimTemplates?: readonly {
      readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } };
    }[];
  };
}

const KINDS = ['Deployment', 'StatefulSet', 'Job', 'CronJob'];

/** The workload that an object is; none for an object of another kind. */
export function workloadOf(object: unknown): Workload[] {
  const { kind, metadata, spec } = object as WorkloadObject;
  if (!KINDS.includes(kind)) return [];
  const template = spec.template ?? spec.jobTemplate?.spec.template;
  const { replicas = 1 } = spec;
  const storage = spec.volumeClaimTemplates?.map((claim) => claim.spec.resources.requests.storage) ?? [];
  return [
    {
      namespace: metadata.namespace,
      labels: template?.metadata.labels ?? {},
      text: [
        replicas === 1 ? kind : `${kind} × ${replicas}`,
        ...storage,
        ...(spec.schedule === undefined ? [] : [spec.schedule]),
      ].join(' · '),
    },
  ];
}
