/** A DNS that is not kube-system's kube-dns: a cache on the node, and pods of another namespace, label and port. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../cluster/cluster';
import { finished, run } from '../../cluster/commands';
import { CLIENT } from '../client';
import { addSettings, renderAndApply, whileChanged } from '../follow';
import { DNS, DNS_LABELS } from '../kube-system';
import { tellPodsToAsk } from '../kubelet-node';
import { onlyNode } from '../nodes';
import { COREDNS } from '../oci-images';
import type { RunningPlatform } from '../running-platform';
import { documented } from '../troubleshooting';

/** Where NodeLocal DNSCache answers. */
const CACHE = '169.254.20.10';
const ELSEWHERE = { namespace: 'resolvers', labels: { app: 'resolver' }, port: 1053 };
/** Who asks for names: a Deployment, and a name that it needs. */
const ASKERS = [
  ['mlflow', 'deployment/mlflow', 'postgresql.postgres.svc.cluster.local'],
  ['ml-models', 'deployment/mlflow-wine-default-0-classifier', 'minio.minio-system.svc.cluster.local'],
  ['fe', 'deployment/fe-deployment', 'mlflow-wine-default.ml-models.svc.cluster.local'],
] as const;

/** The kubelet names the cache to new pods, and the policies of every environment know it. */
export async function cacheOnTheNode(platform: RunningPlatform, works: () => Promise<void>): Promise<string> {
  const { cluster, parts, work } = platform.props;
  finished(run('ip', ['address', 'add', `${CACHE}/32`, 'dev', 'node0'], '/'));
  const corefile = join(work, 'Corefile');
  const names = `kubernetes cluster.local in-addr.arpa ip6.arpa {\n kubeconfig ${cluster.file('admin.json')} e2e\n }`;
  writeFileSync(corefile, `.:53 {\n bind ${CACHE}\n errors\n ${names}\n}\n`);
  cluster.launch(join(parts.network, 'coredns'), ['-conf', corefile]);
  await tellPodsToAsk(cluster, onlyNode(work), CACHE);
  await restart(platform);
  for (const [namespace, deployment] of ASKERS) {
    const settings = await platform.exec(namespace, deployment, 'cat', '/etc/resolv.conf');
    if (!settings.includes(`nameserver ${CACHE}`)) throw new Error(settings);
  }
  await works();
  await tellPodsToAsk(cluster, onlyNode(work), DNS);
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
  // Who is held by no policy asks the new pods at once.
  const [[namespace, deployment, name]] = ASKERS;
  await until('the client resolves', 60, () => resolves(platform, CLIENT.namespace, CLIENT.pod, name));
  const seen = (await resolves(platform, namespace, deployment, name)) ?? 'it resolves';
  const row = documented(platform, seen);
  await whileChanged(platform, async () => {
    addSettings(join(repository.environment(), 'platform.yaml'), { networkPolicies: { dns: { pods: [ELSEWHERE] } } });
    await renderAndApply(platform, '10-setup');
    await everybodyResolves(platform);
    await works();
  });
  await cluster.run(['delete', 'namespace', ELSEWHERE.namespace]);
  await platform.kubectl('delete', 'endpointslice', '-n', 'kube-system', 'elsewhere');
  await selectPods(platform, 'add');
  await platform.kubectl('scale', '-n', 'kube-system', 'deployment/coredns', '--replicas=1');
  await platform.kubectl('rollout', 'status', '-n', 'kube-system', 'deployment/coredns', '--timeout=2m');
  await renderAndApply(platform, '10-setup');
  await everybodyResolves(platform);
  return `${row}; with networkPolicies.dns all is well`;
}

/** What a pod says of a name that it cannot resolve. */
async function resolves({ props }: RunningPlatform, namespace: string, pod: string, name: string) {
  const look = ['python3', '-c', `import socket; socket.gethostbyname("${name}")`];
  const { code, stderr } = await props.cluster.kubectl(['exec', '-n', namespace, pod, '--', ...look]);
  return code === 0 ? undefined : stderr;
}

/** Waits until all of them resolve. */
async function everybodyResolves(platform: RunningPlatform): Promise<void> {
  for (const [namespace, deployment, name] of ASKERS)
    await until(`${deployment} resolves ${name}`, 60, () => resolves(platform, namespace, deployment, name));
}

/** New pods for those that ask for names. */
async function restart(platform: RunningPlatform): Promise<void> {
  // A restart by an annotation would be undone by the Seldon operator.
  for (const [namespace] of ASKERS) await platform.kubectl('delete', 'pods', '-n', namespace, '--all');
  for (const [namespace, deployment] of ASKERS)
    await platform.kubectl('rollout', 'status', '-n', namespace, deployment, '--timeout=10m');
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
  await selectPods(platform, 'remove');
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

/** Whether the Service of kube-system chooses its pods itself. */
const selectPods = (platform: RunningPlatform, op: 'add' | 'remove') => {
  const patch = JSON.stringify([{ op, path: '/spec/selector', value: DNS_LABELS }]);
  return platform.kubectl('patch', 'service', '-n', 'kube-system', 'kube-dns', '--type=json', '-p', patch);
};
