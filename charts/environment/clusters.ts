/** Environments that share a cluster must not take objects or models from each other. */
import { problem } from '../../config/problems';
import { PLATFORM_FILE } from '../../config/read';
import type { PlatformConfig } from '../config';
import { composePlatform, objectsOf } from '../platform';

/** Objects that a message lists. */
const SHOWN = 3;

/** What is wrong between environments that name the same cluster; both files are named. */
export function clusterProblems(folder: string, configs: readonly PlatformConfig[]): string[] {
  const clusters = new Set(configs.flatMap(({ cluster }) => cluster ?? []));
  return [...clusters].flatMap((cluster) => {
    const sharing = configs.filter((config) => config.cluster === cluster);
    if (sharing.length === 1) return [];
    const members = sharing.map((config) => ({
      config,
      file: `${folder}/${config.environment}/${PLATFORM_FILE}`,
      objects: namesOf(objectsOf(composePlatform(config)) as Iterable<KubernetesObject>),
    }));
    return members.flatMap((member, index) =>
      members.slice(0, index).flatMap((other) =>
        [...objectFaults(member, other), ...operatorFaults(member, other)].map((text) => {
          const where = `shares the cluster "${cluster}" with ${other.file}`;
          return problem(member.file, ['cluster'], `${where}, and ${text}`);
        }),
      ),
    );
  });
}

interface Member {
  readonly config: PlatformConfig;
  readonly objects: ObjectNames;
}

/** Objects of which both environments have one under the same name: the later apply would overwrite the earlier one. */
function objectFaults({ config, objects }: Member, other: Member): string[] {
  const clashes = clashesOf(objects, other.objects);
  if (clashes.length === 0) return [];
  const shown = clashes.slice(0, SHOWN);
  const rest = clashes.length - shown.length;
  const objectsOfBoth = `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  return [`both have ${objectsOfBoth}; set namespaces.prefix in one of them, such as "${config.environment}-"`];
}

/** Operators that would both act on the models of one environment, or take the webhook from each other. */
function operatorFaults({ config }: Member, other: Member): string[] {
  const { controllerId } = config.seldon;
  if (controllerId !== other.config.seldon.controllerId) return [];
  const mend = `seldon.controllerId in one of them, such as "${config.environment}", and there seldon.certificates: cert-manager`;
  return [`the operators of both take the same models; set ${mend}`];
}

/** Objects by kind, group, namespace and name; of types also what they say. */
type ObjectNames = ReadonlyMap<string, string>;

const isType = (name: string) => name.startsWith('CustomResourceDefinition.apiextensions.k8s.io ');

interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** The names that two sets of objects share. A type is one for all of a cluster, so that both may have the same. */
export function clashesOf(own: ObjectNames, others: ObjectNames): string[] {
  return [...own].flatMap(([name, content]) => {
    const other = others.get(name);
    return other === undefined || (isType(name) && other === content) ? [] : [name];
  });
}

export function namesOf(objects: Iterable<KubernetesObject>): ObjectNames {
  const found = new Map<string, string>();
  for (const object of objects) {
    const name = nameOf(object);
    found.set(name, isType(name) ? JSON.stringify(object) : '');
  }
  return found;
}

function nameOf({ apiVersion, kind, metadata: { namespace, name } }: KubernetesObject): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
  return `${kind}${group} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
