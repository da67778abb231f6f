/** How Secrets get their values: what is needed, what a user may give, what is in the cluster already. */

import { Credential, RequiredSecret, secretText } from '../../../charts/lib/secret';
import {
  credentialsOf,
  type ExistingSecret,
  overrideProblems,
  recoverCredentials,
  secretManifests,
} from '../../../cli/secrets/credentials';

const password = new Credential('PASSWORD_X', 'opens x');
const key = new Credential('KEY_Y', 'opens y');

/** Two ends of a connection that share a password, and a Secret with two credentials in one text. */
const server = new RequiredSecret({
  namespace: 'space-a',
  name: 'server',
  purpose: 'what the server sets up',
  data: { word: secretText`${password}` },
});
const client = new RequiredSecret({
  namespace: 'space-b',
  name: 'client',
  purpose: 'what the client reads',
  data: { 'login.conf': secretText`[login]\nword=${password}\nkey=${key}\n`, user: secretText`reader` },
});
const secrets = [server, client];
const values = new Map([
  ['PASSWORD_X', 'word-0123456789'],
  ['KEY_Y', 'key-0123456789'],
]);

const inCluster = (secret: RequiredSecret, data: Record<string, string>): ExistingSecret => ({
  namespace: secret.namespace,
  name: secret.name,
  data,
});
const serverThere = inCluster(server, { word: 'word-of-the-cluster' });
const login = (word: string) => `[login]\nword=${word}\nkey=key-of-the-cluster\n`;
const clientThere = inCluster(client, { 'login.conf': login('word-of-the-cluster'), user: 'reader' });

describe('credentials', () => {
  test('are each listed once, however many Secrets carry them', () => {
    expect(credentialsOf(secrets)).toEqual([password, key]);
  });

  test('are none in Secrets of fixed text', () => {
    expect(credentialsOf([new RequiredSecret({ ...server, data: { user: secretText`reader` } })])).toEqual([]);
  });
});

describe('a value that a user gives', () => {
  const problems = (id: string, value: string) => overrideProblems(new Map([[id, value]]), secrets);

  test.each(['a'.repeat(12), 'a'.repeat(40), 'Aa0._~+=-Aa0'])('may be %s', (value) => {
    expect(problems('KEY_Y', value)).toEqual([]);
  });

  test.each([
    ['too short', 'a'.repeat(11)],
    ['longer than an S3 key may be', 'a'.repeat(41)],
    ['of two lines, which would add a line to a file', 'aaaaaaaaaaaa\naaaa'],
    ['with a space', 'aaaaaa aaaaaa'],
    ['with a quote', "aaaaaa'aaaaaa"],
    ['with a dollar sign', 'aaaaaa$aaaaaa'],
    ['with a letter that is not ASCII', 'aaaaaaéaaaaaa'],
    ['empty', ''],
  ])('may not be %s, and is not repeated in the message', (_, value) => {
    expect(problems('KEY_Y', value)).toEqual(['KEY_Y: must be 12 to 40 letters, digits or any of . _ ~ + = -']);
  });

  test('must be for a credential that there is; the message says which comes closest', () => {
    expect(problems('KEYY', 'aaaaaaaaaaaa')).toEqual(['KEYY: unknown credential; did you mean "KEY_Y"?']);
  });

  test('is one of many: all that is wrong is said at once', () => {
    const overrides = new Map([
      ['KEY_Z', 'aaaaaaaaaaaa'],
      ['PASSWORD_X', 'short'],
    ]);
    expect(overrideProblems(overrides, secrets)).toHaveLength(2);
  });
});

describe('what is in the cluster', () => {
  const recover = (...existing: ExistingSecret[]) => Object.fromEntries(recoverCredentials(secrets, existing));

  test('is nothing in an empty one', () => {
    expect(recover()).toEqual({});
  });

  test('is read back out of the text that carries it', () => {
    expect(recover(clientThere)).toEqual({ PASSWORD_X: 'word-of-the-cluster', KEY_Y: 'key-of-the-cluster' });
  });

  test('is found with or without a line break at the end, which editors add', () => {
    expect(recover(inCluster(server, { word: 'word-of-the-cluster\n' }))).toEqual({
      PASSWORD_X: 'word-of-the-cluster',
    });
  });

  test('may be the same at both ends', () => {
    expect(recover(serverThere, clientThere)).toMatchObject({ PASSWORD_X: 'word-of-the-cluster' });
  });

  test('is refused where both ends differ, and names both, without a value', () => {
    const other = inCluster(client, { 'login.conf': login('another-word'), user: 'reader' });
    const error =
      'Secret space-b/client, key login.conf: PASSWORD_X differs from Secret space-a/server, key word; make them equal';
    expect(() => recover(serverThere, other)).toThrow(new Error(error));
  });

  test('is refused where a key is missing', () => {
    expect(() => recover(inCluster(client, { user: 'reader' }))).toThrow(
      'Secret space-b/client, key login.conf: missing; add it, or delete the Secret and run this again',
    );
  });

  test.each([
    ['another form', '[login]\npassword=x\n'],
    ['more after it', `${login('word')}more=x\n`],
    ['nothing in it', ''],
  ])('is refused in %s', (_, text) => {
    const existing = inCluster(client, { 'login.conf': text, user: 'reader' });
    expect(() => recover(existing)).toThrow('key login.conf: is not of the form that the platform writes');
  });

  test('is another Secret where only the name, or only the namespace, is the same', () => {
    expect(recover({ ...serverThere, namespace: 'space-c' }, { ...serverThere, name: 'other' })).toEqual({});
  });
});

describe('manifests', () => {
  const manifests = secretManifests(secrets, [], values);

  test('are Secrets of the platform, in their namespaces', () => {
    expect(manifests).toMatchObject(
      secrets.map(({ name, namespace }) => ({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace, labels: { 'app.kubernetes.io/part-of': 'ml-platform' } },
      })),
    );
  });

  test('carry the same value at both ends, each in its own text', () => {
    expect(manifests.map(({ stringData }) => stringData)).toEqual([
      { word: 'word-0123456789' },
      { 'login.conf': '[login]\nword=word-0123456789\nkey=key-0123456789\n', user: 'reader' },
    ]);
  });

  test('are only those that do not exist, whatever is in the others', () => {
    const missing = secretManifests(secrets, [inCluster(server, {})], values);
    expect(missing).toMatchObject([{ metadata: { name: 'client' } }]);
    expect(secretManifests(secrets, [serverThere, clientThere], values)).toEqual([]);
  });

  test('agree with what is there: what is recovered goes into what is missing', () => {
    const known = new Map([...values, ...recoverCredentials(secrets, [serverThere])]);
    expect(JSON.stringify(secretManifests(secrets, [serverThere], known))).toContain('word=word-of-the-cluster\\n');
  });

  test('can be read back', () => {
    const made = manifests as unknown as { metadata: RequiredSecret; stringData: Record<string, string> }[];
    const existing = made.map(({ metadata, stringData }) => inCluster(metadata, stringData));
    expect(recoverCredentials(secrets, existing)).toEqual(values);
  });

  test('are refused without a value', () => {
    expect(() => secretManifests(secrets, [], new Map())).toThrow('no value for PASSWORD_X');
  });
});

describe('a required Secret', () => {
  test('names its keys for volumes, and only those that it has', () => {
    expect(client.items('user')).toEqual([{ key: 'user', path: 'user' }]);
    expect(() => client.key('pasword')).toThrow('Secret space-b/client has no key pasword');
  });
});
