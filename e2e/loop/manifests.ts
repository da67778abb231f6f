/** The objects of an environment in dist/, and its Secrets, as a kubelet looks them up. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { k8s } from '../../charts/lib/k8s';
import type { SeldonDeploymentJson } from '../../charts/seldon/expansion/seldon-json';

interface Meta {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}
interface Workload extends Meta {
  readonly kind: string;
  readonly spec: { readonly template: { readonly metadata?: PodTemplate['metadata']; readonly spec: k8s.PodSpec } };
}
interface Schedule extends Meta {
  readonly kind: string;
  readonly spec: { readonly jobTemplate: Workload };
}
interface Replicated extends Meta {
  readonly kind: string;
  readonly spec: { readonly replicas?: number };
}
interface Certificate extends Meta {
  readonly spec: { readonly dnsNames: readonly string[] };
}
interface Texts extends Meta {
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
}

/** A pod's name is that of its workload: there is one of each. */
export interface PodTemplate {
  readonly name: string;
  readonly namespace: string;
  readonly metadata?: Pick<k8s.ObjectMeta, 'labels' | 'annotations'>;
  readonly spec: k8s.PodSpec;
}

export class Manifests {
  private readonly objects: (Meta & { readonly kind: string })[];

  /**
   * @param folder such as "dist/minikube"
   * @param secrets what `npm run secrets` printed
   */
  constructor(folder: string, secrets: string) {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.includes('/') && file.endsWith('.yaml'))
      .sort();
    const texts = [...files.map((file) => readFileSync(join(folder, file), 'utf8')), secrets];
    this.objects = texts.flatMap((text) => loadAll(text) as (Meta & { kind: string })[]);
  }

  /** The names of every object of a kind. */
  names(kind: string): string[] {
    return this.objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);
  }

  /** Every object of a kind. */
  all<T extends Meta>(kind: string): T[] {
    return this.objects.filter((object) => object.kind === kind) as unknown as T[];
  }

  /** The Deployments of a namespace. */
  deployments(namespace: string): string[] {
    return this.all('Deployment')
      .filter(({ metadata }) => metadata.namespace === namespace)
      .map(({ metadata }) => metadata.name);
  }

  /** The pod of a Deployment, StatefulSet or Job; of a Job, whose name ends in a hash, by how its name starts. */
  pod(namespace: string, name: string): PodTemplate {
    const kinds = ['Deployment', 'StatefulSet', 'Job'];
    const workload = this.objects.find(
      (object) =>
        kinds.includes(object.kind) &&
        object.metadata.namespace === namespace &&
        (object.kind === 'Job' ? object.metadata.name.startsWith(`${name}-`) : object.metadata.name === name),
    ) as Workload | undefined;
    if (!workload) throw new Error(`no workload ${namespace}/${name}`);
    const { metadata, spec } = workload.spec.template;
    return { name: workload.metadata.name, namespace, ...(metadata && { metadata }), spec };
  }

  /** The pod of a CronJob, as one of its Jobs makes it. */
  scheduledPod(namespace: string, name: string): PodTemplate {
    const { spec } = this.find('CronJob', namespace, name) as Schedule;
    return { name, namespace, spec: spec.jobTemplate.spec.template.spec };
  }

  /** Each pod of a StatefulSet or Deployment, by the name that it has in a cluster, or one like it. */
  replicas(namespace: string, name: string): PodTemplate[] {
    const found = this.objects.find(
      ({ kind, metadata }) =>
        ['StatefulSet', 'Deployment'].includes(kind) && metadata.namespace === namespace && metadata.name === name,
    ) as Replicated | undefined;
    const pod = this.pod(namespace, name);
    return Array.from({ length: found?.spec.replicas ?? 1 }, (_, index) => ({ ...pod, name: `${name}-${index}` }));
  }

  /** The names that a certificate is asked for. */
  certificateNames(namespace: string, name: string): readonly string[] {
    const { spec } = this.find('Certificate', namespace, name) as Certificate;
    return spec.dnsNames;
  }

  seldonDeployment(name: string): SeldonDeploymentJson {
    return this.find('SeldonDeployment', undefined, name) as Meta & SeldonDeploymentJson;
  }

  /** The keys of a ConfigMap or Secret. */
  data(kind: 'ConfigMap' | 'Secret', namespace: string, name: string): Readonly<Record<string, string>> {
    const { data, stringData } = this.find(kind, namespace, name) as Texts;
    return { ...data, ...stringData };
  }

  /** "service.namespace.svc" of every Service. */
  serviceHosts(): string[] {
    return this.objects
      .filter(({ kind }) => kind === 'Service')
      .map(({ metadata }) => `${metadata.name}.${metadata.namespace}.svc`);
  }

  private find(kind: string, namespace: string | undefined, name: string): Meta {
    const found = this.objects.find(
      (object) =>
        object.kind === kind &&
        object.metadata.name === name &&
        (namespace === undefined || object.metadata.namespace === namespace),
    );
    if (!found) throw new Error(`no ${kind} ${namespace ?? ''}/${name}`);
    return found;
  }
}
