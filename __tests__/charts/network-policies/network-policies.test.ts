/** NetworkPolicies, from connections that no component has. */
import type { Edge, Pods } from '../../../charts/lib/endpoint';
import { NetworkPolicies, type NetworkPoliciesProps } from '../../../charts/network-policies/network-policies';
import { composePlatform } from '../../../charts/platform';
import { build } from '../../support/foreign';
import { find, type KubernetesObject, objectsOf, platformConfig } from '../../support/platform';
import { platformRefuses } from '../../support/refusals';
import { WIRING, wiredView, withObjects } from '../../support/wiring';

const group = (name: string, namespace: string): Pods => ({ kind: 'pods', name, namespace, labels: { label: name } });
const caller = group('caller', 'space-x');
const server = group('server', 'space-y');
const other = group('other', 'space-y');

const render = (
  edges: readonly Edge[],
  apiServerCidrs: readonly string[] = [],
  more: Partial<NetworkPoliciesProps> = {},
) =>
  build((app) => new NetworkPolicies(app, { namespaces: ['space-x', 'space-y'], edges, apiServerCidrs, ...more }))
    .objects;
const inSpace = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });
const selected = ({ namespace, labels }: Pods) => ({
  namespaceSelector: inSpace(namespace),
  podSelector: { matchLabels: labels },
});
const tcp = (...ports: number[]) => ports.map((port) => ({ protocol: 'TCP', port }));

describe('without a connection', () => {
  const objects = render([]);

  test('every namespace denies everything, both ways, to all of its pods', () => {
    expect(objects.map(({ metadata, spec }) => [metadata.namespace, spec])).toEqual(
      ['space-x', 'space-y'].map((name) => [name, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }]),
    );
  });
});

describe('to any address', () => {
  const peers = (port: number) =>
    find(render([{ from: caller, to: { kind: 'anywhere' }, ports: [port] }]), 'NetworkPolicy', 'caller').spec.egress[0]
      .to;

  test('is a rule without peers', () => {
    expect(peers(7001)).toBeUndefined();
  });

  test('leaves out on port 80 where clouds hand out credentials, and no pod', () => {
    const [pods, ...blocks] = peers(80);
    expect(pods).toEqual({ namespaceSelector: {} });
    expect(blocks).toMatchObject([
      { ipBlock: { cidr: '0.0.0.0/0', except: expect.arrayContaining(['169.254.0.0/16']) } },
      { ipBlock: { cidr: '::/0', except: expect.arrayContaining(['fd00:ec2::/64']) } },
    ]);
  });
});

describe('a connection', () => {
  const dns = { pods: [{ namespace: 'space-d', labels: { d: 'x' }, port: 53 }], cidrs: ['192.0.2.53/32'] };
  const objects = render([{ from: caller, to: server, ports: [7001, 7002] }], [], { dns });
  const from = find(objects, 'NetworkPolicy', 'caller');
  const to = find(objects, 'NetworkPolicy', 'server');

  test('is one policy at each end, in the namespace of the pods and about them', () => {
    expect(objects).toHaveLength(2 + 2);
    expect([from.metadata.namespace, from.spec.podSelector]).toEqual(['space-x', { matchLabels: { label: 'caller' } }]);
    expect([to.metadata.namespace, to.spec.podSelector]).toEqual(['space-y', { matchLabels: { label: 'server' } }]);
  });

  test('lets the caller in, on its ports', () => {
    expect(to.spec.policyTypes).toEqual(['Ingress']);
    expect(to.spec.ingress).toEqual([{ from: [selected(caller)], ports: tcp(7001, 7002) }]);
    expect(to.spec.egress).toBeUndefined();
  });

  test('lets the caller out, on the same ports, and ask the DNS of the cluster', () => {
    const [call, names, ...more] = from.spec.egress;
    expect(from.spec.policyTypes).toEqual(['Egress']);
    expect(call).toEqual({ to: [selected(server)], ports: tcp(7001, 7002) });
    expect(names).toEqual({
      to: [
        { namespaceSelector: inSpace('space-d'), podSelector: { matchLabels: { d: 'x' } } },
        { ipBlock: { cidr: '192.0.2.53/32' } },
      ],
      ports: [
        { protocol: 'UDP', port: 53 },
        { protocol: 'TCP', port: 53 },
      ],
    });
    expect(more).toEqual([]);
    expect(from.spec.ingress).toBeUndefined();
  });
});

