/** From what an environment exposes to routes, proxies and the ways that are open. */
import { load } from 'js-yaml';
import { composePlatform } from '../../../charts/platform';
import { filesOf, find, type KubernetesObject, objectsOf, platformConfig } from '../../support/platform';
import { schemaFaults } from '../../support/schemas';

const SIGN_IN = { issuer: 'https://login.test/realm', clientId: 'client-x', groups: ['team-x'] };
const MODEL = { server: 'SKLEARN_SERVER', uri: 's3://models/x/1', form: { inputs: [{ name: 'a' }] } };
const NAMESPACES = { mlflow: 'tracking-x', models: 'models-x', frontend: 'page-x' };

/** Of the pods that answer an ACME server: pkg/apis/acme/v1/types.go of cert-manager 1.21.2. */
const SOLVER = 'acme.cert-manager.io/http01-solver';

type Settings = Readonly<Record<string, unknown>>;

function configOf(access: Settings, models: readonly object[] = [{ name: 'one' }]) {
  const settings = {
    namespaces: NAMESPACES,
    frontend: { model: 'one' },
    access: { kind: 'gateway', domain: 'ml.test', ...access },
  };
  return platformConfig(
    settings,
    models.map((model) => ({ ...MODEL, ...model })),
  );
}

const objects = (access: Settings, models?: readonly object[]) =>
  JSON.parse(JSON.stringify(objectsOf(configOf(access, models)))) as KubernetesObject[];
const ofKind = (all: readonly KubernetesObject[], kind: string) => all.filter((object) => object.kind === kind);

/** Whose calls the policy of a component admits, as text. */
function admitted(all: readonly KubernetesObject[], name: string, namespace: string): string[] {
  const policy = all.find(
    ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === name && metadata.namespace === namespace,
  );
  const peers = (policy?.spec.ingress ?? []).flatMap(({ from }: { from?: unknown[] }) => from ?? ['anybody']);
  return peers.map((peer: unknown) => JSON.stringify(peer));
}

describe('nothing', () => {
  test('is exposed unless the environment says so', () => {
    const all = objectsOf(platformConfig());
    expect(all.filter(({ kind }) => ['HTTPRoute', 'Ingress', 'Gateway'].includes(kind))).toEqual([]);
  });
});

describe.each([
  ['gateway', {}],
  ['gateway', { gateway: { className: 'class-x' }, tls: { issuer: 'issuer-x' } }],
  ['gateway', { signIn: SIGN_IN, tls: { secret: 'wild' }, gateway: { className: 'class-x' } }],
  ['ingress', { signIn: SIGN_IN, tls: { issuer: 'issuer-x' }, s3: { enabled: true } }],
  ['ingress', { models: { enabled: false } }],
])('%s with %j', (kind, settings) => {
  test('is made of types that the API server knows', () => {
    const files = [...filesOf(composePlatform(configOf({ kind, ...settings })))];
    const rendered = files.filter(([path]) => path.startsWith('60-apps/')).flatMap(([, all]) => all);
    expect(rendered.flatMap(schemaFaults)).toEqual([]);
  });
});

describe('a Gateway that is there', () => {
  const all = objects({ gateway: { name: 'door', namespace: 'edge-x', section: 'secure' } });
  const route = (name: string) => find(all, 'HTTPRoute', name);

  test('gets a route for each host, in the namespace of what it leads to', () => {
    expect(route('mlflow-access')).toMatchObject({
      metadata: { namespace: 'tracking-x' },
      spec: {
        hostnames: ['mlflow.ml.test'],
        parentRefs: [{ name: 'door', namespace: 'edge-x', sectionName: 'secure' }],
        rules: [{ backendRefs: [{ name: 'mlflow', port: 5000 }] }],
      },
    });
    expect(route('frontend-access').spec.hostnames).toEqual(['app.ml.test']);
    expect(route('one').spec.hostnames).toEqual(['models.ml.test']);
  });

  test('may call what its routes lead to', () => {
    for (const [name, namespace] of [
      ['mlflow', 'tracking-x'],
      ['frontend', 'page-x'],
      ['models', 'models-x'],
    ] as const)
      expect(admitted(all, name, namespace).join()).toContain('edge-x');
  });

  test('is not made, and what is not exposed has no route', () => {
    expect(ofKind(all, 'Gateway')).toEqual([]);
    expect(all.some(({ metadata }) => metadata.name === 's3-access')).toBe(false);
  });
});

test('addresses without pods are let in to each exposed component', () => {
  const all = objects({ from: ['198.51.100.0/24'] });
  for (const [name, namespace] of [
    ['mlflow', 'tracking-x'],
    ['frontend', 'page-x'],
    ['models', 'models-x'],
  ] as const)
    expect(admitted(all, name, namespace).join()).toContain('198.51.100.0/24');
});

