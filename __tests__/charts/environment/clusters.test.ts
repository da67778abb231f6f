/** Environments that share a cluster: what each keeps to itself, and what is refused. */

import type { PlatformConfig } from '../../../charts/config';
import { clashesOf, namesOf } from '../../../charts/environment/clusters';
import { loadEnvironments } from '../../../charts/environment/environments';
import { environmentsIn, type Files, problemsIn, withFolder, writeFiles } from '../../support/environments';
import { find, type KubernetesObject, objectsOf } from '../../support/platform';

const SHARED = 'cluster: shared\nfrontend: {enabled: false}\n';
const OWN = 'namespaces: {prefix: b-}\n';
const ID = 'seldon: {controllerId: b-id, certificates: cert-manager}\n';
const MODEL = 'server: SKLEARN_SERVER\nuri: s3://models/wine/1\n';
const WHERE = 'environments/b/platform.yaml: cluster: shares the cluster "shared" with environments/a/platform.yaml';

const two = (b: string, a = SHARED): Files => ({
  'a/platform.yaml': a,
  'a/models/wine.yaml': MODEL,
  'b/platform.yaml': b,
  'b/models/wine.yaml': MODEL,
});

describe('environments of one cluster are refused', () => {
  test('where objects of both have the same name, with the first of them and how many there are', () => {
    const [line, ...others] = problemsIn(two(`${SHARED}${ID}`));
    expect(others).toEqual([]);
    expect(line).toMatch(
      /, and both have Namespace postgres, Namespace minio-system, Namespace mlflow and \d\d more; set namespaces\.prefix in one of them, such as "b-"$/,
    );
    expect(line).toContain(WHERE);
  });

  test('where a single namespace is the same', () => {
    const [line] = problemsIn(two(`${SHARED}${ID}namespaces: {prefix: b-, mlflow: mlflow}\n`));
    expect(line).toMatch(/, and both have Namespace mlflow, NetworkPolicy\.networking\.k8s\.io mlflow\/default-deny, /);
  });

  test('where the operators take the same models, whatever the namespaces', () => {
    expect(problemsIn(two(`${SHARED}${OWN}`))).toEqual([
      `${WHERE}, and the operators of both take the same models; set seldon.controllerId in one of them, such as "b", and there seldon.certificates: cert-manager`,
    ]);
    expect(problemsIn(two(`${SHARED}${OWN}${ID}`, `${SHARED}${ID}`))).toHaveLength(1);
  });

  const GIT = 'source: {url: "https://git.example.com/a.git"}';
  const ROUTED = 'access: {kind: gateway, domain: ml.a.test, gateway: {name: gw, namespace: gws}}\n';
  const without = `${SHARED}${OWN}${ID}`;

  test.each([
    [
      'a source of Flux',
      `delivery: {flux: {${GIT}}}\n`,
      `delivery: {flux: {${GIT.replace('a.git', 'b.git')}}}\n`,
      'both have GitRepository.source.toolkit.fluxcd.io flux-system/ml-platform; set delivery.flux.source.name in one of them, such as "ml-platform-b"',
    ],
    [
      'an authority',
      'certificates: {kind: own, name: ca-x}\n',
      'certificates: {kind: own, name: ca-x}\n',
      'both have ClusterIssuer.cert-manager.io ca-x-self-signed, ClusterIssuer.cert-manager.io ca-x, Certificate.cert-manager.io cert-manager/ca-x-authority; set certificates.name in one of them, such as "ml-platform-b"',
    ],
    [
      'a Gateway that both make',
      'access: {kind: gateway, domain: ml.a.test, gateway: {name: gw, namespace: gws, className: x}}\n',
      'access: {kind: gateway, domain: ml.b.test, gateway: {name: gw, namespace: gws, className: x}}\n',
      'both have Gateway.gateway.networking.k8s.io gws/gw; set access.gateway.name in one of them, such as "gw-b"',
    ],
    [
      'a host of one Gateway',
      ROUTED,
      ROUTED,
      'both are reached at mlflow.ml.a.test/ of Gateway gws/gw; set access.domain, and the hosts that are written, in one of them, such as "b.ml.a.test"',
    ],
    [
      'a host of Ingresses',
      'access: {kind: ingress, domain: ml.a.test, models: {enabled: false}}\n',
      'access: {kind: ingress, domain: ml.b.test, mlflow: {host: mlflow.ml.a.test}, models: {enabled: false}}\n',
      'both are reached at mlflow.ml.a.test/ of Ingresses of the default class; set access.domain, and the hosts that are written, in one of them, such as "b.ml.b.test"',
    ],
  ])('where %s is that of the other, with the setting that tells them apart', (_, a, b, fault) => {
    expect(problemsIn(two(`${without}${b}`, `${SHARED}${a}`))).toEqual([`${WHERE}, and ${fault}`]);
  });

  test('with both faults at once, and each pair of several environments by itself', () => {
    const files = { ...two(SHARED), 'c/platform.yaml': SHARED, 'c/models/wine.yaml': MODEL };
    const pairs = problemsIn(files).map((line) =>
      /\/(.)\/platform\.yaml: cluster: .* with environments\/(.)/.exec(line)?.slice(1).join(''),
    );
    expect(pairs).toEqual(['ba', 'ba', 'ca', 'ca', 'cb', 'cb']);
  });
});

