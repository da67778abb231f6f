/** `ml-platform secrets`. */
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { composePlatform } from '../../../charts/platform';
import { renderEnvironments } from '../../../charts/rendering/render';
import { runCli } from '../../support/cli';
import { STARTING, startingEnvironment, writeFiles } from '../../support/environments';
import { copyProject, type Project } from '../../support/project';

interface Secret {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly stringData: Readonly<Record<string, string>>;
}

const SECRETS = ['node', 'cli/run.mjs', 'cli/main.ts', 'secrets'] as const;
const OWN = 'own-value.0123456789';
const { secrets: required } = composePlatform(startingEnvironment());

let project: Project;
/** What the first run printed, to which others are compared. */
let printed: Secret[];

beforeAll(async () => {
  project = copyProject();
  cpSync(STARTING.folder, project.path('environments'), { recursive: true });
  printed = made((await run('minikube')).stdout);
});
afterAll(() => project.remove());

const run = (...args: string[]) => runCli(project.root, ['secrets', ...args]);
const made = (stdout: string) => parseAllDocuments(stdout).map((document) => document.toJS() as Secret);
const nameOf = ({ metadata }: Secret) => `${metadata.namespace}/${metadata.name}`;
const textOf = (secrets: readonly Secret[], name: string, key: string) =>
  secrets.find((secret) => nameOf(secret) === name)?.stringData[key];
/** Secrets as the API server gives them back: their values encoded, in a list. */
const inCluster = (secrets: readonly Secret[]) =>
  JSON.stringify({
    kind: 'List',
    items: secrets.map(({ metadata, stringData }) => ({
      kind: 'Secret',
      metadata,
      data: Object.fromEntries(
        Object.entries(stringData).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
      ),
    })),
  });

test('is the command that the project names', () => {
  expect(JSON.parse(readFileSync('package.json', 'utf8')).scripts.secrets).toBe(SECRETS.join(' '));
});

describe('what is printed', () => {
  test('is every Secret that the platform requires, with its keys, each with a value', () => {
    expect(printed.map((secret) => [nameOf(secret), Object.keys(secret.stringData)])).toEqual(
      required.map(({ namespace, name, data }) => [`${namespace}/${name}`, Object.keys(data)]),
    );
    expect(printed.flatMap(({ stringData }) => Object.values(stringData)).filter((text) => text === '')).toEqual([]);
  });

  test('is every Secret key that the rendered files refer to, and no other', () => {
    const used = new Set([...renderEnvironments([startingEnvironment()])].flatMap(({ text }) => references(text)));
    const keys = printed.flatMap((secret) => Object.keys(secret.stringData).map((key) => `${nameOf(secret)} ${key}`));
    const whole = keys.filter((key) => used.has(`${key.split(' ')[0]} *`));
    expect(keys.filter((key) => !used.has(key) && !whole.includes(key))).toEqual([]);
    expect([...used].filter((key) => !keys.includes(key) && !/ \*$/.test(key))).toEqual([]);
    expect(whole).toHaveLength(6);
  });

  test('is 190 random bits for each credential, as letters and digits that fit everywhere', () => {
    expect(textOf(printed, 'postgres/postgresql', 'postgres-password')).toMatch(/^[A-Za-z0-9]{32}$/);
  });

  test('is another value for each credential', () => {
    const values = JSON.stringify(printed).match(/[A-Za-z0-9]{32}/g) ?? [];
    const shared = ['MLflow’s password', 'MLflow’s key', 'the models’ key'];
    expect(values.length - new Set(values).size).toBe(shared.length);
  });

  test('is the same value at both ends of a connection', () => {
    const password = textOf(printed, 'postgres/postgresql', 'mlflow-password');
    expect(textOf(printed, 'mlflow/mlflow-database', 'pg_service.conf')).toContain(`password=${password}\n`);
  });

  test('is another value at each run', async () => {
    const values = (secrets: readonly Secret[]) => JSON.stringify(secrets).match(/[A-Za-z0-9]{32}/g) ?? [];
    const first = new Set(values(printed));
    const { status, stdout, stderr } = await run('minikube');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(values(made(stdout)).filter((value) => first.has(value))).toEqual([]);
  });
});

describe('--list', () => {
  test('prints every Secret, key and credential, and no value', async () => {
    const { status, stdout } = await run('minikube', '--list');
    expect(status).toBe(0);
    for (const { namespace, name, data } of required) {
      expect(stdout).toContain(`${namespace}/${name}: `);
      for (const key of Object.keys(data)) expect(stdout).toContain(`\n  ${key}\n`);
    }
    const ids = required.flatMap(({ data }) => Object.values(data).flat()).filter((piece) => typeof piece !== 'string');
    for (const { id, purpose } of ids) expect(stdout).toContain(`  ${id}: ${purpose}\n`);
    expect(stdout).not.toMatch(/[A-Za-z0-9]{32}/);
  });
});