describe('a Gateway that is made', () => {
  const all = objects({ gateway: { className: 'class-x' }, tls: { issuer: 'issuer-x', issuerKind: 'Issuer' } });
  const { metadata, spec } = find(all, 'Gateway', 'public');

  test('has a listener with a certificate for each host, which takes routes of that namespace alone', () => {
    expect(metadata.annotations).toEqual({ 'cert-manager.io/issuer': 'issuer-x' });
    const listener = spec.listeners.find(({ name }: { name: string }) => name === 'mlflow');
    expect(listener).toMatchObject({
      hostname: 'mlflow.ml.test',
      protocol: 'HTTPS',
      tls: { certificateRefs: [{ name: 'mlflow-certificate' }] },
      allowedRoutes: { namespaces: { selector: { matchExpressions: [{ values: ['tracking-x'] }] } } },
    });
    expect(find(all, 'HTTPRoute', 'mlflow-access').spec.parentRefs[0].sectionName).toBe('mlflow');
    expect(find(all, 'HTTPRoute', 'one').spec.parentRefs[0].sectionName).toBe('models');
  });

  test('sends everybody from http to https', () => {
    const { spec } = find(all, 'HTTPRoute', 'public-to-https');
    expect(spec.parentRefs[0].sectionName).toBe('http');
    expect(spec.hostnames).toEqual(['mlflow.ml.test', 'app.ml.test', 'models.ml.test']);
    expect(spec.rules[0].filters[0].requestRedirect).toEqual({ scheme: 'https', statusCode: 301 });
  });

  test('sends them to the port that browsers show', () => {
    const all = objects({ port: 8443, gateway: { className: 'class-x' }, tls: { secret: 'wild' } });
    const [filter] = find(all, 'HTTPRoute', 'public-to-https').spec.rules[0].filters;
    expect(filter.requestRedirect.port).toBe(8443);
  });
});

describe('MLflow', () => {
  const env = (all: readonly KubernetesObject[], name: string): string =>
    find(all, 'Deployment', 'mlflow').spec.template.spec.containers[0].env.find(
      (variable: { name: string }) => variable.name === name,
    )?.value;

  test('knows the host and the port that browsers reach it by', () => {
    const all = objects({ port: 8443, tls: { byGateway: true }, mlflow: { host: 'runs.ml.test' } });
    expect(env(all, 'MLFLOW_SERVER_ALLOWED_HOSTS').split(',')).toContain('runs.ml.test:8443');
    expect(env(all, 'MLFLOW_SERVER_CORS_ALLOWED_ORIGINS').split(',')).toContain('https://runs.ml.test:8443');
  });
});

/** What oauth2-proxy reads, as far as it is looked at here. */
interface ProxyFile {
  readonly providers: readonly { readonly allowedGroups?: readonly string[] }[];
  readonly upstreamConfig: { readonly upstreams: readonly object[] };
  readonly injectRequestHeaders: readonly object[];
}

