/** In a cluster of several architectures, pods run where their images do. */
import { MANY_MODELS } from '../../support/configurations';
import { find, type KubernetesObject, objectsOf, platformConfig } from '../../support/platform';
import { platformRefuses } from '../../support/refusals';

const of = (settings: object) => objectsOf(platformConfig(settings, MANY_MODELS));
const mixed = of({ architectures: ['amd64', 'arm64'] });
const ON_AMD64 = { 'kubernetes.io/arch': 'amd64' };
const selector = (objects: readonly KubernetesObject[], kind: string, name: string) =>
  find(objects, kind, name).spec.template.spec.nodeSelector;

test('the operator is kept on amd64, and what is built for several is not', () => {
  expect(selector(mixed, 'Deployment', 'seldon-controller-manager')).toEqual(ON_AMD64);
  expect(selector(mixed, 'StatefulSet', 'postgresql')).toBeUndefined();
  expect(selector(mixed, 'Deployment', 'mlflow')).toBeUndefined();
});

test('models are, by what fetches them or by their executor', () => {
  const pods = mixed
    .filter(({ kind }) => kind === 'SeldonDeployment')
    .flatMap(({ spec }) => spec.predictors.flatMap((predictor: KubernetesObject) => predictor.componentSpecs));
  expect(pods.length).toBeGreaterThan(3);
  for (const { spec } of pods) expect(spec.nodeSelector).toEqual(ON_AMD64);
});

test('a selector of one’s own stays beside it, and wins', () => {
  const seldon = { nodeSelector: { pool: 'x', 'kubernetes.io/arch': 'arm64' } };
  const objects = of({ architectures: ['amd64', 'arm64'], seldon });
  expect(selector(objects, 'Deployment', 'seldon-controller-manager')).toEqual(seldon.nodeSelector);
});

test('an image from another repository may be built for others', () => {
  const overrides = { seldonOperator: { repository: 'registry.example.org/arm/operator' } };
  const objects = of({ architectures: ['amd64', 'arm64'], images: { overrides } });
  expect(selector(objects, 'Deployment', 'seldon-controller-manager')).toBeUndefined();
});

test.each([undefined, ['amd64']])('nothing is selected where the nodes are alike: %j', (architectures) => {
  expect(JSON.stringify(of({ architectures }))).not.toContain('"kubernetes.io/arch":');
});

platformRefuses({
  'architectures that nothing runs on': [
    [
      'no amd64',
      'architectures: [arm64]',
      'architectures: must have amd64, which most images of Seldon are built for alone, not a list, such as ["amd64","arm64"]',
    ],
  ],
});
