/** A real node: containerd, the kubelet, kube-proxy, and kube-router for policies. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Parts } from '../cluster/build/parts';
import { type Cluster, PODS, SERVICES, until } from '../cluster/cluster';
import { hierarchies } from '../cluster/linux-namespaces';
import { DNS, dns, volumes } from './kube-system';
import { networkCommands } from './networks';
import { inNetwork, type Node, onlyNode, programOf, zoneOf } from './nodes';
import { PAUSE } from './oci-images';

/** Node settings that the kubelet writes, and that have no namespace. */
const SYSCTLS = [
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'kernel/keys/root_maxbytes',
];

/** Gives the namespaces that this process is in what a node has, so that nothing of it is the host's. */
export function isolate(work: string, nodes: readonly Node[] = [onlyNode(work)]): void {
  const scratch = '/mnt';
  const over = (folder: string, name: string) => [
    ['mkdir', `${scratch}/${name}`, `${scratch}/${name}-work`],
    [
      'mount',
      '-t',
      'overlay',
      '-o',
      `lowerdir=${folder},upperdir=${scratch}/${name},workdir=${scratch}/${name}-work`,
      'overlay',
      folder,
    ],
  ];
  const commands = [
    ['mount', '--make-rslave', '/'],
    ['mount', '-t', 'tmpfs', 'tmpfs', scratch],
    // Logs, plug-ins and locks lie at fixed places.
    ...over('/var', 'var'),
    ...over('/etc', 'etc'),
    ['mount', '-t', 'tmpfs', 'tmpfs', '/run'],
    // Names are refused at once, not after a timeout: there is no network but this one.
    ['sh', '-c', 'rm -f /etc/resolv.conf && echo "nameserver 127.0.0.1" >/etc/resolv.conf'],
    ['mkdir', '/run/e2e', '/run/netns', `${scratch}/sysctl`],
    // A mount that pods see the mounts of.
    ['mount', '--bind', work, work],
    ['mount', '--make-rshared', work],
    ...networkCommands(nodes),
    ...SYSCTLS.flatMap((name) => {
      const copy = `${scratch}/sysctl/${name.replaceAll('/', '.')}`;
      return [
        ['cp', `/proc/sys/${name}`, copy],
        ['mount', '--bind', copy, `/proc/sys/${name}`],
      ];
    }),
  ];
  for (const [command = '', ...args] of commands)
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  for (const hierarchy of hierarchies())
    for (const { cgroup } of nodes) mkdirSync(join(hierarchy, cgroup), { recursive: true });
}

/** Launches what runs the containers of a node; `load` brings the images into it. */
export function startContainerd(cluster: Cluster, node: Node): void {
  const { folder, socket } = node;
  const cni = join(folder, 'cni');
  mkdirSync(cni, { recursive: true });
  mkdirSync(dirname(socket), { recursive: true });
  writeFileSync(join(cni, '10-pods.conflist'), JSON.stringify(cniConfig(node)));
  writeFileSync(join(folder, 'containerd.toml'), containerdConfig(node, cni));
  launch(cluster, node, '/usr/bin/containerd', ['--config', join(folder, 'containerd.toml')]);
}

/** Launches what makes a node of it. */
export function startKubelet(cluster: Cluster, { kubernetes, network }: Parts, node: Node): void {
  const { name, folder, address } = node;
  writeFileSync(join(folder, 'kubelet.json'), JSON.stringify(kubeletConfig(node)));
  const config = cluster.file('admin.json');
  const own = `--hostname-override=${name}`;
  launch(cluster, node, join(kubernetes, 'kubelet'), [
    `--config=${join(folder, 'kubelet.json')}`,
    `--kubeconfig=${cluster.file(`system:node:${name}.json`)}`,
    `--root-dir=${join(folder, 'kubelet')}`,
    `--cert-dir=${join(folder, 'certificates')}`,
    `--node-ip=${address}`,
    `--node-labels=topology.kubernetes.io/zone=${zoneOf(node)}`,
    own,
  ]);
  launch(cluster, node, join(kubernetes, 'kube-proxy'), [
    `--kubeconfig=${config}`,
    '--proxy-mode=iptables',
    `--cluster-cidr=${PODS}`,
    '--conntrack-max-per-core=0',
    '--conntrack-min=0',
    '--oom-score-adj=0',
    own,
  ]);
  launch(cluster, node, join(network, 'kube-router'), [
    `--kubeconfig=${config}`,
    '--run-router=false',
    '--run-service-proxy=false',
    '--run-firewall=true',
    `--service-cluster-ip-range=${SERVICES}`,
    own,
  ]);
}

/** Launches all that a node runs. */
export function startNode(cluster: Cluster, parts: Parts, node: Node): void {
  startContainerd(cluster, node);
  startKubelet(cluster, parts, node);
}

function launch(cluster: Cluster, node: Node, program: string, args: readonly string[]): void {
  const [command = '', ...rest] = inNetwork(node, program, ...args);
  cluster.launch(command, rest, undefined, programOf(node, basename(program)));
}

