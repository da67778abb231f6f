/**
 * Checks that need more than the rendered objects: what components declared of their connections and Secrets, and the
 * configuration they were made from. Each lists what breaks it.
 */
import { exposedHost, modelsHost } from '../../charts/access/config';
import type { PlatformConfig } from '../../charts/config';
import type { Edge } from '../../charts/lib/endpoint';
import { NO_LIMIT } from '../../charts/lib/quantity';
import { composePlatform } from '../../charts/platform';
import { collectorOf } from '../../charts/tracing/config';
import { nameOf, type PodView } from './cluster';
import { broughtBy } from './invariants/brought';
import { type Any, type ClusterView, view } from './invariants/cluster-view';
import { violations } from './invariants/invariants';
import { closureFaults, danglingPolicies, defaultDenyFaults, type Network, selectorsIn } from './network';
import { filesOf, type KubernetesObject } from './platform';
import { containersOf } from './pod-security';
import { teamFaults } from './teams';

export interface WiredView extends ClusterView {
  readonly edges: readonly Edge[];
  readonly config: PlatformConfig;
}

/** What a configuration gives, with what was declared on the way. */
export function wiredView(config: PlatformConfig): WiredView {
  const platform = composePlatform(config);
  const objects = [...filesOf(platform).values()].flat();
  const edges = platform.components.flatMap((component) => component.edges);
  return { ...view(objects, platform.secrets, broughtBy(config), unlimitedIn(config)), edges, config };
}

/** The resources that a configuration wants no limit of somewhere. */
const unlimitedIn = (config: PlatformConfig) =>
  ['cpu', 'memory'].filter((name) => JSON.stringify(config).includes(`"${name}":"${NO_LIMIT}"`));

/** The same declarations with other objects. */
export const withObjects = (wired: WiredView, objects: readonly KubernetesObject[]): WiredView => ({
  ...wired,
  ...view(objects, wired.secrets, wired.brought, wired.unlimited),
});

