/** What the configuration makes of files that are right. */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvironment, loadEnvironments } from '../../charts/environment/environments';
import { environmentsIn, type Files, MODEL, settingsOf, withFolder, writeFiles } from '../support/environments';
import { embedded, minioOf } from '../support/platform';

const WITHOUT_FRONTEND = 'frontend: {enabled: false}';

test('an environment needs no more than a word on the front end', () => {
  expect(environmentsIn({ 'test/platform.yaml': WITHOUT_FRONTEND })).toHaveLength(1);
});

describe('an empty file gives a platform with all defaults, if there is the model of the front end', () => {
  test.each([
    ['nothing', ''],
    ['line breaks', '\n\n'],
    ['a comment', '# the defaults\n'],
    ['a document without content', '---\n...\n'],
    ['null', 'null\n'],
    ['a byte order mark', '\ufeff'],
    ['sections without fields', 'images: {}\nmlflow: {}\npostgresql: {storage: {}, resources: {requests: {}}}\n'],
  ])('%s', (_, platform) => {
    expect(settingsOf(platform)).toEqual(settingsOf('{}'));
  });

  const defaults = settingsOf('');

  test('with one of everything, and nothing that has to be installed before', () => {
    expect(defaults).toMatchObject({
      environment: 'test',
      clusterDomain: 'cluster.local',
      images: { overrides: {} },
      networkPolicies: {
        enabled: true,
        apiServer: { cidrs: [], ports: [443, 6443, 8443] },
        clients: { mlflow: [], models: [] },
      },
      monitoring: { enabled: false, namespace: 'monitoring', labels: { release: 'prometheus' } },
      postgresql: { storage: { size: '8Gi' }, backup: { enabled: false } },
      objectStore: { bucket: 'models', storage: { size: '20Gi' }, console: true },
      mlflow: { replicas: 1, workers: 1 },
      seldon: {
        version: '1.17.1',
        acceptBusinessSourceLicense: false,
        certificates: 'manager',
        istio: { enabled: false },
        ambassador: { enabled: false },
      },
      frontend: { enabled: true, model: 'mlflow-wine' },
    });
  });

  test('with CPU, memory and disk for every container', () => {
    const amounts = { cpu: expect.any(String), memory: expect.any(String), 'ephemeral-storage': expect.any(String) };
    const { mlflow, seldon, frontend, models } = defaults;
    const servers = models.flatMap(({ predictors }) => predictors.map(({ graph }) => graph));
    for (const { resources } of [embedded(defaults), minioOf(defaults), mlflow, seldon, frontend, ...servers]) {
      expect(resources).toEqual({ requests: amounts, limits: amounts });
    }
  });

  test('without what means something by its absence', () => {
    expect(defaults.images).not.toHaveProperty('registry');
    expect(defaults.images).not.toHaveProperty('pullSecret');
    expect(defaults.mlflow).not.toHaveProperty('host');
    expect(embedded(defaults).storage).not.toHaveProperty('className');
  });

  test('that no other environment shares', () => {
    const [first, second] = environmentsIn({
      'a/platform.yaml': WITHOUT_FRONTEND,
      'b/platform.yaml': WITHOUT_FRONTEND,
    });
    expect(first?.networkPolicies).toEqual(second?.networkPolicies);
    expect(first?.networkPolicies).not.toBe(second?.networkPolicies);
  });
});

describe('an amount is text, whether it was written as text or as a number', () => {
  test.each([
    ['1', '1'],
    ['"1"', '1'],
    ['0.5', '0.5'],
    ['1.0', '1'],
    ['1e0', '1'],
    ['500m', '500m'],
    ['.25', '0.25'],
    ['"0.250"', '0.250'],
  ])('cpu: %s is %j', (cpu, text) => {
    expect(settingsOf(`mlflow: {resources: {requests: {cpu: ${cpu}}}}`).mlflow.resources.requests.cpu).toBe(text);
  });

  test.each([
    ['8Gi', '8Gi'],
    ['1.5Gi', '1.5Gi'],
    ['10G', '10G'],
    ['8589934592', '8589934592'],
    ['1e10', '10000000000'],
    ['"1e10"', '1e10'],
    ['+1Ti', '+1Ti'],
  ])('size: %s is %j', (size, text) => {
    expect(embedded(settingsOf(`postgresql: {storage: {size: ${size}}}`)).storage.size).toBe(text);
  });
});

