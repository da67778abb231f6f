/** Models as constructs, in an App that knows nothing of this platform. */
import { App, Chart, JsonPatch, Testing } from 'cdk8s';
import type { ComponentFile } from '../../../charts/lib/component';
import { Model, type ModelConstructProps } from '../../../charts/models/model';
import { Models, type ModelsProps } from '../../../charts/models/models';
import type { ModelProps } from '../../../charts/models/props';
import { foreignBucket, foreignImage, foreignImages } from '../../support/foreign';
import { type KubernetesObject, modelConfig } from '../../support/platform';

const settings = (name: string) => ({ name, server: 'SKLEARN_SERVER', uri: `s3://lake/${name}` });
const gateway = { name: 'gateway-x', namespace: 'gateways-x', hostnames: [] };

const props: ModelConstructProps = {
  ...modelConfig(settings('model-x')),
  namespace: 'models-x',
  podLabels: { team: 'team-x' },
  sharedAccount: 'account-x',
  initializer: foreignImage,
  secretOf: () => 'secret-x',
};

const synth = (chart: Chart) => Testing.synth(chart) as KubernetesObject[];
const named = (objects: readonly KubernetesObject[]) => objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);

describe('a model in somebody’s own chart', () => {
  const chart = () => new Chart(new App(), 'own', { namespace: 'elsewhere', labels: { of: 'own' } });
  const model = (change: Partial<ModelConstructProps> = {}) => {
    const scope = chart();
    return { scope, construct: new Model(scope, 'scorer', { ...props, ...change }) };
  };

  test('is its SeldonDeployment, in the namespace of the models, with the labels of the chart', () => {
    const objects = synth(model().scope);
    expect(named(objects)).toEqual(['SeldonDeployment model-x']);
    expect(objects[0]?.metadata).toMatchObject({
      namespace: 'models-x',
      labels: { of: 'own', 'app.kubernetes.io/name': 'model-x' },
    });
  });

  test('is its route as well where there is a Gateway', () => {
    expect(named(synth(model({ gateway }).scope))).toEqual(['SeldonDeployment model-x', 'HTTPRoute model-x']);
    expect(model({ gateway }).construct.route?.kind).toBe('HTTPRoute');
    expect(model().construct.route).toBeUndefined();
  });

  test('runs as it is told', () => {
    const [deployment] = synth(model().scope);
    const [component] = deployment?.spec.predictors[0].componentSpecs ?? [];
    expect(component.metadata.labels).toEqual({ team: 'team-x' });
    expect(component.spec).toMatchObject({
      serviceAccountName: 'account-x',
      initContainers: [{ image: foreignImage.reference, envFrom: [{ secretRef: { name: 'secret-x' } }] }],
    });
  });

  test('can be patched like any other construct', () => {
    const { scope, construct } = model();
    construct.deployment.addJsonPatch(JsonPatch.replace('/spec/predictors/0/replicas', 9));
    construct.deployment.metadata.addAnnotation('owner', 'team-x');
    const [deployment] = synth(scope);
    expect(deployment?.spec.predictors[0].replicas).toBe(9);
    expect(deployment?.metadata.annotations).toEqual({ owner: 'team-x' });
  });

  test('stands beside others', () => {
    const scope = chart();
    new Model(scope, 'one', props);
    new Model(scope, 'other', { ...props, ...modelConfig(settings('model-y')) });
    expect(named(synth(scope))).toEqual(['SeldonDeployment model-x', 'SeldonDeployment model-y']);
  });
});

describe('the models of a namespace', () => {
  const models = (change: Partial<ModelsProps> = {}) =>
    new Models(new App(), {
      namespace: 'models-x',
      images: foreignImages,
      store: foreignBucket,
      models: ['model-x', 'model-y'].map((name) => modelConfig(settings(name))),
      stores: {},
      gateway,
      clients: [],
      ...change,
    });
  const ALL = [
    'ServiceAccount models',
    'SeldonDeployment model-x',
    'HTTPRoute model-x',
    'SeldonDeployment model-y',
    'HTTPRoute model-y',
  ];
  const files = (component: Models) => [...component.files()];

  test('are all in the chart, which App.synth() writes', () => {
    expect(named(synth(models()))).toEqual(ALL);
  });

  test('are all in the one file of the chart', () => {
    expect(files(models()).map(({ name, objects }) => [name, named(objects as KubernetesObject[])])).toEqual([
      ['models', ALL],
    ]);
  });

  test('are in no chart where they are streamed, and each in a file of its own', () => {
    const streamed = models({ streamed: true });
    expect(named(synth(streamed))).toEqual(['ServiceAccount models']);
    expect(files(streamed).map(({ name }) => name)).toEqual(['models', 'model-x', 'model-y']);
    expect(named(synth(streamed))).toEqual(['ServiceAccount models']);
  });

  test('are the same objects either way', () => {
    const streamed = files(models({ streamed: true })).flatMap(({ objects }) => objects);
    expect(JSON.stringify(streamed)).toBe(JSON.stringify(synth(models())));
  });

  test('are built only when somebody asks for their objects, where they are streamed', () => {
    const [one, other] = ['model-x', 'model-y'].map((name) => modelConfig(settings(name)));
    const broken = Object.defineProperty({ ...other }, 'placement', {
      enumerable: true,
      get: () => {
        throw new Error('built');
      },
    });
    const stream = models({ streamed: true, models: [one, broken] as ModelProps[] })
      .files()
      [Symbol.iterator]();
    expect([stream.next(), stream.next()].map(({ value }) => value?.name)).toEqual(['models', 'model-x']);
    const third: ComponentFile | undefined = stream.next().value;
    expect(() => third?.objects).toThrow('built');
    expect(() => models({ models: [broken] as ModelProps[] })).toThrow('built');
  });
});
