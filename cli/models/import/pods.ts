/** The pods of a predictor: what a model file says of containers, of where they run and of how many there are. */

import { parseQuantity } from '../../../charts/lib/quantity';
import { SERVER_RESOURCES } from '../../../charts/models/config/resources';
import { SELDON_NAMES } from '../../../charts/models/config/seldon-names';
import { isMapping } from '../../../config/merge';
import type { Reader } from './reader';
import { readAutoscaling, readBudget, readKeda } from './scaling';

type Fields = Readonly<Record<string, unknown>>;

export interface Components {
  readonly containers: Containers;
  /** What a file says once, for all of its predictors. */
  readonly shared: Fields;
  /** Pods, where the component and not the predictor says how many. */
  readonly replicas?: number;
  /** Notes what no node has taken. */
  done(): void;
}

/** The containers of a predictor by name. */
export type Containers = Map<string, { readonly reader: Reader; readonly volumes: ReadonlyMap<string, Fields> }>;

export function componentsOf(predictor: Reader): Components {
  const components = [...predictor.list('componentSpecs'), predictor.mapping('componentSpec')];
  const containers: Containers = new Map();
  const shared: Record<string, unknown> = {};
  let replicas: number | undefined;
  if (components.filter((component) => component.has('spec')).length > 1)
    predictor.note('componentSpecs', 'the nodes of a graph run in one pod here, not in a pod each');
  for (const component of components) {
    Object.assign(shared, readPlacement(component.mapping('spec'), containers));
    Object.assign(shared, readAutoscaling(component.mapping('hpaSpec')));
    Object.assign(shared, readKeda(component.mapping('kedaSpec')));
    Object.assign(shared, readBudget(component.mapping('pdbSpec')));
    replicas = component.number('replicas') ?? replicas;
    const metadata = component.mapping('metadata');
    metadata.ignore('creationTimestamp', 'name');
    metadata.leave('labels', 'the platform labels what it renders; predictors have labels');
    metadata.done();
    component.done();
  }
  return {
    containers,
    shared,
    replicas,
    done: () => {
      for (const [name, { reader }] of containers) reader.note('', `no node of the graph is called ${name}`);
    },
  };
}

/** The pod's own fields; its containers are kept for the nodes of the graph. */
function readPlacement(spec: Reader, containers: Containers): Fields {
  const volumes = new Map(spec.list('volumes').map(readVolume));
  for (const reader of spec.list('containers')) containers.set(reader.text('name') ?? '', { reader, volumes });
  const nodeSelector = Object.fromEntries(spec.entries('nodeSelector'));
  const tolerations = spec.list('tolerations').map((toleration) => {
    const { operator, ...others } = Object.fromEntries(
      ['key', 'operator', 'value', 'effect'].flatMap((field) => {
        const value = toleration.text(field);
        return value === undefined ? [] : [[field, value]];
      }),
    );
    toleration.done();
    // Kubernetes takes Equal where nothing is said, and a model file takes Exists.
    return { ...others, operator: operator ?? 'Equal' };
  });
  const affinity = spec.any('affinity');
  const priorityClassName = spec.text('priorityClassName');
  const placement = {
    ...(isMapping(affinity) && Object.keys(affinity).length > 0 && { affinity }),
    ...(priorityClassName !== undefined && { priorityClassName }),
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector }),
    ...(tolerations.length > 0 && { tolerations }),
  };
  spec.ignore('restartPolicy', 'dnsPolicy', 'schedulerName');
  spec.done(SELDON_NAMES.fields);
  return Object.keys(placement).length > 0 ? { placement } : {};
}

/** A volume as a model file names it: by what is in it. */
function readVolume(reader: Reader): [string, Fields] {
  const name = reader.text('name') ?? '';
  const secret = reader.mapping('secret');
  const configMap = reader.mapping('configMap');
  // An old form of the API nests the source once more.
  const nested = reader.mapping('volumeSource');
  const claims = [reader, nested].map((from) => from.mapping('persistentVolumeClaim'));
  const source: Record<string, string | undefined> = {
    secret: secret.text('secretName'),
    configMap: configMap.text('name'),
    claim: claims.map((claim) => claim.text('claimName')).find((found) => found !== undefined),
  };
  for (const claim of claims) {
    claim.ignore('readOnly');
    claim.done();
  }
  secret.ignore('defaultMode');
  configMap.ignore('defaultMode');
  for (const rest of [secret, configMap, nested, reader]) rest.done();
  return [name, Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined))];
}

/** What a node's container says: its image, what it is run with, and what it may use. */
export interface ImportedContainer {
  readonly image?: string;
  readonly container: Fields;
  readonly resources?: Fields;
  readonly gpus: number;
  readonly gpuResource?: string;
}

