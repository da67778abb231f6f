/** Whom an address leads to, as a NetworkPolicy can say it. */
import { peerOf } from '../../../charts/lib/endpoint';

const peer = (host: string) => peerOf(`http://${host}:7070/x`, 'space-x').peer;
const namespace = (name: string) => ({ kind: 'namespace', name });

test.each([
  ['collector', 'space-x'],
  ['collector.tracing', 'tracing'],
  ['collector.team-y', 'team-y'],
  ['collector.dev.svc', 'dev'],
  ['collector.dev.svc.cluster.test', 'dev'],
])('%s is a Service of the namespace %s', (host, name) => {
  expect(peer(host)).toEqual(namespace(name));
});

test.each(['example.com', 'collector.dev', 'printer.lan', 'collector.xn--p1ai', 'a.b.example', 'collector.tracing.'])(
  '%s may be outside the cluster',
  (host) => {
    expect(peer(host)).toEqual({ kind: 'anywhere' });
  },
);

test('an address is that one alone', () => {
  expect(peer('10.1.2.3')).toEqual({ kind: 'cidr', cidr: '10.1.2.3/32' });
});

test('the port is that of the scheme where the address has none', () => {
  expect(['http://a.test/', 'https://a.test/', 'http://a.test:81'].map((url) => peerOf(url, 'x').port)).toEqual([
    80, 443, 81,
  ]);
});
