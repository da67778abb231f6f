/** From the list of Secrets to what the External Secrets Operator makes them of. */
import { App } from 'cdk8s';
import { Credential, RequiredSecret, secretText } from '../../../charts/lib/secret';
import { composePlatform } from '../../../charts/platform';
import { secretsSchema } from '../../../charts/secrets/config';
import { ExternalSecrets } from '../../../charts/secrets/external-secrets';
import type { StoreConfig } from '../../../charts/secrets/store';
import { filesOf, type KubernetesObject, platformConfig } from '../../support/platform';
import { schemaFaults } from '../../support/schemas';

const password = new Credential('A-PASSWORD', 'opens a');
const given = new Credential('THEIR_KEY', 'opens what is theirs', 'given');
const SECRETS = [
  new RequiredSecret({ namespace: 'space-a', name: 'server', purpose: 'a', data: { word: secretText`${password}` } }),
  new RequiredSecret({
    namespace: 'space-b',
    name: 'client',
    purpose: 'b',
    type: 'kubernetes.io/basic-auth',
    labels: { watched: 'yes' },
    data: { 'login.conf': secretText`[x{{]\nword=${password}\nkey=${given}\n`, user: secretText`reader` },
  }),
];

const storeOf = (store: object = {}): StoreConfig => secretsSchema.parse({ store }).store;
function objectsOf(store: object = {}): KubernetesObject[] {
  const component = new ExternalSecrets(new App(), { secrets: SECRETS, store: storeOf(store) });
  return JSON.parse(JSON.stringify([...component.files()].flatMap(({ objects }) => objects))) as KubernetesObject[];
}
const named = (objects: readonly KubernetesObject[], kind: string) =>
  objects.filter((object) => object.kind === kind).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
const clientOf = (store?: object) => {
  const found = objectsOf(store).find(({ metadata }) => metadata.name === 'client');
  return JSON.parse(JSON.stringify(found)) as {
    spec: {
      secretStoreRef: object;
      data: { secretKey: string; remoteRef: { key: string } }[];
      target: { template: { type: string; metadata: { labels: object }; data: Record<string, string> } };
    };
  };
};

test('each Secret is made by one ExternalSecret of its name and namespace', () => {
  expect(named(objectsOf(), 'ExternalSecret')).toEqual(['space-a/server', 'space-b/client']);
});

test('each credential is read once, by its name behind the prefix', () => {
  const { data } = clientOf({ prefix: 'team/ml/' }).spec;
  expect(data.map(({ secretKey, remoteRef }) => [secretKey, remoteRef.key])).toEqual([
    ['A-PASSWORD', 'team/ml/A-PASSWORD'],
    ['THEIR_KEY', 'team/ml/THEIR_KEY'],
  ]);
});

test('the text around credentials is written by a template, in which braces stay braces', () => {
  expect(clientOf().spec.target.template.data).toEqual({
    'login.conf': '[x{{ "{{" }}]\nword={{ index . "A-PASSWORD" }}\nkey={{ index . "THEIR_KEY" }}\n',
    user: 'reader',
  });
});

test('type and labels are those that readers of the Secret look for', () => {
  const { type, metadata } = clientOf().spec.target.template;
  expect({ type, ...metadata }).toEqual({
    type: 'kubernetes.io/basic-auth',
    labels: { watched: 'yes', 'app.kubernetes.io/part-of': 'ml-platform' },
  });
});

test('the store is the one that the environment names', () => {
  expect(clientOf({ kind: 'SecretStore', name: 'aws' }).spec.secretStoreRef).toEqual({
    kind: 'SecretStore',
    name: 'aws',
  });
});

describe('what is generated', () => {
  const generated = objectsOf({ generate: true, kind: 'SecretStore' });

  test('is nothing, where the environment does not ask for it', () => {
    expect(named(objectsOf(), 'PushSecret')).toEqual([]);
    expect(named(objectsOf(), 'Password')).toEqual([]);
  });

  test('is each credential once, however many Secrets carry it, but none that others give', () => {
    expect(named(generated, 'PushSecret')).toEqual(['space-a/ml-platform-a-password']);
  });

  test('goes to the store only where that has nothing yet', () => {
    expect(generated.find(({ kind }) => kind === 'PushSecret')).toMatchObject({
      spec: { updatePolicy: 'IfNotExists', deletionPolicy: 'None', selector: { generatorRef: { kind: 'Password' } } },
    });
  });
});

test.each([[{}], [{ generate: true }]])('all of it is of types that the cluster knows: %j', (store) => {
  expect(objectsOf(store).flatMap(schemaFaults)).toEqual([]);
});

test('a platform has one for every Secret that it reads, after the namespaces and before what reads them', () => {
  const platform = composePlatform(platformConfig({ secrets: { backend: 'externalSecrets' } }));
  const objects = filesOf(platform).get('20-operators/external-secrets.yaml') ?? [];
  expect(named(objects as KubernetesObject[], 'ExternalSecret')).toEqual(
    platform.secrets.map(({ namespace, name }) => `${namespace}/${name}`),
  );
  expect(platform.secrets.length).toBeGreaterThan(4);
});