export function readContainer({ reader, volumes }: NonNullable<ReturnType<Containers['get']>>): ImportedContainer {
  const env: [string, unknown][] = [];
  for (const variable of reader.list('env')) {
    const name = variable.text('name') ?? '';
    const value = variable.text('value');
    const key = readKey(variable.mapping('valueFrom'));
    if (value !== undefined || key !== undefined) env.push([name, value ?? key]);
    variable.done();
  }
  const secrets = reader.list('envFrom').flatMap((source) => {
    const name = source.mapping('secretRef').text('name');
    source.done();
    return name ?? [];
  });
  const mounts = reader.list('volumeMounts').flatMap((mount) => {
    const name = mount.text('name') ?? '';
    const path = mount.text('mountPath');
    const source = volumes.get(name);
    mount.ignore('readOnly');
    mount.done();
    if (path !== undefined && source && Object.keys(source).length === 1) return [{ path, ...source }];
    mount.note('', `its volume ${name} is none of Secret, ConfigMap and claim`);
    return [];
  });
  const [command, args] = (['command', 'args'] as const).map((field) => {
    const words = reader.any(field);
    return Array.isArray(words) ? words.map(String) : undefined;
  });
  const security = reader.mapping('securityContext');
  const uid = security.number('runAsUser');
  security.done(SELDON_NAMES.fields);
  const { amounts, gpus, gpuResource } = readResources(reader.mapping('resources'));
  const http = reader.list('ports').map((port) => {
    const found = { name: port.text('name'), number: port.number('containerPort') };
    port.ignore('protocol');
    port.done();
    return found;
  });
  const port = http.find(({ name }) => name === 'http')?.number;
  const image = reader.text('image');
  reader.ignore('imagePullPolicy');
  reader.done(SELDON_NAMES.fields);
  return {
    ...(image !== undefined && { image }),
    container: {
      ...(port !== undefined && { port }),
      ...(command && { command }),
      ...(args && { args }),
      ...(env.length > 0 && { env: Object.fromEntries(env) }),
      ...(secrets.length > 0 && { secrets }),
      ...(mounts.length > 0 && { volumes: mounts }),
      ...(uid !== undefined && uid > 0 && { uid }),
    },
    ...(amounts && { resources: amounts }),
    gpus,
    gpuResource,
  };
}

/** The key of a Secret or ConfigMap that a variable is taken from. */
function readKey(source: Reader): Fields | undefined {
  const found = (['secret', 'configMap'] as const).flatMap((kind) => {
    const reference = source.mapping(`${kind}KeyRef`);
    const [name, key] = [reference.text('name'), reference.text('key')];
    reference.done();
    return name !== undefined && key !== undefined ? [{ [kind]: name, key }] : [];
  });
  source.done();
  return found[0];
}

const KINDS = { cpu: 'cpu', memory: 'memory', 'ephemeral-storage': 'scratch' } as const;

/** Requests and limits, completed where a default would stand on the wrong side of what is said. */
export function readResources(reader: Reader): { amounts?: Fields; gpus: number; gpuResource?: string } {
  const requests = reader.mapping('requests');
  const limits = reader.mapping('limits');
  const amounts: Record<'requests' | 'limits', Record<string, string>> = { requests: {}, limits: {} };
  for (const [kind, defaults] of Object.entries(KINDS)) {
    const [request, limit] = [requests.text(kind), limits.text(kind)];
    const [least = '', most = ''] = SERVER_RESOURCES[defaults];
    if (request !== undefined) amounts.requests[kind] = request;
    if (limit !== undefined) amounts.limits[kind] = limit;
    // Kubernetes takes the limit for a request that nobody names; there is no limit that nobody names here.
    if (request === undefined && limit !== undefined && isMore(least, limit)) amounts.requests[kind] = limit;
    if (limit === undefined && request !== undefined && isMore(request, most)) amounts.limits[kind] = request;
  }
  let gpus = 0;
  let gpuResource: string | undefined;
  for (const name of ['nvidia.com/gpu', 'amd.com/gpu']) {
    const count = Number(limits.text(name) ?? requests.text(name) ?? 0);
    if (count > 0) [gpus, gpuResource] = [count, name];
    requests.ignore(name);
  }
  for (const rest of [requests, limits, reader]) rest.done();
  const said = Object.entries(amounts).filter(([, column]) => Object.keys(column).length > 0);
  return { ...(said.length > 0 && { amounts: Object.fromEntries(said) }), gpus, gpuResource };
}

const isMore = (one: string, other: string) => (parseQuantity(one) ?? 0) > (parseQuantity(other) ?? 0);
