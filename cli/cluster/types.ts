/** Which types a cluster has. */
import type { Kubectl } from './kubectl';
import { groupOf, kindOf, type ObjectJson } from './objects';

/** A type of objects that the API server serves. */
export interface ServedType {
  readonly apiVersion: string;
  readonly kind: string;
  /** As kubectl takes it, exactly: "deployments.v1.apps". */
  readonly resource: string;
  readonly namespaced: boolean;
}

/** The types that a cluster serves, of those that somebody asks for. */
export type ServedTypes = ReadonlyMap<string, ServedType>;

interface ResourceList {
  readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

type TypeName = Pick<ObjectJson, 'apiVersion' | 'kind'>;

const typeName = ({ apiVersion, kind }: TypeName) => `${apiVersion} ${kind}`;

/** Asks the API server for these types. What it does not serve is not in the answer. */
export async function servedTypes(kubectl: Kubectl, wanted: readonly TypeName[]): Promise<ServedTypes> {
  const versions = [...new Set(wanted.map(({ apiVersion }) => apiVersion))];
  const served = await Promise.all(versions.map((apiVersion) => typesOf(kubectl, apiVersion)));
  return new Map(served.flat().map((type) => [typeName(type), type]));
}

async function typesOf(kubectl: Kubectl, apiVersion: string): Promise<ServedType[]> {
  const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { code, stdout, stderr } = await kubectl.run(['get', `--raw=${path}`]);
  if (code !== 0) {
    if (/NotFound|could not find the requested resource/.test(stderr)) return [];
    throw new Error(`the cluster does not answer: ${stderr.trim()}`);
  }
  const [version = ''] = apiVersion.split('/').slice(-1);
  const { resources } = JSON.parse(stdout) as ResourceList;
  return resources
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, kind, namespaced }) => ({
      apiVersion,
      kind,
      namespaced,
      resource: `${name}.${version}.${groupOf(apiVersion)}`,
    }));
}

export const typeOf = (types: ServedTypes, object: TypeName): ServedType | undefined => types.get(typeName(object));

interface Definition extends ObjectJson {
  readonly spec: { readonly group: string; readonly names: { readonly kind: string } };
}

/** The types that an environment uses, that the cluster does not serve, and that the environment does not bring itself. */
export function missingTypes(types: ServedTypes, objects: readonly ObjectJson[]): readonly ObjectJson[] {
  const brought = new Set(
    objects
      .filter(({ kind }) => kind === 'CustomResourceDefinition')
      .map((definition) => (definition as Definition).spec)
      .map(({ group, names }) => `${names.kind}.${group}`),
  );
  const missing = objects.filter((object) => !typeOf(types, object) && !brought.has(kindOf(object)));
  return [...new Map(missing.map((object) => [typeName(object), object])).values()];
}

/** Who brings the types of a group, where an environment does not. */
const ORIGINS: Readonly<Record<string, string>> = {
  'argoproj.io': 'Argo Workflows',
  'autoscaling.k8s.io': 'the Vertical Pod Autoscaler',
  'bitnami.com': 'Sealed Secrets',
  'cert-manager.io': 'cert-manager',
  'external-secrets.io': 'External Secrets',
  'gateway.networking.k8s.io': 'the Gateway API and a controller for it',
  'generators.external-secrets.io': 'External Secrets',
  'getambassador.io': 'Emissary-ingress (Ambassador)',
  'keda.sh': 'KEDA',
  'monitoring.coreos.com': 'the Prometheus Operator',
  'networking.istio.io': 'Istio',
  'postgresql.cnpg.io': 'CloudNativePG',
  'security.istio.io': 'Istio',
  'serving.kserve.io': 'KServe',
};

/** Such as "Certificate (cert-manager.io/v1), which cert-manager brings". */
export function describeMissing({ apiVersion, kind }: TypeName): string {
  const origin = ORIGINS[groupOf(apiVersion)];
  return `${kind} (${apiVersion})${origin === undefined ? '' : `, which ${origin} brings`}`;
}