type Check = (wired: WiredView) => string[];

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const PORT_NAME = /^(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/;
const LABEL_KEY = /^([a-z0-9][-a-z0-9.]{0,251}[a-z0-9]\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
/** Labels that a release changes, or that a controller gives each generation of pods. */
const CHANGING = [
  'app.kubernetes.io/version',
  'helm.sh/chart',
  'pod-template-hash',
  'controller-revision-hash',
  'version',
];
/** Hosts in the environment that are no Service of the platform. */
const FOREIGN_HOSTS = ['default-broker']; // Seldon's name for a request log that no executor here is told to write

const network = ({ objects, pods, edges, config }: WiredView): Network => ({
  objects,
  pods,
  edges,
  apiServerCidrs: config.networkPolicies.apiServer.cidrs,
  apiServerCallers: config.networkPolicies.apiServer.callers ?? config.networkPolicies.apiServer.cidrs,
  dns: config.networkPolicies.dns,
});
const enforced =
  (check: (network: Network) => string[]): Check =>
  (wired) =>
    wired.config.networkPolicies.enabled ? check(network(wired)) : [];

const twice = (names: readonly unknown[]) => names.filter((name, index) => names.indexOf(name) !== index);
const eachPod =
  (rule: (pod: PodView, wired: WiredView) => string[]): Check =>
  (wired) =>
    wired.pods.flatMap((pod) => rule(pod, wired).map((fault) => `${pod.owner}: ${fault}`));

export const WIRING = {
  'no team reaches another': teamFaults,

  'policies allow the declared connections, at both ends, and nothing else': enforced(closureFaults),
  'every namespace denies what no policy allows': enforced(defaultDenyFaults),
  'every policy is about pods that exist': enforced(danglingPolicies),
  'there is no policy where they are switched off': ({ config, objects }) =>
    objects.filter(({ kind }) => kind === 'NetworkPolicy' && !config.networkPolicies.enabled).map(nameOf),

  'no selector carries what a release changes': ({ objects }) =>
    objects.flatMap((object) =>
      selectorsIn(object)
        .flatMap((selector) => Object.keys(selector))
        .filter((key) => CHANGING.includes(key))
        .map((key) => `${nameOf(object)}: selects by ${key}`),
    ),

  'names inside pods are legal and given once': eachPod(({ spec }) => {
    const containers = containersOf(spec);
    const names = containers.map(({ name }) => name);
    return [
      ...[...names, ...(spec.volumes ?? []).map(({ name }: Any) => name)].filter((name) => !DNS_LABEL.test(name)),
      ...twice(names),
      ...containers.flatMap(({ ports = [], env = [], volumeMounts = [] }) => [
        ...portNames(ports).filter((name) => !PORT_NAME.test(name)),
        ...twice(portNames(ports)),
        ...twice(env.map(({ name }: Any) => name)),
        ...twice(volumeMounts.map(({ mountPath }: Any) => mountPath)),
      ]),
    ].map((name) => `the name ${name}`);
  }),

  'the operator can name what it makes of a model': ({ objects }) =>
    objects
      .filter(({ kind }) => kind === 'SeldonDeployment')
      .flatMap(({ metadata, spec }) =>
        spec.predictors.flatMap(({ name, graph }: Any) =>
          [
            `${metadata.name}-${name}-0-${graph.name}`,
            `${graph.name}-model-initializer`,
            `seldon-app-svc-${graph.name}`,
          ]
            .filter((made) => made.length > 63)
            .map((made) => `${metadata.name}: ${made}`),
        ),
      ),

  'keys of labels, annotations and ConfigMaps are legal': ({ objects }) =>
    objects.flatMap((object) => [
      ...[object.metadata.labels, object.metadata.annotations]
        .flatMap((map) => Object.keys(map ?? {}))
        .filter((key) => !LABEL_KEY.test(key))
        .map((key) => `${nameOf(object)}: ${key}`),
      ...Object.keys(object.kind === 'ConfigMap' ? object.data : {})
        .filter((key) => !/^[-._a-zA-Z0-9]{1,253}$/.test(key))
        .map((key) => `${nameOf(object)}: ${key}`),
    ]),

  'ServiceAccounts give no token, and pods take one only for rights': (wired) => [
    ...wired.objects
      .filter(({ kind, automountServiceAccountToken: automount }) => kind === 'ServiceAccount' && automount !== false)
      .map(nameOf),
    ...wired.pods.filter((pod) => takesToken(pod) !== hasRights(pod, wired)).map(({ owner }) => owner),
  ],

  'pods log in to the registry where the configuration says how': eachPod(
    ({ spec, namespace }, { config, objects }) => {
      const account = objects.find(
        ({ kind, metadata }) =>
          kind === 'ServiceAccount' && metadata.namespace === namespace && metadata.name === spec.serviceAccountName,
      );
      const names = (spec.imagePullSecrets ?? account?.imagePullSecrets ?? []).map(({ name }: Any) => name).join();
      return names === (config.images.pullSecret ?? '') ? [] : [`pull Secrets "${names}"`];
    },
  ),

  'routes lead from the Gateway of the configuration, and only where it has one': ({ objects, config: { access } }) =>
    objects
      .filter(({ kind }) => kind === 'HTTPRoute')
      .filter(
        ({ spec: { parentRefs } }) =>
          access.kind !== 'gateway' || parentRefs.length !== 1 || parentRefs[0].namespace !== access.gateway.namespace,
      )
      .map(nameOf),

  'a host and its port belong to one Service': (wired) =>
    wired.pods.flatMap(({ owner, spec }) =>
      containersOf(spec).flatMap(({ env = [] }) => {
        const value = (name: string) => env.find((entry: Any) => entry.name === name)?.value;
        return env
          .filter(({ name }: Any) => /HOST$/.test(name))
          .map((host: Any) => [host.value, value(host.name.replace(/HOST$/, 'PORT'))])
          .filter(([host, port]: [string, string]) => port !== undefined && !serves(wired, host, port))
          .map(([host, port]: [string, string]) => `${owner}: ${host} port ${port}`);
      }),
    ),

  'URLs in pods and Secrets lead to Services of the platform': (wired) => [
    ...wired.pods.flatMap(({ owner, spec }) =>
      containersOf(spec).flatMap(({ env = [], args = [], command = [] }) =>
        [...env.filter(isCalled).map(({ value = '' }: Any) => value), ...args, ...command].flatMap((text: string) =>
          strayUrls(wired, text.replaceAll('$(POD_NAME)', 'pod-0'))
            .filter((url) => !ownPorts(spec).some((port) => url === `http://0.0.0.0:${port}`))
            .map((url) => `${owner}: ${url}`),
        ),
      ),
    ),
    ...wired.secrets.flatMap(({ name, data }) =>
      Object.values(data).flatMap((text) =>
        strayUrls(wired, text.filter((piece) => typeof piece === 'string').join('')).map(
          (url) => `Secret ${name}: ${url}`,
        ),
      ),
    ),
  ],

  'S3 locations are in the bucket of the platform': ({ pods, config }) =>
    pods.flatMap(({ owner, spec }) =>
      containersOf(spec).flatMap(({ args = [] }) =>
        args
          .flatMap((text: string) => [...text.matchAll(/s3:\/\/([^/]+)/g)].map(([, bucket]) => bucket))
          .filter((bucket: string) => bucket !== config.objectStore.bucket)
          .map((bucket: string) => `${owner}: bucket ${bucket}`),
      ),
    ),

  'every Secret that must exist is used, key by key': (wired) =>
    wired.secrets.flatMap(({ namespace, name, data }) => {
      const used = [
        ...wired.pods.filter((pod) => pod.namespace === namespace).flatMap((pod) => usedKeys(pod, name, data)),
        ...wired.objects
          .filter(({ kind, metadata }) => OPERATED.includes(kind) && metadata.namespace === namespace)
          .flatMap(({ spec }) => namedKeys(spec, name)),
      ];
      // It waits for a model whose files are in the platform's own bucket.
      const idle = name === 'seldon-init-container-secret' && used.length === 0;
      return Object.keys(data)
        .filter((key) => !idle && !used.includes(key))
        .map((key) => `Secret ${namespace}/${name}: ${key}`);
    }),

  "webhooks trust a certificate that is made for their Service's name": ({ objects }) =>
    objects
      .filter(({ kind }) => kind === 'ValidatingWebhookConfiguration')
      .filter((object) => {
        const source = object.metadata.annotations?.['cert-manager.io/inject-ca-from'];
        const certificate = objects.find(
          ({ kind, metadata }) => kind === 'Certificate' && `${metadata.namespace}/${metadata.name}` === source,
        );
        const { name, namespace } = (object as Any).webhooks[0].clientConfig.service;
        return !certificate?.spec.dnsNames.includes(`${name}.${namespace}.svc`);
      })
      .map(nameOf),
} satisfies Record<string, Check>;

export type WiringName = keyof typeof WIRING;

/** Everything that is wrong with what a configuration gives. */
export function allViolations(wired: WiredView): string[] {
  const wiring = Object.entries(WIRING).flatMap(([name, check]: [string, Check]) =>
    check(wired).map((fault) => `${name}: ${fault}`),
  );
  return [...violations(wired), ...wiring];
}

const takesToken = ({ spec }: PodView) =>
  (spec.volumes ?? []).some(({ projected }: Any) =>
    projected?.sources.some((source: Any) => source.serviceAccountToken),
  );

/** Not the origins of pages that call MLflow, which it does not call. */
const isCalled = ({ name }: Any) => name !== 'MLFLOW_SERVER_CORS_ALLOWED_ORIGINS';

const hasRights = ({ spec, namespace }: PodView, { objects }: WiredView) =>
  objects.some(
    ({ kind, subjects }) =>
      /RoleBinding$/.test(kind) &&
      subjects.some((subject: Any) => subject.name === spec.serviceAccountName && subject.namespace === namespace),
  );

const serves = ({ services, config: { postgresql } }: WiredView, host: string, port: string) =>
  (postgresql.kind === 'external' && host === postgresql.host && Number(port) === postgresql.port) ||
  services.some(
    ({ name, namespace, ports }) =>
      // A pod of a StatefulSet has its own name before that of the Service; a Service may be called as such a pod is.
      [host, host.replace(/^[^.]*-(\d+|\{0\.\.\.\d+\})\./, '')].some((called) =>
        called.startsWith(`${name}.${namespace}.svc`),
      ) && ports.some((entry) => entry.port === Number(port)),
  );

/** Hosts outside the cluster: those that Seldon's settings name by default, and those that the configuration does. */
const foreignHosts = ({ config }: WiredView) => [
  ...FOREIGN_HOSTS,
  ...[
    config.training.data,
    ...namedUrls(config),
    ...storePlaces(config),
    ...Object.values(collectorOf(config) ?? {}),
  ].map(hostOf),
  ...exposedHosts(config),
];
/** What browsers see, and who says who they are. */
const exposedHosts = ({ access, teams }: PlatformConfig) => [
  ...(['mlflow', 'frontend', 'models', 'console', 's3'] as const).map((name) => exposedHost(access, name)),
  ...teams.map(({ name }) => modelsHost(access, name)),
  ...(access.signIn ? [hostOf(access.signIn.issuer)] : []),
];
/** Stores outside the platform. */
const storePlaces = ({ objectStore }: PlatformConfig) => [
  ...(objectStore.kind === 'external' ? [objectStore.endpoint] : []),
  ...(objectStore.mirror ? [objectStore.mirror.endpoint] : []),
];
const hostOf = (url: string) => new URL(url).hostname;

/** Addresses that model files name. */
const namedUrls = ({ models }: PlatformConfig) =>
  [...JSON.stringify(models).matchAll(/"(https?:\/\/[^"]+)"/g)].map(([, url = '']) => url);

/** One that nobody refers to by name may have none. */
const portNames = (ports: Any[]): string[] => ports.flatMap(({ name }: Any) => name ?? []);

/** Where containers of one pod reach each other. */
const ownPorts = (spec: Any): number[] =>
  containersOf(spec).flatMap(({ ports = [] }) => ports.map(({ containerPort }: Any) => containerPort));

function strayUrls(wired: WiredView, text: string): string[] {
  return [...text.matchAll(/https?:\/\/([^/:\s"]+)(?::(\d+))?/g)]
    .filter(([, host = '', port = '80']) => !foreignHosts(wired).includes(host) && !serves(wired, host, port))
    .map(([url]) => url);
}

/** Objects whose operator reads the Secrets that they name. */
const OPERATED = ['Cluster', 'ObjectStore'];

/** The keys that an object names; of a login it names only the Secret. */
function namedKeys(value: unknown, secret: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { name, key, ...rest } = value as { readonly name?: unknown; readonly key?: unknown };
  if (name === secret) return typeof key === 'string' ? [key] : ['username', 'password'];
  return Object.values(rest).flatMap((child) => namedKeys(child, secret));
}

/** The keys of a Secret that a pod reads; envFrom and a volume without items read all of them. */
function usedKeys({ spec }: PodView, secret: string, data: object): string[] {
  const all = Object.keys(data);
  return [
    ...(spec.volumes ?? [])
      .filter((volume: Any) => volume.secret?.secretName === secret)
      .flatMap((volume: Any) => volume.secret.items?.map(({ key }: Any) => key) ?? all),
    ...containersOf(spec).flatMap(({ env = [], envFrom = [] }) => [
      ...(envFrom.some(({ secretRef }: Any) => secretRef?.name === secret) ? all : []),
      ...env.flatMap(({ valueFrom }: Any) =>
        valueFrom?.secretKeyRef?.name === secret ? [valueFrom.secretKeyRef.key] : [],
      ),
    ]),
  ];
}
