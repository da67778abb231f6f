/** What pods are made of: probes, accounts, volumes, resources, and what they refer to. */
import { nameOf, type PodView } from '../cluster';
import { containersOf } from '../pod-security';
import {
  type Any,
  type Check,
  type ClusterView,
  has,
  hasPort,
  isOperators,
  perContainer,
  perPod,
  when,
} from './cluster-view';
import { missingReferences } from './references';

/** In every pod of its making. */
const OPERATORS_VOLUME = 'seldon-podinfo';

/** Whether a pod gets a token though it did not ask, by its own word or its account's. */
const getsToken = ({ spec, namespace }: PodView, { objects }: ClusterView) =>
  (spec.automountServiceAccountToken ??
    objects.find(
      ({ kind, metadata }) =>
        kind === 'ServiceAccount' && metadata.namespace === namespace && metadata.name === spec.serviceAccountName,
    )?.automountServiceAccountToken) !== false;

export const PODS = {
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

  'what volumes and environments refer to exists': perPod(missingReferences),

  'containers say what they need and may use': perContainer((container) => {
    if (isOperators(container)) return [];
    return ['cpu', 'memory', 'ephemeral-storage'].flatMap((name) => [
      ...when(!container.resources?.requests?.[name], `no ${name} request`),
      // An environment may leave out the limit of the CPU, which only slows a container down.
      ...when(name !== 'cpu' && !container.resources?.limits?.[name], `no ${name} limit`),
    ]);
  }),
} satisfies Record<string, Check>;
