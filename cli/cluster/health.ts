/**
 * Whether an object has become what it is for, judged by what its controller writes into its status. Kinds that are in no
 * table here are ready once they are there, unless they have a condition Ready that says otherwise.
 *
 * Source of the fields: the API reference of Kubernetes, and `kubectl rollout status` (polymorphichelpers/rollout_status.go).
 */
import { conditionOf, kindOf, type LiveObject } from './objects';

export type Health =
  | { readonly state: 'ready' }
  | { readonly state: 'waiting'; readonly text: string }
  | {
      readonly state: 'failed';
      /** A word of Kubernetes for it, such as "BackoffLimitExceeded". */
      readonly reason: string;
      readonly text: string;
      /** Seconds for which it has to last to count: it may be over by itself. @default 0 */
      readonly grace?: number;
    };

const READY: Health = { state: 'ready' };
const waiting = (text: string): Health => ({ state: 'waiting', text });

type Judge = (object: LiveObject) => Health;

/** Seconds for which a condition may say what is over in a moment. */
const PASSING = 60;

const JUDGES: Readonly<Record<string, Judge>> = {
  Namespace: ({ status }) => (status?.phase === 'Terminating' ? waiting('is being deleted') : READY),
  PersistentVolumeClaim: ({ status }) => (status?.phase === 'Bound' ? READY : waiting('is not bound to a volume yet')),
  'CustomResourceDefinition.apiextensions.k8s.io': whereTrue('Established'),
  'Deployment.apps': deployment,
  'StatefulSet.apps': statefulSet,
  'DaemonSet.apps': daemonSet,
  'Job.batch': job,
  'SeldonDeployment.machinelearning.seldon.io': seldonDeployment,
  'Workflow.argoproj.io': workflow,
  'Certificate.cert-manager.io': whereTrue('Ready'),
  'Issuer.cert-manager.io': whereTrue('Ready'),
  'Cluster.postgresql.cnpg.io': whereTrue('Ready'),
  'ExternalSecret.external-secrets.io': whereTrue('Ready'),
  'SecretStore.external-secrets.io': whereTrue('Ready'),
  'SealedSecret.bitnami.com': whereTrue('Synced'),
};

export function healthOf(object: LiveObject): Health {
  if (object.metadata.deletionTimestamp !== undefined) return waiting('is being deleted');
  const judge = JUDGES[kindOf(object)];
  if (judge) return judge(object);
  const ready = conditionOf(object, 'Ready');
  return ready === undefined || ready.status === 'True' ? READY : waiting(`is not Ready${said(ready)}`);
}

const said = ({ message = '', reason = '' }: { message?: string; reason?: string } = {}) => {
  const text = message || reason;
  return text === '' ? '' : `: ${text}`;
};

function whereTrue(type: string): Judge {
  return (object) => {
    const condition = conditionOf(object, type);
    return condition?.status === 'True' ? READY : waiting(`is not ${type} yet${said(condition)}`);
  };
}

/** Whether the controller has seen the object as it is now. */
const isObserved = ({ metadata, status }: LiveObject) =>
  Number(status?.observedGeneration ?? 0) >= Number(metadata.generation ?? 0);

const count = (value: unknown, otherwise = 0) => (typeof value === 'number' ? value : otherwise);

const UNSEEN = waiting('its controller has not seen it yet');

function deployment(object: LiveObject): Health {
  const { spec, status } = object;
  if (!isObserved(object)) return UNSEEN;
  const progressing = conditionOf(object, 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    return { state: 'failed', reason: progressing.reason, text: progressing.message ?? 'made no progress in time' };
  }
  const refused = conditionOf(object, 'ReplicaFailure');
  if (refused?.status === 'True') {
    return { state: 'failed', reason: 'FailedCreate', text: refused.message ?? 'its pods are refused', grace: 10 };
  }
  const wanted = count(spec?.replicas, 1);
  const [updated, all, available] = [status?.updatedReplicas, status?.replicas, status?.availableReplicas].map(
    (value) => count(value),
  ) as [number, number, number];
  if (updated < wanted) return waiting(`${updated} of ${wanted} pods are of the new version`);
  if (all > updated) return waiting(`${all - updated} pods of the old version are still there`);
  return available < updated ? waiting(`${available} of ${wanted} pods are available`) : READY;
}

function statefulSet(object: LiveObject): Health {
  const { spec, status } = object;
  if (!isObserved(object)) return UNSEEN;
  const wanted = count(spec?.replicas, 1);
  const ready = count(status?.readyReplicas);
  if (ready < wanted) return waiting(`${ready} of ${wanted} pods are ready`);
  const isNew = status?.updateRevision === status?.currentRevision || count(status?.updatedReplicas) >= wanted;
  return isNew ? READY : waiting(`${count(status?.updatedReplicas)} of ${wanted} pods are of the new version`);
}

function daemonSet(object: LiveObject): Health {
  const { status } = object;
  if (!isObserved(object)) return UNSEEN;
  const wanted = count(status?.desiredNumberScheduled);
  const [updated, available] = [count(status?.updatedNumberScheduled), count(status?.numberAvailable)];
  return Math.min(updated, available) < wanted
    ? waiting(`${Math.min(updated, available)} of ${wanted} pods are available`)
    : READY;
}

function job(object: LiveObject): Health {
  if (conditionOf(object, 'Complete')?.status === 'True') return READY;
  const failed = conditionOf(object, 'Failed');
  if (failed?.status === 'True') {
    return { state: 'failed', reason: failed.reason ?? 'Failed', text: failed.message ?? 'the Job has failed' };
  }
  const { spec, status } = object;
  if (spec?.suspend === true) return waiting('is suspended');
  return waiting(`${count(status?.succeeded)} of ${count(spec?.completions, 1)} complete`);
}

function seldonDeployment({ status }: LiveObject): Health {
  const state = String(status?.state ?? '');
  if (state === 'Available') return READY;
  const description = status?.description === undefined ? '' : `: ${status.description}`;
  // The operator writes "Failed" for an error that it tries again, too.
  if (state === 'Failed') return { state: 'failed', reason: state, text: `is Failed${description}`, grace: PASSING };
  return waiting(state === '' ? 'the operator has not seen it yet' : `is ${state}${description}`);
}

function workflow({ status }: LiveObject): Health {
  const phase = String(status?.phase ?? '');
  if (phase === 'Succeeded') return READY;
  if (phase === 'Failed' || phase === 'Error') {
    return { state: 'failed', reason: phase, text: String(status?.message ?? 'the workflow has failed') };
  }
  return waiting(phase === '' ? 'has not started yet' : `is ${phase}`);
}
