/** What the components declare is what is rendered, for every configuration; and each check finds its fault. */
import { configurations } from './support/configurations';
import { find, type KubernetesObject, platformConfig } from './support/platform';
import { allViolations, WIRING, type WiringName, wiredView, withObjects } from './support/wiring';

describe.each(configurations())('%s', (_, config) => {
  const wired = wiredView(config);
  test.each(Object.entries(WIRING))('%s', (_, check) => {
    expect(check(wired)).toEqual([]);
  });
});

test.each(['_x', '__', '0', 'x_', '1.0-', 'x'.repeat(128), `${'x'.repeat(62)}-${'y'.repeat(9)}`])(
  'the image tag %s makes legal objects',
  (tag) => {
    const overrides = { mlflow: { tag }, postgresql: { tag }, objectStore: { tag } };
    expect(allViolations(wiredView(platformConfig({ images: { overrides } })))).toEqual([]);
  },
);

describe('a planted fault is found', () => {
  type Objects = KubernetesObject[];
  type Any = KubernetesObject['spec'];

  const wired = wiredView(
    platformConfig({
      images: { pullSecret: 'registry-login' },
      networkPolicies: { clients: { mlflow: ['team-a'] } },
      monitoring: { enabled: true },
      postgresql: { backup: { enabled: true } },
      seldon: { certificates: 'cert-manager' },
    }),
  );
  const policy = (o: Objects, name: string) => find(o, 'NetworkPolicy', name);
  const podOf = (o: Objects, kind: string, name: string): Any => find(o, kind, name).spec.template.spec;
  const mlflow = (o: Objects): Any => podOf(o, 'Deployment', 'mlflow').containers[0];
  const frontend = (o: Objects): Any => podOf(o, 'Deployment', 'fe-deployment');
  const envOf = (container: Any, name: string): Any => container.env.find((entry: Any) => entry.name === name);
  const drop = (o: Objects, object: KubernetesObject) => o.splice(o.indexOf(object), 1);
  const denial = (o: Objects, namespace: string) =>
    find(
      o.filter(({ metadata }) => metadata.namespace === namespace),
      'NetworkPolicy',
      'default-deny',
    );
  const toNamespace = (name: string) => [
    { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } },
  ];

  const closed: WiringName = 'policies allow the declared connections, at both ends, and nothing else';
  const denied: WiringName = 'every namespace denies what no policy allows';
  const names: WiringName = 'names inside pods are legal and given once';
  const keys: WiringName = 'keys of labels, annotations and ConfigMaps are legal';
  const tokens: WiringName = 'ServiceAccounts give no token, and pods take one only for rights';
  const selectors: WiringName = 'no selector carries what a release changes';
  const hosts: WiringName = 'a host and its port belong to one Service';
  const urls: WiringName = 'URLs in pods and Secrets lead to Services of the platform';
  const trust: WiringName = "webhooks trust a certificate that is made for their Service's name";

  test.each<[string, WiringName, (o: Objects) => unknown]>([
    ['a policy dropped', closed, (o) => drop(o, policy(o, 'mlflow'))],
    ['an ingress rule dropped', closed, (o) => policy(o, 'minio').spec.ingress.pop()],
    ['an egress rule dropped', closed, (o) => policy(o, 'models').spec.egress.shift()],
    ['a direction dropped', closed, (o) => policy(o, 'frontend').spec.policyTypes.pop()],
    ['a rule for everybody', closed, (o) => policy(o, 'postgresql').spec.ingress.push({})],
    [
      'a way out to all of a namespace',
      closed,
      (o) => policy(o, 'frontend').spec.egress.push({ to: toNamespace('mlflow') }),
    ],
    [
      'a way in that nobody takes',
      closed,
      (o) => policy(o, 'postgresql').spec.ingress.push({ from: toNamespace('fe') }),
    ],
    [
      'the internet',
      closed,
      (o) => policy(o, 'mlflow').spec.egress.push({ to: [{ ipBlock: { cidr: '198.51.100.7/32' } }] }),
    ],
    ['another port', closed, (o) => Object.assign(policy(o, 'minio').spec.ingress[0].ports[0], { port: 9001 })],
    [
      'a range of ports',
      closed,
      (o) => Object.assign(policy(o, 'minio').spec.ingress[0].ports[0], { endPort: 40_000 }),
    ],
    [
      'another protocol',
      closed,
      (o) => Object.assign(policy(o, 'minio').spec.ingress[0].ports[0], { protocol: 'UDP' }),
    ],
    [
      'a peer in any namespace',
      closed,
      (o) => Object.assign(policy(o, 'minio').spec.ingress[0].from[0], { namespaceSelector: {} }),
    ],
    ['no DNS', closed, (o) => policy(o, 'frontend').spec.egress.pop()],
    ['DNS over UDP only', closed, (o) => policy(o, 'frontend').spec.egress.at(-1).ports.pop()],
    ['anybody as DNS', closed, (o) => delete policy(o, 'frontend').spec.egress.at(-1).to[0].podSelector],
    [
      'DNS for who calls nobody',
      closed,
      (o) => {
        const { spec } = policy(o, 'postgresql');
        spec.policyTypes.push('Egress');
        spec.egress = [policy(o, 'frontend').spec.egress.at(-1)];
      },
    ],
    ['a namespace that denies nothing', denied, (o) => drop(o, denial(o, 'mlflow'))],
    ['a denial of one direction', denied, (o) => denial(o, 'postgres').spec.policyTypes.pop()],
    ['a denial with an exception', denied, (o) => Object.assign(denial(o, 'fe').spec, { ingress: [{}] })],
    [
      'a policy for no pod',
      'every policy is about pods that exist',
      (o) => Object.assign(policy(o, 'minio').spec.podSelector.matchLabels, { app: 'minio' }),
    ],

    [
      'a version in a Service',
      selectors,
      (o) => Object.assign(find(o, 'Service', 'minio').spec.selector, { version: '1' }),
    ],
    [
      'a chart in a policy',
      selectors,
      (o) => Object.assign(policy(o, 'minio').spec.podSelector.matchLabels, { 'helm.sh/chart': 'm' }),
    ],
    [
      'a version in a monitor',
      selectors,
      (o) =>
        Object.assign(find(o, 'ServiceMonitor', 'mlflow').spec.selector.matchLabels, {
          'app.kubernetes.io/version': '3',
        }),
    ],

    ['a container twice', names, (o) => frontend(o).containers.push(structuredClone(frontend(o).containers[0]))],
    ['a container in capitals', names, (o) => Object.assign(mlflow(o), { name: 'MLflow' })],
    ['a port name that is too long', names, (o) => Object.assign(mlflow(o).ports[0], { name: 'http-tracking-server' })],
    ['a variable twice', names, (o) => mlflow(o).env.push({ name: 'HOME', value: '/' })],
    ['two mounts at one path', names, (o) => Object.assign(mlflow(o).volumeMounts[1], { mountPath: '/tmp' })],
    [
      'a model whose Deployment the operator would hash',
      'the operator can name what it makes of a model',
      (o) => Object.assign(find(o, 'SeldonDeployment', 'mlflow-wine').spec.predictors[0], { name: 'p'.repeat(50) }),
    ],
    [
      'a folder as a ConfigMap key',
      keys,
      (o) => Object.assign(find(o, 'ConfigMap', 'minio-setup').data, { 'a/b': '' }),
    ],
    [
      'a space in a label key',
      keys,
      (o) => Object.assign(find(o, 'Namespace', 'fe').metadata.labels ?? {}, { 'a b': '' }),
    ],

    [
      'a ServiceAccount with a token',
      tokens,
      (o) => Object.assign(find(o, 'ServiceAccount', 'models'), { automountServiceAccountToken: true }),
    ],
    [
      'a token for a pod without rights',
      tokens,
      (o) =>
        frontend(o).volumes.push({ name: 't', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }),
    ],
    ['rights without a token', tokens, (o) => podOf(o, 'Deployment', 'seldon-controller-manager').volumes.pop()],
    [
      'no login to the registry',
      'pods log in to the registry where the configuration says how',
      (o) => delete frontend(o).imagePullSecrets,
    ],

    ['another port of a host', hosts, (o) => Object.assign(envOf(mlflow(o), 'PGPORT'), { value: '6432' })],
    ['another host of a port', hosts, (o) => Object.assign(envOf(mlflow(o), 'PGHOST'), { value: 'db.example.com' })],
    [
      'a URL outside',
      urls,
      (o) => Object.assign(envOf(mlflow(o), 'MLFLOW_S3_ENDPOINT_URL'), { value: 'https://s3.amazonaws.com' }),
    ],
    [
      'a URL without its port',
      urls,
      (o) => Object.assign(envOf(mlflow(o), 'MLFLOW_S3_ENDPOINT_URL'), { value: 'http://minio.minio-system.svc' }),
    ],
    [
      'a URL of another namespace',
      urls,
      (o) => Object.assign(envOf(frontend(o).containers[0], 'API_URL'), { value: 'http://mlflow:5000/' }),
    ],
    [
      'another bucket',
      'S3 locations are in the bucket of the platform',
      (o) => mlflow(o).args.push('--artifacts-destination=s3://mlflow/'),
    ],
    [
      'a Secret key that nobody reads',
      'every Secret that must exist is used, key by key',
      (o) =>
        podOf(o, 'StatefulSet', 'postgresql')
          .volumes.find(({ secret }: Any) => secret)
          .secret.items.pop(),
    ],
    [
      'a certificate for another name',
      trust,
      (o) => find(o, 'Certificate', 'seldon-serving-cert').spec.dnsNames.shift(),
    ],
    [
      'a certificate that is not there',
      trust,
      (o) =>
        Object.assign(o.find(({ kind }) => kind === 'ValidatingWebhookConfiguration')?.metadata.annotations ?? {}, {
          'cert-manager.io/inject-ca-from': 'seldon-system/other',
        }),
    ],
  ])('%s', (_, check, plant) => {
    const objects = structuredClone(wired.objects) as Objects;
    plant(objects);
    expect(WIRING[check](wired)).toEqual([]);
    expect(WIRING[check](withObjects(wired, objects))).not.toEqual([]);
  });

  test('policies where they are switched off', () => {
    const off = wiredView(platformConfig({ networkPolicies: { enabled: false } }));
    const check = WIRING['there is no policy where they are switched off'];
    expect(check(withObjects(off, wired.objects))).not.toEqual([]);
  });
});

