/** What pods are made of: probes, accounts, volumes, resources, and what they refer to. */
import { NO_LIMIT, quantityValue } from '../../../charts/lib/quantity';
import { nameOf, type PodView } from '../cluster';
import { containersOf } from '../pod-security';
import {
  type Any,
  type Check,
  type ClusterView,
  has,
  hasPort,
  isOperators,
  ofKind,
  perContainer,
  perObject,
  perPod,
  when,
} from './cluster-view';
import { missingReferences } from './references';

/** In every pod of its making. */
const OPERATORS_VOLUME = 'seldon-podinfo';
/** Which the operator makes without a limit. */
const EXPLAINERS_VOLUME = 'explainer-provision-location';

/** Whether a pod gets a token though it did not ask, by its own word or its account's. */
const getsToken = ({ spec, namespace }: PodView, { objects }: ClusterView) =>
  (spec.automountServiceAccountToken ??
    objects.find(
      ({ kind, metadata }) =>
        kind === 'ServiceAccount' && metadata.namespace === namespace && metadata.name === spec.serviceAccountName,
    )?.automountServiceAccountToken) !== false;

const volumesOf = (spec: Any): Any[] => spec.volumes ?? [];
const mounts = (container: Any, volume: string) =>
  (container.volumeMounts ?? []).some(({ name }: Any) => name === volume);

/** Bytes of disk that the kubelet lets a pod use: its containers' limits together, or its largest init container's. */
function diskLimit(spec: Any): number {
  const limits = (containers: Any[] = []) =>
    containers.map(({ resources }) => quantityValue(String(resources?.limits?.['ephemeral-storage'] ?? '0')));
  return Math.max(
    limits(spec.containers).reduce((total, limit) => total + limit, 0),
    ...limits(spec.initContainers),
  );
}

/** An instance of a database cluster: its operator makes its account, and it asks the API server who is the primary. */
const isInstance = ({ owner }: PodView) => owner.startsWith('Cluster ');

/** The pods that a rollout may take away before their successors are ready, as the API server rounds it. */
function unavailable({ replicas = 1, strategy }: Any): number {
  if (strategy?.type === 'Recreate') return replicas;
  const allowed = String(strategy?.rollingUpdate?.maxUnavailable ?? '25%');
  return allowed.endsWith('%') ? Math.floor((replicas * Number(allowed.slice(0, -1))) / 100) : Number(allowed);
}

/** Whether a pod may not be where another one of its own is; expressions and namespaces are taken to mean its own. */
const needsItsOwnNode = ({ metadata, spec }: Any) =>
  (spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).some(
    ({ labelSelector }: Any) =>
      labelSelector &&
      Object.entries(labelSelector.matchLabels ?? {}).every(([key, value]) => metadata.labels[key] === value),
  );

export const PODS = {
  'a Deployment whose pods may not share a node lets one go before its successor comes': perObject(({ kind, spec }) =>
    when(
      kind === 'Deployment' && needsItsOwnNode(spec.template) && unavailable(spec) === 0,
      'a successor waits for a node for ever',
    ),
  ),

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

  'what runs on a schedule has an end, also where its pod never starts': (cluster) => [
    ...ofKind(cluster, 'CronJob').flatMap((object) =>
      when(!(object.spec.jobTemplate.spec.activeDeadlineSeconds > 0), nameOf(object)),
    ),
    ...ofKind(cluster, 'CronWorkflow').flatMap((object) =>
      when(!(object.spec.workflowSpec.activeDeadlineSeconds > 0), nameOf(object)),
    ),
  ],

  'ServiceAccounts exist, and no pod gets a token unasked': perPod((pod, cluster) => [
    ...when(
      !isInstance(pod) && !has(cluster, 'ServiceAccount', pod.namespace, pod.spec.serviceAccountName),
      `ServiceAccount ${pod.spec.serviceAccountName}`,
    ),
    ...when(!isInstance(pod) && getsToken(pod, cluster), 'mounts a token'),
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

  'scratch volumes may grow to what their pod may use, and no further': perPod(({ spec }) => {
    const limit = diskLimit(spec);
    return volumesOf(spec)
      .filter(({ name, emptyDir }) => emptyDir && emptyDir.medium !== 'Memory' && name !== EXPLAINERS_VOLUME)
      .flatMap(({ name, emptyDir: { sizeLimit } }) => [
        ...when(sizeLimit === undefined, `volume ${name} has no limit`),
        ...when(quantityValue(String(sizeLimit ?? '0')) > limit, `volume ${name} has ${sizeLimit} of ${limit} bytes`),
      ]);
  }),

  'memory volumes fit into the memory of each container that mounts them': perContainer((container, { spec }) => {
    const { memory } = container.resources?.limits ?? {};
    const limit = memory === undefined ? Number.POSITIVE_INFINITY : quantityValue(String(memory));
    return volumesOf(spec)
      .filter(({ name, emptyDir }) => emptyDir?.medium === 'Memory' && mounts(container, name))
      .flatMap(({ name, emptyDir }) =>
        when(quantityValue(String(emptyDir.sizeLimit)) >= limit, `volume ${name} fills its memory`),
      );
  }),

  'what volumes and environments refer to exists': perPod(missingReferences),

  'no container has a variable or a mount twice': perContainer((container) => {
    const named: Record<string, string[]> = {
      variable: (container.env ?? []).map(({ name }: Any) => name),
      source: (container.envFrom ?? []).map((source: Any) => JSON.stringify(source)),
      path: (container.volumeMounts ?? []).map(({ mountPath }: Any) => mountPath),
    };
    return Object.entries(named).flatMap(([kind, names]) =>
      names.filter((name, index) => names.indexOf(name) < index).map((name) => `${kind} ${name} twice`),
    );
  }),

  'containers say what they need and may use': perContainer((container, _, { unlimited }) => {
    if (isOperators(container)) return [];
    return ['cpu', 'memory', 'ephemeral-storage'].flatMap((name) => [
      ...when(!container.resources?.requests?.[name], `no ${name} request`),
      ...when(!container.resources?.limits?.[name] && !unlimited.includes(name), `no ${name} limit`),
      ...when(container.resources?.limits?.[name] === NO_LIMIT, `${NO_LIMIT} as a ${name} limit`),
    ]);
  }),
} satisfies Record<string, Check>;
