/** What keeps pods running. What runs pods to their end is in job.ts. */
import { ApiObject, type ApiObjectProps, JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import { keepsItsOwnAway } from './anti-affinity';
import { DRAIN_BY_KUBELET } from './container';
import { k8s } from './k8s';
import { budgetSpec, spread } from './spread';
import type { ClaimTemplate } from './volumes';
import { type PodTemplateProps, podTemplate } from './workload-settings';

export interface WorkloadProps extends PodTemplateProps {
  readonly name: string;
  /** Several are spread over nodes and zones, and a drained node takes one at a time. @default - one */
  readonly replicas?: number;
}

const oneByOne = (maxSurge: number, maxUnavailable: number): k8s.DeploymentStrategy => ({
  type: 'RollingUpdate',
  rollingUpdate: {
    maxSurge: k8s.IntOrString.fromNumber(maxSurge),
    maxUnavailable: k8s.IntOrString.fromNumber(maxUnavailable),
  },
});

/** Each pod goes only when its successor is ready, unless that one could wait for the node of the first for ever. */
function replacement({ settings, pods, podLabels }: WorkloadProps): k8s.DeploymentStrategy {
  const labels = { ...settings.podLabels, ...podLabels };
  return keepsItsOwnAway(settings.affinity, pods, labels) ? oneByOne(0, 1) : oneByOne(1, 0);
}

export interface DeploymentProps extends WorkloadProps {
  /** @default - pods are replaced one by one, each when its successor is ready where there is a node for both */
  readonly strategy?: k8s.DeploymentStrategy;
  /** Whether the kubelet lets the first container drain, whose image has no command for it. @default false */
  readonly drainedByKubelet?: boolean;
}

/** The classes of cdk8s know no hook by which the kubelet sleeps. */
export function deployment(scope: Construct, id: string, props: DeploymentProps): ApiObject {
  const { name, strategy = replacement(props), drainedByKubelet = false } = props;
  disruptionBudget(scope, id, props);
  const described = { metadata: { name }, spec: { ...workloadSpec(props), strategy } };
  if (!drainedByKubelet) return new k8s.KubeDeployment(scope, id, described);
  const object = new ApiObject(scope, id, k8s.KubeDeployment.manifest(described) as ApiObjectProps);
  object.addJsonPatch(JsonPatch.add('/spec/template/spec/containers/0/lifecycle', DRAIN_BY_KUBELET));
  return object;
}

export interface StatefulSetProps extends WorkloadProps {
  /** The headless Service that gives the pods their names. */
  readonly service: k8s.KubeService;
  readonly claims: readonly ClaimTemplate[];
  /** @default - pods start and stop one after the other */
  readonly podManagementPolicy?: 'OrderedReady' | 'Parallel';
}

/**
 * Neither deleting nor shrinking it deletes data.
 *
 * The API server stores the type of each claim template, and Argo CD shows a difference where the file does not say it.
 * The class of cdk8s leaves the type out.
 */
export function statefulSet(scope: Construct, id: string, props: StatefulSetProps): ApiObject {
  const { name, service, claims, podManagementPolicy } = props;
  disruptionBudget(scope, id, props);
  const manifest = k8s.KubeStatefulSet.manifest({
    metadata: { name },
    spec: {
      ...workloadSpec(props),
      serviceName: service.name,
      podManagementPolicy,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    },
  }) as ApiObjectProps & { readonly spec: object };
  const volumeClaimTemplates = claims.map((claim): unknown => k8s.KubePersistentVolumeClaim.manifest(claim));
  return new ApiObject(scope, id, { ...manifest, spec: { ...manifest.spec, volumeClaimTemplates } });
}

/** Lets drained nodes take one pod at a time. A budget of a single pod would keep its node from being drained. */
function disruptionBudget(scope: Construct, id: string, { name, replicas = 1, pods }: WorkloadProps): void {
  if (replicas < 2) return;
  new k8s.KubePodDisruptionBudget(scope, `${id}-budget`, { metadata: { name }, spec: budgetSpec(pods) });
}

function workloadSpec({ replicas = 1, ...template }: WorkloadProps) {
  const settings = spread(template.settings, template.pods, replicas);
  return {
    replicas,
    selector: { matchLabels: template.pods.labels },
    template: podTemplate({ ...template, settings }),
  } satisfies Partial<k8s.DeploymentSpec>;
}