describe('a section that is given in part keeps the defaults of the rest', () => {
  const { mlflow: defaults } = settingsOf('');

  test('one amount of the resources', () => {
    const { resources, ...others } = settingsOf('mlflow: {resources: {limits: {memory: 4Gi}}}').mlflow;
    expect(resources).toEqual({
      requests: defaults.resources.requests,
      limits: { ...defaults.resources.limits, memory: '4Gi' },
    });
    const { resources: _, ...rest } = defaults;
    expect(others).toEqual(rest);
  });

  test('one field of a section', () => {
    expect(settingsOf('mlflow: {replicas: 2}').mlflow).toEqual({ ...defaults, replicas: 2 });
  });

  test('one field of one image', () => {
    const { images } = settingsOf('images: {overrides: {mlflow: {tag: v9.9.9-full}}}');
    expect(images.overrides).toEqual({ mlflow: { tag: 'v9.9.9-full' } });
  });

  test('a mapping or list of names is taken as it stands', () => {
    const settings = settingsOf('monitoring: {labels: {team: a}}\nnetworkPolicies: {apiServer: {ports: [6443]}}');
    expect(settings.monitoring).toHaveProperty('labels', { team: 'a' });
    expect(settings.networkPolicies.apiServer.ports).toEqual([6443]);
  });

  test('a request may be as large as its limit', () => {
    const { requests, limits } = settingsOf(
      'mlflow: {resources: {requests: {memory: 1Gi, cpu: 2000m}, limits: {memory: 1024Mi, cpu: 2}}}',
    ).mlflow.resources;
    expect([requests.memory, limits.memory, requests.cpu, limits.cpu]).toEqual(['1Gi', '1024Mi', '2000m', '2']);
  });
});

describe('files are read as YAML 1.2', () => {
  test.each(['no', 'yes', 'on', 'off', 'y', 'n', '2026-01-01', '1_000'])('%s is text', (text) => {
    expect(settingsOf(`monitoring: {labels: {a: ${text}}}`).monitoring).toHaveProperty('labels', { a: text });
  });

  test('no is a namespace', () => {
    expect(settingsOf('networkPolicies: {clients: {mlflow: [no, on]}}').networkPolicies.clients.mlflow).toEqual([
      'no',
      'on',
    ]);
  });

  test.each([
    ['010', '10'],
    ['0o10', '8'],
    ['0x10', '16'],
  ])('%s is the number %s', (number, value) => {
    expect(embedded(settingsOf(`postgresql: {storage: {size: ${number}}}`)).storage.size).toBe(value);
  });

  test.each([
    ['Windows line endings', 'mlflow:\r\n  replicas: 2\r\n'],
    ['a byte order mark', '\ufeffmlflow: {replicas: 2}'],
    ['JSON', '{"mlflow": {"replicas": 2}}'],
    ['a document start and end', '---\nmlflow: {replicas: 2}\n...\n'],
    ['a comment in another alphabet', '# два\nmlflow: {replicas: 2}'],
    ['an anchor and its alias', 'mlflow: {replicas: &two 2, workers: 1}\npostgresql: {backup: {keep: *two}}'],
  ])('%s', (_, platform) => {
    expect(settingsOf(platform).mlflow.replicas).toBe(2);
  });
});

describe('values at the edge of what is allowed', () => {
  const a = (length: number) => 'a'.repeat(length);

  test.each<readonly [string, string]>([
    ['a namespace of 63 characters', `monitoring: {namespace: ${a(63)}}`],
    ['a namespace that starts with a digit', 'monitoring: {namespace: 1st}'],
    ['a DNS name of 253 characters', `clusterDomain: ${a(60)}.${a(63)}.${a(63)}.${a(64)}`],
    ['a label without a value', 'monitoring: {labels: {release: ""}}'],
    ['a label key with a prefix', 'monitoring: {labels: {example.com/Team_1: A.b-c}}'],
    ['a label key of 63 characters', `monitoring: {labels: {${a(63)}: x}}`],
    ['ports 1 and 65535', 'networkPolicies: {apiServer: {ports: [1, 65535]}}'],
    ['every address', 'networkPolicies: {apiServer: {cidrs: [0.0.0.0/0, "::/0"]}}'],
    ['one address of each family', 'networkPolicies: {apiServer: {cidrs: [10.96.0.1/32, "fd00::1/128"]}}'],
    ['a registry with a port and a path', 'images: {registry: "registry.example.com:5000/team/mirror"}'],
    ['a registry in the cluster', 'images: {registry: "localhost:5000"}'],
    ['an image on Docker Hub', 'images: {overrides: {frontend: {repository: ml-streamlit}}}'],
    ['an image with underscores', 'images: {overrides: {frontend: {repository: example.com/a_b/c__d/e-f.g}}}'],
    ['a tag of 128 characters', `images: {overrides: {mlflow: {tag: ${a(128)}}}}`],
    ['a digest', `images: {overrides: {mlflow: {digest: "sha256:${a(64)}"}}}`],
    ['a schedule with names, lists and steps', 'postgresql: {backup: {schedule: "*/15 1-5/2,23 ? jan,JUL mon-FRI"}}'],
    ['a schedule by name', 'postgresql: {backup: {schedule: "@daily"}}'],
    ['a Seldon Core under its new licence', 'seldon: {version: 1.18.2, acceptBusinessSourceLicense: true}'],
    ['a millicpu', 'mlflow: {resources: {requests: {cpu: 1m}}}'],
  ])('%s', (_, platform) => {
    expect(() => settingsOf(platform)).not.toThrow();
  });

  test.each([['abc'], [a(63)], ['a.b-c.1'], ['1-2']])('the bucket %s, and a model in it', (bucket) => {
    const files = {
      'test/platform.yaml': `objectStore: {bucket: ${bucket}}\n${WITHOUT_FRONTEND}`,
      'test/models/m.yaml': `server: MLFLOW_SERVER\nuri: s3://${bucket}/wine`,
    };
    expect(environmentsIn(files)[0]?.objectStore.bucket).toBe(bucket);
  });
});

