/** Models of teams from outside: who reaches them, and that none of them becomes somebody elsewhere. */
import { load } from 'js-yaml';
import { composePlatform, type Platform } from '../../../charts/platform';
import { environmentsIn, MODEL } from '../../support/environments';
import { find, objectsOf as objectsIn } from '../../support/platform';
import { platformRefuses } from '../../support/refusals';
import { schemaFaults } from '../../support/schemas';

const model = (team: string, name: string, more = '') =>
  `server: SKLEARN_SERVER\nuri: s3://lake/workspaces/${team}/${name}/1\n${more}`;
const CANARY = 'predictors: [{name: main, traffic: 70}, {name: next, traffic: 30}]\n';
const SIGN_IN = 'signIn: {issuer: "https://login.test", clientId: client-x, groups: [staff]}';
const settings = (access: string, callers: string) => `
namespaces: {models: served-x}
objectStore: {bucket: lake}
frontend: {enabled: false}
teams:
  - {name: north, group: people-of-north}
  - {name: north-2, group: people-of-north-2${callers}}
access: {domain: ml.test, ${access}}
`;
/** Models of teams, with what they say of their callers where somebody asks who calls. */
const files = (access: string, asked = access.includes('signIn')) => ({
  'test/platform.yaml': settings(access, asked ? ', callers: [callers-of-north-2]' : ''),
  'test/models/mlflow-wine.yaml': MODEL.replace('s3://models/', 's3://lake/'),
  'test/models/north/price.yaml': model('north', 'price', access.includes('gateway') ? CANARY : ''),
  'test/models/north/free.yaml': model('north', 'free', asked ? 'public: true\n' : ''),
  'test/models/north-2/risk.yaml': model('north-2', 'risk', asked ? 'groups: [auditors]\n' : ''),
  'test/models/north-2/loss.yaml': model('north-2', 'loss'),
});

function configOfTeams(access: string) {
  const [config] = environmentsIn(files(access));
  if (!config) throw new Error('nothing was read');
  return config;
}

const platformOf = (access: string): Platform => composePlatform(configOfTeams(access));
const objectsOf = (access: string) => objectsIn(configOfTeams(access));

describe('behind a sign-in', () => {
  const ACCESS = `kind: gateway, tls: {secret: wild}, gateway: {className: class-x}, ${SIGN_IN}`;
  const all = objectsOf(ACCESS);
  const proxies = all.filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name.endsWith('-sign-in'));
  const named = (start: string) => {
    const [found] = proxies.filter(({ metadata }) => metadata.name.startsWith(start));
    if (!found) throw new Error(`no proxy starts with ${start}`);
    return found;
  };
  const configOf = (start: string) =>
    load(find(all, 'ConfigMap', named(start).metadata.name).data['config.yaml']) as {
      upstreamConfig: { upstreams: { uri: string; path: string }[] };
      injectRequestHeaders: { name: string; values: unknown[]; preserveRequestValue: boolean }[];
      providers: { allowedGroups: string[] }[];
    };

  test('each team has a host of its own, which browsers keep apart from that of another', () => {
    expect(find(all, 'HTTPRoute', 'price').spec.hostnames).toEqual(['models-north.ml.test']);
    expect(find(all, 'HTTPRoute', 'risk').spec.hostnames).toEqual(['models-north-2.ml.test']);
    expect(find(all, 'HTTPRoute', 'mlflow-wine').spec.hostnames).toEqual(['models.ml.test']);
    const listeners: { name: string; hostname?: string }[] = find(all, 'Gateway', 'public').spec.listeners;
    expect(listeners.map(({ hostname }) => hostname)).toEqual(
      expect.arrayContaining(['models-north.ml.test', 'models-north-2.ml.test']),
    );
    expect(find(all, 'HTTPRoute', 'price').spec.parentRefs[0].sectionName).toBe('models-north');
  });

  test('no proxy is shared by two teams, or by a team and the platform', () => {
    for (const { metadata } of proxies.filter(({ metadata }) => metadata.namespace === 'served-x')) {
      const { upstreams } = configOf(metadata.name).upstreamConfig;
      expect(new Set(upstreams.map(({ uri }) => uri.split('.')[1])).size).toBe(1);
    }
    expect(configOf('team2-north-sign-in').upstreamConfig.upstreams.map(({ uri }) => uri)).toEqual([
      'http://price-next.served-x-north.svc:8000',
    ]);
  });

  test('what proxies sign sessions with is in no namespace of a team', () => {
    const places = platformOf(ACCESS)
      .secrets.filter(({ data }) =>
        Object.values(data).some((text) => text.some((piece) => Object(piece).id === 'SIGN_IN_COOKIE_SECRET')),
      )
      .map(({ namespace }) => namespace);
    expect(new Set(places)).toEqual(new Set(['mlflow', 'served-x']));
  });

  test('no server of a team is given what its caller is known by, and it is told who calls', () => {
    const { injectRequestHeaders } = configOf('team-north-sign-in');
    for (const name of ['Authorization', 'Cookie'])
      expect(injectRequestHeaders).toContainEqual({ name, preserveRequestValue: false, values: [] });
    expect(injectRequestHeaders.map(({ name }) => name)).toContain('X-Forwarded-User');
    expect(configOf('models-sign-in').injectRequestHeaders.map(({ name }) => name)).not.toContain('Cookie');
  });

  test('a model narrows who calls it, or opens it to everybody', () => {
    const [{ name }] = find(all, 'HTTPRoute', 'risk').spec.rules[0].backendRefs;
    expect(configOf(name).providers[0]?.allowedGroups).toEqual(['auditors']);
    const { args } = named('team-north-sign-in').spec.template.spec.containers[0];
    expect(args.filter((argument: string) => argument.startsWith('--skip-auth-route'))).toEqual([
      '--skip-auth-route=^/seldon/served-x-north/free/',
    ]);
    expect(args).toContain('--redirect-url=https://models-north.ml.test/oauth2/callback');
  });

  test('a model that names nobody answers its team: those that the team names, or the group of its name', () => {
    const groups = (name: string) => configOf(name).providers[0]?.allowedGroups;
    expect(groups('team-north-sign-in')).toEqual(['people-of-north']);
    expect(groups('team-north-2-sign-in')).toEqual(['callers-of-north-2']);
    expect(groups('models-sign-in')).toEqual(['staff']);
  });

  test('its traffic is divided between proxies, which the route is beside', () => {
    const { metadata, spec } = find(all, 'HTTPRoute', 'price');
    expect(metadata.namespace).toBe('served-x');
    expect(spec.rules[0].backendRefs).toEqual([
      expect.objectContaining({ name: 'team-north-sign-in', weight: 70 }),
      expect.objectContaining({ name: 'team2-north-sign-in', weight: 30 }),
    ]);
  });

  test('only its proxies are let in to a team, and the proxies call nobody else', () => {
    const edges = platformOf(ACCESS).components.flatMap((component) => component.edges);
    const callers = edges.flatMap(({ from, to }) =>
      to.kind === 'pods' && to.namespace === 'served-x-north' && from.kind === 'pods' ? [from.name] : [],
    );
    expect(new Set(callers)).toEqual(new Set(['team-north-sign-in', 'team2-north-sign-in']));
    const called = edges.flatMap(({ from, to }) =>
      from.kind === 'pods' && from.name === 'team-north-sign-in' && to.kind === 'pods' ? [to.namespace] : [],
    );
    expect(new Set(called)).toEqual(new Set(['served-x-north']));
  });

  test('is made of types that the API server knows', () => {
    expect(all.filter(({ kind }) => ['HTTPRoute', 'Gateway'].includes(kind)).flatMap(schemaFaults)).toEqual([]);
  });
});