describe('several connections', () => {
  const edges: Edge[] = [
    { from: caller, to: server, ports: [7001] },
    { from: { kind: 'namespace', name: 'team-x' }, to: server, ports: [7003] },
    { from: server, to: other, ports: [7004] },
  ];
  const objects = render(edges);
  const spec = (name: string) => find(objects, 'NetworkPolicy', name).spec;

  test('of the same pods are rules of one policy', () => {
    expect(spec('server').ingress).toHaveLength(2);
    expect(spec('server').egress).toHaveLength(1 + 2);
  });

  test('may come from any pod of a namespace that is not the platform’s', () => {
    expect(spec('server').ingress[1]).toEqual({
      from: [{ namespaceSelector: inSpace('team-x') }],
      ports: tcp(7003),
    });
  });

  test('do not add up to others: who calls the server does not reach what it calls', () => {
    expect(spec('other').ingress).toEqual([{ from: [selected(server)], ports: tcp(7004) }]);
    expect(spec('caller').egress).toHaveLength(1 + 2);
  });

  test('give the same policies in whatever order they are declared, but for the order of rules', () => {
    const names = (list: KubernetesObject[]) => list.map(({ metadata }) => metadata.name);
    expect(names(render([...edges].reverse()))).toEqual(names(objects));
  });
});

describe('the API server', () => {
  const edges: Edge[] = [
    { from: caller, to: { kind: 'apiServer' }, ports: [7443] },
    { from: { kind: 'apiServer' }, to: server, ports: [7444] },
  ];
  const spec = (name: string, cidrs: string[]) => find(render(edges, cidrs), 'NetworkPolicy', name).spec;

  test('is at its addresses, where they are known', () => {
    const cidrs = ['192.0.2.1/32', '192.0.2.2/32'];
    const blocks = cidrs.map((cidr) => ({ ipBlock: { cidr } }));
    expect(spec('caller', cidrs).egress[0]).toEqual({ to: blocks, ports: tcp(7443) });
    expect(spec('server', cidrs).ingress[0]).toEqual({ from: blocks, ports: tcp(7444) });
  });

  test('calls from other addresses than it is called at, where an overlay shows those', () => {
    const [calling, called] = [['192.0.2.8/29'], ['192.0.2.1/32']];
    const objects = render(edges, called, { apiServerCallers: calling });
    const rule = (name: string) => find(objects, 'NetworkPolicy', name).spec;
    expect(rule('caller').egress[0].to).toEqual([{ ipBlock: { cidr: '192.0.2.1/32' } }]);
    expect(rule('server').ingress[0].from).toEqual([{ ipBlock: { cidr: '192.0.2.8/29' } }]);
    expect(find(render(edges, called, { apiServerCallers: [] }), 'NetworkPolicy', 'server').spec.ingress[0]).toEqual({
      ports: tcp(7444),
    });
  });

  test('is at any address, where they are not, but on its ports only', () => {
    expect(spec('caller', []).egress[0]).toEqual({ ports: tcp(7443) });
    expect(spec('server', []).ingress[0]).toEqual({ ports: tcp(7444) });
  });
});