/** Imports images, given as an OCI layout. */
export async function load(layout: string, { socket }: Node): Promise<void> {
  await until('containerd answers', 60, async () => {
    const { status, stderr } = spawnSync('ctr', ['--address', socket, 'version'], { encoding: 'utf8' });
    return status === 0 ? undefined : stderr;
  });
  const archive = spawn('tar', ['-C', layout, '-chf', '-', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ctr = spawn('ctr', ['--address', socket, '--namespace', 'k8s.io', 'images', 'import', '--all-platforms', '-'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  // An import that fails is judged by its exit code.
  ctr.stdin.on('error', () => {});
  archive.stdout.pipe(ctr.stdin);
  const code = await new Promise((resolve) => ctr.once('close', resolve));
  if (code !== 0) throw new Error(`ctr images import ended with ${code}`);
}

export interface Prepared {
  /** How many volumes may be claimed. @default 4 */
  readonly claims?: number;
  /** @default - the only one */
  readonly nodes?: readonly Node[];
  /** Addresses of names outside, which pods may ask for. @default - none */
  readonly hosts?: Readonly<Record<string, string>>;
}

/** What kube-system has: DNS for Services. And volumes, as minikube's provisioner makes them. */
export async function prepare(
  cluster: Cluster,
  work: string,
  { claims = 4, nodes, hosts }: Prepared = {},
): Promise<string> {
  const all = nodes ?? [onlyNode(work)];
  for (const { name } of all) {
    await until(`${name} is ready`, 120, async () => {
      const { stdout, stderr } = await cluster.kubectl(['get', 'node', name, '-o', 'jsonpath={.status.conditions}']);
      return /"status":"True"[^}]*"type":"Ready"/.test(stdout) ? undefined : stdout + stderr;
    });
  }
  await until('kube-system has its account', 60, async () => {
    const { code, stderr } = await cluster.kubectl(['get', '-n', 'kube-system', 'serviceaccount', 'default']);
    return code === 0 ? undefined : stderr;
  });
  await cluster.create(...dns(Math.min(all.length, 2), hosts), ...volumes(work, claims));
  await cluster.run(['rollout', 'status', '-n', 'kube-system', 'deployment/coredns', '--timeout=2m']);
  const version = await cluster.run([
    'get',
    'node',
    '-o',
    'jsonpath={.items[0].status.nodeInfo.containerRuntimeVersion}',
  ]);
  return `kubelet and ${version}`;
}

/** Has the kubelet tell new pods another address to ask for names. */
export async function tellPodsToAsk(cluster: Cluster, node: Node, address: string): Promise<void> {
  const { name, folder } = node;
  writeFileSync(join(folder, 'kubelet.json'), JSON.stringify({ ...kubeletConfig(node), clusterDNS: [address] }));
  const before = Date.now();
  cluster.process(programOf(node, 'kubelet')).kill('SIGKILL');
  await until('the kubelet reports again', 120, async () => {
    const lease = ['get', 'lease', '-n', 'kube-node-lease', name, '-o', 'jsonpath={.spec.renewTime}'];
    const { stdout } = await cluster.kubectl(lease);
    return Date.parse(stdout) > before ? undefined : `its lease is of ${stdout}`;
  });
}

const cniConfig = ({ folder, pods }: Node) => ({
  cniVersion: '0.4.0',
  name: 'pods',
  plugins: [
    {
      type: 'ptp',
      // Policies go by the addresses of pods, also on another node.
      ipMasq: false,
      ipam: {
        type: 'host-local',
        subnet: pods,
        routes: [{ dst: '0.0.0.0/0' }],
        dataDir: join(folder, 'addresses'),
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
});

const containerdConfig = ({ folder, socket }: Node, cni: string) => `version = 2
root = "${join(folder, 'containerd')}"
state = "${join(dirname(socket), 'containerd')}"
oom_score = 0
[grpc]
  address = "${socket}"
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  disable_apparmor = true
  sandbox_image = "${PAUSE}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${cni}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
`;

const kubeletConfig = ({ folder, address, socket, cgroup }: Node) => ({
  kind: 'KubeletConfiguration',
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  containerRuntimeEndpoint: `unix://${socket}`,
  cgroupDriver: 'cgroupfs',
  cgroupRoot: `/${cgroup}`,
  failCgroupV1: false,
  failSwapOn: false,
  enforceNodeAllocatable: [],
  oomScoreAdj: 0,
  featureGates: { KubeletInUserNamespace: true },
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
  authorization: { mode: 'AlwaysAllow' },
  address,
  clusterDomain: 'cluster.local',
  clusterDNS: [DNS],
  podLogsDir: join(folder, 'logs'),
  volumePluginDir: join(folder, 'plugins'),
  // The disk is the host's, and may be as full as it likes.
  evictionHard: { 'nodefs.available': '0%', 'imagefs.available': '0%', 'memory.available': '100Mi' },
  imageGCHighThresholdPercent: 100,
});
