/** The composition: which components an environment has, and what each learns of the others. */
import type { Component } from '../../charts/lib/component';
import type { Edge, Peer } from '../../charts/lib/endpoint';
import { STAGES, type Stage } from '../../charts/lib/stages';
import { composePlatform, type Platform } from '../../charts/platform';
import { configurations } from '../support/configurations';
import { envOf, secretText } from '../support/foreign';
import { filesOf, find, GUIDE_MODELS, platformConfig } from '../support/platform';

const compose = (settings: unknown = {}, models: readonly unknown[] = GUIDE_MODELS) =>
  composePlatform(platformConfig(settings, models));
const names = ({ components }: Platform) => components.map(({ componentName }) => componentName);
function component(platform: Platform, name: string): Component {
  const found = platform.components.find(({ componentName }) => componentName === name);
  if (!found) throw new Error(`there is no component ${name}`);
  return found;
}
const objects = (platform: Platform) => [...filesOf(platform).values()].flat();
const containerOf = (platform: Platform, kind: string, name: string) =>
  find(objects(platform), kind, name).spec.template.spec.containers[0];

const plain = compose();

describe('an environment without settings', () => {
  test('is a whole platform', () => {
    expect(names(plain)).toEqual([
      'namespaces',
      'seldon-crd',
      'network-policies',
      'seldon-core-operator',
      'postgresql',
      'minio',
      'mlflow',
      'models',
      'frontend',
    ]);
  });

  test('is a file for each component, and one for each model, in their stages', () => {
    expect([...filesOf(plain).keys()].sort()).toEqual([
      '10-setup/namespaces.yaml',
      '10-setup/network-policies.yaml',
      '10-setup/seldon-crd.yaml',
      '20-operators/models.yaml',
      '20-operators/seldon-core-operator.yaml',
      '30-data/minio.yaml',
      '30-data/postgresql.yaml',
      '40-tracking/mlflow.yaml',
      '50-models/mlflow-wine.yaml',
      '50-models/xgb-wine-k8s.yaml',
      '60-apps/frontend.yaml',
    ]);
  });

  test('is the same every time', () => {
    expect(filesOf(compose())).toEqual(filesOf(plain));
  });
});

describe('what is optional', () => {
  const without = names(compose({ frontend: { enabled: false }, networkPolicies: { enabled: false } }, []));
  const backup = { postgresql: { backup: { enabled: true } } };

  test('is the front end', () => {
    expect(without).not.toContain('frontend');
  });

  test('is the network policies', () => {
    expect(without).not.toContain('network-policies');
  });

  test('is the backup of the database', () => {
    expect(names(plain)).not.toContain('postgresql-backup');
    expect(names(compose(backup))).toContain('postgresql-backup');
  });

  test('leaves no namespace behind', () => {
    const namespaces = (platform: Platform) =>
      objects(platform).flatMap(({ kind, metadata }) => (kind === 'Namespace' ? [metadata.name] : []));
    expect(namespaces(plain)).toContain('fe');
    expect(namespaces(compose({ frontend: { enabled: false } }))).not.toContain('fe');
  });
});