describe('what a team would reach of another is found', () => {
  const teams = wiredView(
    platformConfig({
      objectStore: { bucket: 'models' },
      teams: [
        { name: 'north', group: 'people-of-north' },
        { name: 'south', group: 'people-of-south' },
      ],
    }),
  );
  const faults = (plant: (o: KubernetesObject[]) => unknown) => {
    const objects = structuredClone(teams.objects) as KubernetesObject[];
    plant(objects);
    return WIRING['no team reaches another'](withObjects(teams, objects));
  };
  const inNorth = (o: KubernetesObject[], kind: string) =>
    find(
      o.filter(({ metadata }) => metadata.namespace === 'ml-models-north'),
      kind,
      'team',
    );
  const setUp = (o: KubernetesObject[]) => find(o, 'ConfigMap', 'minio-setup');

  test.each<[string, (o: KubernetesObject[]) => unknown]>([
    ['Secrets', (o) => inNorth(o, 'Role').rules[0].resources.push('secrets')],
    [
      'a right in another namespace',
      (o) => Object.assign(inNorth(o, 'RoleBinding').metadata, { namespace: 'ml-models' }),
    ],
    [
      'the whole bucket',
      (o) => {
        const { data } = setUp(o);
        const file = 'models-read-only-workspaces-north.json';
        data[file] = data[file].replaceAll('models/workspaces/north/*', 'models/*');
      },
    ],
    [
      'a list of the folder of another',
      (o) => {
        const { data } = setUp(o);
        const file = 'models-read-only-workspaces-north.json';
        data[file] = data[file].replace('"workspaces/north/*"', '"workspaces/*"');
      },
    ],
  ])('%s', (_, plant) => {
    expect(faults(() => {})).toEqual([]);
    expect(faults(plant)).not.toEqual([]);
  });

  test('the key of its batches', () => {
    const key = { id: 'BATCH_SOUTH_S3_SECRET_KEY' };
    const secret = { namespace: 'ml-models-north', name: 'found', data: { key: [key] } };
    const secrets = [...teams.secrets, secret] as unknown as typeof teams.secrets;
    expect(WIRING['no team reaches another']({ ...teams, secrets })).not.toEqual([]);
  });

  test('a connection', () => {
    const pods = (namespace: string) => ({ kind: 'pods', name: namespace, namespace, labels: {} }) as const;
    const edge = { from: pods('ml-models-north'), to: pods('ml-models-south'), ports: [1] };
    expect(WIRING['no team reaches another']({ ...teams, edges: [...teams.edges, edge] })).not.toEqual([]);
  });
});