describe('the DNS', () => {
  const wired = (settings: object = {}) => wiredView(platformConfig(settings));
  const closed = WIRING['policies allow the declared connections, at both ends, and nothing else'];
  const egress = (settings: object = {}) =>
    find(wired(settings).objects as KubernetesObject[], 'NetworkPolicy', 'mlflow').spec.egress.slice(-2);

  test.each<[string, object]>([
    ['of common distributions', {}],
    ['of one distribution', { pods: [{ namespace: 'dns-x', labels: { a: 'b' }, port: 1053 }], cidrs: [] }],
    ['of the node', { pods: [], cidrs: ['192.0.2.53/32', 'fd00::53/128'] }],
    ['at several ports', { pods: [{ namespace: 'dns-x', labels: { a: 'b' }, port: 1053 }], cidrs: ['192.0.2.53/32'] }],
  ])('%s is open, and nothing beside it', (_, dns) => {
    expect(closed(wired({ networkPolicies: { dns } }))).toEqual([]);
  });

  test.each<[string, number, object]>([
    [
      'kubeadm, k3s, RKE2, Talos, AKS, EKS',
      53,
      selected({ ...other, namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }),
    ],
    [
      'NodeLocal DNSCache as a pod',
      53,
      selected({ ...other, namespace: 'kube-system', labels: { 'k8s-app': 'node-local-dns' } }),
    ],
    ['NodeLocal DNSCache on the node', 53, { ipBlock: { cidr: '169.254.20.10/32' } }],
    ['Cloud DNS for GKE', 53, { ipBlock: { cidr: '169.254.169.254/32' } }],
    [
      'OpenShift',
      5353,
      selected({
        ...other,
        namespace: 'openshift-dns',
        labels: { 'dns.operator.openshift.io/daemonset-dns': 'default' },
      }),
    ],
  ])('of %s answers by default', (_, port, peer) => {
    const rules = egress().filter(({ to }: { to: object[] }) =>
      to.some((one) => JSON.stringify(one) === JSON.stringify(peer)),
    );
    expect(rules.map(({ ports }: { ports: object }) => ports)).toEqual([
      [
        { protocol: 'UDP', port },
        { protocol: 'TCP', port },
      ],
    ]);
  });

  test('has the metadata server of clouds at one of its addresses, which stays closed on every other port', () => {
    const objects = structuredClone(wired().objects) as KubernetesObject[];
    find(objects, 'NetworkPolicy', 'mlflow').spec.egress.push({
      to: [{ ipBlock: { cidr: '169.254.169.254/32' } }],
      ports: tcp(80),
    });
    expect(closed(withObjects(wired(), objects))).toEqual([
      'egress of Deployment mlflow/mlflow to the DNS at 169.254.169.254/32 TCP 80: open, but not declared',
    ]);
  });
});

platformRefuses({
  'a DNS that is none': [
    [
      'pods without labels, which would be all of a namespace',
      'networkPolicies: {dns: {pods: [{namespace: kube-system, labels: {}}]}}',
      'networkPolicies.dns.pods[0].labels: must have at least one label, not a mapping, such as {"k8s-app":"kube-dns"}',
    ],
    [
      'an address without its range',
      'networkPolicies: {dns: {cidrs: [10.0.0.10]}}',
      'networkPolicies.dns.cidrs[0]: must be a range of addresses, not "10.0.0.10", such as "169.254.20.10/32"',
    ],
    [
      'a caller that is a name',
      'networkPolicies: {apiServer: {callers: [tunnel]}}',
      'networkPolicies.apiServer.callers[0]: must be a range of addresses, not "tunnel", such as "10.244.0.0/16"',
    ],
  ],
});

describe('of a platform', () => {
  const policies = (settings: unknown) =>
    objectsOf(platformConfig(settings)).filter(({ kind }) => kind === 'NetworkPolicy');

  test('there is one for each group of pods that its components connect, and one for each namespace', () => {
    const { components } = composePlatform(platformConfig({}));
    const peers = components.flatMap(({ edges }) => edges.flatMap(({ from, to }) => [from, to]));
    const groups = new Set(peers.flatMap((peer) => (peer.kind === 'pods' ? [`${peer.namespace}/${peer.name}`] : [])));
    const named = policies({}).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    expect(named.filter((name) => !name.endsWith('/default-deny')).sort()).toEqual([...groups].sort());
    expect(named.filter((name) => name.endsWith('/default-deny'))).toHaveLength(6);
  });

  test('there is none where they are switched off', () => {
    expect(policies({ networkPolicies: { enabled: false } })).toEqual([]);
  });
});
