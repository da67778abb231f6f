/** A real node: containerd, the kubelet, kube-proxy, and kube-router for policies. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Parts } from '../cluster/build';
import { type Cluster, HOST, NODE, PODS, SERVICES, until } from '../cluster/cluster';
import { hierarchies } from '../cluster/linux-namespaces';
import { DNS, dns, volumes } from './kube-system';
import { PAUSE } from './oci-images';

/** The control group below which all pods are. */
export const CGROUP = 'ml-e2e';
export const SOCKET = '/run/e2e/containerd.sock';
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
export function isolate(work: string): void {
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
    ['ip', 'link', 'set', 'lo', 'up'],
    // The node's address is not of the loopback device, which pods cannot reach; Services are found by the default route.
    ['ip', 'link', 'add', 'node0', 'type', 'veth', 'peer', 'name', 'node1'],
    ['ip', 'link', 'set', 'node1', 'up'],
    ['ip', 'address', 'add', `${HOST}/24`, 'dev', 'node0'],
    ['ip', 'link', 'set', 'node0', 'up'],
    ['ip', 'route', 'add', 'default', 'dev', 'node0'],
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
  for (const hierarchy of hierarchies()) mkdirSync(join(hierarchy, CGROUP), { recursive: true });
}

/** Launches what a node runs; `load` brings the images into it. */
export function startNode(cluster: Cluster, { kubernetes, network }: Parts, work: string): void {
  const folder = join(work, 'node');
  const cni = join(folder, 'cni');
  mkdirSync(cni, { recursive: true });
  writeFileSync(join(cni, '10-pods.conflist'), JSON.stringify(cniConfig(folder)));
  writeFileSync(join(folder, 'containerd.toml'), containerdConfig(folder, cni));
  writeFileSync(join(folder, 'kubelet.json'), JSON.stringify(kubeletConfig(folder)));
  const config = cluster.file('admin.json');
  const node = `--hostname-override=${NODE}`;
  cluster.launch('/usr/bin/containerd', ['--config', join(folder, 'containerd.toml')]);
  cluster.launch(join(kubernetes, 'kubelet'), [
    `--config=${join(folder, 'kubelet.json')}`,
    `--kubeconfig=${cluster.file(`system:node:${NODE}.json`)}`,
    `--root-dir=${join(folder, 'kubelet')}`,
    `--cert-dir=${join(folder, 'certificates')}`,
    `--node-ip=${HOST}`,
    node,
  ]);
  cluster.launch(join(kubernetes, 'kube-proxy'), [
    `--kubeconfig=${config}`,
    '--proxy-mode=iptables',
    `--cluster-cidr=${PODS}`,
    '--conntrack-max-per-core=0',
    '--conntrack-min=0',
    '--oom-score-adj=0',
    node,
  ]);
  cluster.launch(join(network, 'kube-router'), [
    `--kubeconfig=${config}`,
    '--run-router=false',
    '--run-service-proxy=false',
    '--run-firewall=true',
    `--service-cluster-ip-range=${SERVICES}`,
    node,
  ]);
}

/** Imports images, given as an OCI layout. */
export async function load(layout: string): Promise<void> {
  await until('containerd answers', 60, async () => {
    const { status, stderr } = spawnSync('ctr', ['--address', SOCKET, 'version'], { encoding: 'utf8' });
    return status === 0 ? undefined : stderr;
  });
  const archive = spawn('tar', ['-C', layout, '-chf', '-', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ctr = spawn('ctr', ['--address', SOCKET, '--namespace', 'k8s.io', 'images', 'import', '--all-platforms', '-'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  archive.stdout.pipe(ctr.stdin);
  const code = await new Promise((resolve) => ctr.once('close', resolve));
  if (code !== 0) throw new Error(`ctr images import ended with ${code}`);
}

/**
 * What kube-system has: DNS for Services. And volumes, as minikube's provisioner makes them.
 * @param claims how many volumes may be claimed
 */
export async function prepare(cluster: Cluster, work: string, claims = 4): Promise<string> {
  await until('the node is ready', 120, async () => {
    const { stdout, stderr } = await cluster.kubectl(['get', 'node', NODE, '-o', 'jsonpath={.status.conditions}']);
    return /"status":"True"[^}]*"type":"Ready"/.test(stdout) ? undefined : stdout + stderr;
  });
  await until('kube-system has its account', 60, async () => {
    const { code, stderr } = await cluster.kubectl(['get', '-n', 'kube-system', 'serviceaccount', 'default']);
    return code === 0 ? undefined : stderr;
  });
  await cluster.create(...dns(), ...volumes(work, claims));
  await cluster.run(['rollout', 'status', '-n', 'kube-system', 'deployment/coredns', '--timeout=2m']);
  const version = await cluster.run(['get', 'node', NODE, '-o', 'jsonpath={.status.nodeInfo.containerRuntimeVersion}']);
  return `kubelet and ${version}`;
}

/** Has the kubelet tell new pods another address to ask for names. */
export async function tellPodsToAsk(cluster: Cluster, work: string, address: string): Promise<void> {
  const folder = join(work, 'node');
  writeFileSync(join(folder, 'kubelet.json'), JSON.stringify({ ...kubeletConfig(folder), clusterDNS: [address] }));
  const before = Date.now();
  cluster.process('kubelet').kill('SIGKILL');
  await until('the kubelet reports again', 120, async () => {
    const lease = ['get', 'lease', '-n', 'kube-node-lease', NODE, '-o', 'jsonpath={.spec.renewTime}'];
    const { stdout } = await cluster.kubectl(lease);
    return Date.parse(stdout) > before ? undefined : `its lease is of ${stdout}`;
  });
}

const cniConfig = (folder: string) => ({
  cniVersion: '0.4.0',
  name: 'pods',
  plugins: [
    {
      type: 'ptp',
      ipMasq: true,
      ipam: {
        type: 'host-local',
        subnet: PODS,
        routes: [{ dst: '0.0.0.0/0' }],
        dataDir: join(folder, 'addresses'),
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
});

const containerdConfig = (folder: string, cni: string) => `version = 2
root = "${join(folder, 'containerd')}"
state = "/run/e2e/containerd"
oom_score = 0
[grpc]
  address = "${SOCKET}"
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

const kubeletConfig = (folder: string) => ({
  kind: 'KubeletConfiguration',
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  containerRuntimeEndpoint: `unix://${SOCKET}`,
  cgroupDriver: 'cgroupfs',
  cgroupRoot: `/${CGROUP}`,
  failCgroupV1: false,
  failSwapOn: false,
  enforceNodeAllocatable: [],
  oomScoreAdj: 0,
  featureGates: { KubeletInUserNamespace: true },
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
  authorization: { mode: 'AlwaysAllow' },
  address: HOST,
  clusterDomain: 'cluster.local',
  clusterDNS: [DNS],
  podLogsDir: join(folder, 'logs'),
  volumePluginDir: join(folder, 'plugins'),
  // The disk is the host's, and may be as full as it likes.
  evictionHard: { 'nodefs.available': '0%', 'imagefs.available': '0%', 'memory.available': '100Mi' },
  imageGCHighThresholdPercent: 100,
});
