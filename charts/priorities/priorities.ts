import type { Construct } from 'constructs';
import { Component, type ComponentFile } from '../lib/component';
import { renewed } from '../lib/job';
import { k8s } from '../lib/k8s';
import type { Stage } from '../lib/stages';
import { type ClusterJson, isCluster } from '../postgresql/expansion';

/** What is lost first in a full cluster, last to first. Kubernetes keeps values from a thousand million on to itself. */
const CLASSES = {
  data: { value: 3000, description: 'The database and the object store: what everything else needs' },
  serving: { value: 2000, description: 'What answers requests' },
  // It waits for room, and takes none from others.
  batch: { value: 1000, description: 'What runs to its end, and can run later', preemptionPolicy: 'Never' },
} as const;

export type Priority = keyof typeof CLASSES;

/** The name of a PriorityClass. They belong to the whole cluster, so that each environment has its own. */
export const priorityClassOf = (environment: string, priority: Priority) => `${environment}-${priority}`;

/** The PriorityClasses of an environment. */
export class Priorities extends Component {
  constructor(scope: Construct, { environment }: { readonly environment: string }) {
    super(scope, { name: 'priorities', stage: '10-setup' });
    for (const [priority, settings] of Object.entries(CLASSES)) {
      new k8s.KubePriorityClass(this, priority, {
        metadata: { name: priorityClassOf(environment, priority as Priority) },
        preemptionPolicy: 'PreemptLowerPriority',
        ...settings,
      });
    }
  }
}

interface ObjectJson {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: unknown;
}

/** The file with a class for each pod that names none. */
export function withPriorities(file: ComponentFile, environment: string): ComponentFile {
  return {
    ...file,
    objects: file.objects.map((object) => {
      const { kind } = object as ObjectJson;
      if (kind === 'CustomResourceDefinition') return object;
      if (isCluster(object as ClusterJson)) return ranked(object as ClusterJson, priorityClassOf(environment, 'data'));
      if (!/"(containers|entrypoint)"/.test(JSON.stringify(object))) return object;
      const name = priorityClassOf(environment, priorityOf(file.stage, kind));
      return renewed({ ...(object as ObjectJson), spec: placed((object as ObjectJson).spec, name) });
    }),
  };
}

/** Its operator makes the pods. */
const ranked = (cluster: ClusterJson, priorityClassName: string) => ({
  ...cluster,
  spec: { priorityClassName, ...cluster.spec },
});

const BATCH_STAGES: readonly Stage[] = ['45-training', '55-batch'];

function priorityOf(stage: Stage, kind: string): Priority {
  if (['CronJob', 'Workflow', 'CronWorkflow'].includes(kind) || BATCH_STAGES.includes(stage)) return 'batch';
  return stage === '30-data' ? 'data' : 'serving';
}

/** Whatever has containers is a pod, in an object of whichever kind; a Workflow of Argo has an entry point. */
function placed(value: unknown, priorityClassName: string): unknown {
  if (Array.isArray(value)) return value.map((item) => placed(item, priorityClassName));
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray((value as { readonly containers?: unknown }).containers)) return { priorityClassName, ...value };
  if ('entrypoint' in value) return { podPriorityClassName: priorityClassName, ...value };
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, placed(child, priorityClassName)]));
}
