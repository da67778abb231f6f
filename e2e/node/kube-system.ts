/** What every cluster has before the platform comes: names for Services, and volumes. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { COREDNS } from './oci-images';

/** The address that the kubelet tells pods to ask. */
export const DNS = '10.96.0.10';

/** The labels of the pods that answer, in most clusters. */
export const DNS_LABELS = { 'k8s-app': 'kube-dns' };

/**
 * CoreDNS, for the names of Services.
 * @param replicas pods, on nodes of their own where there are as many
 * @param hosts addresses of names outside
 */
export function dns(replicas: number, hosts: Readonly<Record<string, string>> = {}): object[] {
  const metadata = { name: 'coredns', namespace: 'kube-system' };
  const labels = DNS_LABELS;
  const corefile = `.:53 {
  errors
  health {
    lameduck 5s
  }
  ready
  kubernetes cluster.local in-addr.arpa ip6.arpa
${outside(hosts)}}
`;
  const container = {
    name: 'coredns',
    image: COREDNS,
    args: ['-conf', '/etc/coredns/Corefile'],
    ports: [{ containerPort: 53, protocol: 'UDP' }],
    readinessProbe: { httpGet: { path: '/ready', port: 8181 } },
    volumeMounts: [{ name: 'config', mountPath: '/etc/coredns' }],
  };
  const apart = {
    weight: 100,
    podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } },
  };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'coredns' },
      rules: [
        { apiGroups: [''], resources: ['services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'coredns' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'coredns' },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { Corefile: corefile } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [apart] } },
            serviceAccountName: 'coredns',
            dnsPolicy: 'Default',
            containers: [container],
            volumes: [{ name: 'config', configMap: { name: 'coredns' } }],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kube-dns', namespace: 'kube-system', labels },
      spec: {
        clusterIP: DNS,
        selector: labels,
        ports: [
          { name: 'dns', port: 53, protocol: 'UDP' },
          { name: 'dns-tcp', port: 53, protocol: 'TCP' },
        ],
      },
    },
  ];
}

/** A part of a Corefile. */
function outside(hosts: Readonly<Record<string, string>>): string {
  const lines = Object.entries(hosts).map(([name, address]) => `    ${address} ${name}\n`);
  return lines.length === 0 ? '' : `  hosts {\n${lines.join('')}    fallthrough\n  }\n`;
}

/** Volumes in folders, as minikube's provisioner would make them. Every node has the folders, as it would have a disk in the network. */
export function volumes(work: string, count: number): object[] {
  const names = Array.from({ length: count }, (_, index) => `volume-${index + 1}`);
  for (const name of names) execFileSync('mkdir', ['-p', '-m', '0777', join(work, 'volumes', name)]);
  return [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'Immediate',
      // The API server lets claims grow. The folders behind the volumes have no size.
      allowVolumeExpansion: true,
    },
    ...names.map((name) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        storageClassName: 'standard',
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '1Ti' },
        hostPath: { path: join(work, 'volumes', name) },
      },
    })),
  ];
}
