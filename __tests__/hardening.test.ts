/**
 * What the checkers that many run on their manifests want of production, as one rule each over every object and over what the
 * operator makes of the models: kube-linter, kube-score, Polaris, Checkov, Trivy and Kubescape.
 */
import { resolveImages } from '../charts/images/resolve';
import { expand } from '../charts/seldon/expansion/expansion';
import type { SeldonDeploymentJson } from '../charts/seldon/expansion/seldon-json';
import { nameOf, type PodView, podsOf } from './support/cluster';
import { type KubernetesObject, objectsOf, platformConfig } from './support/platform';
import { containersOf } from './support/pod-security';
import { PRODUCTION, PRODUCTION_MODELS } from './support/production';

type Any = KubernetesObject['spec'];

function ofKind(...kinds: string[]) {
  return objects.filter(({ kind }) => kinds.includes(kind));
}

const config = platformConfig(PRODUCTION, PRODUCTION_MODELS);
const objects = objectsOf(config);
const images = resolveImages({ ...config.images, seldonVersion: config.seldon.version });
const made = ofKind('SeldonDeployment').flatMap((model) => expand(model as unknown as SeldonDeploymentJson, images));
/** But for the pods of a Cluster: its operator gives them a user of the image, its own image and a token, and places them. */
const pods = podsOf([
  ...objects.filter(({ kind }) => !['SeldonDeployment', 'Cluster'].includes(kind)),
  ...(JSON.parse(JSON.stringify(made)) as KubernetesObject[]),
]);
const isJob = ({ owner }: PodView) => /^(Job|CronJob) /.test(owner);

/** Pods that break a rule. */
const podsWithout = (holds: (spec: Any, pod: PodView) => unknown) =>
  pods.filter((pod) => !holds(pod.spec, pod)).map(({ owner }) => owner);

/** Containers that break a rule. */
const containersWithout = (holds: (container: Any, pod: PodView) => unknown) =>
  pods.flatMap((pod) =>
    containersOf(pod.spec)
      .filter((container: Any) => !holds(container, pod))
      .map(({ name }: Any) => `${pod.owner}: ${name}`),
  );

const objectsWithout = (kinds: readonly string[], holds: (object: KubernetesObject) => unknown) =>
  ofKind(...kinds)
    .filter((object) => !holds(object))
    .map(nameOf);

