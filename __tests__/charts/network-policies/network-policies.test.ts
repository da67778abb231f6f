/** NetworkPolicies, from connections that no component has. */
import type { Edge, Pods } from '../../../charts/lib/endpoint';
import { NetworkPolicies } from '../../../charts/network-policies/network-policies';
import { composePlatform } from '../../../charts/platform';
import { build } from '../../support/foreign';
import { find, type KubernetesObject, objectsOf, platformConfig } from '../../support/platform';

const group = (name: string, namespace: string): Pods => ({ kind: 'pods', name, namespace, labels: { label: name } });
const caller = group('caller', 'space-x');
const server = group('server', 'space-y');
const other = group('other', 'space-y');

const render = (edges: readonly Edge[], apiServerCidrs: readonly string[] = []) =>
  build((app) => new NetworkPolicies(app, { namespaces: ['space-x', 'space-y'], edges, apiServerCidrs })).objects;
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

describe('a connection', () => {
  const objects = render([{ from: caller, to: server, ports: [7001, 7002] }]);
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
    const [call, dns, ...more] = from.spec.egress;
    expect(from.spec.policyTypes).toEqual(['Egress']);
    expect(call).toEqual({ to: [selected(server)], ports: tcp(7001, 7002) });
    expect(dns).toEqual({
      to: [{ namespaceSelector: inSpace('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
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
    expect(spec('server').egress).toHaveLength(1 + 1);
  });

  test('may come from any pod of a namespace that is not the platform’s', () => {
    expect(spec('server').ingress[1]).toEqual({
      from: [{ namespaceSelector: inSpace('team-x') }],
      ports: tcp(7003),
    });
  });

  test('do not add up to others: who calls the server does not reach what it calls', () => {
    expect(spec('other').ingress).toEqual([{ from: [selected(server)], ports: tcp(7004) }]);
    expect(spec('caller').egress).toHaveLength(1 + 1);
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

  test('is at any address, where they are not, but on its ports only', () => {
    expect(spec('caller', []).egress[0]).toEqual({ ports: tcp(7443) });
    expect(spec('server', []).ingress[0]).toEqual({ ports: tcp(7444) });
  });
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
