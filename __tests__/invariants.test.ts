/** What holds for every object of any platform, and proof that each check finds what it is for. */
import { configurations } from './support/configurations';
import { INVARIANTS, type InvariantName, violations } from './support/invariants/invariants';
import { find, type KubernetesObject, platformConfig } from './support/platform';
import { wiredView, withObjects } from './support/wiring';

describe.each(configurations())('%s', (_, config) => {
  const cluster = wiredView(config);
  test.each(Object.entries(INVARIANTS))('%s', (_, check) => {
    expect(check(cluster)).toEqual([]);
  });
});

test('what model files name is brought to the namespace of the models, and nowhere else', () => {
  const models = [
    { name: 'm', image: 'example.org/m:1', protocol: 'v2', container: { secrets: ['own'] }, uri: 'pvc://disk/m' },
  ];
  const cluster = wiredView(platformConfig({ frontend: { enabled: false } }, models));
  expect(violations(cluster)).toEqual([]);
  const objects = structuredClone(cluster.objects) as KubernetesObject[];
  find(objects, 'Deployment', 'mlflow').spec.template.spec.containers[0].envFrom = [{ secretRef: { name: 'own' } }];
  expect(violations(withObjects(cluster, objects))).toEqual([
    'what volumes and environments refer to exists: Deployment mlflow/mlflow: no Secret mlflow/own',
  ]);
});

