/** A model, complete: what its SeldonDeployment follows from. */
import type { Resources } from '../lib/container';

export type Protocol = 'v2' | 'seldon' | 'tensorflow';

export interface ModelProps {
  readonly name: string;
  readonly protocol: Protocol;
  /** One, or several that share the traffic. */
  readonly predictors: readonly PredictorProps[];
  readonly autoscaling?: AutoscalingProps;
  readonly keda?: KedaProps;
  /** Over the pods of all predictors. */
  readonly disruptionBudget?: { readonly minAvailable?: number | string; readonly maxUnavailable?: number | string };
  readonly placement: PlacementProps;
  /** Where the executor sends its spans, and the share of requests that have some. */
  readonly tracing?: { readonly endpoint: string; readonly sample: number };
  /** Present where a detector watches its requests. */
  readonly detector?: object;
  readonly engineResources: Resources;
  readonly initializerResources: Resources;
}

export interface PredictorProps {
  readonly name: string;
  /** Percent of the requests, or of their copies for a shadow. */
  readonly traffic?: number;
  readonly shadow: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** @default - something scales it */
  readonly replicas?: number;
  /** Whether Seldon's executor runs in front of the graph. */
  readonly engine: boolean;
  readonly graph: NodeProps;
  readonly explainer?: ExplainerProps;
}

/** A node of an inference graph; one of server, image and router says what runs. */
export interface NodeProps {
  readonly name: string;
  readonly type?: string;
  readonly server?: string;
  readonly image?: string;
  readonly router?: string;
  /** Where the files are, such as "s3://models/wine/1". */
  readonly uri?: string;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  readonly container: ContainerProps;
  readonly logger?: { readonly mode: string; readonly url?: string };
  readonly resources: Resources;
  readonly children: readonly NodeProps[];
  /** @default - nobody has said which version the files are */
  readonly version?: ModelVersion;
}

/** Where the files come from, and a digest of them. */
export interface ModelVersion {
  readonly digest: string;
  readonly run?: string;
  readonly registered?: { readonly name: string; readonly version: string };
}

/** The container of an image that is not Seldon's. */
export interface ContainerProps {
  /** @default - Seldon tells it, by variables */
  readonly port?: number;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly volumes: readonly {
    readonly path: string;
    readonly secret?: string;
    readonly configMap?: string;
    readonly claim?: string;
  }[];
  readonly uid?: number;
}

export interface ExplainerProps {
  readonly type: string;
  readonly uri?: string;
  readonly config: Readonly<Record<string, string>>;
  readonly replicas: number;
  readonly resources: Resources;
}

/** Percentages of what the pods request. */
export interface AutoscalingProps {
  readonly min: number;
  readonly max: number;
  readonly cpu?: number;
  readonly memory?: number;
}

export interface KedaProps {
  readonly min: number;
  readonly max: number;
  readonly idle?: number;
  readonly pollingInterval?: number;
  readonly cooldownPeriod?: number;
  readonly triggers: readonly {
    readonly type: string;
    readonly metadata: Readonly<Record<string, string>>;
    readonly metricType?: string;
    readonly authentication?: string;
  }[];
  readonly behavior?: { readonly scaleUp?: ScalingRules; readonly scaleDown?: ScalingRules };
}

interface ScalingRules {
  readonly stabilizationWindowSeconds?: number;
  readonly selectPolicy?: string;
  readonly policies: readonly { readonly type: string; readonly value: number; readonly periodSeconds: number }[];
}

export interface PlacementProps {
  readonly gpus: number;
  readonly gpuResource: string;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly {
    readonly key?: string;
    readonly operator: string;
    readonly value?: string;
    readonly effect?: string;
  }[];
}

/** All nodes of a graph, parents first. */
export function nodesOf<N extends { readonly children: readonly N[] }>(node: N): N[] {
  return [node, ...node.children.flatMap((child) => nodesOf(child))];
}