describe('who learns what', () => {
  const mlflow = component(plain, 'mlflow');
  const models = component(plain, 'models');

  test('MLflow and PostgreSQL have the same password for the same role', () => {
    const login = secretText(mlflow, 'mlflow-database', 'pg_service.conf');
    expect(login).toContain(`password=${secretText(component(plain, 'postgresql'), 'postgresql', 'mlflow-password')}`);
  });

  test('MLflow and the models have keys of their own to the object store: one writes, the other reads', () => {
    const users = ['mlflow', 'seldon'].map((user) => secretText(component(plain, 'minio'), 'minio-users', user));
    const [writer, reader] = users;
    expect(writer).not.toBe(reader);
    expect(secretText(mlflow, 'mlflow-object-store', 'credentials')).toContain(`aws_secret_access_key=${writer}`);
    expect(secretText(models, 'seldon-init-container-secret', 'RCLONE_CONFIG_S3_SECRET_ACCESS_KEY')).toBe(reader);
  });

  test('nobody but the object store has its root credential', () => {
    const root = secretText(component(plain, 'minio'), 'minio', 'root-password');
    const texts = plain.secrets.flatMap(({ name, data }) =>
      Object.values(data).map((text) => [
        name,
        text.map((piece) => (typeof piece === 'string' ? '' : `<${piece.id}>`)),
      ]),
    );
    expect(texts.filter(([, pieces]) => pieces?.includes(root)).map(([name]) => name)).toEqual(['minio']);
  });

  test('MLflow puts artifacts into the bucket of the environment', () => {
    const other = compose({ objectStore: { bucket: 'lake' } }, [{ ...GUIDE_MODELS[0], uri: 's3://lake/wine/1' }]);
    expect(containerOf(other, 'Deployment', 'mlflow').args).toContain('--artifacts-destination=s3://lake/');
  });

  test('the front end asks the model that the environment names', () => {
    const models = ['model-x', 'model-y'].map((name) => ({ ...GUIDE_MODELS[0], name, predictor: 'main' }));
    const asked = (model: string) =>
      envOf(containerOf(compose({ frontend: { model } }, models), 'Deployment', 'fe-deployment')).API_URL;
    expect(asked('model-x')).toContain('http://model-x-main.ml-models.svc:8000/');
    expect(asked('model-y')).toContain('http://model-y-main.ml-models.svc:8000/');
  });

  test('the operator names the account that the pods of models run as', () => {
    const account = envOf(
      containerOf(plain, 'Deployment', 'seldon-controller-manager'),
    ).EXECUTOR_CONTAINER_SERVICE_ACCOUNT_NAME;
    expect(find([...filesOf(plain).values()].flat(), 'ServiceAccount', account ?? '').metadata.namespace).toBe(
      'ml-models',
    );
  });

  test('every workload logs in to the registry with the same Secret', () => {
    const platform = compose({ images: { pullSecret: 'login-x' }, postgresql: { backup: { enabled: true } } });
    const pods = objects(platform).flatMap(({ kind, spec }) => {
      if (kind === 'CronJob') return [spec.jobTemplate.spec.template.spec];
      if (kind === 'SeldonDeployment') return [spec.predictors[0].componentSpecs[0].spec];
      return spec?.template?.spec ? [spec.template.spec] : [];
    });
    expect(pods).toHaveLength(11);
    for (const { imagePullSecrets } of pods) expect(imagePullSecrets).toEqual([{ name: 'login-x' }]);
  });
});

describe('Pod Security', () => {
  const levels = (engine: boolean) =>
    objects(compose({}, [{ ...GUIDE_MODELS[0], engine }]))
      .filter(({ kind }) => kind === 'Namespace')
      .map(({ metadata }) => [metadata.name, metadata.labels?.['pod-security.kubernetes.io/enforce']]);

  test('is "restricted" in every namespace', () => {
    expect(new Set(levels(false).map(([, level]) => level))).toEqual(new Set(['restricted']));
  });

  test('is less in the namespace of the models where one has an executor, and nowhere else', () => {
    expect(levels(true).filter(([, level]) => level !== 'restricted')).toEqual([['ml-models', 'baseline']]);
  });
});

