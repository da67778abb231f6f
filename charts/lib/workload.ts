/** What keeps pods running. What runs pods to their end is in job.ts. */
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { ClaimTemplate } from './volumes';
import { type PodTemplateProps, podTemplate } from './workload-settings';

export interface WorkloadProps extends PodTemplateProps {
  readonly name: string;
  /** @default - one */
  readonly replicas?: number;
}

/** Replaces pods one by one, each only when its successor is ready. */
const ONE_BY_ONE: k8s.DeploymentStrategy = {
  type: 'RollingUpdate',
  rollingUpdate: { maxSurge: k8s.IntOrString.fromNumber(1), maxUnavailable: k8s.IntOrString.fromNumber(0) },
};

export interface DeploymentProps extends WorkloadProps {
  /** @default - pods are replaced one by one, each only when its successor is ready */
  readonly strategy?: k8s.DeploymentStrategy;
}

export function deployment(scope: Construct, id: string, props: DeploymentProps): k8s.KubeDeployment {
  const { name, strategy = ONE_BY_ONE } = props;
  return new k8s.KubeDeployment(scope, id, { metadata: { name }, spec: { ...workloadSpec(props), strategy } });
}

export interface StatefulSetProps extends WorkloadProps {
  /** The headless Service that gives the pods their names. */
  readonly service: k8s.KubeService;
  readonly claims: readonly ClaimTemplate[];
  /** @default - pods start and stop one after the other */
  readonly podManagementPolicy?: 'OrderedReady' | 'Parallel';
}

/** Neither deleting nor shrinking it deletes data. */
export function statefulSet(scope: Construct, id: string, props: StatefulSetProps): k8s.KubeStatefulSet {
  const { name, service, claims, podManagementPolicy } = props;
  return new k8s.KubeStatefulSet(scope, id, {
    metadata: { name },
    spec: {
      ...workloadSpec(props),
      serviceName: service.name,
      podManagementPolicy,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      volumeClaimTemplates: [...claims],
    },
  });
}

function workloadSpec({ replicas = 1, ...template }: WorkloadProps) {
  return {
    replicas,
    selector: { matchLabels: template.pods.labels },
    template: podTemplate(template),
  } satisfies Partial<k8s.DeploymentSpec>;
}
