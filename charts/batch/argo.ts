/** The pod of a batch as a Workflow of Argo, or a CronWorkflow. */
import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { apiToken } from '../lib/api-token';
import { contentHash, STARTING_DEADLINE } from '../lib/job';
import { k8s } from '../lib/k8s';
import { RESTRICTED_CONTAINER } from '../lib/security';
import { type PodTemplateProps, podTemplate } from '../lib/workload-settings';

export interface ArgoWorkflowProps extends PodTemplateProps {
  readonly name: string;
  readonly namespace: string;
  /** What else the Workflow depends on, such as the script that it mounts: a change makes a new Workflow. */
  readonly content: string;
  /** @default - once */
  readonly schedule?: string;
  /** @default - the controller's */
  readonly timeZone?: string;
  readonly concurrencyPolicy: string;
  readonly backoffLimit: number;
  /** Seconds for each attempt. */
  readonly deadline: number;
  /** Seconds for all attempts of a run on a schedule. */
  readonly runDeadline: number;
}

export function argoWorkflow(scope: Construct, props: ArgoWorkflowProps): void {
  const { name, pods, schedule, timeZone, concurrencyPolicy, runDeadline } = props;
  permissions(scope, props);
  const spec = workflowSpec(props);
  const once = schedule === undefined;
  new ApiObject(scope, 'workflow', {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: once ? 'Workflow' : 'CronWorkflow',
    metadata: { name: once ? `${name}-${contentHash([props.content, spec])}` : name, labels: { ...pods.labels } },
    spec: once
      ? spec
      : {
          schedules: [schedule],
          ...(timeZone && { timezone: timeZone }),
          concurrencyPolicy,
          startingDeadlineSeconds: STARTING_DEADLINE,
          workflowSpec: { ...spec, activeDeadlineSeconds: runDeadline },
        },
  });
}

/** Lets Argo's own containers report how a pod ended. */
function permissions(scope: Construct, { name, namespace, pod }: ArgoWorkflowProps): void {
  const role = new k8s.KubeRole(scope, 'role', {
    metadata: { name },
    rules: [{ apiGroups: ['argoproj.io'], resources: ['workflowtaskresults'], verbs: ['create', 'patch'] }],
  });
  new k8s.KubeRoleBinding(scope, 'role-binding', {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role.name },
    subjects: [{ kind: 'ServiceAccount', name: pod.serviceAccountName ?? '', namespace }],
  });
}

/** The pod as a template of Argo. Some fields of a PodSpec are fields of the Workflow; the rest goes into podSpecPatch. */
function workflowSpec({ deadline, backoffLimit, ...props }: ArgoWorkflowProps): object {
  const { metadata, spec } = k8s.toJson_PodTemplateSpec(podTemplate(props)) ?? {};
  const { initContainers, containers, volumes, securityContext, imagePullSecrets } = spec;
  const { nodeSelector, tolerations, affinity, priorityClassName, topologySpreadConstraints } = spec;
  return {
    entrypoint: 'batch',
    serviceAccountName: spec.serviceAccountName,
    ...(imagePullSecrets && { imagePullSecrets }),
    ...(nodeSelector && { nodeSelector }),
    ...(tolerations && { tolerations }),
    ...(affinity && { affinity }),
    ...(priorityClassName && { podPriorityClassName: priorityClassName }),
    securityContext,
    podMetadata: metadata,
    podSpecPatch: JSON.stringify({ ...ARGO_PATCH, ...(topologySpreadConstraints && { topologySpreadConstraints }) }),
    templates: [
      {
        name: 'batch',
        activeDeadlineSeconds: deadline,
        retryStrategy: { limit: String(backoffLimit), retryPolicy: 'Always' },
        initContainers,
        container: { ...containers[0], name: '' },
        volumes,
      },
    ],
  };
}

const TOKEN = apiToken();

/** A token for Argo's own containers, which report with it how a pod ended. The others must not have one. */
const ARGO_PATCH = {
  // The Workflow's field of this name would ask for a Secret with a token that never ends.
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  initContainers: [argoContainer('init')],
  containers: [argoContainer('wait')],
  volumes: [k8s.toJson_Volume(TOKEN.volume)],
};

function argoContainer(name: string) {
  // Their root cannot be read-only: they write outside of volumes (argo-workflows#10787).
  const { readOnlyRootFilesystem: _, ...securityContext } = RESTRICTED_CONTAINER;
  const { volume, path: mountPath } = TOKEN;
  return { name, securityContext, volumeMounts: [{ name: volume.name, mountPath, readOnly: true }] };
}
