/**
 * What holds for every platform, whatever its configuration: each check lists the objects that break it. They judge
 * rendered objects only, so that they would find a fault wherever it comes from.
 */
import type { RequiredSecret } from '../../charts/lib/secret';
import { matches, nameOf, type PodView, podsOf, type ServiceView, servicesOf } from './cluster';
import type { KubernetesObject } from './platform';
import { baselineFaults, containersOf, restrictedFaults } from './pod-security';

export interface ClusterView {
  readonly objects: readonly KubernetesObject[];
  readonly pods: readonly PodView[];
  readonly services: readonly ServiceView[];
  readonly secrets: readonly RequiredSecret[];
}

export function view(objects: readonly KubernetesObject[], secrets: readonly RequiredSecret[]): ClusterView {
  return { objects, secrets, pods: podsOf(objects), services: servicesOf(objects) };
}

type Any = KubernetesObject['spec'];
type Check = (cluster: ClusterView) => string[];

const CLUSTER_SCOPED = [
  'Namespace',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'ValidatingWebhookConfiguration',
];
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const DNS_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
/** Registries and repositories that serve no image any more, or none that is maintained. */
const DEAD = /^(docker\.io\/)?(minio|bitnami|bitnamilegacy)\/|^gcr\.io\/google_containers\/|^quay\.io\/minio\//;

const ofKind = ({ objects }: ClusterView, ...kinds: string[]) => objects.filter(({ kind }) => kinds.includes(kind));
const has = ({ objects }: ClusterView, kind: string, namespace: string | undefined, name: string) =>
  objects.some(
    (object) => object.kind === kind && object.metadata.namespace === namespace && object.metadata.name === name,
  );

/** Every string in a value, with the path to it. */
function strings(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => strings(child, `${path}.${key}`));
}

/** One line for each pod's container that a rule finds fault with. */
const perContainer =
  (rule: (container: Any, pod: PodView, cluster: ClusterView) => string[]): Check =>
  (cluster) =>
    cluster.pods.flatMap((pod) =>
      containersOf(pod.spec).flatMap((container) =>
        rule(container, pod, cluster).map((fault) => `${pod.owner}, container ${container.name}: ${fault}`),
      ),
    );

/** One line for each fault that a rule finds in a pod. */
const perPod =
  (rule: (pod: PodView, cluster: ClusterView) => string[]): Check =>
  (cluster) =>
    cluster.pods.flatMap((pod) => rule(pod, cluster).map((fault) => `${pod.owner}: ${fault}`));

const perObject =
  (rule: (object: KubernetesObject, cluster: ClusterView) => string[]): Check =>
  (cluster) =>
    cluster.objects.flatMap((object) => rule(object, cluster).map((fault) => `${nameOf(object)}: ${fault}`));

/** What the operator adds to pods by itself, as it is and no better. */
const isOperators = ({ name }: Any) => /^(seldon-container-engine|explainer-model-initializer)$/.test(name);

/** In every pod of its making. */
const OPERATORS_VOLUME = 'seldon-podinfo';

/** Whether a pod gets a token though it did not ask, by its own word or its account's. */
const getsToken = ({ spec, namespace }: PodView, { objects }: ClusterView) =>
  (spec.automountServiceAccountToken ??
    objects.find(
      ({ kind, metadata }) =>
        kind === 'ServiceAccount' && metadata.namespace === namespace && metadata.name === spec.serviceAccountName,
    )?.automountServiceAccountToken) !== false;

const when = (broken: boolean, fault: string) => (broken ? [fault] : []);

/** What examples/ refer to and the owner of an environment makes. */
const BROUGHT = { secrets: ['gcs-models', 'scorer-login'], volumes: /-(volume-\d+|source)$/ };

/** The Secret keys that exist once `npm run secrets` has run; cert-manager adds those of its Certificates. */
function secretKeys({ secrets, objects }: ClusterView, namespace: string, name: string): string[] | undefined {
  const certificate = objects.find(
    ({ kind, metadata, spec }) =>
      kind === 'Certificate' && metadata.namespace === namespace && spec.secretName === name,
  );
  if (certificate) return ['ca.crt', 'tls.crt', 'tls.key'];
  const secret = secrets.find((candidate) => candidate.namespace === namespace && candidate.name === name);
  return secret && Object.keys(secret.data);
}

