/** What keeps pods running. */
import { Chart, Testing } from 'cdk8s';
import { k8s } from '../../../charts/lib/k8s';
import { statefulSet } from '../../../charts/lib/workload';

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