describe('sign-in', () => {
  const all = objects({ signIn: SIGN_IN, tls: { byGateway: true }, gateway: { namespace: 'edge-x' } });
  const proxy = (name: string) => find(all, 'Deployment', name).spec.template.spec.containers[0];
  const config = (name: string) => load(find(all, 'ConfigMap', name).data['config.yaml']) as ProxyFile;

  test('stands between the ingress and each component, which is closed to the ingress', () => {
    expect(find(all, 'HTTPRoute', 'mlflow-access').spec.rules[0].backendRefs[0].name).toBe('mlflow-sign-in');
    expect(admitted(all, 'mlflow-sign-in', 'tracking-x').join()).toContain('edge-x');
    for (const [name, namespace] of [
      ['mlflow', 'tracking-x'],
      ['frontend', 'page-x'],
      ['models', 'models-x'],
    ] as const)
      expect(admitted(all, name, namespace).join()).not.toContain('edge-x');
  });

  test('lets in the groups of the issuer, and tokens for its audiences', () => {
    const [provider] = config('mlflow-sign-in').providers;
    expect(provider).toMatchObject({
      clientID: 'client-x',
      allowedGroups: ['team-x'],
      oidcConfig: { issuerURL: 'https://login.test/realm', audienceClaims: ['aud'], insecureSkipNonce: false },
    });
    // Any claim that is named here would be taken for the address, too: providers/providers.go of oauth2-proxy 7.15.
    expect(provider).not.toHaveProperty('oidcConfig.userIDClaim');
    expect(proxy('mlflow-sign-in').args).toEqual(
      expect.arrayContaining(['--skip-jwt-bearer-tokens=true', '--bearer-token-login-fallback=false']),
    );
  });

  test('lets in others at one host than at the rest', () => {
    const own = objects({ signIn: SIGN_IN, frontend: { groups: ['visitors-x'] }, models: { groups: ['callers-x'] } });
    const groups = (name: string) => {
      const file = load(find(own, 'ConfigMap', `${name}-sign-in`).data['config.yaml']) as ProxyFile;
      return file.providers[0]?.allowedGroups;
    };
    expect(['mlflow', 'frontend', 'models'].map(groups)).toEqual([['team-x'], ['visitors-x'], ['callers-x']]);
  });

  test('answers what still reaches a pod that stops, which the kubelet tells so five seconds later', () => {
    const { strategy, template } = find(all, 'Deployment', 'mlflow-sign-in').spec;
    expect(template.spec.containers[0].lifecycle).toEqual({ preStop: { sleep: { seconds: 5 } } });
    expect(strategy.rollingUpdate.maxUnavailable).toBe(0);
    expect(find(all, 'PodDisruptionBudget', 'mlflow-sign-in').spec.maxUnavailable).toBe(1);
  });

  test('comes back to its own host, and shares its session within the domain alone', () => {
    expect(proxy('mlflow-sign-in').args).toEqual(
      expect.arrayContaining([
        '--redirect-url=https://mlflow.ml.test/oauth2/callback',
        '--cookie-domain=.ml.test',
        '--cookie-secure=true',
        '--whitelist-domain=.ml.test',
      ]),
    );
  });

  test('may lead on to the issuer when somebody signs out, and to the platform by its port, and nowhere else', () => {
    const [proxy] = find(objects({ signIn: SIGN_IN, port: 8443 }), 'Deployment', 'mlflow-sign-in').spec.template.spec
      .containers;
    const allowed = proxy.args.filter((arg: string) => arg.startsWith('--whitelist-domain='));
    expect(allowed).toEqual(['--whitelist-domain=.ml.test:8443', '--whitelist-domain=login.test']);
  });

  test('leaves who somebody is to the token, whatever a client says', () => {
    expect(config('mlflow-sign-in').injectRequestHeaders).toContainEqual({
      name: 'X-Forwarded-User',
      preserveRequestValue: false,
      values: [{ claimSource: { claim: 'user' } }],
    });
  });

  test.each([
    ['configMap', { configMap: { name: 'ca-x', items: [{ key: 'root.pem', path: 'ca.crt' }] } }],
    ['secret', { secret: { secretName: 'ca-x', items: [{ key: 'root.pem', path: 'ca.crt' }] } }],
  ])('trusts the authority of an issuer in a %s, beside the public ones', (kind, source) => {
    const signIn = { ...SIGN_IN, authority: { [kind]: 'ca-x', key: 'root.pem' } };
    const all = objects({ signIn });
    const { containers, volumes } = find(all, 'Deployment', 'frontend-sign-in').spec.template.spec;
    const volume = volumes.find(({ name }: { name: string }) => name === 'authority');
    expect(volume).toMatchObject(source);
    const mount = containers[0].volumeMounts.find(({ name }: { name: string }) => name === 'authority');
    const { providers } = load(find(all, 'ConfigMap', 'frontend-sign-in').data['config.yaml']) as ProxyFile;
    expect(providers[0]).toMatchObject({ caFiles: [`${mount.mountPath}/ca.crt`], useSystemTrustStore: true });
  });

  test('trusts the public authorities alone unless the environment names another', () => {
    expect(config('mlflow-sign-in').providers[0]).not.toHaveProperty('caFiles');
  });

  test('is not in front of the S3 API, whose clients sign each request', () => {
    const exposed = objects({ signIn: SIGN_IN, s3: { enabled: true } });
    expect(find(exposed, 'HTTPRoute', 's3-access').spec.rules[0].backendRefs[0].name).toBe('minio');
  });

  test('takes the prefix of a model off, so that its route does not', () => {
    expect(config('models-sign-in').upstreamConfig.upstreams).toEqual([
      expect.objectContaining({
        path: '^/seldon/models-x/one/(.*)',
        rewriteTarget: '/$1',
        uri: 'http://one-default.models-x.svc:8000',
      }),
    ]);
    const [rule] = find(all, 'HTTPRoute', 'one').spec.rules;
    expect(rule.filters).toBeUndefined();
    expect(rule.backendRefs).toEqual([expect.objectContaining({ name: 'models-sign-in', port: 4180 })]);
  });
});

