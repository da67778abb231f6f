/** The operator's webhook, which checks SeldonDeployments before the API server stores them. */

import type { Construct } from 'constructs';
import { Certificate, Issuer } from '../../imports/cert-manager.io';
import { hostOf } from '../lib/endpoint';
import { k8s } from '../lib/k8s';
import { CONTROLLER_ID } from './controller-id';

export const WEBHOOK_SERVICE = 'seldon-webhook-service';
/** The name that the operator looks up and writes when it registers the webhook itself. */
export const WEBHOOK_CONFIGURATION = 'seldon-validating-webhook-configuration';
const CERTIFICATE = 'seldon-serving-cert';
/** Where cert-manager keeps the certificate and its key. */
export const CERTIFICATE_SECRET = 'seldon-webhook-server-cert';

/**
 * The webhook with a certificate that cert-manager makes, renews and injects; no key is ever in the manifests.
 * @param clusterScope where cluster-scoped objects go
 * @param controllerId the label of the models that it checks; those without a label where absent
 */
export function certManagerWebhook(
  scope: Construct,
  clusterScope: Construct,
  namespace: string,
  controllerId?: string,
): void {
  const issuer = new Issuer(scope, 'issuer', {
    metadata: { name: 'seldon-selfsigned-issuer' },
    spec: { selfSigned: {} },
  });
  new Certificate(scope, 'certificate', {
    metadata: { name: CERTIFICATE },
    spec: {
      secretName: CERTIFICATE_SECRET,
      dnsNames: [hostOf({ service: WEBHOOK_SERVICE, namespace }), `${WEBHOOK_SERVICE}.${namespace}`],
      issuerRef: { kind: 'Issuer', name: issuer.name },
      duration: '8760h',
      renewBefore: '720h',
    },
  });
  new k8s.KubeValidatingWebhookConfiguration(clusterScope, 'webhook-configuration', {
    metadata: {
      name: `${WEBHOOK_CONFIGURATION}-${namespace}`,
      annotations: { 'cert-manager.io/inject-ca-from': `${namespace}/${CERTIFICATE}` },
    },
    webhooks: [validatingWebhook(namespace, controllerId)],
  });
}

function validatingWebhook(namespace: string, controllerId?: string): k8s.ValidatingWebhook {
  return {
    name: 'v1.vseldondeployment.kb.io',
    admissionReviewVersions: ['v1', 'v1beta1'],
    clientConfig: {
      service: {
        name: WEBHOOK_SERVICE,
        namespace,
        path: '/validate-machinelearning-seldon-io-v1-seldondeployment',
      },
    },
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: UNLABELLED,
    objectSelector: controllerId === undefined ? UNLABELLED : { matchLabels: { [CONTROLLER_ID]: controllerId } },
    rules: [
      {
        apiGroups: ['machinelearning.seldon.io'],
        apiVersions: ['v1'],
        operations: ['CREATE', 'UPDATE'],
        resources: ['seldondeployments'],
      },
    ],
    sideEffects: 'None',
  };
}

/** What carries no label is for the operator that has no controller ID; a namespace with one is left alone by all. */
const UNLABELLED: k8s.LabelSelector = { matchExpressions: [{ key: CONTROLLER_ID, operator: 'DoesNotExist' }] };
