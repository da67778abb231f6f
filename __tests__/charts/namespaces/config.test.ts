/** The names of the namespaces, and that everything follows from them. */

import { namespacesSchema } from '../../../charts/namespaces/config';
import { composePlatform } from '../../../charts/platform';
import { MANY_MODELS } from '../../support/configurations';
import { objectsOf, platformConfig } from '../../support/platform';

const DEFAULTS = {
  postgresql: 'postgres',
  objectStore: 'minio-system',
  mlflow: 'mlflow',
  training: 'training',
  seldon: 'seldon-system',
  models: 'ml-models',
  frontend: 'fe',
};

describe('names of namespaces', () => {
  test('are those of the guide where nothing is said', () => {
    expect(namespacesSchema.parse(undefined)).toEqual(DEFAULTS);
  });

  test('have the prefix', () => {
    const prefixed = Object.entries(DEFAULTS).map(([part, name]) => [part, `staging-${name}`]);
    expect(namespacesSchema.parse({ prefix: 'staging-' })).toEqual(Object.fromEntries(prefixed));
  });

  test('are taken as they are where they are given by hand', () => {
    const { mlflow, models } = namespacesSchema.parse({ prefix: 'x-', mlflow: 'tracking' });
    expect([mlflow, models]).toEqual(['tracking', 'x-ml-models']);
  });

  test('may be the default of a part that has another', () => {
    expect(namespacesSchema.parse({ mlflow: 'training', training: 'mlflow' })).toMatchObject({
      mlflow: 'training',
      training: 'mlflow',
    });
  });
});

/** Names that no object, Secret or program has, so that each is a namespace wherever it stands. */
const FOREIGN = Object.fromEntries(
  Object.keys(DEFAULTS).map((part, index) => [part, `ns${index}-${part.toLowerCase()}`]),
);
/** Namespaces of the cluster and of others, as the settings below name them. */
const OTHERS = ['kube-system', 'prometheus', 'team-a', 'gateways', 'ingress', 'istio-ingress'];

const settings = (certificates: string) => ({
  namespaces: FOREIGN,
  networkPolicies: { clients: { mlflow: ['team-a'], models: ['team-a'] } },
  monitoring: { enabled: true, namespace: 'prometheus' },
  postgresql: { backup: { enabled: true } },
  mlflow: { host: 'tracking.example.com' },
  training: { enabled: true },
  gateway: { enabled: true, name: 'web', namespace: 'gateways' },
  seldon: {
    certificates,
    istio: { enabled: true, gateway: 'istio-ingress/web' },
    ambassador: { enabled: true, namespace: 'ingress' },
    keda: { enabled: true },
  },
});
const MODELS = [
  ...MANY_MODELS,
  {
    name: 'scored',
    server: 'SKLEARN_SERVER',
    uri: 's3://models/scored/1',
    protocol: 'seldon',
    detector: { kind: 'outlier', uri: 's3://models/outliers/1' },
    batch: { input: 's3://models/in', output: 's3://models/out' },
  },
  {
    name: 'explained',
    server: 'SKLEARN_SERVER',
    uri: 's3://models/x/1',
    explainer: { type: 'AnchorTabular', uri: 's3://models/x/2' },
  },
];

/** Every text in a value, with the key that it stands under. */
function texts(value: unknown, key = ''): { readonly key: string; readonly text: string }[] {
  if (typeof value === 'string') return [{ key, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => [
    { key: 'name', text: name },
    ...texts(child, Array.isArray(value) ? key : name),
  ]);
}

describe.each(['manager', 'cert-manager'])(
  'where every namespace has another name, and the webhook %s',
  (certificates) => {
    const config = platformConfig(settings(certificates), MODELS);
    const objects = objectsOf(config);
    const { secrets } = composePlatform(config);
    const all = texts([objects, secrets.map((secret) => ({ ...secret }))]);
    const where = (pattern: RegExp) =>
      all.flatMap(({ text }) => [...text.matchAll(pattern)].map((match) => match.slice(1).find((part) => part) ?? ''));
    const known = [...Object.values(FOREIGN), ...OTHERS];

    test('every namespace is one of these, or a known one of somebody else', () => {
      const named = all
        .filter(({ key }) => /^(namespace|kubernetes\.io\/metadata\.name)$/.test(key))
        .map(({ text }) => text);
      expect(named.length).toBeGreaterThan(100);
      expect(named.filter((name) => !known.includes(name))).toEqual([]);
    });

    test('every host of a Service is in one of these', () => {
      const hosts = where(/[a-z0-9-]+\.([a-z0-9-]+)\.svc\b/g);
      expect(hosts.length).toBeGreaterThan(10);
      expect(hosts.filter((name) => !known.includes(name))).toEqual([]);
    });

    test('every Namespace is one of these', () => {
      const made = objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
      expect(made.sort()).toEqual(Object.values(FOREIGN).sort());
    });

    test('the one of the models lets in what an executor needs, and no other does', () => {
      const baseline = objects.filter(
        ({ metadata }) => metadata.labels?.['pod-security.kubernetes.io/enforce'] === 'baseline',
      );
      expect(baseline.map(({ metadata }) => metadata.name)).toEqual([FOREIGN.models]);
    });

    test('every cluster-scoped name but that of the type carries one of these', () => {
      const names = objects
        .filter(({ kind, metadata }) => metadata.namespace === undefined && !/^(Namespace|CustomResource)/.test(kind))
        .map(({ metadata }) => metadata.name);
      expect(names.length).toBeGreaterThan(1);
      expect(names.filter((name) => !name.endsWith(`-${FOREIGN.seldon}`))).toEqual([]);
    });

    test('no default name is left', () => {
      // What can only be a namespace is nowhere; what is also a program or a user is not where a namespace stands.
      const left = where(
        /\b(minio-system|seldon-system|ml-models)\b|[\w)]\.(postgres|mlflow|training|fe)(?![-\w])|\/seldon\/((?!ns5-)[a-z-]+)\//g,
      );
      expect(left).toEqual([]);
    });
  },
);
