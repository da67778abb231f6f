/** One setting for what all components log: each is told in its own words. */
import { spawnSync } from 'node:child_process';
import { find, type KubernetesObject, objectsOf, platformConfig } from '../../support/platform';
import { platformRefuses } from '../../support/refusals';
import { describePython, SCRIPT_TIMEOUT } from '../../support/scripts';

const MODELS = [
  { name: 'v2', server: 'SKLEARN_SERVER', uri: 's3://models/a/1', engine: true },
  {
    name: 'wrapped',
    server: 'SKLEARN_SERVER',
    protocol: 'seldon',
    uri: 's3://models/a/1',
    detector: { kind: 'outlier', uri: 's3://models/o/1' },
    form: { inputs: [{ name: 'x' }] },
  },
  { name: 'own', image: 'example.org/own:1', protocol: 'seldon' },
];
const SIGN_IN = {
  certificates: { kind: 'own' },
  access: {
    kind: 'gateway',
    domain: 'example.org',
    gateway: { name: 'public', namespace: 'gateways' },
    tls: { byGateway: true },
    mlflow: { enabled: true },
    signIn: { issuer: 'https://login.example.org', clientId: 'ml', groups: ['ml'] },
  },
};

type Container = KubernetesObject['spec'];

const rendered = (logging: object, settings: object = {}) =>
  objectsOf(platformConfig({ frontend: { model: 'wrapped' }, ...settings, logging }, MODELS));
const containerOf = (objects: KubernetesObject[], kind: string, name: string): Container =>
  find(objects, kind, name).spec.template.spec.containers[0];
const modelOf = (objects: KubernetesObject[], name: string): Container =>
  find(objects, 'SeldonDeployment', name).spec.predictors[0];
const envOf = ({ env = [] }: Container): Record<string, string> =>
  Object.fromEntries(env.map(({ name, value }: Container) => [name, value]));
const serverEnv = (objects: KubernetesObject[], name: string) =>
  envOf(modelOf(objects, name).componentSpecs[0].spec.containers[0]);

test('without a level each component is as it is without the setting', () => {
  expect(rendered({ format: 'text' })).toEqual(rendered({}));
});

describe('a level', () => {
  const objects = rendered({ level: 'warning' });

  test.each<[string, string, string, string]>([
    ["Seldon's operator", 'seldon-controller-manager', 'Deployment', '--log-level=WARNING'],
    ['PostgreSQL', 'postgresql', 'StatefulSet', 'log_min_messages=warning'],
    ['MLflow, in its server', 'mlflow', 'Deployment', '--log-level=warning'],
  ])('is an argument of %s', (_, name, kind, argument) => {
    expect(containerOf(objects, kind, name).args.join(' ')).toContain(argument);
  });

  test.each<[string, string, string, Record<string, string>]>([
    ['MLflow', 'mlflow', 'Deployment', { MLFLOW_LOGGING_LEVEL: 'WARNING' }],
    ['the front end', 'fe-deployment', 'Deployment', { STREAMLIT_LOGGER_LEVEL: 'warning' }],
    ['a detector', 'wrapped-detector', 'Deployment', { CESERVER_LOGLEVEL: 'WARNING' }],
  ])('is a variable of %s', (_, name, kind, variable) => {
    expect(envOf(containerOf(objects, kind, name))).toMatchObject(variable);
  });

  test('is a variable of executors and of servers by Seldon, and of no image of somebody else', () => {
    expect(modelOf(objects, 'v2').svcOrchSpec.env).toContainEqual({ name: 'SELDON_LOG_LEVEL', value: 'WARNING' });
    expect(serverEnv(objects, 'wrapped')).toMatchObject({ SELDON_LOG_LEVEL: 'WARNING' });
    expect(Object.keys(serverEnv(objects, 'own')).filter((name) => name.includes('LOG'))).toEqual([]);
  });

  test('never makes MLServer show callers its stack traces', () => {
    expect(serverEnv(rendered({ level: 'debug' }), 'v2')).toMatchObject({ MLSERVER_DEBUG: 'false' });
  });

  test('is the one of a component where it has its own', () => {
    const own = rendered({ level: 'warning', levels: { mlflow: 'debug' } });
    expect(envOf(containerOf(own, 'Deployment', 'mlflow'))).toMatchObject({ MLFLOW_LOGGING_LEVEL: 'DEBUG' });
    expect(serverEnv(own, 'wrapped')).toMatchObject({ SELDON_LOG_LEVEL: 'WARNING' });
  });

  test('is called by its own names in PostgreSQL', () => {
    const { args } = containerOf(rendered({ level: 'debug' }), 'StatefulSet', 'postgresql');
    expect(args).toContain('log_min_messages=debug1');
  });

  test('is one of the Cluster of CloudNativePG', () => {
    const cloud = { certificates: { kind: 'own' }, postgresql: { kind: 'cloudNativePg' } };
    expect(find(rendered({ level: 'error' }, cloud), 'Cluster', 'postgres').spec.logLevel).toBe('error');
  });

  test('leaves out the requests at oauth2-proxy where what goes well is of no interest', () => {
    const args = (level: string) => containerOf(rendered({ level }, SIGN_IN), 'Deployment', 'mlflow-sign-in').args;
    expect(args('error')).toContain('--request-logging=false');
    expect(args('info')).not.toContain('--request-logging=false');
  });
});

