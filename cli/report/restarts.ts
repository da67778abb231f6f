/** Which pods start anew, and what does not answer meanwhile. */
import { type ObjectJson, podTemplateOf, type WorkloadJson } from '../../charts/lib/workload-json';
import { expand } from '../../charts/seldon/expansion/expansion';
import type { SeldonDeploymentJson } from '../../charts/seldon/expansion/seldon-json';
import { describeChange, fieldChanges, isSame } from './fields';
import type { Finding } from './finding';
import type { Pair } from './objects';

interface Rollout {
  readonly spec?: {
    readonly replicas?: number;
    readonly strategy?: { readonly type?: string; readonly rollingUpdate?: { readonly maxSurge?: number | string } };
    readonly updateStrategy?: { readonly type?: string };
  };
}

export interface Restart {
  readonly environment: string;
  readonly title: string;
  /** What of its pods changed, such as "containers[mlflow].image: a → b". */
  readonly reasons: () => readonly string[];
  /** How it happens, such as "one pod after the other". */
  readonly manner: string;
}

/** The pods of an object that start anew when it is applied. */
export function restartsOf({ environment, title, before, after }: Pair): Restart[] {
  if (before === undefined || after === undefined) return [];
  if (after.kind === 'SeldonDeployment') return restartsOfModel(environment, title, before, after);
  if (['Job', 'CronJob', 'Workflow'].includes(after.kind)) {
    return before.metadata.name === after.metadata.name || after.kind === 'CronJob'
      ? []
      : [{ environment, title, reasons: () => [], manner: 'runs once more' }];
  }
  if (!hasOtherPods(before, after)) return [];
  return [{ environment, title, reasons: () => templateChanges(before, after), manner: mannerOf(after) }];
}

/** Models are updated without a gap: the operator's Deployments have maxUnavailable 0. */
function restartsOfModel(environment: string, title: string, before: ObjectJson, after: ObjectJson): Restart[] {
  const deployments = (object: ObjectJson) =>
    new Map(
      expand(object as unknown as SeldonDeploymentJson)
        .filter(({ kind }) => kind === 'Deployment')
        .map((made) => [made.metadata.name, made as unknown as ObjectJson]),
    );
  if (servingPart(before) === servingPart(after)) return [];
  const reasons = () => {
    const old = deployments(before);
    return [...deployments(after)].flatMap(([name, made]) => {
      const earlier = old.get(name);
      return earlier === undefined ? [`${name}: new pods`] : templateChanges(earlier, made);
    });
  };
  return [{ environment, title, reasons, manner: 'new pods are ready before the old ones go' }];
}

/** What a predictor says of how many pods there are, which starts no pod anew. */
const SCALING = ['replicas', 'traffic', 'hpaSpec', 'kedaSpec', 'pdbSpec'];

/** What the pods of a model follow from: to ask the expanded view of thousands takes long. */
const servingPart = (object: ObjectJson): string =>
  JSON.stringify((object as unknown as SeldonDeploymentJson).spec, (key, value: unknown) =>
    SCALING.includes(key) ? undefined : value,
  );

/** Whether the pods that two versions of an object make differ. */
function hasOtherPods(before: ObjectJson, after: ObjectJson): boolean {
  const [old, now] = [podTemplateOf(before), podTemplateOf(after)];
  return old !== undefined && now !== undefined && !isSame(old, now);
}

const templateChanges = (before: ObjectJson, after: ObjectJson): string[] =>
  fieldChanges(podTemplateOf(before), podTemplateOf(after)).map(describeChange);

function mannerOf(object: ObjectJson): string {
  const { replicas = 1 } = (object as WorkloadJson).spec ?? {};
  if (gapOf(object) !== undefined) return 'with a gap';
  return object.kind === 'StatefulSet' && replicas > 1
    ? 'one pod after the other'
    : 'new pods are ready before the old ones go';
}

/** Why an object's pods are gone before the new ones are there; undefined where they are not. */
function gapOf(object: ObjectJson): string | undefined {
  const { replicas = 1, strategy, updateStrategy } = (object as Rollout).spec ?? {};
  if (object.kind === 'Deployment') {
    if (strategy?.type === 'Recreate') return 'strategy Recreate: all pods stop before new ones start';
    const surge = strategy?.rollingUpdate?.maxSurge;
    return replicas === 1 && (surge === 0 || surge === '0%')
      ? 'one pod and maxSurge 0: it stops before a new one starts'
      : undefined;
  }
  if (object.kind === 'StatefulSet' && replicas <= 1 && updateStrategy?.type !== 'OnDelete') {
    return 'one pod, which stops before a new one starts';
  }
  return undefined;
}

/** What somebody calls, and what stops or is no longer found. */
const SERVING = ['Deployment', 'StatefulSet', 'SeldonDeployment', 'Service', 'HTTPRoute', 'Ingress'];

/** What does not answer for a while, or for good. */
export function downtimeOf(pair: Pair, restarts: readonly Restart[]): Finding[] {
  const { environment, title, before, after } = pair;
  if (before === undefined || !SERVING.includes(before.kind)) return [];
  const finding = (text: string): Finding[] => [{ kind: 'downtime', environment, title, text }];
  if (after === undefined) return finding('is removed; who calls it gets no answer');
  if (after.kind === 'Service') return serviceChanges(before, after).flatMap(finding);
  const scaled = [before, after].map((object) => (object as WorkloadJson).spec?.replicas ?? 1);
  if (after.kind !== 'SeldonDeployment' && scaled[0] !== 0 && scaled[1] === 0)
    return finding('has no replicas any more');
  const gap = restarts.length > 0 ? gapOf(after) : undefined;
  return gap === undefined ? [] : finding(gap);
}

interface ServiceFields {
  readonly spec?: {
    readonly selector?: unknown;
    readonly ports?: readonly { readonly port: number; readonly protocol?: string }[];
  };
}

function serviceChanges(before: ObjectJson, after: ObjectJson): string[] {
  const [{ spec: old = {} }, { spec: now = {} }] = [before as ServiceFields, after as ServiceFields];
  const name = ({ port, protocol = 'TCP' }: { readonly port: number; readonly protocol?: string }) =>
    `${port}/${protocol}`;
  const open = (now.ports ?? []).map(name);
  const closed = (old.ports ?? []).map(name).filter((port) => !open.includes(port));
  return [
    ...(closed.length > 0 ? [`no longer answers at ${closed.join(', ')}`] : []),
    ...(isSame(old.selector, now.selector) ? [] : ['leads to other pods, which have to be there before']),
  ];
}
