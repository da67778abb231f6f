/** The addresses by which an environment is reached from outside its cluster, as its objects say. */

export interface ClusterObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

interface HttpRoute extends ClusterObject {
  readonly spec: {
    readonly parentRefs: readonly {
      readonly name: string;
      readonly namespace?: string;
      readonly sectionName?: string;
    }[];
    readonly hostnames?: readonly string[];
    readonly rules: readonly { readonly matches?: readonly { readonly path?: { readonly value: string } }[] }[];
  };
}

interface Ingress extends ClusterObject {
  readonly spec: {
    readonly ingressClassName?: string;
    readonly rules?: readonly {
      readonly host?: string;
      readonly http?: { readonly paths: readonly { readonly path?: string }[] };
    }[];
  };
}

const isRoute = (object: ClusterObject): object is HttpRoute => object.kind === 'HTTPRoute';
const isIngress = (object: ClusterObject): object is Ingress => object.kind === 'Ingress';

/** Hosts with paths, and the Gateway or the kind of Ingress that answers there. */
export const addressesOf = (objects: readonly ClusterObject[]): string[] => [
  ...objects.filter(isRoute).flatMap(ofRoute),
  ...objects.filter(isIngress).flatMap(ofIngress),
];

function ofRoute({ metadata, spec: { parentRefs, hostnames = ['*'], rules } }: HttpRoute): string[] {
  const paths = rules.flatMap(({ matches = [{}] }) => matches.map(({ path }) => path?.value ?? '/'));
  return parentRefs.flatMap(({ name, namespace = metadata.namespace, sectionName }) => {
    const gateway = `Gateway ${namespace}/${name}${sectionName === undefined ? '' : ` (${sectionName})`}`;
    return hostnames.flatMap((host) => paths.map((path) => `${host}${path} of ${gateway}`));
  });
}

function ofIngress({ spec: { ingressClassName = 'the default class', rules = [] } }: Ingress): string[] {
  return rules.flatMap(({ host = '*', http }) =>
    (http?.paths ?? []).map(({ path = '/' }) => `${host}${path} of Ingresses of ${ingressClassName}`),
  );
}
