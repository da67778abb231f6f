/** Which pods are whose, and what is wrong with them. */
import type { LiveObject } from '../../../cli/cluster/objects';
import { podsOf, troubleOf } from '../../../cli/cluster/pods';

const pod = (name: string, status: object = {}, metadata: object = {}): LiveObject =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: 'a' }, ...metadata }, status }) as LiveObject;

const container = (name: string, state: object, restartCount = 0, lastState: object = {}) => ({
  name,
  restartCount,
  state,
  lastState,
});

describe('the trouble of a pod', () => {
  test.each<[string, object, object | undefined]>([
    ['that runs: none', { containerStatuses: [container('c', { running: {} })] }, undefined],
    [
      'that starts: none',
      { containerStatuses: [container('c', { waiting: { reason: 'ContainerCreating' } })] },
      undefined,
    ],
    [
      'without its image',
      { containerStatuses: [container('c', { waiting: { reason: 'ErrImagePull', message: 'not found' } })] },
      { container: 'c', reason: 'ErrImagePull', message: 'not found', times: 0 },
    ],
    [
      'that crashes: how it ended, and how often',
      {
        containerStatuses: [
          container('c', { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } }, 4, {
            terminated: { exitCode: 137, reason: 'OOMKilled' },
          }),
        ],
      },
      { reason: 'CrashLoopBackOff', message: 'it ended with exit code 137 (OOMKilled)', times: 4 },
    ],
    [
      'whose init container is in the way: that one',
      {
        initContainerStatuses: [
          container('first', { waiting: { reason: 'CreateContainerConfigError', message: 'no Secret' } }),
        ],
        containerStatuses: [container('c', { waiting: { reason: 'PodInitializing' } })],
      },
      { container: 'first', reason: 'CreateContainerConfigError' },
    ],
    [
      'that no node takes',
      { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' }] },
      { reason: 'Unschedulable', message: '0/1 nodes' },
    ],
    [
      'that was evicted',
      { phase: 'Failed', reason: 'Evicted', message: 'disk' },
      { reason: 'Evicted', message: 'disk' },
    ],
  ])('%s', (_, status, trouble) => {
    const found = troubleOf(pod('p', status));
    if (trouble === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(trouble);
  });
});

describe('the pods of an object', () => {
  const set = (name: string, revision: string) =>
    ({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name,
        uid: name,
        annotations: { 'deployment.kubernetes.io/revision': revision },
        ownerReferences: [{ kind: 'Deployment', name: 'd', uid: 'd' }],
      },
    }) as LiveObject;
  const ownedBy = (uid: string) => ({ ownerReferences: [{ kind: 'ReplicaSet', name: uid, uid }] });
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: { selector: { matchLabels: { app: 'a' } } },
  } as LiveObject;
  const names = (object: LiveObject, ...others: LiveObject[]) =>
    podsOf(object, others).map(({ metadata }) => metadata.name);

  test('are those that it selects', () => {
    expect(names(deployment, pod('one'), pod('two', {}, { labels: { app: 'b' } }))).toEqual(['one']);
  });

  test('are of the newest version', () => {
    const old = [set('s1', '9'), pod('old', {}, ownedBy('s1'))];
    expect(names(deployment, ...old, set('s2', '10'), pod('new', {}, ownedBy('s2')))).toEqual(['new']);
  });

  test('are not those that end', () => {
    expect(names(deployment, pod('p', {}, { deletionTimestamp: 'now' }))).toEqual([]);
  });

  test.each([
    ['SeldonDeployment', 'seldon-deployment-id'],
    ['Cluster', 'cnpg.io/cluster'],
  ])('of a %s have its name in the label %s', (kind, label) => {
    const object = { apiVersion: 'x/v1', kind, metadata: { name: 'wine' } } as LiveObject;
    expect(names(object, pod('p', {}, { labels: { [label]: 'wine' } }), pod('q'))).toEqual(['p']);
  });
});