describe('values of your own', () => {
  const file = 'environments/minikube/secrets.env';
  afterEach(() => rmSync(project.path(file), { force: true }));

  test('from secrets.env go wherever the credential goes, and nowhere else', async () => {
    writeFiles(project.root, { [file]: `MLFLOW_DB_PASSWORD=${OWN}\n` });
    const { status, stdout, stderr } = await run('minikube');
    const places = made(stdout).flatMap((secret) =>
      Object.entries(secret.stringData).flatMap(([key, text]) =>
        text.includes(OWN) ? [`${nameOf(secret)} ${key}`] : [],
      ),
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(places).toEqual(['postgres/postgresql mlflow-password', 'mlflow/mlflow-database pg_service.conf']);
  });

  test('that do not fit are refused, all at once, and not shown', async () => {
    writeFiles(project.root, { 'mine.env': 'MLFLOW_DB_PASSWORD=short-one\nMLFLOW_DB_PASWORD=own-value.0123456789\n' });
    const { status, stdout, stderr } = await run('minikube', '--values', 'mine.env');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe(
      'mine.env: MLFLOW_DB_PASSWORD: must be 12 to 40 letters, digits or any of . _ ~ + = -\n' +
        'mine.env: MLFLOW_DB_PASWORD: unknown credential; did you mean "MLFLOW_DB_PASSWORD"?\n',
    );
  });

  test('in a line of another form are refused, not replaced by random ones', async () => {
    writeFiles(project.root, { [file]: `MLFLOW_DB_PASSWORD: ${OWN}\n` });
    const { status, stdout, stderr } = await run('minikube');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^environments\/minikube\/secrets\.env: line 1: is not NAME=value, such as [A-Z_]+=/);
  });

  test('from a file that is not there are an error', async () => {
    expect(await run('minikube', '--values', 'none.env')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: 'none.env: not found\n',
    });
  });
});

describe('--existing', () => {
  test('leaves out what is there, and gives what is missing the same values', () => {
    const there = printed.filter(
      (secret) => !['mlflow/mlflow-database', 'minio-system/minio'].includes(nameOf(secret)),
    );
    writeFiles(project.root, { 'there.json': inCluster(there) });
    const { status, stdout } = project.run(['sh', '-c', `${SECRETS.join(' ')} minikube --existing - <there.json`]);
    expect(status).toBe(0);
    const missing = made(stdout);
    expect(missing.map(nameOf)).toEqual(['minio-system/minio', 'mlflow/mlflow-database']);
    const login = (secrets: Secret[]) => textOf(secrets, 'mlflow/mlflow-database', 'pg_service.conf');
    expect(login(missing)).toBe(login(printed));
  });

  test('prints what kubectl create takes and the cluster does not keep, where all is there', async () => {
    writeFiles(project.root, { 'there.json': inCluster(printed) });
    const { status, stdout, stderr } = await run('minikube', '--existing', 'there.json');
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: 'every Secret exists already: there is nothing to create\n',
    });
    // kubectl create fails where it is given nothing, or an empty list.
    expect(parseAllDocuments(stdout).map((document) => document.toJS())).toEqual([
      expect.objectContaining({ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' }),
    ]);
  });

  test('is not overruled by a value of your own, which is said without showing either', async () => {
    writeFiles(project.root, { 'there.json': inCluster(printed), 'mine.env': `MLFLOW_DB_PASSWORD=${OWN}\n` });
    const { status, stdout, stderr } = await run('minikube', '--existing', 'there.json', '--values', 'mine.env');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^MLFLOW_DB_PASSWORD: the cluster has another value, which is kept; .*\n$/);
    expect(stderr).not.toContain(OWN);
    expect(stderr).not.toContain(textOf(printed, 'postgres/postgresql', 'mlflow-password'));
  });

  test('is refused where it is not what kubectl prints', async () => {
    writeFiles(project.root, { 'there.json': '{"kind": "ConfigMap"}' });
    expect(await run('minikube', '--existing', 'there.json')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'there.json: has no Secrets; give it what "kubectl get secrets -A -o json" prints\n',
    });
  });
});

test.each([
  ['no environment', [], "error: missing required argument 'env'"],
  ['two environments', ['minikube', 'minikube'], "error: too many arguments for 'secrets'"],
  ['an environment that is not there', ['minikub'], 'environments/ has no environment "minikub"; it has minikube'],
  ['an option that is not known', ['minikube', '--lst'], "error: unknown option '--lst'\n(Did you mean --list?)"],
])('is refused as a wrong command line: %s', async (_, args, message) => {
  const { status, stdout, stderr } = await run(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
});

/** The Secret keys that a file of dist/ refers to: "namespace/name key", with "*" for all of a Secret's. */
function references(text: string): string[] {
  return parseAllDocuments(text).flatMap((document) => {
    const object = document.toJS();
    const at = (name: string, key: string) => `${object.metadata?.namespace}/${name} ${key}`;
    const find = (node: unknown): string[] => {
      if (typeof node !== 'object' || node === null) return [];
      const { secretKeyRef, secretRef, secretName, items, envSecretRefName } = node as {
        secretKeyRef?: { name: string; key: string };
        secretRef?: { name: string };
        secretName?: string;
        items?: { key: string }[];
        envSecretRefName?: string;
      };
      return [
        ...(secretKeyRef ? [at(secretKeyRef.name, secretKeyRef.key)] : []),
        ...(secretRef ? [at(secretRef.name, '*')] : []),
        ...(secretName ? (items?.map(({ key }) => at(secretName, key)) ?? [at(secretName, '*')]) : []),
        ...(envSecretRefName ? [at(envSecretRefName, '*')] : []),
        ...Object.values(node).flatMap(find),
      ];
    };
    return find(object);
  });
}
