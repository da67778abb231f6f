/**
 * What the Seldon operator may do. Upstream grants writes in every namespace and read access to all Secrets; here it
 * writes only where models run, and reads no Secret: 1.17.1 looks one up through a ServiceAccount's `secrets` list,
 * which has been empty since Kubernetes 1.24, and goes on without it.
 *
 * It still watches the whole cluster. Its client reads seldon-config through the same cache as everything else
 * (operator/apis/machinelearning.seldon.io/v1/prepack.go), so that a cache limited to the models' namespace would not
 * find it in the operator's. The cache lists what it is asked for one of: all ConfigMaps of the cluster are in the memory of the
 * operator, from the first model on, and a right to seldon-config alone would leave it waiting for the list forever.
 */

import type { Construct } from 'constructs';
import { k8s } from '../lib/k8s';

export interface SeldonRbacProps {
  /** Where the cluster-wide roles go. */
  readonly clusterScope: Construct;
  readonly namespace: string;
  /** Those of models. */
  readonly modelsNamespaces: readonly string[];
  readonly serviceAccountName: string;
  readonly istio: boolean;
  readonly ambassador: boolean;
  readonly keda: boolean;
  /**
   * What the operator looks up and writes when it registers its webhook itself, with a certificate that it makes.
   * @default - cert-manager does that
   */
  readonly ownWebhook?: {
    readonly crd: string;
    readonly deployment: string;
    readonly service: string;
    readonly configMap: string;
    readonly webhookConfiguration: string;
  };
}

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'patch', 'update'];

export function seldonRbac(scope: Construct, props: SeldonRbacProps): void {
  const grant = granter(scope, props);
  const made = madeResources(props);
  grant.cluster('seldon-manager-role', [
    { apiGroups: [''], resources: ['configmaps', 'namespaces'], verbs: READ },
    { apiGroups: ['machinelearning.seldon.io'], resources: ['seldondeployments'], verbs: READ },
    ...made.map((rule) => ({ ...rule, verbs: READ })),
  ]);
  for (const namespace of props.modelsNamespaces) {
    grant.namespaced('seldon-manager-role', namespace, [
      { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
      {
        apiGroups: ['machinelearning.seldon.io'],
        resources: ['seldondeployments/finalizers', 'seldondeployments/status'],
        verbs: ['get', 'patch', 'update'],
      },
      ...made.map((rule) => ({ ...rule, verbs: WRITE })),
    ]);
  }
  grant.namespaced('seldon-leader-election-role', props.namespace, [
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create', 'get', 'update'] },
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
  ]);
  if (props.ownWebhook) grantWebhook(grant, props.namespace, props.ownWebhook);
}

/** What the operator makes of a SeldonDeployment. */
function madeResources({ istio, ambassador, keda }: SeldonRbacProps): Omit<k8s.PolicyRule, 'verbs'>[] {
  return [
    { apiGroups: [''], resources: ['services'] },
    { apiGroups: ['apps'], resources: ['deployments'] },
    { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'] },
    { apiGroups: ['policy'], resources: ['poddisruptionbudgets'] },
    ...(istio ? [{ apiGroups: ['networking.istio.io'], resources: ['destinationrules', 'virtualservices'] }] : []),
    ...(ambassador ? [{ apiGroups: ['getambassador.io'], resources: ['mappings', 'tlscontexts'] }] : []),
    ...(keda ? [{ apiGroups: ['keda.sh'], resources: ['scaledobjects'] }] : []),
  ];
}

/** What registering its own webhook takes. */
function grantWebhook(
  grant: ReturnType<typeof granter>,
  namespace: string,
  { crd, deployment, service, configMap, webhookConfiguration }: NonNullable<SeldonRbacProps['ownWebhook']>,
): void {
  const webhooks = { apiGroups: ['admissionregistration.k8s.io'], resources: ['validatingwebhookconfigurations'] };
  grant.cluster('seldon-webhook-role', [
    {
      apiGroups: ['apiextensions.k8s.io'],
      resources: ['customresourcedefinitions'],
      resourceNames: [crd],
      verbs: ['get'],
    },
    // A create request has no name yet, so that RBAC cannot limit it to one.
    { ...webhooks, verbs: ['create'] },
    { ...webhooks, resourceNames: [webhookConfiguration], verbs: ['get', 'update'] },
  ]);
  grant.namespaced('seldon-webhook-role', namespace, [
    { apiGroups: ['apps'], resources: ['deployments'], resourceNames: [deployment], verbs: ['get'] },
    { apiGroups: [''], resources: ['services'], resourceNames: [service], verbs: ['get'] },
    { apiGroups: [''], resources: ['configmaps'], resourceNames: [configMap], verbs: ['get'] },
  ]);
}

/** Makes a role and binds it to the operator's ServiceAccount. */
function granter(scope: Construct, props: SeldonRbacProps) {
  const subjects = [{ kind: 'ServiceAccount', name: props.serviceAccountName, namespace: props.namespace }];
  const apiGroup = 'rbac.authorization.k8s.io';
  return {
    cluster(name: string, rules: k8s.PolicyRule[]) {
      // Cluster-scoped names carry the namespace, so that a second operator would not take these over.
      const metadata = { name: `${name}-${props.namespace}` };
      new k8s.KubeClusterRole(props.clusterScope, name, { metadata, rules });
      new k8s.KubeClusterRoleBinding(props.clusterScope, `${name}-binding`, {
        metadata,
        roleRef: { apiGroup, kind: 'ClusterRole', name: metadata.name },
        subjects,
      });
    },
    namespaced(name: string, namespace: string, rules: k8s.PolicyRule[]) {
      const metadata = { name, namespace };
      new k8s.KubeRole(scope, `${namespace}-${name}`, { metadata, rules });
      new k8s.KubeRoleBinding(scope, `${namespace}-${name}-binding`, {
        metadata,
        roleRef: { apiGroup, kind: 'Role', name },
        subjects,
      });
    },
  };
}
