/**
 * What a cluster would run: the rendered pods and Services, and those that the Seldon operator makes of a
 * SeldonDeployment, which no rendered object shows.
 */
import { resolveImages } from '../../charts/images/resolve';
import type { ObjectJson } from '../../charts/lib/workload-json';
import {
  type ClusterJson,
  instancesOf,
  isCluster,
  servicesOf as servicesOfCluster,
} from '../../charts/postgresql/expansion';
import { expand } from '../../charts/seldon/expansion/expansion';
import type { SeldonDeploymentJson } from '../../charts/seldon/expansion/seldon-json';
import type { KubernetesObject } from './platform';

/** A pod, wherever its template is. */
export interface PodView {
  /** What it comes from, such as "Deployment mlflow/mlflow". */
  readonly owner: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: KubernetesObject['spec'];
  /** The selector of the workload, where it has one. */
  readonly selector?: Readonly<Record<string, string>>;
}

export interface ServiceView {
  readonly name: string;
  readonly namespace: string;
  readonly headless: boolean;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly port: number; readonly targetPort: number | string }[];
  /** The labels that a ServiceMonitor selects by. */
  readonly labels: Readonly<Record<string, string>>;
}

export const nameOf = ({ kind, metadata }: KubernetesObject) =>
  `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ''}${metadata.name}`;

export function podsOf(objects: readonly KubernetesObject[]): PodView[] {
  return objects.flatMap((object) => {
    const { kind, spec, metadata } = isCluster(object as ObjectJson) ? workloadOf(object) : object;
    const pod = (template: KubernetesObject, selector?: Record<string, string>): PodView => ({
      owner: nameOf(object),
      namespace: metadata.namespace ?? '',
      labels: template.metadata.labels ?? {},
      // The account that a pod gets that names none.
      spec: { serviceAccountName: 'default', ...template.spec },
      ...(selector && { selector }),
    });
    if (kind === 'Cluster' && spec.template) {
      const { metadata: of, spec: instance } = spec.template;
      return ['primary', 'replica'].map((role) =>
        pod({ ...spec.template, metadata: { labels: { ...of.labels, 'cnpg.io/instanceRole': role } }, spec: instance }),
      );
    }
    if (kind === 'Deployment' || kind === 'StatefulSet') return [pod(spec.template, spec.selector.matchLabels)];
    if (kind === 'Job') return [pod(spec.template)];
    if (kind === 'CronJob') return [pod(spec.jobTemplate.spec.template)];
    return kind === 'SeldonDeployment' ? podsOf(made(object)).map((view) => ({ ...view, owner: nameOf(object) })) : [];
  });
}

export function servicesOf(objects: readonly KubernetesObject[]): ServiceView[] {
  return objects.flatMap((object) => {
    const { kind, spec, metadata } = object;
    if (kind === 'Service') {
      return [
        {
          name: metadata.name,
          namespace: metadata.namespace ?? '',
          headless: spec.clusterIP === 'None',
          selector: spec.selector,
          ports: spec.ports,
          labels: metadata.labels ?? {},
        },
      ];
    }
    if (isCluster(object as ObjectJson)) {
      return servicesOf(json(servicesOfCluster(object as unknown as ClusterJson)) as KubernetesObject[]);
    }
    return kind === 'SeldonDeployment' ? servicesOf(made(object)) : [];
  });
}

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** What the operator of the database makes of a Cluster, as one workload. */
const workloadOf = (object: KubernetesObject) =>
  json(instancesOf(object as unknown as ClusterJson)) as KubernetesObject;

const IMAGES = resolveImages({ overrides: {}, seldonVersion: '1.17.1' });

/** What the operator makes of a SeldonDeployment. */
const made = (object: KubernetesObject) =>
  JSON.parse(JSON.stringify(expand(object as unknown as SeldonDeploymentJson, IMAGES))) as KubernetesObject[];

export const matches = (selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>) =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);
