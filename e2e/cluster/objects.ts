/** Kubernetes objects, as far as the checks look at them. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly creationTimestamp?: string;
  readonly generation?: number;
  readonly resourceVersion?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly managedFields?: readonly { readonly manager: string; readonly subresource?: string }[];
}

export interface List<T = KubernetesObject> {
  readonly items: readonly T[];
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
}

export interface PodSpec {
  readonly nodeName?: string;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}

export interface Pod extends KubernetesObject {
  readonly spec: PodSpec;
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

/** A Deployment, StatefulSet, Job or CronJob. */
export interface Workload extends KubernetesObject {
  readonly spec: { readonly replicas?: number; readonly completions?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly readyReplicas?: number;
    readonly succeeded?: number;
  };
}

export interface SeldonDeployment extends KubernetesObject {
  readonly spec: {
    readonly predictors: readonly {
      readonly name: string;
      readonly replicas?: number;
      readonly componentSpecs?: readonly {
        readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
        readonly spec: PodSpec;
      }[];
    }[];
  };
}

/** Such as "Deployment mlflow/mlflow". */
export const title = ({ kind, metadata: { name, namespace } }: KubernetesObject) =>
  `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