/** The models of an environment whose model files are these. */
function modelsIn(models: Files) {
  const files = Object.entries(models).map(([name, text]) => [`test/models/${name}`, text] as const);
  return environmentsIn({ 'test/platform.yaml': WITHOUT_FRONTEND, ...Object.fromEntries(files) })[0]?.models ?? [];
}

describe('a model', () => {
  test('has the name of its file', () => {
    expect(modelsIn({ 'red-wine.yaml': MODEL })).toMatchObject([{ name: 'red-wine' }]);
  });

  test('has the name that it gives, whatever its file is called', () => {
    expect(modelsIn({ 'Red Wine.yaml': `name: red-wine\n${MODEL}` })).toMatchObject([{ name: 'red-wine' }]);
  });

  test('has defaults for all but server and place', () => {
    expect(modelsIn({ 'm.yaml': MODEL })).toMatchObject([
      { protocol: 'v2', predictors: [{ name: 'default', replicas: 1, engine: false, graph: { name: 'classifier' } }] },
    ]);
  });

  test.each([
    ['v2', 'SKLEARN_SERVER', false],
    ['seldon', 'XGBOOST_SERVER', false],
    ['v2', 'TRITON_SERVER', false],
    ['v2', 'HUGGINGFACE_SERVER', false],
    ['seldon', 'TENSORFLOW_SERVER', false],
    ['tensorflow', 'TENSORFLOW_SERVER', false],
  ])('may speak %s on %s', (protocol, server, engine) => {
    const text = `server: ${server}\nprotocol: ${protocol}\nengine: ${engine}\nparameters: {task: fill-mask}\nuri: s3://models/m`;
    expect(modelsIn({ 'm.yaml': text })).toMatchObject([{ protocol, predictors: [{ engine, graph: { server } }] }]);
  });

  test('may have no replica', () => {
    expect(modelsIn({ 'm.yaml': `replicas: 0\n${MODEL}` })).toMatchObject([{ predictors: [{ replicas: 0 }] }]);
  });

  test('may have the longest name that the operator does not hash', () => {
    const name = 'a'.repeat(63 - '-default-0-classifier'.length);
    expect(modelsIn({ [`${name}.yaml`]: MODEL })).toMatchObject([{ name }]);
  });

  test('may share name parts with others where no object of theirs is one', () => {
    const models = modelsIn({ 'a.yaml': `predictor: b\n${MODEL}`, 'a-b.yaml': MODEL, 'a-b-c.yaml': MODEL });
    expect(models.map(({ name }) => name)).toEqual(['a-b-c', 'a-b', 'a']);
  });
});

describe('environments', () => {
  test('come in the order of the code points of their names, as do their models', () => {
    const folders = ['prod', 'b', 'a1', 'a-b', 'a', 'b2', 'b10'];
    const environments = environmentsIn(
      Object.fromEntries(
        folders.flatMap((name) => [
          [`${name}/platform.yaml`, WITHOUT_FRONTEND],
          ...['z', 'a', 'm10', 'm9'].map((model) => [`${name}/models/${model}.yaml`, MODEL]),
        ]),
      ),
    );
    expect(environments.map(({ environment }) => environment)).toEqual(['a', 'a-b', 'a1', 'b', 'b10', 'b2', 'prod']);
    expect(environments[0]?.models.map(({ name }) => name)).toEqual(['a', 'm10', 'm9', 'z']);
  });

  test('do not see what is hidden or is no folder', () => {
    const files = {
      'a/platform.yaml': WITHOUT_FRONTEND,
      'a/README.md': '',
      '.hidden/platform.yaml': 'wrong: 1',
      'platform.schema.json': '{}',
      'README.md': '',
    };
    expect(environmentsIn(files).map(({ environment }) => environment)).toEqual(['a']);
  });

  test('may be links to folders', () => {
    withFolder((folder) => {
      writeFiles(folder, { '.shared/platform.yaml': WITHOUT_FRONTEND });
      symlinkSync('.shared', join(folder, 'linked'));
      expect(loadEnvironments(folder).map(({ environment }) => environment)).toEqual(['linked']);
    });
  });

  test('cannot be changed once they are read', () => {
    expect(Object.isFrozen(settingsOf(''))).toBe(true);
  });

  test('can be read one at a time, whatever is wrong with the others', () => {
    withFolder((folder) => {
      writeFiles(folder, { 'a/platform.yaml': WITHOUT_FRONTEND, 'b/platform.yaml': 'wrong: 1' });
      expect(loadEnvironment(folder, 'a')).toMatchObject({ environment: 'a', frontend: { enabled: false } });
    });
  });

  test('are the same on every reading', () => {
    const platform = 'mlflow: {replicas: 2}\nmonitoring: {labels: {b: x, a: y}}';
    expect(JSON.stringify(settingsOf(platform))).toBe(JSON.stringify(settingsOf(platform)));
  });
});
