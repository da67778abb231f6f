/** Every port of every pod of the platform, and who gets through to it. */
import { spawn } from 'node:child_process';
import type { Cluster } from '../cluster/cluster';
import { type Environment, namespacesOf } from '../cluster/environments';
import type { Container, KubernetesObject, List } from '../cluster/objects';
import { inNetwork, type Node } from '../node/nodes';
import type { RunningPlatform } from '../node/running-platform';

export interface Place {
  readonly namespace: string;
  /** The pod, or the Service. */
  readonly of: string;
  /** The name of the port. */
  readonly name: string;
  /** Such as "10.244.1.5:8000". */
  readonly address: string;
}

interface RunningPod extends KubernetesObject {
  readonly spec: {
    readonly containers: readonly (Container & {
      readonly ports?: readonly {
        readonly name?: string;
        readonly containerPort: number;
        readonly protocol?: string;
      }[];
    })[];
  };
  readonly status: { readonly podIP?: string; readonly phase: string };
}

/** What its pods say that they listen at. */
export async function placesOf(cluster: Cluster, env: Environment): Promise<Place[]> {
  const namespaces = new Set(namespacesOf(env));
  const { items } = await cluster.get<List<RunningPod>>('pods', '-A');
  return items
    .filter(({ metadata, status }) => namespaces.has(metadata.namespace ?? '') && status.phase === 'Running')
    .flatMap(({ metadata: { name: of, namespace = '' }, spec, status }) =>
      spec.containers.flatMap(({ ports = [] }) =>
        ports
          .filter(({ protocol = 'TCP' }) => protocol === 'TCP')
          .map(({ name = '', containerPort }) => ({
            namespace,
            of,
            name,
            address: `${status.podIP}:${containerPort}`,
          })),
      ),
    );
}

interface Service extends KubernetesObject {
  readonly spec: {
    readonly clusterIP: string;
    readonly ports: readonly { readonly name?: string; readonly port: number }[];
  };
}

/** Every port of its Services. */
export async function servicePlacesOf(cluster: Cluster, env: Environment): Promise<Place[]> {
  const namespaces = new Set(namespacesOf(env));
  const { items } = await cluster.get<List<Service>>('services', '-A');
  return items
    .filter(({ metadata, spec }) => namespaces.has(metadata.namespace ?? '') && spec.clusterIP !== 'None')
    .flatMap(({ metadata: { name: service, namespace = '' }, spec: { clusterIP, ports } }) =>
      ports.map(({ name = '', port }) => ({ namespace, of: service, name, address: `${clusterIP}:${port}` })),
    );
}

/** Prints those of its arguments that it gets through to; names that DNS does not know are a failure of the test. */
const CONNECT = `
import concurrent.futures, socket, sys
def reach(place):
    host, port = place.rsplit(":", 1)
    address = socket.gethostbyname(host)
    try:
        socket.create_connection((address, int(port)), timeout=4).close()
        return True
    except OSError:
        return False
with concurrent.futures.ThreadPoolExecutor(16) as pool:
    for place, through in zip(sys.argv[1:], pool.map(reach, sys.argv[1:])):
        if through:
            print(place)
`;

const lines = (text: string) => text.split('\n').filter((line) => line !== '');

/** @param where a pod with Python */
export async function reachedFromPod(
  platform: RunningPlatform,
  where: { readonly namespace: string; readonly pod: string },
  addresses: readonly string[],
): Promise<string[]> {
  return lines(await platform.exec(where.namespace, where.pod, 'python3', '-c', CONNECT, ...addresses));
}

/** @param node whose network it comes from. @default - outside */
export function reachedFromHost(addresses: readonly string[], node?: Node): Promise<string[]> {
  const python = ['/usr/bin/python3', '-c', CONNECT, ...addresses];
  const [command = '', ...args] = node === undefined ? python : inNetwork(node, ...python);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(lines(said)) : reject(new Error(`python ended with ${code}`))));
  });
}