describePython('a level of MLServer', () => {
  const PROGRAM = `
import json, logging, logging.config, sys
logging.config.dictConfig(json.loads(sys.argv[1]))
print([logging.getLevelName(logging.getLogger(name).level) for name in ("mlserver", "uvicorn")])
`;

  test(
    'is a configuration that Python takes',
    () => {
      const settings = serverEnv(rendered({ level: 'error' }), 'v2').MLSERVER_LOGGING_SETTINGS ?? '';
      const { stdout } = spawnSync('python3', ['-c', PROGRAM, settings], { encoding: 'utf8' });
      expect(stdout.trim()).toBe("['ERROR', 'ERROR']");
    },
    SCRIPT_TIMEOUT,
  );
});

describe('lines of JSON', () => {
  const objects = rendered({ format: 'json' }, SIGN_IN);

  test('are asked of the object store and of MLServer', () => {
    expect(containerOf(objects, 'StatefulSet', 'minio').args).toContain('--json');
    expect(serverEnv(objects, 'v2')).toMatchObject({ MLSERVER_USE_STRUCTURED_LOGGING: 'true' });
  });

  test.each(['standard', 'auth', 'request'])('are the form of what oauth2-proxy logs as "%s"', (kind) => {
    const option = `--${kind}-logging-format=`;
    const { args } = containerOf(objects, 'Deployment', 'mlflow-sign-in');
    const template = args.find((argument: string) => argument.startsWith(option)).slice(option.length);
    // As Go fills them in: a quotation mark in what a caller sends does not end the text.
    const line = template
      .replace(/\{\{printf "%q" \.\w+\}\}/g, JSON.stringify('a "b"'))
      .replace(/\{\{\.(RequestURI|UserAgent)\}\}/g, '"/x"')
      .replace(/\{\{\.\w+\}\}/g, '1');
    expect(line).not.toContain('{{');
    expect(Object.keys(JSON.parse(line))).toContain('time');
  });
});

platformRefuses({
  'logs that nobody writes': [
    [
      'a level of another program',
      'logging: {level: trace}',
      'logging.level: must be one of debug, info, warning, error, not "trace", such as "warning"',
    ],
    [
      'a format that there is not',
      'logging: {format: logfmt}',
      'logging.format: must be one of text, json, not "logfmt", such as "json"',
    ],
    [
      'a level of what has none',
      'logging: {levels: {objectStore: debug}}',
      'logging.levels.objectStore: unknown field; the fields here are postgresql, mlflow, seldon, models, frontend, access, monitoring',
    ],
  ],
});
