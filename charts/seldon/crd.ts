/**
 * The SeldonDeployment CustomResourceDefinition: what the cluster gets, and what `cdk8s import` makes imports/ from.
 *
 * The upstream file inlines a Kubernetes 1.24 PodSpec into every version, which makes it 1.85 MB (too large for
 * client-side `kubectl apply`) and prunes every pod field that is newer than that. Here the fields that belong to
 * Seldon are typed, and the embedded Kubernetes types are left open: the API server checks them when the operator
 * creates the Deployment.
 */
import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { Component } from '../lib/component';
import { spec, status } from './crd-schema';
import { object, string } from './structural-schema';

/** Name of the CustomResourceDefinition, and of its file in crds/. */
export const SELDON_CRD = 'seldondeployments.machinelearning.seldon.io';

/** Installs the SeldonDeployment type. */
export class SeldonCrd extends Component {
  constructor(scope: Construct) {
    super(scope, { name: 'seldon-crd', stage: '10-setup' });
    new ApiObject(this, 'definition', seldonCrd());
  }
}

const version = (name: string, storage: boolean) => ({
  name,
  served: true,
  storage,
  additionalPrinterColumns: [
    { name: 'State', type: 'string', jsonPath: '.status.state' },
    { name: 'Replicas', type: 'integer', jsonPath: '.status.replicas' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
  schema: {
    openAPIV3Schema: object({
      apiVersion: string,
      kind: string,
      metadata: { type: 'object' },
      spec,
      status,
    }),
  },
  subresources: {
    scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
    status: {},
  },
});

/** The definition as a Kubernetes object. */
export function seldonCrd() {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: SELDON_CRD },
    spec: {
      group: 'machinelearning.seldon.io',
      names: {
        kind: 'SeldonDeployment',
        listKind: 'SeldonDeploymentList',
        plural: 'seldondeployments',
        shortNames: ['sdep'],
        singular: 'seldondeployment',
      },
      scope: 'Namespaced',
      versions: [version('v1', true), version('v1alpha2', false), version('v1alpha3', false)],
    },
  };
}