function secretReference(cluster: ClusterView, namespace: string, name: string, keys: string[] = []): string[] {
  if (BROUGHT.secrets.includes(name)) return [];
  const known = secretKeys(cluster, namespace, name);
  if (!known) return [`no Secret ${namespace}/${name}`];
  return keys.filter((key) => !known.includes(key)).map((key) => `Secret ${namespace}/${name} has no key ${key}`);
}

const ports = (spec: Any): Any[] => containersOf(spec).flatMap((container) => container.ports ?? []);
const hasPort = (spec: Any, port: number | string) =>
  ports(spec).some((candidate) => candidate.name === port || candidate.containerPort === port);

export const INVARIANTS = {
  'no two objects are one': (cluster) => {
    const seen = new Set<string>();
    return cluster.objects
      .filter((object) => {
        const key = `${object.apiVersion.split('/').slice(0, -1)} ${nameOf(object)}`;
        return seen.has(key) || !seen.add(key);
      })
      .map(nameOf);
  },

  'every namespaced object is in a namespace of the platform': perObject(
    ({ kind, metadata: { namespace } }, cluster) =>
      CLUSTER_SCOPED.includes(kind)
        ? when(namespace !== undefined, 'is cluster-scoped')
        : when(namespace === undefined || !has(cluster, 'Namespace', undefined, namespace), `namespace ${namespace}`),
  ),

  'names and labels are legal': perObject(({ kind, metadata, spec }) => [
    ...when(!DNS_NAME.test(metadata.name) || metadata.name.length > 253, 'name'),
    ...when(kind === 'Service' && !/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(metadata.name), 'Service name'),
    ...when(kind === 'Namespace' && !DNS_LABEL.test(metadata.name), 'Namespace name'),
    // A pod's name and hash are label values: what the workload leaves for them is less than 63.
    ...when(['StatefulSet', 'CronJob'].includes(kind) && metadata.name.length > 52, 'name over 52'),
    ...when(kind === 'Job' && metadata.name.length > 63, 'name over 63'),
    ...[metadata.labels, spec?.template?.metadata?.labels, spec?.selector?.matchLabels]
      .flatMap((labels) => Object.entries((labels ?? {}) as Record<string, string>))
      .flatMap(([key, value]) => when(!LABEL_VALUE.test(value), `label ${key}`)),
  ]),

  'selectors select their own pods, by labels that no release changes': (cluster) =>
    cluster.pods.flatMap(({ owner, selector, labels }) =>
      selector
        ? [
            ...when(!matches(selector, labels), `${owner}: does not select its pods`),
            ...when('app.kubernetes.io/version' in selector, `${owner}: selects by version`),
          ]
        : [],
    ),

  'Services find pods with the port they name': (cluster) =>
    cluster.services.flatMap((service) => {
      const pods = cluster.pods.filter(
        (pod) => pod.namespace === service.namespace && matches(service.selector, pod.labels),
      );
      const name = `Service ${service.namespace}/${service.name}`;
      return [
        ...when(pods.length === 0, `${name}: selects no pod`),
        ...service.ports.flatMap(({ port, targetPort }) =>
          pods
            .filter((pod) => !hasPort(pod.spec, targetPort))
            .map((pod) => `${name}: ${pod.owner} has no port ${targetPort} for ${port}`),
        ),
      ];
    }),

  'probes ask ports that the container has': perContainer((container) =>
    ['startupProbe', 'readinessProbe', 'livenessProbe'].flatMap((probe) => {
      const port = (container[probe]?.httpGet ?? container[probe]?.tcpSocket)?.port;
      // A model server with an executor gets its ports from the operator.
      return when(port !== undefined && !hasPort({ containers: [container] }, port), `${probe} asks port ${port}`);
    }),
  ),

  'containers that stay have all three probes': perPod(({ owner, spec }) =>
    /^(Job|CronJob) /.test(owner)
      ? []
      : (spec.containers as Any[])
          .filter((container) => !isOperators(container))
          .flatMap((container) =>
            ['startupProbe', 'readinessProbe', 'livenessProbe'].flatMap((probe) =>
              when(!container[probe], `no ${probe}`),
            ),
          ),
  ),

  'ServiceAccounts exist, and no pod gets a token unasked': perPod((pod, cluster) => [
    ...when(
      !has(cluster, 'ServiceAccount', pod.namespace, pod.spec.serviceAccountName),
      `ServiceAccount ${pod.spec.serviceAccountName}`,
    ),
    ...when(getsToken(pod, cluster), 'mounts a token'),
  ]),

  'volumes exist, and each is mounted': (cluster) =>
    [...cluster.pods].flatMap(({ owner, spec }) => {
      const claims = cluster.objects
        .filter((object) => nameOf(object) === owner)
        .flatMap((object) => object.spec.volumeClaimTemplates ?? []);
      const volumes: string[] = [
        ...(spec.volumes ?? []).map(({ name }: Any) => name),
        ...claims.map(({ metadata }: Any) => metadata.name),
      ];
      const mounts: string[] = containersOf(spec).flatMap((container) =>
        (container.volumeMounts ?? []).map(({ name }: Any) => name),
      );
      return [
        ...when(new Set(volumes).size !== volumes.length, `${owner}: a volume twice`),
        ...mounts.filter((name) => !volumes.includes(name)).map((name) => `${owner}: no volume ${name}`),
        ...volumes
          .filter((name) => name !== OPERATORS_VOLUME && !mounts.includes(name))
          .map((name) => `${owner}: volume ${name} is not mounted`),
      ];
    }),

  'what volumes and environments refer to exists': perPod(({ spec, namespace }, cluster) => [
    ...(spec.volumes ?? [])
      .filter(({ name }: Any) => !BROUGHT.volumes.test(name))
      .flatMap(({ configMap, secret, persistentVolumeClaim }: Any) => [
        ...when(configMap && !has(cluster, 'ConfigMap', namespace, configMap.name), `ConfigMap ${configMap?.name}`),
        ...(secret
          ? secretReference(
              cluster,
              namespace,
              secret.secretName,
              (secret.items ?? []).map((item: Any) => item.key),
            )
          : []),
        ...when(
          persistentVolumeClaim && !has(cluster, 'PersistentVolumeClaim', namespace, persistentVolumeClaim.claimName),
          `claim ${persistentVolumeClaim?.claimName}`,
        ),
      ]),
    ...containersOf(spec).flatMap(({ env = [], envFrom = [] }) => [
      ...envFrom.flatMap(({ secretRef }: Any) =>
        secretRef ? secretReference(cluster, namespace, secretRef.name) : [],
      ),
      ...env.flatMap(({ valueFrom }: Any) =>
        valueFrom?.secretKeyRef
          ? secretReference(cluster, namespace, valueFrom.secretKeyRef.name, [valueFrom.secretKeyRef.key])
          : [],
      ),
    ]),
  ]),

  'in-cluster addresses lead to a Service and one of its ports': perObject((object, cluster) =>
    strings(object.data ?? object.spec ?? {}).flatMap(([path, text]) =>
      [
        ...text.matchAll(/\b([a-z0-9][-a-z0-9]*)\.([a-z0-9][-a-z0-9]*)\.svc\b(?:\.[a-z0-9.-]*[a-z0-9])?(?::(\d+))?/g),
      ].flatMap(([address, name, namespace, port]) => {
        const service = cluster.services.find(
          (candidate) => candidate.name === name && candidate.namespace === namespace,
        );
        const known =
          service && (port === undefined || service.ports.some((candidate) => candidate.port === Number(port)));
        // A model may log and trace to what is not of the platform.
        const foreign = object.kind === 'SeldonDeployment' && !has(cluster, 'Namespace', undefined, namespace ?? '');
        return when(!known && !foreign, `${path}: ${address}`);
      }),
    ),
  ),

  'StatefulSets have a headless Service': (cluster) =>
    ofKind(cluster, 'StatefulSet')
      .filter(
        ({ spec, metadata }) =>
          !cluster.services.some(
            ({ name, namespace, headless }) =>
              headless && name === spec.serviceName && namespace === metadata.namespace,
          ),
      )
      .map(nameOf),

  'roles and their subjects exist': (cluster) =>
    ofKind(cluster, 'RoleBinding', 'ClusterRoleBinding').flatMap((binding) => {
      const { roleRef, subjects } = binding as Any;
      const namespace = roleRef.kind === 'Role' ? binding.metadata.namespace : undefined;
      return [
        ...when(!has(cluster, roleRef.kind, namespace, roleRef.name), `${nameOf(binding)}: role`),
        ...subjects.flatMap((subject: Any) =>
          when(!has(cluster, 'ServiceAccount', subject.namespace, subject.name), `${nameOf(binding)}: subject`),
        ),
      ];
    }),

  'roles grant no Secret, no wildcard and no way to more rights': (cluster) =>
    ofKind(cluster, 'Role', 'ClusterRole').flatMap((role) =>
      (role as Any).rules.flatMap(({ apiGroups, resources, verbs }: Any) => {
        const words = [...apiGroups, ...resources, ...verbs];
        const forbidden = ['*', 'secrets', 'pods/exec', 'serviceaccounts/token', 'bind', 'escalate', 'impersonate'];
        return forbidden.filter((word) => words.includes(word)).map((word) => `${nameOf(role)}: ${word}`);
      }),
    ),

  'cluster-wide roles only read, but for the webhook that the operator registers': (cluster) =>
    ofKind(cluster, 'ClusterRole').flatMap((role) =>
      (role as Any).rules
        .filter(({ resources }: Any) => resources.join() !== 'validatingwebhookconfigurations')
        .flatMap(({ verbs }: Any) => verbs.filter((verb: string) => !['get', 'list', 'watch'].includes(verb)))
        .map((verb: string) => `${nameOf(role)}: ${verb}`),
    ),

  'webhooks are served by a Service that exists': (cluster) =>
    ofKind(cluster, 'ValidatingWebhookConfiguration').flatMap((configuration) =>
      (configuration as Any).webhooks
        .map(({ clientConfig }: Any) => clientConfig.service)
        .filter(
          (target: Any) =>
            !cluster.services.some(
              ({ name, namespace, ports: list }) =>
                name === target.name &&
                namespace === target.namespace &&
                list.some(({ port }) => port === (target.port ?? 443)),
            ),
        )
        .map((target: Any) => `${nameOf(configuration)}: ${target.namespace}/${target.name}`),
    ),

  'ServiceMonitors find a Service and a port of its pods': (cluster) =>
    ofKind(cluster, 'ServiceMonitor').flatMap((monitor) => {
      const found = cluster.services.filter(
        ({ namespace, labels }) =>
          namespace === monitor.metadata.namespace && matches(monitor.spec.selector.matchLabels, labels),
      );
      const reachable = monitor.spec.endpoints.every(({ targetPort }: Any) =>
        found.some((service) =>
          cluster.pods.some(
            (pod) =>
              pod.namespace === service.namespace &&
              matches(service.selector, pod.labels) &&
              hasPort(pod.spec, targetPort),
          ),
        ),
      );
      return when(!reachable, nameOf(monitor));
    }),

  'every pod passes the Pod Security level of its namespace': perPod(({ spec, namespace }, { objects }) => {
    const labels = objects.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace)?.metadata
      .labels;
    return labels?.['pod-security.kubernetes.io/enforce'] === 'restricted'
      ? restrictedFaults(spec)
      : baselineFaults(spec);
  }),

  'a namespace is below "restricted" only for the executor, which the operator makes': (cluster) =>
    ofKind(cluster, 'Namespace')
      .filter(({ metadata }) => metadata.labels?.['pod-security.kubernetes.io/enforce'] !== 'restricted')
      .filter(
        ({ metadata }) =>
          !cluster.pods.some(
            ({ namespace, spec }) =>
              namespace === metadata.name &&
              spec.containers.some(({ name }: Any) => name === 'seldon-container-engine'),
          ),
      )
      .map(nameOf),

  'root file systems are read-only': perContainer((container) =>
    when(
      // An explainer's pod is the operator's, without a volume to write to.
      !isOperators(container) &&
        container.name !== 'explainer' &&
        container.securityContext?.readOnlyRootFilesystem !== true,
      'writable',
    ),
  ),

  'containers say what they need and may use': perContainer((container) => {
    if (isOperators(container)) return [];
    return ['cpu', 'memory', 'ephemeral-storage'].flatMap((name) => [
      ...when(!container.resources?.requests?.[name], `no ${name} request`),
      ...when(!container.resources?.limits?.[name], `no ${name} limit`),
    ]);
  }),

  'images are pinned, and none comes from a dead source': (cluster) => {
    const own = cluster.pods.flatMap(({ owner, spec }) =>
      containersOf(spec).map(({ image }): [string, string] => [owner, String(image)]),
    );
    const hidden = ofKind(cluster, 'ConfigMap').flatMap((object) =>
      configImages((object as Any).data).map((image): [string, string] => [nameOf(object), image]),
    );
    const env = cluster.pods.flatMap(({ owner, spec }) =>
      containersOf(spec).flatMap((container) =>
        (container.env ?? [])
          .filter(({ name }: Any) => name.includes('IMAGE_AND_VERSION'))
          .map(({ value }: Any): [string, string] => [owner, value]),
      ),
    );
    return [...own, ...hidden, ...env].flatMap(([owner, image]) => {
      const pinned =
        /:[\w][\w.-]*(@sha256:[a-f0-9]{64})?$|@sha256:[a-f0-9]{64}$/.test(image) && !/:latest$/.test(image);
      return [
        ...when(!pinned, `${owner}: ${image} is not pinned`),
        ...when(DEAD.test(image), `${owner}: ${image} is gone`),
      ];
    });
  },

  'no Secret, and nothing that looks like one, is in the output': (cluster) => [
    ...ofKind(cluster, 'Secret').map(nameOf),
    ...cluster.objects.flatMap((object) =>
      strings(object)
        .filter(([, text]) => /-----BEGIN|:\/\/[^/\s:@]+:[^/\s:@]+@|password=[^$\s]/i.test(text))
        .map(([path]) => `${nameOf(object)}: ${path}`),
    ),
    ...perContainer(({ env = [], args = [], command = [] }) => [
      ...env
        .filter(({ name, value }: Any) => /(PASSWORD|SECRET|TOKEN|_KEY)(_ID)?$/.test(name) && value)
        .map(({ name }: Any) => `${name} has a value`),
      ...[...args, ...command].filter((text: string) => /--[\w-]*(password|secret|token)[\w-]*=/i.test(text)),
    ])(cluster),
  ],

  'nothing is exposed outside the cluster': (cluster) => [
    ...ofKind(cluster, 'Service')
      .filter(({ spec }) => !['ClusterIP', undefined].includes(spec.type) || spec.externalIPs)
      .map(nameOf),
    ...ofKind(cluster, 'Ingress', 'Gateway').map(nameOf),
  ],
} satisfies Record<string, Check>;

export type InvariantName = keyof typeof INVARIANTS;

/** Everything that is broken, each line with the invariant's name in front. */
export function violations(cluster: ClusterView): string[] {
  return Object.entries(INVARIANTS).flatMap(([name, check]: [string, Check]) =>
    check(cluster).map((fault) => `${name}: ${fault}`),
  );
}

/** Images that hide in the JSON of seldon-config. */
function configImages(data: Record<string, string> = {}): string[] {
  const images = (value: Any): string[] => {
    if (typeof value !== 'object' || value === null) return [];
    if ('defaultImageVersion' in value) return [`${value.image}:${value.defaultImageVersion}`];
    return Object.entries(value).flatMap(([key, child]) =>
      typeof child === 'string' && key.startsWith('image') ? [child] : images(child),
    );
  };
  return Object.values(data)
    .filter((text) => text.startsWith('{'))
    .flatMap((text) => images(JSON.parse(text)));
}
