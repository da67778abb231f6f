/**
 * What a platform is made of, on a few pages of plain text: for the reviewer of a pull request, who reads it before the
 * manifests. It is made of the rendered objects alone, so that it tells of what is applied, not of what was meant.
 */

import { formatCpu, formatMemory } from '../lib/quantity';
import type { ObjectJson } from '../lib/workload-json';
import { roundedSeries, scrapedOf, seriesOf } from '../monitoring/series';
import { type Capacity, capacityOf, sum } from '../rendering/capacity';
import { access } from './access';
import { connections } from './connections';
import { models } from './models';
import { ofKind, podsOf } from './objects';
import { secrets } from './secrets';
import { routes, services } from './services';
import { byText, capped, cappedList, counted, grouped, indented, row } from './text';
import { volumes } from './volumes';
import { workloads } from './workloads';

/** Sections in the order of a reader's questions, each with the lines that answer it. */
const SECTIONS: readonly (readonly [title: string, lines: (objects: readonly ObjectJson[]) => readonly string[]])[] = [
  ['In all', totals],
  ['Namespaces: Pod Security level, objects, requests', namespaces],
  ['Workloads: containers with requests to limits, and images', workloads],
  ['Models', models],
  ['Who may call whom, on which ports of the pods called', connections],
  ['Secrets: keys, and who reads them', secrets],
  ['Services: ports, and where they lead', services],
  ['Routes from outside', routes],
  ['Access to the Kubernetes API', access],
  ['Volumes', volumes],
  ['Everything else', others],
];

/** A section stays readable with thousands of models. */
const LIMIT = 150;

/**
 * The inventory of one environment.
 * @param objects rendered objects as JSON
 */
export function inventory(environment: string, objects: readonly ObjectJson[]): string {
  const sections = SECTIONS.map(([title, lines]) => [title, lines(objects)] as const)
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [title, ...indented(capped(lines, LIMIT))].join('\n'));
  return `${[`Inventory of ${environment}`, ...sections].join('\n\n')}\n`;
}

function totals(objects: readonly ObjectJson[]): readonly string[] {
  const widths = [12];
  const { cpu, memory, storage } = sum(objects.map(capacityOf));
  const series = seriesOf([scrapedOf(objects)]);
  return [
    row(widths, 'objects', `${objects.length}`),
    row(widths, 'models', `${ofKind(objects, 'SeldonDeployment').length}`),
    row(widths, 'requests', `${formatCpu(cpu)} CPU, ${formatMemory(memory)} memory`),
    row(widths, 'volumes', formatMemory(storage)),
    ...(series > 0 ? [row(widths, 'series', `about ${roundedSeries(series)} in Prometheus`)] : []),
  ];
}

function namespaces(objects: readonly ObjectJson[]): readonly string[] {
  const inside = grouped(objects, ({ metadata }) => metadata.namespace ?? '');
  return ofKind(objects, 'Namespace')
    .map(({ metadata: { name, labels } }) => {
      const own = inside.get(name) ?? [];
      return row(
        [24, 14, 14],
        name,
        labels?.['pod-security.kubernetes.io/enforce'] ?? 'no level',
        counted(own.length, 'object'),
        requests(sum(own.map(capacityOf))),
      );
    })
    .sort(byText);
}

const requests = ({ cpu, memory }: Capacity) =>
  cpu === 0 && memory === 0 ? '' : `${formatCpu(cpu)} CPU, ${formatMemory(memory)} memory`;

/** Kinds that a section of their own tells of. */
const TOLD =
  /^(Namespace|SeldonDeployment|NetworkPolicy|Service|HTTPRoute|Role|ClusterRole|RoleBinding|ClusterRoleBinding|PersistentVolumeClaim)$/;

function others(objects: readonly ObjectJson[]): readonly string[] {
  const rest = objects.filter((object) => !TOLD.test(object.kind) && podsOf(object).length === 0);
  return [...grouped(rest, ({ kind, metadata }) => row([24], metadata.namespace ?? 'the cluster', kind))]
    .sort(([a], [b]) => byText(a, b))
    .map(([key, group]) => row([52], key, cappedList(group.map(({ metadata }) => metadata.name).sort(byText), 12)));
}