describe('who may call whom', () => {
  const name = (peer: Peer) => ('name' in peer ? peer.name : peer.kind);
  const calls = (platform: Platform) =>
    platform.components
      .flatMap(({ edges }) => edges)
      .map(({ from, to }: Edge) => `${name(from)} > ${name(to)}`)
      .sort();

  test('is what the components are wired with', () => {
    expect(calls(plain)).toEqual([
      'apiServer > seldon-controller-manager',
      'frontend > model-mlflow-wine',
      'minio-setup > minio',
      'mlflow > minio',
      'mlflow > postgresql',
      'models > minio',
      'seldon-controller-manager > apiServer',
    ]);
  });

  const added = (settings: unknown) => calls(compose(settings)).filter((call) => !calls(plain).includes(call));

  test.each([
    ['clients of MLflow', { networkPolicies: { clients: { mlflow: ['team-x'] } } }, ['team-x > mlflow']],
    ['clients of models', { networkPolicies: { clients: { models: ['team-x'] } } }, ['team-x > models']],
    ['the gateway of Istio', { seldon: { istio: { enabled: true, gateway: 'mesh-x/gate' } } }, ['mesh-x > models']],
    ['Ambassador', { seldon: { ambassador: { enabled: true, namespace: 'edge-x' } } }, ['edge-x > models']],
    [
      'Prometheus',
      { monitoring: { enabled: true, namespace: 'metrics-x' } },
      ['frontend', 'minio', 'mlflow', 'models', 'postgresql', 'seldon-controller-manager'].map(
        (to) => `metrics-x > ${to}`,
      ),
    ],
    [
      'the backup',
      { postgresql: { backup: { enabled: true } } },
      ['postgresql-backup > postgresql', 'postgresql-restore > postgresql'],
    ],
    [
      'an ingress that is off',
      { seldon: { istio: { gateway: 'mesh-x/gate' }, ambassador: { namespace: 'edge-x' } } },
      [],
    ],
  ])('grows with %s', (_, settings, more) => {
    expect(added(settings)).toEqual(more);
  });

  test('does not list a namespace twice that is a client and an ingress', () => {
    const settings = {
      networkPolicies: { clients: { models: ['edge-x'] } },
      seldon: { ambassador: { enabled: true, namespace: 'edge-x' } },
    };
    expect(calls(compose(settings)).filter((call) => call === 'edge-x > models')).toHaveLength(1);
  });
});

describe.each(configurations().map(([title, config]): [string, Platform] => [title, composePlatform(config)]))(
  'the order in which %s is applied',
  (_, platform) => {
    const stages = [...filesOf(platform)].map(([path, content]) => ({ stage: path.split('/')[0] as Stage, content }));
    /** The numbers of the stages that have such an object. */
    const stagesOf = (kind: string, name?: string) =>
      stages
        .filter(({ content }) =>
          content.some((one) => one.kind === kind && (name ?? one.metadata.name) === one.metadata.name),
        )
        .map(({ stage }) => STAGES.indexOf(stage));

    test('has every file in a stage', () => {
      expect(stages.map(({ stage }) => stage).filter((stage) => !STAGES.includes(stage))).toEqual([]);
    });

    test.each(['Namespace', 'NetworkPolicy', 'CustomResourceDefinition'])('begins with every %s', (kind) => {
      expect(stagesOf(kind).filter((stage) => stage !== 0)).toEqual([]);
    });

    test.each([
      ['MLflow', ['Deployment', 'mlflow'], 'its database', ['StatefulSet', 'postgresql']],
      ['MLflow', ['Deployment', 'mlflow'], 'its object store', ['StatefulSet', 'minio']],
      ['models', ['SeldonDeployment'], 'the operator', ['Deployment', 'seldon-controller-manager']],
      ['models', ['SeldonDeployment'], 'their account', ['ServiceAccount', 'models']],
      ['models', ['SeldonDeployment'], 'the object store', ['StatefulSet', 'minio']],
      ['the front end', ['Deployment', 'fe-deployment'], 'the models', ['SeldonDeployment']],
    ] as [string, [string, string?], string, [string, string?]][])(
      'has %s %j after %s %j',
      (_a, later, _b, earlier) => {
        expect(Math.min(...stagesOf(...later))).toBeGreaterThan(Math.max(...stagesOf(...earlier)));
      },
    );
  },
);
