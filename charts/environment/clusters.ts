/** Environments that share a cluster must not take objects or models from each other. */
import { problem } from '../../config/problems';
import { PLATFORM_FILE } from '../../config/read';
import type { PlatformConfig } from '../config';
import { composePlatform, objectsOf } from '../platform';
import { addressesOf, type ClusterObject } from './addresses';

/** Objects that a message lists. */
const SHOWN = 3;

/** What is wrong between environments that name the same cluster; both files are named. */
export function clusterProblems(folder: string, configs: readonly PlatformConfig[]): string[] {
  const clusters = new Set(configs.flatMap(({ cluster }) => cluster ?? []));
  return [...clusters].flatMap((cluster) => {
    const sharing = configs.filter((config) => config.cluster === cluster);
    if (sharing.length === 1) return [];
    const members = sharing.map((config) => memberOf(config, `${folder}/${config.environment}/${PLATFORM_FILE}`));
    return members.flatMap((member, index) =>
      members.slice(0, index).flatMap((other) =>
        [...objectFaults(member, other), ...addressFaults(member, other), ...operatorFaults(member, other)].map(
          (text) => {
            const where = `shares the cluster "${cluster}" with ${other.file}`;
            return problem(member.file, ['cluster'], `${where}, and ${text}`);
          },
        ),
      ),
    );
  });
}

interface Member {
  readonly config: PlatformConfig;
  readonly file: string;
  readonly objects: ObjectNames;
  /** What of its Gateway or its Ingresses leads to it. */
  readonly addresses: readonly string[];
}

function memberOf(config: PlatformConfig, file: string): Member {
  const platform = composePlatform(config);
  const objects = [...(objectsOf(platform) as Iterable<ClusterObject>)];
  const delivery = platform.delivery.flatMap((part) => part.objects as ClusterObject[]);
  return {
    config,
    file,
    // Whoever applies the objects of Argo CD and Flux overwrites theirs, too; what both say alike does no harm.
    objects: new Map([...namesOf(objects), ...namesOf(delivery, () => true)]),
    addresses: addressesOf(objects),
  };
}

/** Objects of which both environments have one under the same name: the later apply would overwrite the earlier one. */
function objectFaults({ config, objects }: Member, other: Member): string[] {
  const mends = clashesOf(objects, other.objects).map((name) => ({ name, mend: mendOf(name, config) }));
  return [...new Set(mends.map(({ mend }) => mend))].map((mend) => {
    const names = mends.filter((clash) => clash.mend === mend).map(({ name }) => name);
    return `both have ${listed(names)}; ${mend}`;
  });
}

/** What renames an object: those of some kinds are called and placed by other settings than the namespaces. */
function mendOf(object: string, { environment, namespaces, access }: PlatformConfig): string {
  const [kind = '', place = ''] = object.split(' ');
  const [namespace = ''] = place.split('/');
  const isOwn = place.includes('/') && Object.values(namespaces).includes(namespace);
  const set = (field: string, name: string) => `set ${field} in one of them, such as "${name}"`;
  if (!isOwn) {
    if (kind.endsWith('.cert-manager.io')) return set('certificates.name', `ml-platform-${environment}`);
    if (kind.endsWith('.gateway.networking.k8s.io'))
      return set('access.gateway.name', `${access.gateway.name}-${environment}`);
    if (kind.endsWith('.source.toolkit.fluxcd.io'))
      return set('delivery.flux.source.name', `ml-platform-${environment}`);
  }
  return set('namespaces.prefix', `${environment}-`);
}

/** Addresses that lead to both environments: only one of them is ever reached. */
function addressFaults({ config, addresses }: Member, other: Member): string[] {
  const shared = addresses.filter((address) => other.addresses.includes(address));
  if (shared.length === 0) return [];
  const mend = `set access.domain, and the hosts that are written, in one of them, such as "${config.environment}.${config.access.domain}"`;
  return [`both are reached at ${listed(shared)}; ${mend}`];
}

/** The first of some, and how many there are. */
function listed(all: readonly string[]): string {
  const shown = all.slice(0, SHOWN);
  const rest = all.length - shown.length;
  return `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** Operators that would both act on the models of one environment, or take the webhook from each other. */
function operatorFaults({ config }: Member, other: Member): string[] {
  const { controllerId } = config.seldon;
  if (controllerId !== other.config.seldon.controllerId) return [];
  const mend = `seldon.controllerId in one of them, such as "${config.environment}", and there seldon.certificates: cert-manager`;
  return [`the operators of both take the same models; set ${mend}`];
}

/** Objects by kind, group, namespace and name; of those that both may have, what they say. */
type ObjectNames = ReadonlyMap<string, string | undefined>;

/** A type is one for all of a cluster. */
const isType = ({ kind, apiVersion }: ClusterObject) =>
  kind === 'CustomResourceDefinition' && apiVersion.startsWith('apiextensions.k8s.io/');

/** The names that two sets of objects share, but where both may have the same and have. */
export function clashesOf(own: ObjectNames, others: ObjectNames): string[] {
  return [...own].flatMap(([name, content]) => {
    const isShared = content !== undefined && others.get(name) === content;
    return !others.has(name) || isShared ? [] : [name];
  });
}

/** @param mayBeShared whether both may have an object where it says the same */
export const namesOf = (
  objects: Iterable<ClusterObject>,
  mayBeShared: (object: ClusterObject) => boolean = isType,
): ObjectNames =>
  new Map([...objects].map((object) => [nameOf(object), mayBeShared(object) ? JSON.stringify(object) : undefined]));

function nameOf({ apiVersion, kind, metadata: { namespace, name } }: ClusterObject): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
  return `${kind}${group} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
