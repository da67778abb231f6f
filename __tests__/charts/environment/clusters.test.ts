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

describe('environments are accepted', () => {
  test.each<[string, Files]>([
    ['that name no cluster', two('frontend: {enabled: false}\n', 'frontend: {enabled: false}\n')],
    ['of which one names a cluster', two(SHARED, 'frontend: {enabled: false}\n')],
    ['of two clusters', two(SHARED.replace('shared', 'other'))],
    ['of one cluster that differ in namespaces and controller IDs', two(`${SHARED}${OWN}${ID}`)],
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
