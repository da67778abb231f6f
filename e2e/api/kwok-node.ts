/** The nodes that pods are bound to, their volumes, and what else a cluster has before the platform comes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Parts } from '../cluster/build/parts';
import { type Cluster, HOST, NODE, PODS, until } from '../cluster/cluster';
import { type Environment, namespacesOf, ofKind } from '../cluster/environments';
import type { NodeSize } from '../cluster/node-size';
import type { List } from '../cluster/objects';
import { nodesNeeded } from './nodes';

/** How many claims of a class there may be: more than any environment makes. */
const VOLUMES = 16;

/** Starts kwok, which says that pods run. */
export function startKwok(cluster: Cluster, { node, stages }: Parts): void {
  cluster.launch(join(node, 'kwok'), [
    `--kubeconfig=${cluster.file('admin.json')}`,
    '--manage-all-nodes=true',
    `--node-ip=${HOST}`,
    `--cidr=${PODS}`,
    '--node-lease-duration-seconds=40',
    ...stages.map((file) => `--config=${file}`),
  ]);
}

/** Makes as many nodes as the environment needs, and waits until pods can be made. */
export async function prepare(cluster: Cluster, env: Environment, project: string, parts: Parts): Promise<string> {
  const { node } = env;
  const count = nodesNeeded(env);
  await cluster.create(...nodes(env, count));
  await until('the nodes and the ServiceAccount of kube-system are there', 120, async () => {
    const { code, stderr } = await cluster.kubectl(['get', '-n', 'kube-system', 'serviceaccount', 'default']);
    if (code !== 0) return stderr;
    const { items } = await cluster.get<List<{ spec: { taints?: unknown } }>>('nodes');
    const tainted = items.find(({ spec }) => spec.taints !== undefined);
    return tainted && JSON.stringify(tainted.spec.taints);
  });
  await cluster.create(...namespaces(env), ...volumes(env), ...priorityClasses(env), ...systemPods(node));
  await until('the pods of kube-system run', 30, async () => {
    const { items } = await cluster.get<List<{ status: { phase: string } }>>('pods', '-n', 'kube-system');
    return items.every(({ status }) => status.phase === 'Running') ? undefined : JSON.stringify(items);
  });
  await optionalTypes(cluster, env, join(project, 'crds/third-party'));
  await operatorTypes(cluster, env, parts);
  return `${count === 1 ? '' : `${count} nodes, each `}${node.cpu} CPUs and ${node.memory}`;
}

/** Each is in a zone of its own. */
function nodes(env: Environment, count: number): object[] {
  const { cpu, memory, disk, devices } = env.node;
  const resources = { cpu, memory, 'ephemeral-storage': disk, pods: '110', ...devices };
  return Array.from({ length: count }, (_, index) => {
    const name = index === 0 ? NODE : `${NODE}-${index + 1}`;
    const labels = {
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/hostname': name,
      'topology.kubernetes.io/zone': `zone-${index + 1}`,
      ...selectedLabels(env),
    };
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels },
      status: { allocatable: resources, capacity: resources, addresses: [{ type: 'InternalIP', address: HOST }] },
    };
  });
}

/** The labels that the environment's pods choose nodes by. Every node has them, so no two may differ in a value. */
function selectedLabels(env: Environment): Record<string, string> {
  const selectors = [...JSON.stringify(env.objects).matchAll(/"nodeSelector":(\{[^}]*\})/g)];
  return Object.assign({}, ...selectors.map(([, json = '{}']) => JSON.parse(json) as Record<string, string>));
}

/** The namespaces of others that it has objects in, such as that of the cluster's Gateways. */
function namespaces(env: Environment): object[] {
  const own = new Set(['default', 'kube-system', ...namespacesOf(env)]);
  const named = env.objects.flatMap(({ metadata: { namespace } }) => namespace ?? []);
  return [...new Set(named)]
    .filter((name) => !own.has(name))
    .map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
}

/** The priority classes that its pods name and it does not bring: the API server refuses a pod of one that is not there. */
function priorityClasses(env: Environment): object[] {
  const named = [...JSON.stringify(env.objects).matchAll(/"priorityClassName":"([^"]+)"/g)].map(([, name]) => name);
  const brought = new Set(ofKind(env, 'PriorityClass').map(({ metadata }) => metadata.name));
  return [...new Set(named)]
    .filter((name = '') => !brought.has(name))
    .map((name) => ({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value: 1000,
    }));
}

/** Volumes that exist beforehand, in place of a provisioner, for each class that claims may name. */
function volumes(env: Environment): object[] {
  const named = [...JSON.stringify(env.objects).matchAll(/"storageClassName":"([^"]+)"/g)].map(([, name]) => name);
  return ['standard', ...new Set(named)].flatMap((name) => [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name,
        annotations: name === 'standard' ? { 'storageclass.kubernetes.io/is-default-class': 'true' } : {},
      },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'Immediate',
    },
    ...Array.from({ length: VOLUMES }, (_, index) => index + 1).map((number) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `${name}-${number}` },
      spec: {
        storageClassName: name,
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '1Ti' },
        hostPath: { path: `/volumes/${name}-${number}` },
      },
    })),
  ]);
}

/** One pod that asks for what kube-system's pods ask for together, under CoreDNS's label. */
function systemPods({ system }: NodeSize): object[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'kube-system', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
      spec: { containers: [{ name: 'all', image: 'stand-in', resources: { requests: system } }] },
    },
  ];
}

/** Installs the types of optional parts that the environment uses, which its cluster would have already. */
async function optionalTypes(cluster: Cluster, env: Environment, folder: string): Promise<void> {
  const groups = new Set(env.objects.map(({ apiVersion }) => apiVersion.split('/')[0]));
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
    const group = /^\s+group: (\S+)/m.exec(readFileSync(join(folder, file), 'utf8'))?.[1];
    if (group !== undefined && groups.has(group)) await install(cluster, join(folder, file));
  }
}

/** Installs the types that the Seldon operator makes objects of where it is told to. */
async function operatorTypes(cluster: Cluster, env: Environment, { types }: Parts): Promise<void> {
  if (!/_ENABLED","value":"true"/.test(JSON.stringify(ofKind(env, 'Deployment')))) return;
  await install(cluster, types);
}

async function install(cluster: Cluster, file: string): Promise<void> {
  await cluster.applyForeign(file);
  await cluster.established('-f', file);
}
