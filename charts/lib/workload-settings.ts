/** What an environment may say of the pods of any component, and how it gets into them: here, and nowhere else. */

import type { Pods } from './endpoint';
import type { k8s } from './k8s';

/** A value, or where a container finds it. */
export type VariableSetting =
  | string
  | { readonly secret: string; readonly key: string }
  | { readonly configMap: string; readonly key: string };

/** Settings of every component with pods, as config/workload.ts has them. What is absent is not rendered. */
export interface WorkloadSettings {
  /** Labels of the nodes that may run the pods. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly k8s.Toleration[];
  readonly affinity?: k8s.Affinity;
  readonly topologySpread?: readonly {
    readonly topologyKey: string;
    readonly maxSkew: number;
    readonly whenUnsatisfiable: string;
  }[];
  readonly priorityClassName?: string;
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** Variables of every container. */
  readonly env?: Readonly<Record<string, VariableSetting>>;
  readonly serviceAccount?: { readonly annotations?: Readonly<Record<string, string>> };
}

export interface PodTemplateProps {
  /** The pods, by the labels that select them. */
  readonly pods: Pods;
  /** All labels of the pods, those that select them among them. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** @default - none */
  readonly podAnnotations?: Readonly<Record<string, string>>;
  readonly pod: k8s.PodSpec;
  readonly settings: WorkloadSettings;
}

/** The template of a workload's pods: what the component says, and what the environment adds. */
export function podTemplate({ pods, podLabels, podAnnotations, pod, settings }: PodTemplateProps) {
  const annotations = { ...settings.podAnnotations, ...podAnnotations };
  return {
    metadata: {
      // The component's own come last: selectors find pods by them.
      labels: { ...settings.podLabels, ...podLabels },
      annotations: Object.keys(annotations).length > 0 ? annotations : undefined,
    },
    spec: { ...pod, ...placement(settings, pods), ...containers(pod, settings) },
  } satisfies k8s.PodTemplateSpec;
}

/** The part of a pod that says on which nodes it may run. */
export function placement(settings: WorkloadSettings, { labels }: Pick<Pods, 'labels'>): Partial<k8s.PodSpec> {
  const { nodeSelector, tolerations, affinity, topologySpread, priorityClassName } = settings;
  return {
    ...(nodeSelector && { nodeSelector: { ...nodeSelector } }),
    ...(tolerations && { tolerations: tolerations.map((toleration) => ({ ...toleration })) }),
    ...(affinity && { affinity }),
    ...(topologySpread && {
      topologySpreadConstraints: topologySpread.map((rule) => ({ ...rule, labelSelector: { matchLabels: labels } })),
    }),
    ...(priorityClassName && { priorityClassName }),
  };
}

function containers(pod: k8s.PodSpec, { env }: WorkloadSettings): Partial<k8s.PodSpec> {
  if (!env) return {};
  const added = Object.entries(env).map(([name, value]) => variable(name, value));
  const withEnv = (container: k8s.Container) => ({ ...container, env: merged(container.env ?? [], added) });
  return {
    containers: pod.containers.map(withEnv),
    ...(pod.initContainers && { initContainers: pod.initContainers.map(withEnv) }),
  };
}

/** A variable of the same name is replaced where it stands, since those below may refer to it. */
function merged(own: readonly k8s.EnvVar[], added: readonly k8s.EnvVar[]): k8s.EnvVar[] {
  return [...new Map([...own, ...added].map((entry) => [entry.name, entry])).values()];
}

export function variable(name: string, value: VariableSetting): k8s.EnvVar {
  if (typeof value === 'string') return { name, value };
  return {
    name,
    valueFrom:
      'secret' in value
        ? { secretKeyRef: { name: value.secret, key: value.key } }
        : { configMapKeyRef: { name: value.configMap, key: value.key } },
  };
}
