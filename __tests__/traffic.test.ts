/** The network policies allow what the components are wired with, and nothing else. */
import type { PlatformConfig } from '../charts/config/load';
import { composePlatform } from '../charts/platform';
import { podsOf } from './support/cluster';
import { configurations } from './support/configurations';
import { find, type KubernetesObject, objectsOf, platformConfig } from './support/platform';
import { allowed, declared, placesOf } from './support/traffic';

/** Allowed and declared connections; `plant` changes the objects first. */
function traffic(config: PlatformConfig, plant: (objects: KubernetesObject[]) => unknown = () => {}) {
  const objects = structuredClone(objectsOf(config));
  plant(objects);
  const foreign = ['team-a', 'team-b', 'prometheus', 'istio-system', 'ambassador', 'default'];
  const places = placesOf(podsOf(objects), foreign);
  const edges = composePlatform(config).components.flatMap((component) => component.edges);
  return {
    allowed: [...allowed(objects, places)].sort(),
    declared: [...declared(edges, places)].sort(),
    namespaces: objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name),
    denied: objects
      .filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'default-deny')
      .map(({ metadata }) => metadata.namespace),
  };
}

const guarded = configurations().filter(([, config]) => config.networkPolicies.enabled);

describe.each(guarded)('%s', (_, config) => {
  const result = traffic(config);

  test('what is allowed is what is declared', () => {
    // Any port to the outside is any address: the places stand for it, whatever their kind.
    expect(result.allowed.filter((line) => !isAnywhere(line, config))).toEqual(
      result.declared.filter((line) => !isAnywhere(line, config)),
    );
    expect(result.declared.length).toBeGreaterThan(0);
  });

  test('every namespace denies by default', () => {
    expect(result.denied.sort()).toEqual(result.namespaces.sort());
  });
});

/** The way to an API server of unknown address is the way to anybody on its ports, and the webhook's is from anybody. */
function isAnywhere(line: string, config: PlatformConfig): boolean {
  if (config.networkPolicies.apiServer.cidrs.length > 0) return false;
  return line.startsWith('Deployment seldon-system/') || line.endsWith(': 4443');
}

test('the front end may call its model, and no other', () => {
  const { allowed: lines } = traffic(platformConfig());
  const called = lines.filter((line) => line.startsWith('Deployment fe/'));
  expect(called).toEqual([
    'Deployment fe/fe-deployment > SeldonDeployment ml-models/mlflow-wine : 8000',
    'Deployment fe/fe-deployment > dns : 53',
  ]);
});

test('only the operator may leave the platform, to the API server', () => {
  const { allowed: lines } = traffic(platformConfig());
  expect(lines.filter((line) => line.includes('> outside'))).toEqual(
    [443, 6443, 8443].map((port) => `Deployment seldon-system/seldon-controller-manager > outside : ${port}`),
  );
});

test('without policies none is rendered', () => {
  const objects = objectsOf(platformConfig({ networkPolicies: { enabled: false } }));
  expect(objects.filter(({ kind }) => kind === 'NetworkPolicy')).toEqual([]);
});

describe('a planted fault is found', () => {
  const config = platformConfig({ networkPolicies: { apiServer: { cidrs: ['10.0.0.1/32'], ports: [6443] } } });
  const policy = (objects: KubernetesObject[], name: string) => find(objects, 'NetworkPolicy', name);
  const drop = (objects: KubernetesObject[], name: string) => objects.splice(objects.indexOf(policy(objects, name)), 1);

  test.each<[string, (objects: KubernetesObject[]) => unknown]>([
    ['a policy dropped', (o) => drop(o, 'mlflow')],
    ['an ingress rule dropped', (o) => policy(o, 'minio').spec.ingress.pop()],
    ['an egress rule dropped', (o) => policy(o, 'models').spec.egress.shift()],
    ['DNS dropped', (o) => policy(o, 'frontend').spec.egress.pop()],
    ['a rule for everybody', (o) => policy(o, 'postgresql').spec.ingress.push({})],
    ['another port', (o) => Object.assign(policy(o, 'postgresql').spec.ingress[0].ports[0], { port: 5433 })],
    ['another selector', (o) => Object.assign(policy(o, 'minio').spec.podSelector.matchLabels, { app: 'minio' })],
    [
      'a namespace without default deny',
      (o) =>
        o.splice(
          o.findIndex(({ metadata }) => metadata.name === 'default-deny' && metadata.namespace === 'mlflow'),
          1,
        ),
    ],
  ])('%s', (_, plant) => {
    const before = traffic(config);
    expect(before.allowed).toEqual(before.declared);
    const after = traffic(config, plant);
    expect([after.allowed, after.denied.length]).not.toEqual([after.declared, after.namespaces.length]);
  });
});
