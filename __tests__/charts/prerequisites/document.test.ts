import { App } from 'cdk8s';
import { Component } from '../../../charts/lib/component';
import { composePlatform } from '../../../charts/platform';
import { PREREQUISITES } from '../../../charts/prerequisites/catalogue';
import { prerequisitesDocument } from '../../../charts/prerequisites/document';
import { platformConfig } from '../../support/platform';

const documentOf = (settings: object, models?: readonly object[]) => {
  const config = platformConfig(settings, models);
  return prerequisitesDocument(config, composePlatform(config).components);
};

test('an environment that needs nothing has no such document', () => {
  expect(documentOf({})).toBeUndefined();
});

test.each([
  ['cert-manager', { seldon: { certificates: 'cert-manager' } }],
  ['Prometheus operator', { monitoring: { enabled: true } }],
  ['Gateway API', { access: { kind: 'gateway', domain: 'ml.test' } }],
  ['Argo CD', { delivery: { argoCd: { repository: 'https://git.test/a.git' } } }],
  ['Flux', { delivery: { flux: {} } }],
  ['KEDA', { seldon: { keda: { enabled: true } } }],
  ['Istio', { seldon: { istio: { enabled: true } } }],
  ['Emissary-ingress', { seldon: { ambassador: { enabled: true } } }],
])('%s is needed by %j, once', (name, settings) => {
  expect(
    documentOf(settings)
      ?.split('\n')
      .filter((line) => line.startsWith(`| ${name} |`)),
  ).toHaveLength(1);
});

test('what one needs of another is installed after it', () => {
  const store = { endpoint: 'https://s3.test', bucket: 'backups', accessKeyId: 'id' };
  const document = documentOf({
    access: { kind: 'gateway', domain: 'ml.test' },
    certificates: { kind: 'own' },
    postgresql: { kind: 'cloudNativePg', backup: { enabled: true, store } },
  });
  const installed = [...(document ?? '').matchAll(/^kubectl apply \S+ -f \S+github\.com\/[^/]+\/([^/]+)/gm)];
  expect(installed.map(([, repository]) => repository)).toEqual([
    'gateway-api',
    'cert-manager',
    'cloudnative-pg',
    'plugin-barman-cloud',
  ]);
});

test('Argo CD in another cluster is no matter of this one', () => {
  const argoCd = { repository: 'https://git.test/a.git', server: 'https://other.test' };
  expect(documentOf({ delivery: { argoCd } })).toBeUndefined();
});

const commandsOf = (settings: object) => /```bash\n([^`]*)```/.exec(documentOf(settings) ?? '')?.[1]?.split('\n') ?? [];

test('a Gateway that is made here needs its namespace', () => {
  const access = { kind: 'gateway', domain: 'ml.test', gateway: { namespace: 'edge-x' } };
  expect(commandsOf({ access })).not.toContain('kubectl create namespace edge-x');
  expect(commandsOf({ access: { ...access, gateway: { ...access.gateway, className: 'x' } } })).toContain(
    'kubectl create namespace edge-x',
  );
});

test('Emissary-ingress is installed where its pods may call the models', () => {
  const commands = commandsOf({ seldon: { ambassador: { enabled: true, namespace: 'edge-x' } } });
  expect(commands.filter((line) => line.startsWith('helm install')).join()).toContain(' --namespace edge-x ');
});

test('a namespace that a command names is made by it or before it', () => {
  const commands = Object.values(PREREQUISITES).flatMap(({ install }) => install.split('\n'));
  const missing = commands.filter((command) => {
    const namespace = /^(?:helm install|kubectl apply).* --namespace (\S+)/.exec(command)?.[1];
    if (namespace === undefined || command.includes('--create-namespace')) return false;
    return !commands.slice(0, commands.indexOf(command)).includes(`kubectl create namespace ${namespace}`);
  });
  expect(missing).toEqual([]);
});

test('autoscalers need to know what pods use', () => {
  const model = { name: 'm', server: 'SKLEARN_SERVER', uri: 's3://models/m', autoscaling: { max: 2, cpu: 50 } };
  expect(documentOf({ frontend: { enabled: false } }, [model])).toContain('Metrics Server');
});

test('a component says what it needs, and how that is installed follows', () => {
  class Greeter extends Component {
    constructor() {
      super(new App(), { name: 'greeter', stage: '60-apps' });
      this.requireInstalled({ ...PREREQUISITES.keda, name: 'Choir', install: 'choir install' });
    }
  }
  const document = prerequisitesDocument({ environment: 'test', accepted: {}, delivery: {} }, [new Greeter()]);
  expect(document).toContain('```bash\nchoir install\n```');
});

test('it says what production does without', () => {
  const config = { environment: 'test', accepted: { backups: 'Another | team\nmakes them' }, delivery: {} };
  expect(prerequisitesDocument(config, [])).toContain('| The database is backed up | Another \\| team makes them |');
});