test('an environment that is asked for alone is compared with the others all the same', () => {
  withFolder((folder) => {
    writeFiles(folder, two(`${SHARED}${OWN}`));
    expect(() => loadEnvironments(folder, ['b'])).toThrow('the operators of both take the same models');
  });
});

test.each([
  ['the same object', 'Service', {}, {}, ['Service wine']],
  ['types that say the same', 'CustomResourceDefinition', { spec: 1 }, { spec: 1 }, []],
  [
    'types that say different things',
    'CustomResourceDefinition',
    { spec: 1 },
    { spec: 2 },
    ['CustomResourceDefinition.apiextensions.k8s.io wine'],
  ],
])('%s: clash or not', (_, kind, own, other, clashes) => {
  const apiVersion = kind === 'Service' ? 'v1' : 'apiextensions.k8s.io/v1';
  const object = { apiVersion, kind, metadata: { name: 'wine' } };
  expect(clashesOf(namesOf([{ ...object, ...own }]), namesOf([{ ...object, ...other }]))).toEqual(clashes);
});

test('objects clash in one namespace, whatever the version of their type', () => {
  const route = (version: string, namespace: string) =>
    namesOf([{ apiVersion: `example.com/${version}`, kind: 'Route', metadata: { name: 'a', namespace } }]);
  expect(clashesOf(route('v1', 'x'), route('v2', 'x'))).toEqual(['Route.example.com x/a']);
  expect(clashesOf(route('v1', 'x'), route('v1', 'y'))).toEqual([]);
});

const DELIVERED =
  'delivery: {argoCd: {repository: "https://git.example.com/a.git"}, flux: {source: {url: "https://git.example.com/a.git"}}}\n';
const reached = (domain: string, gateway: string) =>
  `access: {kind: gateway, domain: ${domain}, gateway: {name: ${gateway}}}\n`;

describe('environments are accepted', () => {
  test.each<[string, Files]>([
    ['that name no cluster', two('frontend: {enabled: false}\n', 'frontend: {enabled: false}\n')],
    ['of which one names a cluster', two(SHARED, 'frontend: {enabled: false}\n')],
    ['of two clusters', two(SHARED.replace('shared', 'other'))],
    ['of one cluster that differ in namespaces and controller IDs', two(`${SHARED}${OWN}${ID}`)],
    [
      'that Argo CD and Flux deploy from one repository',
      two(`${SHARED}${OWN}${ID}${DELIVERED}`, `${SHARED}${DELIVERED}`),
    ],
    [
      'that one Gateway leads to by other hosts',
      two(`${SHARED}${OWN}${ID}${reached('ml.b.test', 'one')}`, `${SHARED}${reached('ml.a.test', 'one')}`),
    ],
    [
      'that other Gateways lead to by one host',
      two(`${SHARED}${OWN}${ID}${reached('ml.a.test', 'two')}`, `${SHARED}${reached('ml.a.test', 'one')}`),
    ],
  ])('%s', (_, files) => {
    expect(environmentsIn(files)).toHaveLength(2);
  });
});

describe('two environments of one cluster', () => {
  const [a, b] = environmentsIn(two(`${SHARED}${OWN}${ID}`)).map((config: PlatformConfig) => objectsOf(config));
  if (!a || !b) throw new Error('two environments were expected');
  const key = ({ apiVersion, kind, metadata }: KubernetesObject) =>
    `${apiVersion} ${kind} ${metadata.namespace} ${metadata.name}`;

  test('have nothing in common but the type of SeldonDeployments, of which both have the same', () => {
    const common = a.filter((object) => b.some((other) => key(other) === key(object)));
    expect(common.map(({ kind }) => kind)).toEqual(['CustomResourceDefinition']);
    expect(b).toContainEqual(common[0]);
  });

  const operator = (objects: readonly KubernetesObject[]) => {
    const { env } = find(objects, 'Deployment', 'seldon-controller-manager').spec.template.spec.containers[0];
    return (env as { name: string; value?: string }[]).find(({ name }) => name === 'CONTROLLER_ID')?.value;
  };
  const labelOf = (objects: readonly KubernetesObject[]) =>
    find(objects, 'SeldonDeployment', 'wine').metadata.labels?.['seldon.io/controller-id'];

  test('have operators that know their models by a label', () => {
    expect([operator(a), labelOf(a)]).toEqual([undefined, undefined]);
    expect([operator(b), labelOf(b)]).toEqual(['b-id', 'b-id']);
  });

  test('have webhooks that see only the models of their operator', () => {
    const [webhook] = b
      .filter(({ kind }) => kind === 'ValidatingWebhookConfiguration')
      .map(({ webhooks }) => webhooks[0]);
    expect(webhook.objectSelector).toEqual({ matchLabels: { 'seldon.io/controller-id': 'b-id' } });
    // The other registers its own, which leaves out what has the label.
    expect(a.filter(({ kind }) => kind === 'ValidatingWebhookConfiguration')).toEqual([]);
  });
});
