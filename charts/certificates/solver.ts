/**
 * The pods by which cert-manager proves to an ACME server over http (HTTP-01) who has a host: one for each host, in the
 * namespace of its Ingress, for as long as the server asks. The controller of the Ingress calls them; cert-manager itself asks
 * by the public address, and they call nobody. They pass Pod Security "restricted".
 *
 * An Ingress does not say whether its issuer is one of ACME, and proves hosts so: that is in the cluster.
 *
 * Those of a Gateway are in its namespace, which is none of the platform's.
 *
 * Source: pkg/issuer/acme/http/ and internal/apis/config/controller/v1alpha1/defaults.go, cert-manager 1.21.2.
 */
import type { Pods } from '../lib/endpoint';
import type { ContainerJson, ObjectJson } from '../lib/workload-json';
import { namesIssuer } from './issuer';

export const SOLVER_PORT = 8089;

export const solverPods = (namespace: string): Pods => ({
  kind: 'pods',
  name: 'acme-solver',
  namespace,
  labels: { 'acme.cert-manager.io/http01-solver': 'true' },
});

/** What each asks for, unless cert-manager is told otherwise. */
export const SOLVER: ContainerJson = {
  name: 'acmesolver',
  resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { cpu: '100m', memory: '64Mi' } },
};

interface IngressJson extends ObjectJson {
  readonly metadata: ObjectJson['metadata'] & { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly tls?: readonly { readonly hosts?: readonly string[] }[] };
}

/** How many there are at most for an object: one for each host of an Ingress whose certificates cert-manager makes. */
export function solversOf(object: ObjectJson): number {
  if (object.kind !== 'Ingress') return 0;
  const ingress = object as IngressJson;
  return namesIssuer(ingress) ? hostsOf(ingress).length : 0;
}

const hostsOf = ({ spec: { tls = [] } }: IngressJson): string[] => tls.flatMap(({ hosts = [] }) => hosts);
