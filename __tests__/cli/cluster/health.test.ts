/** When an object is what it is for. */
import { healthOf } from '../../../cli/cluster/health';
import type { LiveObject } from '../../../cli/cluster/objects';

const object = (type: string, status: object, spec: object = {}, metadata: object = {}): LiveObject => {
  const [apiVersion = '', kind = ''] = type.split(' ');
  return { apiVersion, kind, metadata: { name: 'x', namespace: 'y', ...metadata }, spec, status } as LiveObject;
};
const condition = (type: string, status: string, more: object = {}) => ({ conditions: [{ type, status, ...more }] });

const ROLLED_OUT = { observedGeneration: 3, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
const generation = { generation: 3 };

describe('ready is', () => {
  test.each<[string, LiveObject]>([
    ['a ConfigMap that is there', object('v1 ConfigMap', {})],
    ['a Namespace', object('v1 Namespace', { phase: 'Active' })],
    ['a claim with a volume', object('v1 PersistentVolumeClaim', { phase: 'Bound' })],
    [
      'a type that is served',
      object('apiextensions.k8s.io/v1 CustomResourceDefinition', condition('Established', 'True')),
    ],
    ['a Deployment with all its pods', object('apps/v1 Deployment', ROLLED_OUT, { replicas: 2 }, generation)],
    [
      'a StatefulSet with all its pods',
      object(
        'apps/v1 StatefulSet',
        { observedGeneration: 3, readyReplicas: 1, updateRevision: 'a', currentRevision: 'a' },
        {},
        generation,
      ),
    ],
    [
      'a DaemonSet on all its nodes',
      object(
        'apps/v1 DaemonSet',
        { observedGeneration: 3, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 },
        {},
        generation,
      ),
    ],
    ['a Job that is complete', object('batch/v1 Job', condition('Complete', 'True'))],
    ['a model that is available', object('machinelearning.seldon.io/v1 SeldonDeployment', { state: 'Available' })],
    ['a workflow that succeeded', object('argoproj.io/v1alpha1 Workflow', { phase: 'Succeeded' })],
    ['a certificate that was issued', object('cert-manager.io/v1 Certificate', condition('Ready', 'True'))],
    ['a database cluster that is Ready', object('postgresql.cnpg.io/v1 Cluster', condition('Ready', 'True'))],
    ['a kind that says nothing of itself', object('example.com/v1 Thing', condition('Other', 'False'))],
  ])('%s', (_, live) => {
    expect(healthOf(live)).toEqual({ state: 'ready' });
  });
});

describe('not ready yet is', () => {
  test.each<[string, LiveObject, string]>([
    ['what is being deleted', object('v1 ConfigMap', {}, {}, { deletionTimestamp: 'now' }), 'is being deleted'],
    ['a Namespace that goes', object('v1 Namespace', { phase: 'Terminating' }), 'is being deleted'],
    [
      'a claim without a volume',
      object('v1 PersistentVolumeClaim', { phase: 'Pending' }),
      'is not bound to a volume yet',
    ],
    ['a type that is new', object('apiextensions.k8s.io/v1 CustomResourceDefinition', {}), 'is not Established yet'],
    [
      'a Deployment that was just changed',
      object('apps/v1 Deployment', { ...ROLLED_OUT, observedGeneration: 2 }, { replicas: 2 }, generation),
      'its controller has not seen it yet',
    ],
    [
      'a Deployment with old pods',
      object('apps/v1 Deployment', { ...ROLLED_OUT, replicas: 3 }, { replicas: 2 }, generation),
      '1 pods of the old version are still there',
    ],
    [
      'a Deployment with new pods that do not answer',
      object('apps/v1 Deployment', { ...ROLLED_OUT, availableReplicas: 1 }, { replicas: 2 }, generation),
      '1 of 2 pods are available',
    ],
    [
      'a StatefulSet without its pod',
      object('apps/v1 StatefulSet', { observedGeneration: 3 }, {}, generation),
      '0 of 1 pods are ready',
    ],
    [
      'a StatefulSet with an old pod',
      object(
        'apps/v1 StatefulSet',
        { observedGeneration: 3, readyReplicas: 1, updateRevision: 'b', currentRevision: 'a' },
        {},
        generation,
      ),
      '0 of 1 pods are of the new version',
    ],
    ['a Job that runs', object('batch/v1 Job', { succeeded: 1 }, { completions: 3 }), '1 of 3 complete'],
    ['a Job that waits', object('batch/v1 Job', {}, { suspend: true }), 'is suspended'],
    [
      'a model that nobody has seen',
      object('machinelearning.seldon.io/v1 SeldonDeployment', {}),
      'the operator has not seen it yet',
    ],
    [
      'a model that is made',
      object('machinelearning.seldon.io/v1 SeldonDeployment', { state: 'Creating', description: 'no pods' }),
      'is Creating: no pods',
    ],
    ['a certificate that nobody has seen', object('cert-manager.io/v1 Certificate', {}), 'is not Ready yet'],
    [
      'a kind whose own condition says so',
      object('example.com/v1 Thing', condition('Ready', 'False', { message: 'soon' })),
      'is not Ready: soon',
    ],
  ])('%s', (_, live, text) => {
    expect(healthOf(live)).toEqual({ state: 'waiting', text });
  });
});

describe('failed is', () => {
  test.each<[string, LiveObject, string]>([
    [
      'a Deployment that made no progress',
      object('apps/v1 Deployment', {
        ...ROLLED_OUT,
        ...condition('Progressing', 'False', { reason: 'ProgressDeadlineExceeded' }),
      }),
      'ProgressDeadlineExceeded',
    ],
    [
      'a Deployment whose pods are refused',
      object('apps/v1 Deployment', { ...ROLLED_OUT, ...condition('ReplicaFailure', 'True') }),
      'FailedCreate',
    ],
    [
      'a Job',
      object('batch/v1 Job', condition('Failed', 'True', { reason: 'BackoffLimitExceeded' })),
      'BackoffLimitExceeded',
    ],
    ['a model', object('machinelearning.seldon.io/v1 SeldonDeployment', { state: 'Failed' }), 'Failed'],
    ['a workflow', object('argoproj.io/v1alpha1 Workflow', { phase: 'Error' }), 'Error'],
  ])('%s', (_, live, reason) => {
    expect(healthOf(live)).toMatchObject({ state: 'failed', reason });
  });
});
