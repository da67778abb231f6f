import { budgetSpec, spread } from '../../../charts/lib/spread';

const pods = { labels: { app: 'x' } };
const hostname = {
  podAntiAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'x' } } },
      },
    ],
  },
};
const zone = { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway' };

test('a single pod runs anywhere', () => {
  expect(spread({}, pods, 1)).toEqual({});
});

test('several are on several nodes and zones, if there are such', () => {
  expect(spread({}, pods, 2)).toEqual({ affinity: hostname, topologySpread: [zone] });
});

test('what the environment says comes first', () => {
  const own = { affinity: { podAntiAffinity: {} }, topologySpread: [] };
  expect(spread(own, pods, 2)).toEqual(own);
});

test('an affinity to nodes leaves the pods apart from each other', () => {
  expect(spread({ affinity: { nodeAffinity: {} } }, pods, 2).affinity).toEqual({ ...hostname, nodeAffinity: {} });
});

test('a drained node takes one pod at a time, and any that is not ready', () => {
  expect(JSON.parse(JSON.stringify(budgetSpec(pods)))).toMatchObject({
    maxUnavailable: { value: 1 },
    selector: { matchLabels: { app: 'x' } },
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  });
});
