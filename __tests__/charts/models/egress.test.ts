/** Whom a model may call: from `egress` in its file to policies, inventory and picture. */
import { connections } from '../../../charts/inventory/connections';
import { graphOf } from '../../../charts/picture/graph';
import { composePlatform } from '../../../charts/platform';
import { environmentsIn } from '../../support/environments';
import { find, objectsOf, platformConfig } from '../../support/platform';
import { modelRefuses } from '../../support/refusals';
import { allViolations, wiredView } from '../../support/wiring';

const egress = {
  internet: true,
  namespaces: [{ name: 'features-x', ports: [6577, 6578] }],
  cidrs: [{ cidr: '10.77.0.0/16', ports: [5433] }, { cidr: 'fd77::/16' }],
};
const files = { server: 'SKLEARN_SERVER', protocol: 'seldon', uri: 's3://models/a' };
const configOf = (...models: readonly { name: string }[]) => platformConfig({ frontend: { enabled: false } }, models);
const caller = configOf(
  { name: 'm', ...files, egress } as { name: string },
  { name: 'n', ...files } as { name: string },
);
const rulesOf = (config: typeof caller, name: string) =>
  // Only the DNS is asked by UDP.
  find(objectsOf(config), 'NetworkPolicy', name).spec.egress.filter(({ ports }: { ports: { protocol: string }[] }) =>
    ports.every(({ protocol }) => protocol === 'TCP'),
  );

const PRIVATE = ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'];
const tcp = (...ports: number[]) => ports.map((port) => ({ protocol: 'TCP', port }));
const INTERNET = {
  to: [
    { ipBlock: { cidr: '0.0.0.0/0', except: PRIVATE } },
    { ipBlock: { cidr: '::/0', except: ['::1/128', 'fc00::/7', 'fe80::/10'] } },
  ],
  ports: tcp(443),
};

describe('a model that calls out', () => {
  test('has a policy with these targets, each on its own ports', () => {
    expect(rulesOf(caller, 'model-m')).toEqual([
      INTERNET,
      {
        to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'features-x' } } }],
        ports: tcp(6577, 6578),
      },
      { to: [{ ipBlock: { cidr: '10.77.0.0/16' } }], ports: tcp(5433) },
      { to: [{ ipBlock: { cidr: 'fd77::/16' } }], ports: tcp(443) },
    ]);
    expect(find(objectsOf(caller), 'NetworkPolicy', 'model-m').spec.podSelector).toEqual({
      matchLabels: { 'seldon-deployment-id': 'm' },
    });
  });

  test('opens nothing for the other models', () => {
    const selected = objectsOf(caller).filter(
      ({ kind, spec }) => kind === 'NetworkPolicy' && JSON.stringify(spec).includes('0.0.0.0/0'),
    );
    expect(selected.map(({ metadata }) => metadata.name)).toEqual(['model-m']);
  });

  test('is told in the inventory', () => {
    const lines = connections(JSON.parse(JSON.stringify(objectsOf(caller)))).map((line) =>
      line.replace(/ {2,}/g, ' | '),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^ml-models\/model-m \| -> features-x\/\* \| 6577, 6578$/));
    expect(lines).toContainEqual(expect.stringMatching(/^ml-models\/model-m \| -> 10\.77\.0\.0\/16 \| 5433$/));
    expect(lines).toContainEqual(expect.stringContaining(`-> 0.0.0.0/0 but ${PRIVATE.join(', ')}`));
  });

  test('is in the picture, with its targets outside the cluster', () => {
    const { groups, arrows } = graphOf({
      ...composePlatform(caller),
      workloads: [],
      models: [{ name: 'm', server: 'SKLEARN_SERVER' }],
      hosts: {},
    });
    const outside = groups.find(({ title }) => title === 'outside the cluster');
    expect(outside?.cards.map(({ title }) => title)).toEqual(['public addresses', '10.77.0.0/16', 'fd77::/16']);
    const ends = arrows.filter(({ from }) => from === 'ml-models/models').map(({ to, label }) => [to, label]);
    expect(ends).toContainEqual(['public addresses', '443']);
    expect(ends).toContainEqual(['10.77.0.0/16', '5433']);
    expect(ends).toContainEqual(['namespace features-x', '6577, 6578']);
  });

  test('fits what the components declare', () => {
    expect(allViolations(wiredView(caller))).toEqual([]);
  });
});

test('an explainer and a detector have ways out of their own', () => {
  const config = configOf({
    name: 'm',
    ...files,
    explainer: { type: 'AnchorText', egress: { internet: true } },
    detector: { kind: 'outlier', uri: 's3://models/d', egress: { cidrs: [{ cidr: '10.78.0.1/32', ports: [9] }] } },
  } as { name: string });
  expect(rulesOf(config, 'model-m-default-explainer')).toContainEqual(INTERNET);
  expect(rulesOf(config, 'm-detector')).toContainEqual({
    to: [{ ipBlock: { cidr: '10.78.0.1/32' } }],
    ports: tcp(9),
  });
  expect(JSON.stringify(rulesOf(config, 'model-m'))).not.toContain('ipBlock');
});

const MODEL = 'server: SKLEARN_SERVER\nprotocol: seldon\nuri: s3://models/a\n';

modelRefuses({
  'a way out that there is not': [
    [
      'a range that is none',
      `${MODEL}egress: {cidrs: [{cidr: 10.0.0.0}]}`,
      'egress.cidrs[0].cidr: must be a range of addresses, not "10.0.0.0", such as "10.20.0.0/16"',
    ],
    [
      'no port',
      `${MODEL}egress: {namespaces: [{name: a, ports: []}]}`,
      'egress.namespaces[0].ports: must name at least one port, not an empty list, such as [6566]',
    ],
    [
      'the internet as a word',
      `${MODEL}egress: {internet: "yes"}`,
      'egress.internet: must be true or false, not "yes", such as true',
    ],
    [
      'a namespace of the platform',
      `${MODEL}egress: {namespaces: [{name: postgres, ports: [5432]}]}`,
      'egress.namespaces[0].name: is postgres, a namespace of the platform, whose policies let no model in; name one of your own',
    ],
    [
      'a namespace of the platform, for an explainer',
      `${MODEL}explainer: {type: ALE, egress: {namespaces: [{name: mlflow}]}}`,
      'explainer.egress.namespaces[0].name: is mlflow, a namespace of the platform, whose policies let no model in; name one of your own',
    ],
  ],
});

test('a namespace of the platform is as good as any where nothing is denied', () => {
  const platform = 'frontend: {enabled: false}\nnetworkPolicies: {enabled: false}\n';
  const model = `${MODEL}egress: {namespaces: [{name: postgres, ports: [5432]}]}`;
  expect(environmentsIn({ 'test/platform.yaml': platform, 'test/models/m.yaml': model })[0]?.models).toHaveLength(1);
});
