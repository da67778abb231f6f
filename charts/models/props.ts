/** A model, complete: all that its SeldonDeployment and its route follow from. */
import type { Resources } from '../lib/container';
import type { WorkloadSettings } from '../lib/workload-settings';
import type { CaBundleProps } from './ca-bundle';
import type { EgressProps } from './egress';
import type { ExplainerProps } from './explainer';
import type { NodeProps } from './node';
import type { PlacementProps } from './placement';
import type { Protocol } from './protocol';
import type { SloProps } from './slo';

export interface ModelProps extends Pick<WorkloadSettings, 'podAnnotations' | 'serviceAccount'> {
  readonly name: string;
  /** Whose it is, which decides where it is. @default - the platform's own */
  readonly team?: string;
  readonly protocol: Protocol;
  /** One, or several that share the traffic. Callers know the first. */
  readonly predictors: readonly PredictorProps[];
  readonly autoscaling?: AutoscalingProps;
  readonly keda?: KedaProps;
  /** Over the pods of all predictors. */
  readonly disruptionBudget?: DisruptionBudgetProps;
  readonly placement: PlacementProps;
  /** Seconds in which a rollout has to get on. @default - 600, Kubernetes' own */
  readonly progressDeadlineSeconds?: number;
  /** Seconds that an answer may take. @default - no limit but that of Ambassador, 3 seconds */
  readonly timeouts?: TimeoutProps;
  /** What the operator's routes for Istio say. @default - as it makes them for every model */
  readonly istio?: IstioProps;
  /** Authorities that its containers trust. @default - those of their images */
  readonly caBundle?: CaBundleProps;
  /** Whom its pods may call. @default - nobody but whom the platform opens */
  readonly egress?: EgressProps;
  /** The share of requests that have spans, from 0 to 1. @default - none has any */
  readonly tracing?: { readonly sample: number };
  /** How good it has to be. @default - nobody has said so, and there are no alerts about its answers */
  readonly slo?: SloProps;
  /** Present where a detector watches its requests. */
  readonly detector?: object;
  readonly engineResources: Resources;
  /** Whether callers outside the cluster need no sign-in. @default false */
  readonly public?: boolean;
  /** Groups that may call it from outside the cluster. @default - all who may sign in */
  readonly groups?: readonly string[];
}

export interface TimeoutProps {
  readonly rest?: number;
  readonly grpc?: number;
}

/** Of the routes that the operator makes for Istio. */
export interface IstioProps {
  readonly host?: string;
  readonly gateway?: string;
  readonly retries?: number;
  /** Seconds for each try. */
  readonly retryTimeout?: number;
}

export interface PredictorProps {
  readonly name: string;
  /**
   * Percent of the requests, or of their copies for a shadow.
   * @default - there is nothing to share
   */
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
  /** Pods while no trigger is active. */
  readonly idle?: number;
  /** Seconds between looks at the triggers. */
  readonly pollingInterval?: number;
  /** Seconds of quiet before it scales to zero. */
  readonly cooldownPeriod?: number;
  readonly triggers: readonly {
    readonly type: string;
    readonly metadata: Readonly<Record<string, string>>;
    readonly metricType?: string;
    /** Name of a TriggerAuthentication. */
    readonly authentication?: string;
  }[];
  readonly behavior?: { readonly scaleUp?: ScalingRules; readonly scaleDown?: ScalingRules };
}

interface ScalingRules {
  readonly stabilizationWindowSeconds?: number;
  readonly selectPolicy?: string;
  readonly policies: readonly { readonly type: string; readonly value: number; readonly periodSeconds: number }[];
}

/** A number of pods, or a percentage such as "50%". */
export interface DisruptionBudgetProps {
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
}
