/** What a cluster has once a platform runs, and whether a kubectl command refers to anything else. */

import { DELIVERY } from '../../charts/delivery/delivery';
import type { ObjectJson } from '../../charts/lib/workload-json';
import type { Platform } from '../../charts/platform';
import { type ClusterJson, isCluster, servicesOf } from '../../charts/postgresql/expansion';
import { expand } from '../../charts/seldon/expansion/expansion';
import type { SeldonDeploymentJson } from '../../charts/seldon/expansion/seldon-json';
import { matches, type PodView, podsOf } from './cluster';
import type { Kubectl } from './kubectl';
import { filesOf, type KubernetesObject } from './platform';

/** An object, as far as commands name it. */
export interface Known {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Everything that commands may refer to. */
export interface Targets {
  /** Files of dist/. */
  readonly paths: readonly string[];
  readonly objects: readonly Known[];
  readonly pods: readonly PodView[];
}

export function targetsOf(platform: Platform): Targets {
  const files = filesOf(platform);
  const objects = [...files.values()].flat();
  const pods = podsOf(objects);
  const secrets = platform.secrets.map(({ namespace, name }) => ({
    kind: 'Secret',
    namespace,
    name,
    labels: { 'app.kubernetes.io/part-of': 'ml-platform' },
  }));
  return {
    paths: [...files.keys(), ...platform.delivery.map(({ name }) => `${DELIVERY}/${name}.yaml`)].map(
      (path) => `dist/${platform.environment}/${path}`,
    ),
    objects: [
      ...objects.map(({ kind, metadata }) => ({ kind, ...metadata })),
      ...secrets,
      ...pods.map(({ namespace, labels }) => ({ kind: 'Pod', namespace, name: '', labels })),
      ...objects.flatMap(madeOf),
    ],
    pods,
  };
}

/** What controllers make of an object. */
function madeOf(object: KubernetesObject): Known[] {
  const { kind, metadata, spec } = object;
  const { namespace } = metadata;
  if (kind === 'SeldonDeployment') {
    const made = expand(object as unknown as SeldonDeploymentJson) as unknown as KubernetesObject[];
    return made.map((each) => ({ kind: each.kind, ...each.metadata, namespace }));
  }
  if (kind === 'StatefulSet') {
    const pod = `${metadata.name}-0`;
    const claims = (spec.volumeClaimTemplates as KubernetesObject[]).map(({ metadata: claim }) => claim.name);
    return [
      { kind: 'Pod', namespace, name: pod, labels: spec.template.metadata.labels },
      ...claims.map((claim) => ({ kind: 'PersistentVolumeClaim', namespace, name: `${claim}-${pod}` })),
    ];
  }
  if (isCluster(object as ObjectJson))
    return servicesOf(object as unknown as ClusterJson).map(({ metadata: { name } }) => ({
      kind: 'Service',
      namespace,
      name,
    }));
  // The operator makes its webhook configuration itself, and its role names it.
  const rules: { resources: string[]; resourceNames?: string[] }[] = kind === 'ClusterRole' ? object.rules : [];
  return rules
    .filter(({ resources }) => resources.includes('validatingwebhookconfigurations'))
    .flatMap(({ resourceNames = [] }) => resourceNames)
    .map((name) => ({ kind: 'ValidatingWebhookConfiguration', name }));
}

/** What a command refers to and is not there, a line each. */
export function kubectlFaults({ verb, flags, targets, inner }: Kubectl, { paths, objects, pods }: Targets): string[] {
  const file = flags.get('-f') ?? '-';
  const lost = file !== '-' && !paths.some((path) => path === file || path.startsWith(`${file}/`));
  const namespace = flags.get('-n');
  const labels = flags.get('-l') ?? '';
  const selector = labels === '' ? {} : Object.fromEntries(labels.split(',').map((pair) => pair.split('=')));
  const missing = targets.filter(
    ({ kind, name }) =>
      kind !== 'Event' &&
      !objects.some(
        (object) =>
          object.kind === kind &&
          (flags.has('-A') || object.namespace === namespace) &&
          (name === undefined || object.name === name) &&
          matches(selector, object.labels ?? {}),
      ),
  );
  // A program that is named by its path is one that the platform mounts.
  const [program = ''] = inner;
  const mounts = pods
    .filter((pod) => pod.namespace === namespace)
    .flatMap(({ spec }): { volumeMounts?: { mountPath: string }[] }[] => spec.containers)
    .flatMap(({ volumeMounts = [] }) => volumeMounts);
  const unmounted = program.startsWith('/') && !mounts.some(({ mountPath }) => program.startsWith(`${mountPath}/`));
  return [
    ...(lost ? [`${verb}: dist/ has no ${file}`] : []),
    ...missing.map(
      ({ kind, name }) => `${verb}: there is no ${kind} ${name ?? labels} in ${namespace ?? 'the cluster'}`,
    ),
    ...(unmounted ? [`${verb}: nothing is mounted at ${program}`] : []),
  ];
}
