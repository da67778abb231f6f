/** Rendered objects as those read them who sum them up: JSON, as it stands in dist/. */

/** A Kubernetes object; its fields beyond the metadata are those of its kind. */
export interface ObjectJson {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

/** An object that may have pods: a Deployment, a StatefulSet, a Job or a CronJob. */
export interface WorkloadJson extends ObjectJson {
  readonly spec?: {
    readonly replicas?: number;
    readonly schedule?: string;
    readonly template?: PodTemplateJson;
    readonly jobTemplate?: { readonly spec: { readonly template: PodTemplateJson } };
    readonly volumeClaimTemplates?: readonly ClaimJson[];
  };
}

export interface PodTemplateJson {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: PodJson;
}

export interface PodJson {
  readonly containers: readonly ContainerJson[];
  readonly initContainers?: readonly ContainerJson[];
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly volumes?: readonly {
    readonly name?: string;
    readonly secret?: { readonly secretName: string; readonly items?: readonly { readonly key: string }[] };
  }[];
}

export interface ContainerJson {
  readonly name: string;
  readonly image?: string;
  /** Of an init container: "Always" where it goes on beside those after it. */
  readonly restartPolicy?: string;
  readonly resources?: ResourcesJson;
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string } };
  }[];
  readonly envFrom?: readonly { readonly secretRef?: { readonly name: string } }[];
}

export interface ResourcesJson {
  readonly requests?: Readonly<Record<string, string | number>>;
  readonly limits?: Readonly<Record<string, string | number>>;
}

/** A PersistentVolumeClaim, or the template of one in a StatefulSet. */
export interface ClaimJson {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly storageClassName?: string;
    readonly accessModes?: readonly string[];
    readonly resources?: ResourcesJson;
  };
}

/** What an object makes pods of; undefined where it makes none itself. Other kinds have templates, too, such as of Secrets. */
export function podTemplateOf({ spec }: WorkloadJson): PodTemplateJson | undefined {
  const template: Partial<PodTemplateJson> | undefined = spec?.template ?? spec?.jobTemplate?.spec.template;
  return template?.spec ? { ...template, spec: template.spec } : undefined;
}
