import type { ContainerJson, ObjectJson, ResourcesJson, WorkloadJson } from '../lib/workload-json';
import { instancesOf, isCluster } from '../postgresql/expansion';
import { containersOf, podsOf } from './objects';
import { byText, counted, grouped, indented, row } from './text';

const WIDTHS = [30, 20, 18];

/** Everything with pods but the models, by namespace: how many, and each container with its image, requests and limits. */
export function workloads(objects: readonly ObjectJson[]): readonly string[] {
  const found = objects.filter((object) => object.kind !== 'SeldonDeployment' && podsOf(object).length > 0);
  return [...grouped(found, ({ metadata }) => metadata.namespace ?? '')]
    .sort(([a], [b]) => byText(a, b))
    .flatMap(([namespace, group]) => [namespace, ...indented(group.flatMap(workload))]);
}

function workload(object: WorkloadJson): readonly string[] {
  const { kind, metadata } = object;
  return [
    `${kind} ${metadata.name}: ${occasion(object)}`,
    ...podsOf(object).flatMap((pod) =>
      indented(containersOf(pod).map((container) => line(container, pod.initContainers?.includes(container) ?? false))),
    ),
  ];
}

function occasion(object: WorkloadJson): string {
  const { kind, spec } = isCluster(object) ? instancesOf(object) : object;
  if (kind === 'CronJob') return `at ${spec?.schedule}`;
  return kind === 'Job' ? 'once' : counted(spec?.replicas ?? 1, 'pod');
}

const line = ({ name, image = 'no image', resources }: ContainerJson, first: boolean) =>
  row(WIDTHS, first ? `${name} (first)` : name, asks(resources, 'cpu', 'CPU'), asks(resources, 'memory'), image);

/** What a container asks for and may use at most, such as "100m to 1 CPU". */
export function asks({ requests, limits }: ResourcesJson = {}, resource: 'cpu' | 'memory', unit = ''): string {
  const [least, most] = [requests?.[resource], limits?.[resource]].map((amount) => amount ?? 'any');
  return `${least === most ? least : `${least} to ${most}`} ${unit}`.trimEnd();
}