const RULES: Readonly<Record<string, () => string[]>> = {
  'no user is one of the node, and no group but that for which images of model servers are made': () =>
    podsWithout(({ securityContext, containers, serviceAccountName }) =>
      [securityContext, ...containers.map((container: Any) => container.securityContext)].every(
        ({ runAsUser = 10001, runAsGroup = 10001 }: Any) =>
          runAsUser >= 10001 && (runAsGroup >= 10001 || (runAsGroup === 0 && serviceAccountName === 'models')),
      ),
    ),
  'processes are not root': () => podsWithout(({ securityContext }) => securityContext.runAsNonRoot === true),
  'no process gets more privileges': () =>
    containersWithout(({ securityContext }) => securityContext.allowPrivilegeEscalation === false),
  'all capabilities are dropped': () =>
    containersWithout(
      ({ securityContext: { capabilities } }) => capabilities.drop.includes('ALL') && !capabilities.add,
    ),
  'root file systems are read-only': () =>
    containersWithout(({ securityContext }) => securityContext.readOnlyRootFilesystem === true),
  'seccomp filters system calls': () =>
    podsWithout(({ securityContext }) => securityContext.seccompProfile.type === 'RuntimeDefault'),
  'nothing of the host is used': () =>
    podsWithout(
      (spec) =>
        !spec.hostNetwork &&
        !spec.hostPID &&
        !spec.hostIPC &&
        !(spec.volumes ?? []).some((volume: Any) => volume.hostPath) &&
        !containersOf(spec).some((container: Any) => (container.ports ?? []).some((port: Any) => port.hostPort)),
    ),
  'requests and limits are set': () =>
    containersWithout(({ resources }) =>
      ['cpu', 'memory', 'ephemeral-storage'].every((name) => resources.requests[name] && resources.limits[name]),
    ),
  'images are named by their digest': () => containersWithout(({ image }) => /:[^@]+@sha256:[0-9a-f]{64}$/.test(image)),
  'images are always pulled': () => containersWithout(({ imagePullPolicy }) => imagePullPolicy === 'Always'),
  'pods have an account of their own': () =>
    podsWithout(({ serviceAccountName }) => serviceAccountName && serviceAccountName !== 'default'),
  'accounts give no token': () => [
    ...podsWithout(({ automountServiceAccountToken }) => automountServiceAccountToken === false),
    ...objectsWithout(['ServiceAccount'], ({ automountServiceAccountToken }) => automountServiceAccountToken === false),
  ],
  'roles name what they allow': () =>
    objectsWithout(['Role', 'ClusterRole'], ({ rules }) =>
      rules.every(
        ({ verbs, resources, apiGroups }: Any) =>
          ![...verbs, ...resources, ...apiGroups].includes('*') && !resources.includes('secrets'),
      ),
    ),
  'namespaces deny by default, both ways': () =>
    objectsWithout(['Namespace'], ({ metadata: { name } }) =>
      ofKind('NetworkPolicy').some(
        ({ metadata, spec }) =>
          metadata.namespace === name &&
          Object.keys(spec.podSelector).length === 0 &&
          spec.policyTypes.length === 2 &&
          !spec.ingress &&
          !spec.egress,
      ),
    ),
  'servers have three probes, and readiness is not liveness': () =>
    pods
      .filter((pod) => !isJob(pod))
      .flatMap(({ owner, spec }) =>
        spec.containers
          .filter(({ startupProbe, readinessProbe, livenessProbe }: Any) => {
            const asked = ({ httpGet, tcpSocket, exec }: Any) => JSON.stringify([httpGet, tcpSocket, exec]);
            return !startupProbe || asked(readinessProbe) === asked(livenessProbe);
          })
          .map(({ name }: Any) => `${owner}: ${name}`),
      ),
  'what can have two pods has them, with a budget of one': () =>
    objectsWithout(['Deployment'], ({ metadata, spec }) =>
      ofKind('PodDisruptionBudget').some(
        (budget) =>
          spec.replicas >= 2 &&
          budget.metadata.namespace === metadata.namespace &&
          budget.spec.maxUnavailable === 1 &&
          budget.spec.unhealthyPodEvictionPolicy === 'AlwaysAllow' &&
          JSON.stringify(budget.spec.selector.matchLabels) === JSON.stringify(spec.selector.matchLabels),
      ),
    ),
  'models have a budget each': () =>
    objectsWithout(['SeldonDeployment'], ({ metadata: { name } }) =>
      ofKind('PodDisruptionBudget').some(
        ({ spec }) =>
          spec.selector.matchLabels['seldon-deployment-id'] === name &&
          spec.unhealthyPodEvictionPolicy === 'AlwaysAllow',
      ),
    ),
  'a single pod has no budget': () =>
    objectsWithout(['PodDisruptionBudget'], ({ spec }) => {
      const labels = JSON.stringify(spec.selector.matchLabels);
      return !ofKind('StatefulSet').some(
        (set) => set.spec.replicas < 2 && JSON.stringify(set.spec.selector.matchLabels) === labels,
      );
    }),
  'several pods are on several nodes and zones': () =>
    podsWithout(({ affinity, topologySpreadConstraints }, pod) => {
      if (isJob(pod) || /^StatefulSet /.test(pod.owner)) return true;
      const [term] = affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
      const selector = Object.entries(term?.podAffinityTerm.labelSelector.matchLabels ?? { none: '' });
      return (
        term?.podAffinityTerm.topologyKey === 'kubernetes.io/hostname' &&
        selector.every(([name, value]) => pod.labels[name] === value) &&
        topologySpreadConstraints[0].topologyKey === 'topology.kubernetes.io/zone'
      );
    }),
  'Deployments replace pods without a gap': () =>
    objectsWithout(['Deployment'], ({ spec: { strategy } }) => strategy.type === 'RollingUpdate'),
  'StatefulSets have a headless Service': () =>
    objectsWithout(['StatefulSet'], ({ metadata, spec }) =>
      ofKind('Service').some(
        (service) =>
          service.metadata.namespace === metadata.namespace &&
          service.metadata.name === spec.serviceName &&
          service.spec.clusterIP === 'None',
      ),
    ),
  'CronJobs have a deadline, and their pods are not restarted for ever': () =>
    objectsWithout(
      ['CronJob'],
      ({ spec }) =>
        spec.startingDeadlineSeconds > 0 &&
        ['Never', 'OnFailure'].includes(spec.jobTemplate.spec.template.spec.restartPolicy),
    ),
  'no password is a value': () =>
    containersWithout(({ env = [] }) =>
      env.every(({ name, value }: Any) => value === undefined || !/(PASSWORD|SECRET|TOKEN)$/.test(name)),
    ),
  'namespaces are the platform’s own, and say what they admit': () => [
    ...objectsWithout(['Namespace'], ({ metadata }) => metadata.labels?.['pod-security.kubernetes.io/enforce']),
    ...pods.filter(({ namespace }) => /^(default|kube-.*|)$/.test(namespace)).map(({ owner }) => owner),
  ],
  'namespaces have a quota and limits': () =>
    objectsWithout(['Namespace'], ({ metadata: { name } }) =>
      ['ResourceQuota', 'LimitRange'].every((kind) => ofKind(kind).some(({ metadata }) => metadata.namespace === name)),
    ),
  'pods have a priority': () => podsWithout(({ priorityClassName }) => priorityClassName),
  'Services are inside the cluster': () =>
    objectsWithout(['Service'], ({ spec }) => (spec.type ?? 'ClusterIP') === 'ClusterIP' && !spec.externalIPs),
  'no variable is set twice': () =>
    containersWithout(({ env = [] }) => new Set(env.map(({ name }: Any) => name)).size === env.length),
};

test.each(Object.entries(RULES))('%s', (_, broken) => {
  expect(broken()).toEqual([]);
});

test('there is something of each kind to judge', () => {
  const kinds = ['Deployment', 'StatefulSet', 'CronJob', 'Job', 'SeldonDeployment', 'PodDisruptionBudget', 'Role'];
  expect(kinds.filter((kind) => ofKind(kind).length === 0)).toEqual([]);
});
