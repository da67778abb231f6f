/** That several nodes are one cluster: pods reach each other and Services, policies know them on every node. */
import { same } from '../cluster/checks';
import { type Cluster, until } from '../cluster/cluster';
import type { List, Pod } from '../cluster/objects';
import { type Node, zoneOf } from '../node/nodes';
import { PAUSE } from '../node/oci-images';

const NAMESPACE = 'nodes';
const NAME = 'echo';
const PORT = 8080;

/** Tells who calls: the address that it sees, and its own name. */
const SERVE = `
import http.server, os
class Echo(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{self.client_address[0]} {os.environ['HOSTNAME']}".encode())
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("", ${PORT}), Echo).serve_forever()
`;

interface Placed extends Pod {
  readonly status: Pod['status'] & { readonly podIP: string };
}

/** A pod on each node, and a Service for all of them. */
export async function startEchoes(cluster: Cluster, nodes: readonly Node[]): Promise<string> {
  const labels = { app: NAME };
  const container = {
    name: NAME,
    image: PAUSE,
    command: ['python3', '-c', SERVE],
    readinessProbe: { httpGet: { path: '/', port: PORT } },
  };
  const spec = { containers: [container], terminationGracePeriodSeconds: 1 };
  const metadata = { name: NAME, namespace: NAMESPACE };
  await cluster.create(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata,
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ port: 80, targetPort: PORT }] },
    },
  );
  await cluster.run(['rollout', 'status', '-n', NAMESPACE, `daemonset/${NAME}`, '--timeout=3m']);
  same(
    (await echoes(cluster)).map(({ spec: { nodeName } }) => nodeName),
    nodes.map(({ name }) => name),
  );
  const { items } = await cluster.get<List>('nodes');
  const zones = items.map(({ metadata }) => metadata.labels?.['topology.kubernetes.io/zone']);
  same(zones.sort(), nodes.map(zoneOf).sort());
  return `${nodes.length} nodes, each in a zone of its own`;
}

/** Sorted by their nodes. */
async function echoes(cluster: Cluster): Promise<Placed[]> {
  const { items } = await cluster.get<List<Placed>>('-n', NAMESPACE, 'pods', '-l', `app=${NAME}`);
  return [...items].sort((a, b) => (a.spec.nodeName ?? '').localeCompare(b.spec.nodeName ?? ''));
}

/** Prints a line for each address: what was answered, or "refused". */
const ASK = `
import sys, urllib.request
for address in sys.argv[1:]:
    try:
        print(urllib.request.urlopen(f"http://{address}/", timeout=5).read().decode())
    except OSError:
        print("refused")
`;

async function ask(cluster: Cluster, pod: Placed, addresses: readonly string[]): Promise<string[]> {
  const exec = ['exec', '-n', NAMESPACE, pod.metadata.name, '--', 'python3', '-c', ASK, ...addresses];
  return (await cluster.run(exec)).trim().split('\n');
}

const direct = ({ status }: Placed) => `${status.podIP}:${PORT}`;

/** Each pod reaches each, and is seen by its own address, which policies go by. */
export async function podsReachPods(cluster: Cluster): Promise<string> {
  const pods = await echoes(cluster);
  for (const pod of pods) {
    const answers = await ask(cluster, pod, pods.map(direct));
    same(
      answers,
      pods.map((other) => `${pod.status.podIP} ${other.metadata.name}`),
    );
  }
  return `${pods.length ** 2} ways`;
}

/** By its name, each pod gets to every pod of the Service. */
export async function podsReachServices(cluster: Cluster): Promise<string> {
  const pods = await echoes(cluster);
  for (const pod of pods) {
    const answers = await ask(cluster, pod, Array(60).fill(`${NAME}.${NAMESPACE}.svc`) as string[]);
    const served = new Set(answers.map((answer) => answer.split(' ')[1]));
    same([...served].sort(), pods.map(({ metadata }) => metadata.name).sort());
  }
  return `each of ${pods.length} pods is answered by all of them`;
}

/** As it calls webhooks. */
export async function serverReachesPods(cluster: Cluster): Promise<string> {
  const pods = await echoes(cluster);
  for (const { metadata } of pods) {
    const path = `/api/v1/namespaces/${NAMESPACE}/pods/${metadata.name}:${PORT}/proxy/`;
    same((await cluster.run(['get', '--raw', path])).split(' ')[1], metadata.name);
  }
  return `${pods.length} pods`;
}

/** A policy that names one pod lets that one in, from another node, and no other. */
export async function policiesKnowPods(cluster: Cluster): Promise<string> {
  const [friend, stranger, ...rest] = await echoes(cluster);
  const target = rest.at(-1);
  if (friend === undefined || stranger === undefined || target === undefined) throw new Error('too few pods');
  const label = (pod: Placed, role: string) =>
    cluster.run(['label', 'pod', '-n', NAMESPACE, pod.metadata.name, `role=${role}`]);
  await label(friend, 'friend');
  await label(target, 'target');
  await cluster.create({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'target', namespace: NAMESPACE },
    spec: {
      podSelector: { matchLabels: { role: 'target' } },
      ingress: [{ from: [{ podSelector: { matchLabels: { role: 'friend' } } }] }],
    },
  });
  await until('the policy is enforced', 60, async () => {
    const said = [
      ...(await ask(cluster, friend, [direct(target)])),
      ...(await ask(cluster, stranger, [direct(target)])),
    ];
    const wanted = [`${friend.status.podIP} ${target.metadata.name}`, 'refused'];
    return said.join() === wanted.join() ? undefined : said.join();
  });
  await cluster.run(['delete', 'namespace', NAMESPACE]);
  return `${target.spec.nodeName} takes calls of a pod on ${friend.spec.nodeName}, and none of one on ${stranger.spec.nodeName}`;
}
