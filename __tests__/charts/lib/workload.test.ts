/** What keeps pods running. */
import { Chart, Testing } from 'cdk8s';
import { k8s } from '../../../charts/lib/k8s';
import { deployment, statefulSet } from '../../../charts/lib/workload';

test('the claim templates of a StatefulSet have their type, as the API server stores them', () => {
  const chart = new Chart(Testing.app(), 'chart');
  const service = new k8s.KubeService(chart, 'service', { metadata: { name: 'service-x' } });
  const spec = { resources: { requests: { storage: k8s.Quantity.fromString('3Gi') } } };
  statefulSet(chart, 'set', {
    name: 'set-x',
    pods: { kind: 'pods', name: 'set-x', namespace: 'x', labels: { app: 'x' } },
    podLabels: { app: 'x' },
    pod: { containers: [] },
    settings: {},
    service,
    claims: [{ metadata: { name: 'claim-x' }, spec }],
  });
  const [, rendered] = Testing.synth(chart);
  expect(rendered.spec.volumeClaimTemplates).toEqual([
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'claim-x' },
      spec: { resources: { requests: { storage: '3Gi' } } },
    },
  ]);
});

describe('a Deployment replaces its pods one by one', () => {
  type Term = k8s.PodAffinityTerm;
  const replaced = (term: Omit<Term, 'topologyKey'>) => {
    const chart = new Chart(Testing.app(), 'chart');
    const required = [{ topologyKey: 'example.org/rack', ...term }];
    deployment(chart, 'set', {
      name: 'set-x',
      pods: { kind: 'pods', name: 'set-x', namespace: 'x', labels: { app: 'x' } },
      podLabels: { app: 'x', release: '7' },
      pod: { containers: [] },
      settings: {
        podLabels: { team: 'red' },
        affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
      },
    });
    return Testing.synth(chart)[0].spec.strategy.rollingUpdate;
  };
  const expression = (key: string, operator: string, values?: string[]) => ({
    labelSelector: { matchExpressions: [{ key, operator, values }] },
  });

  test.each<[string, Omit<Term, 'topologyKey'>]>([
    ['all its labels', { labelSelector: { matchLabels: { app: 'x', release: '7' } } }],
    ['a label of the environment', { labelSelector: { matchLabels: { team: 'red' } } }],
    ['every pod', { labelSelector: {} }],
    ['one of several', expression('app', 'In', ['w', 'x'])],
    ['none of others', expression('app', 'NotIn', ['w'])],
    ['a label', expression('team', 'Exists')],
    ['no label', expression('role', 'DoesNotExist')],
    ['its namespace', { labelSelector: {}, namespaces: ['w', 'x'] }],
    ['namespaces that may be its own', { labelSelector: {}, namespaces: ['w'], namespaceSelector: {} }],
  ])('the first before its successor, where they may not share a node: by %s', (_, term) => {
    expect(replaced(term)).toEqual({ maxSurge: 0, maxUnavailable: 1 });
  });

  test.each<[string, Omit<Term, 'topologyKey'>]>([
    ['another label', { labelSelector: { matchLabels: { app: 'y' } } }],
    ['a label more', { labelSelector: { matchLabels: { app: 'x', role: 'y' } } }],
    ['one of others', expression('app', 'In', ['w'])],
    ['none of several', expression('app', 'NotIn', ['w', 'x'])],
    ['a label that it has not', expression('role', 'Exists')],
    ['no label that it has', expression('team', 'DoesNotExist')],
    ['another namespace', { labelSelector: {}, namespaces: ['w'] }],
    ['no selector', {}],
  ])('each when its successor is ready, where they may share a node: by %s', (_, term) => {
    expect(replaced(term)).toEqual({ maxSurge: 1, maxUnavailable: 0 });
  });
});
