/** A DNS that is not kube-system's kube-dns: a cache on the node, and pods of another namespace, label and port. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../cluster/cluster';
import { finished, run } from '../../cluster/commands';
import type { List, Pod } from '../../cluster/objects';
import { addSettings, renderAndApply, whileChanged } from '../follow';
import { DNS, dns } from '../kube-system';
import { tellPodsToAsk } from '../kubelet-node';
import { COREDNS } from '../oci-images';
import type { RunningPlatform } from '../running-platform';
import { documented } from '../troubleshooting';

/** Where NodeLocal DNSCache answers. */
const CACHE = '169.254.20.10';
const ELSEWHERE = { namespace: 'resolvers', labels: { app: 'resolver' }, port: 1053 };
/** Who asks for names, with a program of theirs that does. */
const ASKERS = [
  ['mlflow', 'app.kubernetes.io/name=mlflow', 'postgresql.postgres.svc.cluster.local'],
  ['ml-models', 'seldon-deployment-id=mlflow-wine', 'minio.minio-system.svc.cluster.local'],
  ['fe', 'app.kubernetes.io/name=frontend', 'mlflow-wine-default.ml-models.svc.cluster.local'],
] as const;

/** The kubelet names the cache to new pods, and the policies of every environment know it. */
export async function cacheOnTheNode(platform: RunningPlatform, works: () => Promise<void>): Promise<string> {
  const { cluster, parts, work } = platform.props;
  finished(run('ip', ['address', 'add', `${CACHE}/32`, 'dev', 'node0'], '/'));
  const corefile = join(work, 'Corefile');
  const names = `kubernetes cluster.local in-addr.arpa ip6.arpa {\n kubeconfig ${cluster.file('admin.json')} e2e\n }`;
  writeFileSync(corefile, `.:53 {\n bind ${CACHE}\n errors\n ${names}\n}\n`);
  cluster.launch(join(parts.network, 'coredns'), ['-conf', corefile]);
  await tellPodsToAsk(cluster, work, CACHE);
  await restart(platform);
  for (const [namespace, selector] of ASKERS) {
    const settings = await platform.exec(
      namespace,
      await podOf(platform, namespace, selector),
      'cat',
      '/etc/resolv.conf',
    );
    if (!settings.includes(`nameserver ${CACHE}`)) throw new Error(settings);
  }
  await works();
  await tellPodsToAsk(cluster, work, DNS);
  await restart(platform);
  await cluster.end('coredns');
  return `${ASKERS.map(([namespace]) => namespace).join(', ')} ask ${CACHE}, with the policies as they are`;
}

/** Other pods answer. Without the setting nothing has names any more, which the troubleshooting explains. */
export async function resolversElsewhere(platform: RunningPlatform, works: () => Promise<void>): Promise<string> {
  const { cluster, repository } = platform.props;
  await everybodyResolves(platform);
  await platform.kubectl('scale', '-n', 'kube-system', 'deployment/coredns', '--replicas=0');
  await startElsewhere(platform);
  let seen = '';
  await until('names are lost', 60, async () => {
    const [namespace, selector, name] = ASKERS[0];
    const look = ['python3', '-c', `import socket; socket.gethostbyname("${name}")`];
    const { code, stderr } = await cluster.kubectl([
      'exec',
      '-n',
      namespace,
      await podOf(platform, namespace, selector),
      '--',
      ...look,
    ]);
    seen = stderr;
    return code === 0 ? 'they resolve' : undefined;
  });
  const row = documented(platform, seen);
  await whileChanged(platform, async () => {
    addSettings(join(repository.environment(), 'platform.yaml'), { networkPolicies: { dns: { pods: [ELSEWHERE] } } });
    await renderAndApply(platform, '10-setup');
    await until('names are back', 60, () => everybodyResolves(platform).then(() => undefined, String));
    await works();
  });
  await cluster.run(['delete', 'namespace', ELSEWHERE.namespace]);
  await platform.kubectl('delete', 'endpointslice', '-n', 'kube-system', 'elsewhere');
  await platform.apply(...dns().filter((object) => 'kind' in object && object.kind === 'Service'));
  await platform.kubectl('scale', '-n', 'kube-system', 'deployment/coredns', '--replicas=1');
  await platform.kubectl('rollout', 'status', '-n', 'kube-system', 'deployment/coredns', '--timeout=2m');
  await renderAndApply(platform, '10-setup');
  await until('names are as before', 60, () => everybodyResolves(platform).then(() => undefined, String));
  return `${row}; with networkPolicies.dns all is well`;
}