describe('a planted fault is found', () => {
  const cluster = wiredView(
    platformConfig({
      monitoring: { enabled: true },
      seldon: { certificates: 'cert-manager' },
      postgresql: { backup: { enabled: true } },
    }),
  );

  type Objects = KubernetesObject[];
  const podOf = (objects: Objects, kind: string, name: string) => find(objects, kind, name).spec.template.spec;
  const mlflow = (objects: Objects) => podOf(objects, 'Deployment', 'mlflow').containers[0];
  const mount = (container: ReturnType<typeof mlflow>, name: string) =>
    container.volumeMounts.push({ name, mountPath: `/${name}` });

  test.each<[string, InvariantName, (objects: Objects) => unknown]>([
    [
      'a scratch volume that is larger than the disk of its pod',
      'scratch volumes may grow to what their pod may use, and no further',
      (o) =>
        Object.assign(mlflow(o).resources.limits, { 'ephemeral-storage': '1Gi' }) &&
        Object.assign(podOf(o, 'Deployment', 'mlflow').initContainers[0].resources.limits, {
          'ephemeral-storage': '4Gi',
        }),
    ],
    [
      'a scratch volume without a limit',
      'scratch volumes may grow to what their pod may use, and no further',
      (o) => podOf(o, 'Deployment', 'mlflow').volumes.push({ name: 'more', emptyDir: {} }) && mount(mlflow(o), 'more'),
    ],
    [
      'shared memory as large as the memory',
      'memory volumes fit into the memory of each container that mounts them',
      (o) => Object.assign(podOf(o, 'StatefulSet', 'postgresql').containers[0].resources.limits, { memory: '128Mi' }),
    ],
    [
      'a node for each pod, and none for a successor',
      'a Deployment whose pods may not share a node lets one go before its successor comes',
      (o) => {
        const { labels } = find(o, 'Deployment', 'mlflow').spec.template.metadata;
        const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } };
        podOf(o, 'Deployment', 'mlflow').affinity = {
          podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] },
        };
      },
    ],
    ['an object twice', 'no two objects are one', (o) => o.push(find(o, 'Service', 'mlflow'))],
    [
      'no namespace',
      'every namespaced object is in a namespace of the platform',
      (o) => Object.assign(find(o, 'Service', 'mlflow').metadata, { namespace: undefined }),
    ],
    [
      'another namespace',
      'every namespaced object is in a namespace of the platform',
      (o) => Object.assign(find(o, 'ConfigMap', 'seldon-config').metadata, { namespace: 'seldon' }),
    ],
    [
      'an illegal name',
      'names and labels are legal',
      (o) => Object.assign(find(o, 'Service', 'mlflow').metadata, { name: 'Mlflow_' }),
    ],
    [
      'a label that is too long',
      'names and labels are legal',
      (o) => Object.assign(find(o, 'Namespace', 'fe').metadata.labels ?? {}, { a: 'x'.repeat(64) }),
    ],
    [
      'a version in a selector',
      'selectors select their own pods, by labels that no release changes',
      (o) =>
        Object.assign(find(o, 'Deployment', 'mlflow').spec.selector.matchLabels, { 'app.kubernetes.io/version': '3' }),
    ],
    [
      'a selector for other pods',
      'selectors select their own pods, by labels that no release changes',
      (o) => Object.assign(find(o, 'StatefulSet', 'minio').spec.selector.matchLabels, { a: 'b' }),
    ],
    [
      'a wrong port',
      'Services find pods with the port they name',
      (o) => Object.assign(find(o, 'Service', 'minio').spec.ports[0], { targetPort: 9999 }),
    ],
    [
      'a Service of IPv4 alone',
      'Services leave it to the cluster whether they have IPv4 or IPv6 addresses',
      (o) => Object.assign(find(o, 'Service', 'mlflow').spec, { ipFamilies: ['IPv4'] }),
    ],
    [
      'a Service with an address',
      'Services leave it to the cluster whether they have IPv4 or IPv6 addresses',
      (o) => Object.assign(find(o, 'Service', 'mlflow').spec, { clusterIP: '10.96.0.7' }),
    ],
    [
      'a Service for no pod',
      'Services find pods with the port they name',
      (o) => Object.assign(find(o, 'Service', 'postgresql').spec.selector, { a: 'b' }),
    ],
    [
      'a probe of another port',
      'probes ask ports that the container has',
      (o) => Object.assign(mlflow(o).readinessProbe.httpGet, { port: 'web' }),
    ],
    ['a dropped probe', 'containers that stay have all three probes', (o) => delete mlflow(o).livenessProbe],
    [
      'a CronJob whose run never ends',
      'what runs on a schedule has an end, also where its pod never starts',
      (o) => delete find(o, 'CronJob', 'postgresql-backup').spec.jobTemplate.spec.activeDeadlineSeconds,
    ],
    [
      'a ServiceAccount misspelt',
      'ServiceAccounts exist, and no pod gets a token unasked',
      (o) => Object.assign(podOf(o, 'Deployment', 'fe-deployment'), { serviceAccountName: 'frontent' }),
    ],
    [
      'a token',
      'ServiceAccounts exist, and no pod gets a token unasked',
      (o) => Object.assign(podOf(o, 'Deployment', 'fe-deployment'), { automountServiceAccountToken: true }),
    ],
    [
      'a volume misspelt',
      'volumes exist, and each is mounted',
      (o) => Object.assign(mlflow(o).volumeMounts[0], { name: 'database' }),
    ],
    [
      'a variable twice',
      'no container has a variable or a mount twice',
      (o) => mlflow(o).env.push({ name: 'HOME', value: '/' }),
    ],
    [
      'a Secret key misspelt',
      'what volumes and environments refer to exists',
      (o) =>
        Object.assign(
          podOf(o, 'StatefulSet', 'postgresql').volumes.find((v: KubernetesObject['spec']) => v.secret).secret.items[0],
          { key: 'password' },
        ),
    ],
    [
      'a Secret nobody makes',
      'what volumes and environments refer to exists',
      (o) =>
        Object.assign(
          find(o, 'SeldonDeployment', 'mlflow-wine').spec.predictors[0].componentSpecs[0].spec.initContainers[0]
            .envFrom[0].secretRef,
          { name: 's3' },
        ),
    ],
    [
      'a ConfigMap that is gone',
      'what volumes and environments refer to exists',
      (o) => o.splice(o.indexOf(find(o, 'ConfigMap', 'mlflow-migrations')), 1),
    ],
    [
      'a hard-coded host',
      'in-cluster addresses lead to a Service and one of its ports',
      (o) => mlflow(o).env.push({ name: 'X', value: 'http://minio.minio.svc.cluster.local:9000' }),
    ],
    [
      'a hard-coded port',
      'in-cluster addresses lead to a Service and one of its ports',
      (o) =>
        podOf(o, 'Deployment', 'fe-deployment').containers[0].env.push({
          name: 'X',
          value: 'http://mlflow-wine-default.ml-models.svc:9000/',
        }),
    ],
    [
      'no headless Service',
      'StatefulSets have a headless Service',
      (o) => Object.assign(find(o, 'StatefulSet', 'minio').spec, { serviceName: 'minio' }),
    ],
    [
      'a role that is gone',
      'roles and their subjects exist',
      (o) => o.splice(o.indexOf(find(o, 'Role', 'seldon-leader-election-role')), 1),
    ],
    [
      'a right to Secrets',
      'roles grant no Secret, no wildcard and no way to more rights',
      (o) => Object(find(o, 'Role', 'seldon-manager-role')).rules[0].resources.push('secrets'),
    ],
    [
      'a wildcard',
      'roles grant no Secret, no wildcard and no way to more rights',
      (o) => Object(find(o, 'Role', 'seldon-manager-role')).rules[0].verbs.push('*'),
    ],
    [
      'a right to write everywhere',
      'cluster-wide roles only read, but for the webhook that the operator registers',
      (o) => Object(find(o, 'ClusterRole', 'seldon-manager-role-seldon-system')).rules[2].verbs.push('delete'),
    ],
    [
      'a webhook nobody serves',
      'webhooks are served by a Service that exists',
      (o) => o.splice(o.indexOf(find(o, 'Service', 'seldon-webhook-service')), 1),
    ],
    [
      'a monitor of no port',
      'ServiceMonitors find a Service and a port of its pods',
      (o) => Object.assign(find(o, 'ServiceMonitor', 'mlflow').spec.endpoints[0], { targetPort: 'metrics' }),
    ],
    [
      'a monitor of no port of a pod',
      'PodMonitors find pods with such a port',
      (o) =>
        o.push({
          ...structuredClone(find(o, 'ServiceMonitor', 'mlflow')),
          kind: 'PodMonitor',
          spec: { selector: { matchLabels: {} }, podMetricsEndpoints: [{ port: 'prometheus' }] },
        }),
    ],
    [
      'a securityContext dropped',
      'every pod passes the Pod Security level of its namespace',
      (o) => delete mlflow(o).securityContext,
    ],
    [
      'root',
      'every pod passes the Pod Security level of its namespace',
      (o) => Object.assign(podOf(o, 'StatefulSet', 'minio').securityContext, { runAsUser: 0 }),
    ],
    [
      'a hostPath',
      'every pod passes the Pod Security level of its namespace',
      (o) => podOf(o, 'StatefulSet', 'minio').volumes.push({ name: 'h', hostPath: { path: '/' } }),
    ],
    [
      'a namespace let loose',
      'a namespace is below "restricted" only for containers that the operator makes',
      (o) =>
        Object.assign(find(o, 'Namespace', 'mlflow').metadata.labels ?? {}, {
          'pod-security.kubernetes.io/enforce': 'baseline',
        }),
    ],
    [
      'a writable root',
      'root file systems are read-only',
      (o) => Object.assign(mlflow(o).securityContext, { readOnlyRootFilesystem: false }),
    ],
    ['no memory limit', 'containers say what they need and may use', (o) => delete mlflow(o).resources.limits.memory],
    [
      'latest',
      'images are pinned, and none comes from a dead source',
      (o) => Object.assign(mlflow(o), { image: 'ghcr.io/mlflow/mlflow:latest' }),
    ],
    [
      'no tag',
      'images are pinned, and none comes from a dead source',
      (o) => Object.assign(mlflow(o), { image: 'localhost:5000/mlflow' }),
    ],
    [
      'a dead image in seldon-config',
      'images are pinned, and none comes from a dead source',
      (o) => {
        const { data } = find(o, 'ConfigMap', 'seldon-config');
        data.explainer = data.explainer.replace('docker.io/seldonio', 'docker.io/bitnami');
      },
    ],
    [
      'a password as a value',
      'no Secret, and nothing that looks like one, is in the output',
      (o) => mlflow(o).env.push({ name: 'PGPASSWORD', value: 'hunter2' }),
    ],
    [
      'a password in a URL',
      'no Secret, and nothing that looks like one, is in the output',
      (o) => mlflow(o).args.push('--backend-store-uri=postgresql://mlflow:hunter2@db/mlflow'),
    ],
    [
      'a private key',
      'no Secret, and nothing that looks like one, is in the output',
      (o) => Object.assign(find(o, 'ConfigMap', 'seldon-config').data, { key: '-----BEGIN RSA PRIVATE KEY-----' }),
    ],
    [
      'a Secret',
      'no Secret, and nothing that looks like one, is in the output',
      (o) => o.push({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'fe' } }),
    ],
    [
      'a NodePort',
      'nothing is exposed outside the cluster but by access, which says what',
      (o) => Object.assign(find(o, 'Service', 'frontend-service').spec, { type: 'NodePort' }),
    ],
  ])('%s', (_, invariant, plant) => {
    const objects = structuredClone(cluster.objects) as Objects;
    plant(objects);
    expect(violations(cluster)).toEqual([]);
    const faults = violations(withObjects(cluster, objects));
    expect(faults.filter((line) => line.startsWith(`${invariant}: `))).not.toEqual([]);
  });
});
