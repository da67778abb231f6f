/** The pod of a batch as a Workflow of Argo, or a CronWorkflow. */
import { createHash } from 'node:crypto';
import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { RESTRICTED_CONTAINER } from '../lib/security';

export interface ArgoWorkflowProps {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly pod: k8s.PodSpec;
  /** What else it depends on, such as the script that it mounts. */
  readonly content: string;
  /** @default - once */
  readonly schedule?: string;
  /** @default - the controller's */
  readonly timeZone?: string;
  readonly concurrencyPolicy: string;
  readonly backoffLimit: number;
  /** Seconds for each attempt. */
  readonly deadline: number;
}

/** Late runs that are still started, in seconds. */
export const STARTING_DEADLINE = 3600;

export function argoWorkflow(scope: Construct, props: ArgoWorkflowProps): void {
  const { name, labels, podLabels, pod, content, schedule, timeZone, concurrencyPolicy, backoffLimit, deadline } =
    props;
  const role = new k8s.KubeRole(scope, 'role', {
    metadata: { name },
    rules: [{ apiGroups: ['argoproj.io'], resources: ['workflowtaskresults'], verbs: ['create', 'patch'] }],
  });
  new k8s.KubeRoleBinding(scope, 'role-binding', {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role.name },
    subjects: [{ kind: 'ServiceAccount', name: pod.serviceAccountName ?? '', namespace: props.namespace }],
  });
  const { initContainers, containers, volumes, securityContext, imagePullSecrets } = k8s.toJson_PodSpec(pod) ?? {};
  const spec = {
    entrypoint: 'batch',
    serviceAccountName: pod.serviceAccountName,
    ...(imagePullSecrets && { imagePullSecrets }),
    securityContext,
    podMetadata: { labels: podLabels },
    podSpecPatch: JSON.stringify(ARGO_PATCH),
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
  const kind = schedule === undefined ? 'Workflow' : 'CronWorkflow';
  const once = createHash('sha256')
    .update(JSON.stringify([content, spec]))
    .digest('hex')
    .slice(0, 8);
  new ApiObject(scope, 'workflow', {
    apiVersion: 'argoproj.io/v1alpha1',
    kind,
    metadata: { name: schedule === undefined ? `${name}-${once}` : name, labels: { ...labels } },
    spec:
      schedule === undefined
        ? spec
        : {
            schedules: [schedule],
            ...(timeZone && { timezone: timeZone }),
            concurrencyPolicy,
            startingDeadlineSeconds: STARTING_DEADLINE,
            workflowSpec: spec,
          },
  });
}

/** What Argo's own containers need of what the others must not have: a token, by which they report how a pod ended. */
const ARGO_PATCH = {
  // The Workflow's field of this name would ask for a Secret with a token that never ends.
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  initContainers: [argoContainer('init')],
  containers: [argoContainer('wait')],
  volumes: [
    {
      name: 'token',
      projected: {
        sources: [
          { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        ],
      },
    },
  ],
};

function argoContainer(name: string) {
  // They write outside of volumes (argo-workflows#10787).
  const { readOnlyRootFilesystem: _, ...securityContext } = RESTRICTED_CONTAINER;
  const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
  return { name, securityContext, volumeMounts: [{ name: 'token', mountPath, readOnly: true }] };
}