test('without a sign-in the Gateway calls models of teams, whose routes lie beside them', () => {
  const all = objectsOf('kind: gateway, gateway: {className: class-x, namespace: edge-x}');
  const { metadata, spec } = find(all, 'HTTPRoute', 'risk');
  // Nobody asks who somebody is.
  expect(metadata.namespace).toBe('served-x-north-2');
  expect(spec.rules[0].backendRefs[0].name).toBe('risk-default');
  const [http] = find(all, 'Gateway', 'public').spec.listeners;
  expect(http.allowedRoutes.namespaces.selector.matchExpressions[0].values).toEqual(
    expect.arrayContaining(['served-x', 'served-x-north', 'served-x-north-2']),
  );
});

test('an Ingress leads the host of a team to its proxy', () => {
  const all = objectsOf(`kind: ingress, tls: {issuer: x}, ${SIGN_IN}`);
  const [rule] = find(all, 'Ingress', 'models-north-access').spec.rules;
  expect(rule.host).toBe('models-north.ml.test');
  expect(rule.http.paths[0].backend.service.name).toBe('team-north-sign-in');
});

platformRefuses({
  'callers of teams that nobody knows': [
    [
      'where nobody asks who calls',
      'teams: [{name: a, group: g, callers: [h]}]',
      'teams[0].callers: means nothing without a sign-in in front of the models; add access.signIn, or remove it',
    ],
    [
      'where people come in by their address, and groups are unknown',
      'access: {kind: gateway, domain: ml.test, signIn: {issuer: "https://login.test", clientId: x, emailDomains: [ml.test]}}\nteams: [{name: a, group: g}]',
      'teams[0].callers: is absent, and access.signIn knows no groups; say which group of the issuer may call the models of a from outside, such as ["g"], or set access.models.enabled: false',
    ],
  ],
});

platformRefuses({
  'hosts of teams that are taken': [
    [
      'by another component',
      'access: {kind: gateway, domain: ml.test, mlflow: {host: models-a.ml.test}}\nteams: [{name: a, group: g}]',
      'teams[0].name: is a, whose models have the host models-a.ml.test, which is that of access.mlflow too; give one of the two another name',
    ],
  ],
});
