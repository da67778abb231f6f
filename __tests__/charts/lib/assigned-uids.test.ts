/** With podSecurity.uids: assigned no object says a user or a group, and the rest stays as it is. */
import { MANY_MODELS } from '../../support/configurations';
import { environmentsIn, problemsIn } from '../../support/environments';
import { envOf } from '../../support/foreign';
import { find, type KubernetesObject, objectsOf, platformConfig } from '../../support/platform';
import { platformRefuses } from '../../support/refusals';

const settings = { postgresql: { backup: { enabled: true } }, training: { enabled: true } };
const of = (uids: string) => objectsOf(platformConfig({ ...settings, podSecurity: { uids } }, MANY_MODELS));
const [fixed, assigned] = [of('fixed'), of('assigned')];
const FIXED = /"(runAsUser|runAsGroup|fsGroup)":/;
const workloads = (objects: readonly KubernetesObject[]) =>
  objects.filter(({ kind }) => kind !== 'CustomResourceDefinition').map((object) => JSON.stringify(object));

test('no pod, of a component or a model, has a user or a group of its own', () => {
  expect(workloads(fixed).filter((text) => FIXED.test(text)).length).toBeGreaterThan(MANY_MODELS.length + 5);
  expect(workloads(assigned).filter((text) => FIXED.test(text))).toEqual([]);
});

test('the rest of what "restricted-v2" asks for stays', () => {
  const { spec } = find(assigned, 'Deployment', 'mlflow').spec.template;
  expect(spec.securityContext).toEqual({
    runAsNonRoot: true,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  });
  expect(spec.containers[0].securityContext).toEqual(
    find(fixed, 'Deployment', 'mlflow').spec.template.spec.containers[0].securityContext,
  );
});

test('the operator gives no user to what it makes', () => {
  const env = (objects: readonly KubernetesObject[]) =>
    envOf(find(objects, 'Deployment', 'seldon-controller-manager').spec.template.spec.containers[0]);
  expect(env(assigned)).toMatchObject({ DEFAULT_USER_ID: '', EXECUTOR_CONTAINER_USER: '' });
  expect(env(fixed)).toMatchObject({ DEFAULT_USER_ID: '8888', EXECUTOR_CONTAINER_USER: '8888' });
});

test('what runs once has another name, since its template changed', () => {
  const names = (objects: readonly KubernetesObject[]) =>
    objects.filter(({ kind }) => kind === 'Job').map(({ metadata }) => metadata.name);
  expect(names(assigned)).toHaveLength(2);
  expect(names(assigned).filter((name) => names(fixed).includes(name))).toEqual([]);
});

test('the type of models keeps its fields of these names', () => {
  const type = (objects: readonly KubernetesObject[]) =>
    objects.find(({ kind }) => kind === 'CustomResourceDefinition');
  expect(type(assigned)).toEqual(type(fixed));
});

platformRefuses({
  'users that nobody chooses': [
    [
      'another word',
      'podSecurity: {uids: random}',
      'podSecurity.uids: must be one of fixed, high, assigned, not "random", such as "fixed"',
    ],
  ],
});

describe('a model that names its user', () => {
  const OWN = 'image: r.test/i:1\nprotocol: seldon\n';
  const GRAPH = `protocol: seldon\ngraph: {name: a, image: 'r.test/i:1', children: [{name: b, image: 'r.test/i:1', container: {uid: 1234}}]}`;
  const files = (uids: string, model: string) => ({
    'test/platform.yaml': `frontend: {enabled: false}\npodSecurity: {uids: ${uids}}`,
    'test/models/m.yaml': model,
  });

  test.each([
    ['of one node', `${OWN}container: {uid: 1234}`, 'container.uid'],
    ['of a graph', GRAPH, 'graph.children[0].container.uid'],
  ])('%s is refused where the cluster chooses it', (_, model, path) => {
    expect(problemsIn(files('assigned', model))).toEqual([
      `environments/test/models/m.yaml: ${path}: is 1234, and the cluster chooses users where podSecurity.uids is assigned in platform.yaml; remove it`,
    ]);
    expect(environmentsIn(files('fixed', model))).toHaveLength(1);
  });

  test('is the only one that is refused', () => {
    expect(environmentsIn(files('assigned', OWN))).toHaveLength(1);
  });
});