async function podOf({ props }: RunningPlatform, namespace: string, selector: string): Promise<string> {
  const { items } = await props.cluster.get<List<Pod>>(
    '-n',
    namespace,
    'pods',
    '-l',
    selector,
    '--field-selector=status.phase=Running',
  );
  const [pod] = items;
  if (!pod) throw new Error(`no pod of ${selector} runs`);
  return pod.metadata.name;
}

async function everybodyResolves(platform: RunningPlatform): Promise<void> {
  for (const [namespace, selector, name] of ASKERS)
    await platform.exec(namespace, await podOf(platform, namespace, selector), 'getent', 'hosts', name);
}

/** New pods for those that ask for names. */
async function restart(platform: RunningPlatform): Promise<void> {
  for (const [namespace, selector] of ASKERS) await platform.kubectl('delete', 'pods', '-n', namespace, '-l', selector);
  await platform.kubectl('rollout', 'status', '-n', 'mlflow', 'deployment/mlflow', '--timeout=10m');
  await platform.kubectl('rollout', 'status', '-n', 'fe', 'deployment/fe-deployment', '--timeout=10m');
  await platform.modelsAvailable();
}

/** The same server and address, by pods elsewhere. */
async function startElsewhere(platform: RunningPlatform): Promise<void> {
  const { namespace, labels, port } = ELSEWHERE;
  const corefile = `.:${port} {\n errors\n ready\n kubernetes cluster.local in-addr.arpa ip6.arpa\n}\n`;
  await platform.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'resolver', namespace } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'resolver', namespace }, data: { Corefile: corefile } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'resolver' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'coredns' },
      subjects: [{ kind: 'ServiceAccount', name: 'resolver', namespace }],
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'resolver', namespace, labels },
      spec: {
        serviceAccountName: 'resolver',
        dnsPolicy: 'Default',
        containers: [
          {
            name: 'coredns',
            image: COREDNS,
            args: ['-conf', '/etc/coredns/Corefile'],
            readinessProbe: { httpGet: { path: '/ready', port: 8181 } },
            volumeMounts: [{ name: 'config', mountPath: '/etc/coredns' }],
          },
        ],
        volumes: [{ name: 'config', configMap: { name: 'resolver' } }],
        terminationGracePeriodSeconds: 1,
      },
    },
  );
  await platform.kubectl('wait', '-n', namespace, '--for=condition=Ready', 'pod/resolver', '--timeout=2m');
  const address = await platform.kubectl('get', 'pod', '-n', namespace, 'resolver', '-o', 'jsonpath={.status.podIP}');
  // A Service selects pods of its own namespace only, so its endpoints are written by hand.
  await platform.kubectl(
    'patch',
    'service',
    '-n',
    'kube-system',
    'kube-dns',
    '--type=json',
    '-p',
    '[{"op":"remove","path":"/spec/selector"}]',
  );
  await platform.kubectl('delete', 'endpointslice', '-n', 'kube-system', '-l', 'kubernetes.io/service-name=kube-dns');
  await platform.apply({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'elsewhere', namespace: 'kube-system', labels: { 'kubernetes.io/service-name': 'kube-dns' } },
    addressType: 'IPv4',
    ports: [
      { name: 'dns', port, protocol: 'UDP' },
      { name: 'dns-tcp', port, protocol: 'TCP' },
    ],
    endpoints: [{ addresses: [address] }],
  });
}