describe('the sign-in of models', () => {
  const CANARY = {
    name: 'one',
    predictors: [
      { name: 'main', traffic: 80 },
      { name: 'new', traffic: 20 },
    ],
  };

  test('divides the traffic of a model between a proxy for each of its predictors', () => {
    const all = objects({ signIn: SIGN_IN }, [CANARY]);
    expect(find(all, 'HTTPRoute', 'one').spec.rules[0].backendRefs).toEqual([
      expect.objectContaining({ name: 'models-sign-in', weight: 80 }),
      expect.objectContaining({ name: 'models-2-sign-in', weight: 20 }),
    ]);
    expect(find(all, 'ConfigMap', 'models-2-sign-in').data['config.yaml']).toContain('http://one-new.models-x.svc');
  });

  test('has a proxy for each list of groups, whatever the order of the list', () => {
    const all = objects({ signIn: SIGN_IN }, [
      { name: 'one' },
      { name: 'two', groups: ['a', 'b'] },
      { name: 'three', groups: ['b', 'a'] },
    ]);
    const proxies = ofKind(all, 'Deployment').filter(({ metadata }) => metadata.name.startsWith('models-'));
    expect(proxies).toHaveLength(2);
    const own = proxies.find(({ metadata }) => metadata.name !== 'models-sign-in');
    const text: string = find(all, 'ConfigMap', own?.metadata.name ?? '').data['config.yaml'];
    expect(text).toContain('/models-x/two/');
    expect(text).toContain('/models-x/three/');
    expect(text).not.toContain('team-x');
  });

  test('lets everybody call a model that says so, and no other', () => {
    const all = objects({ signIn: SIGN_IN }, [{ name: 'one' }, { name: 'open', public: true }]);
    const { args } = find(all, 'Deployment', 'models-sign-in').spec.template.spec.containers[0];
    const open = args.filter((argument: string) => argument.startsWith('--skip-auth-route'));
    expect(open).toEqual(['--skip-auth-route=^/seldon/models-x/open/']);
  });
});

describe('an Ingress', () => {
  const all = objects({
    kind: 'ingress',
    ingress: { className: 'class-x', namespace: 'edge-x', annotations: { 'x.test/size': '0' } },
    tls: { issuer: 'issuer-x' },
    signIn: SIGN_IN,
  });

  test('leads each host to its Service, with a certificate and the annotations of its controller', () => {
    expect(find(all, 'Ingress', 'mlflow-access')).toMatchObject({
      metadata: {
        namespace: 'tracking-x',
        annotations: { 'cert-manager.io/cluster-issuer': 'issuer-x', 'x.test/size': '0' },
      },
      spec: {
        ingressClassName: 'class-x',
        tls: [{ hosts: ['mlflow.ml.test'], secretName: 'mlflow-certificate' }],
        rules: [{ host: 'mlflow.ml.test' }],
      },
    });
    expect(admitted(all, 'mlflow-sign-in', 'tracking-x').join()).toContain('edge-x');
  });

  test.each(['ClusterIssuer', 'Issuer'])(
    'lets its controller prove the hosts of a namespace to an ACME server, by the pods that cert-manager makes there: %s',
    (issuerKind) => {
      const settings = {
        kind: 'ingress',
        ingress: { namespace: 'edge-x' },
        from: ['198.51.100.0/24'],
        signIn: SIGN_IN,
      };
      const all = objects({ ...settings, tls: { issuer: 'issuer-x', issuerKind } });
      const ports = [{ protocol: 'TCP', port: 8089 }];
      const solvers = ofKind(all, 'NetworkPolicy').filter(({ spec }) => SOLVER in (spec.podSelector.matchLabels ?? {}));
      expect(solvers.map(({ metadata }) => metadata.namespace)).toEqual(['models-x', 'page-x', 'tracking-x']);
      for (const { spec } of solvers)
        expect(spec).toEqual({
          podSelector: { matchLabels: { [SOLVER]: 'true' } },
          policyTypes: ['Ingress'],
          ingress: [
            { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'edge-x' } } }], ports },
            { from: [{ ipBlock: { cidr: '198.51.100.0/24' } }], ports },
          ],
        });
    },
  );

  test.each([
    ['one Secret has the certificates', { kind: 'ingress', signIn: SIGN_IN, tls: { secret: 'wild' } }],
    ['the certificates are beside a Gateway', { tls: { issuer: 'x' }, gateway: { className: 'class-x' } }],
  ])('proves nothing where %s', (_, settings) => {
    expect(JSON.stringify(objects(settings))).not.toContain(SOLVER);
  });

  test('leads the path of each model to the proxy that takes it off', () => {
    const [{ path, backend }] = find(all, 'Ingress', 'models-access').spec.rules[0].http.paths;
    expect(path).toBe('/seldon/models-x/one/');
    expect(backend.service).toEqual({ name: 'models-sign-in', port: { number: 4180 } });
  });
});
