/** SeldonDeployments and what becomes of them, as JSON. */
import type { k8s } from '../../lib/k8s';

/** A SeldonDeployment as JSON, as far as the operator reads it here. */
export interface SeldonDeploymentJson {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly protocol?: string;
    readonly predictors: readonly PredictorJson[];
  };
}

export interface PredictorJson {
  readonly name: string;
  readonly replicas?: number;
  readonly shadow?: boolean;
  readonly progressDeadlineSeconds?: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly graph: UnitJson;
  readonly svcOrchSpec?: { readonly resources?: k8s.ResourceRequirements; readonly env?: readonly k8s.EnvVar[] };
  readonly componentSpecs: readonly ComponentJson[];
  readonly explainer?: ExplainerJson;
}

/** The pod of a predictor, and what scales it. */
export interface ComponentJson {
  readonly metadata: {
    readonly name?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: k8s.PodSpec;
  readonly hpaSpec?: {
    readonly minReplicas?: number;
    readonly maxReplicas: number;
    readonly metricsv2?: readonly object[];
  };
  readonly kedaSpec?: { readonly minReplicaCount?: number; readonly maxReplicaCount?: number };
}

export interface ExplainerJson {
  readonly replicas?: number;
  readonly modelUri?: string;
  readonly envSecretRefName?: string;
  readonly serviceAccountName?: string;
  readonly type?: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly containerSpec: k8s.Container;
}

export interface UnitJson {
  readonly name: string;
  readonly type?: string;
  readonly implementation?: string;
  readonly modelUri?: string;
  readonly parameters?: readonly { readonly name: string; readonly value: string; readonly type: string }[];
  readonly children?: readonly UnitJson[];
}

/** All nodes of a graph, parents first. */
export const unitsOf = (unit: UnitJson): UnitJson[] => [unit, ...(unit.children ?? []).flatMap(unitsOf)];

/** A Kubernetes object as JSON. */
export interface MadeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: object;
}
