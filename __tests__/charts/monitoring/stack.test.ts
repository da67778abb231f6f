/** A Prometheus, an Alertmanager and a Grafana of the platform's own. Whether the real ones take their files, e2e/rules and e2e/stack proves. */
import { load } from 'js-yaml';
import type { PlatformConfig } from '../../../charts/config';
import { quantityValue } from '../../../charts/lib/quantity';
import type { RequiredSecret } from '../../../charts/lib/secret';
import { METRICS } from '../../../charts/monitoring/metrics';
import { composePlatform } from '../../../charts/platform';
import { startingEnvironment } from '../../support/environments';
import { find, type KubernetesObject, objectsOf, platformConfig } from '../../support/platform';
import { selectorsOf, withoutVariables } from '../../support/promql';

const NAMESPACE = 'watch-x';
const MODELS = [
  { name: 'iris', server: 'SKLEARN_SERVER', uri: 's3://models/iris/1', slo: { availability: 97 } },
  {
    name: 'rated',
    server: 'XGBOOST_SERVER',
    uri: 's3://models/rated/1',
    engine: true,
    slo: { availability: 99.5, latency: { percent: 90, within: '1s' } },
  },
];
const PLATFORM = {
  frontend: { enabled: false },
  certificates: { kind: 'own' },
  objectStore: { tls: true },
  mlflow: { auth: 'basic', defaultPermission: 'EDIT' },
  postgresql: { backup: { enabled: true } },
  namespaces: { monitoring: NAMESPACE },
};
const configWith = (monitoring: object, models: readonly object[] = MODELS) =>
  platformConfig({ ...PLATFORM, monitoring: { enabled: true, ...monitoring } }, models);
const embedded = (settings: object = {}, models?: readonly object[]) =>
  configWith({ stack: 'embedded', ...settings }, models);

const objects = objectsOf(embedded());
const external = objectsOf(configWith({ dashboards: { enabled: true } }));
const podOf = (all: readonly KubernetesObject[], name: string) => find(all, 'StatefulSet', name).spec.template;
const textOf = (all: readonly KubernetesObject[], name: string, file: string): string =>
  find(all, 'ConfigMap', name).data[file];

interface ScrapeConfig {
  readonly job_name: string;
  readonly scheme?: string;
  readonly tls_config?: { readonly ca_file: string; readonly server_name: string };
  readonly metrics_path: string;
  readonly kubernetes_sd_configs: readonly {
    readonly namespaces: { readonly names: readonly string[] };
    readonly selectors: readonly { readonly label: string }[];
  }[];
  readonly relabel_configs: readonly { readonly target_label?: string; readonly replacement?: string }[];
}
interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
}
interface Group {
  readonly name: string;
  readonly rules: readonly Rule[];
}

const credentialsOf = (secret: RequiredSecret | undefined) =>
  Object.values(secret?.data ?? {})
    .flat()
    .filter((piece) => typeof piece !== 'string');

const prometheusOf = (all: readonly KubernetesObject[]) =>
  load(textOf(all, 'prometheus', 'prometheus.yaml')) as {
    readonly global: { readonly external_labels: object };
    readonly storage: { readonly tsdb: { readonly retention: object } };
    readonly alerting: { readonly alertmanagers: readonly object[] };
    readonly scrape_configs: readonly ScrapeConfig[];
  };
const rulesOf = (all: readonly KubernetesObject[]) =>
  (load(textOf(all, 'prometheus', 'rules.yaml')) as { readonly groups: readonly Group[] }).groups;
const jobs = prometheusOf(objects).scrape_configs;
const jobOf = ({ relabel_configs }: ScrapeConfig) =>
  relabel_configs.find(({ target_label }) => target_label === 'job')?.replacement;

const ofCluster = new Set<string>(METRICS.cluster.values);
const asksCluster = (expr: string) =>
  selectorsOf(withoutVariables(expr)).some(({ names }) => names.some((name) => ofCluster.has(name)));

describe('Prometheus scrapes', () => {
  test('what monitors of an operator would lead it to, and the stack itself', () => {
    const monitors = external
      .filter(({ kind }) => /^(Pod|Service)Monitor$/.test(kind))
      .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    expect(monitors.length).toBeGreaterThan(4);
    expect(jobs.map((job) => job.job_name).sort()).toEqual(
      [...monitors, ...['alertmanager', 'grafana', 'prometheus'].map((name) => `${NAMESPACE}/${name}`)].sort(),
    );
  });

  test('under the jobs that rules and dashboards name', () => {
    expect(new Set(jobs.map(jobOf))).toEqual(
      new Set([
        'postgresql',
        'minio',
        'mlflow',
        'seldon-core-operator',
        'models',
        'alertmanager',
        'grafana',
        'prometheus',
      ]),
    );
  });

  test('pods that are there, each by a port that a container has', () => {
    const pods = objects.flatMap(({ metadata, spec }) =>
      spec?.template?.spec?.containers ? [{ namespace: metadata.namespace, template: spec.template }] : [],
    );
    for (const job of jobs.filter((candidate) => jobOf(candidate) !== 'models')) {
      const [discovery] = job.kubernetes_sd_configs;
      const labels = (discovery?.selectors[0]?.label ?? '').split(',').map((pair) => pair.split('='));
      const found = pods.filter(
        ({ namespace, template }) =>
          namespace === discovery?.namespaces.names[0] &&
          labels.every(([key = '', value]) => template.metadata.labels[key] === value),
      );
      const port = Reflect.get(job.relabel_configs[1] ?? {}, 'regex');
      const ports = found.flatMap(({ template }) =>
        template.spec.containers.flatMap((container: KubernetesObject['spec']) => container.ports ?? []),
      );
      expect([job.job_name, found.length, ports.map(({ name }: { name: string }) => name)]).toEqual([
        job.job_name,
        1,
        expect.arrayContaining([port]),
      ]);
    }
  });

  test('by TLS what speaks it, with the authority that it mounts', () => {
    const byTls = jobs.filter(({ scheme }) => scheme === 'https');
    expect(byTls.map(({ job_name }) => job_name)).toEqual(['minio-system/minio']);
    expect(byTls[0]?.tls_config).toEqual({
      ca_file: '/etc/prometheus/authority/ca.crt',
      server_name: 'minio.minio-system.svc',
    });
    const { containers, volumes } = podOf(objects, 'prometheus').spec;
    expect(containers[0].volumeMounts).toContainEqual({
      name: 'authority',
      mountPath: '/etc/prometheus/authority',
      readOnly: true,
    });
    expect(volumes.find(({ name }: { name: string }) => name === 'authority').secret.secretName).toBe(
      find(objects, 'Certificate', 'prometheus-authority').spec.secretName,
    );
  });

  test('and needs neither an operator nor the rights of a whole cluster', () => {
    expect(composePlatform(embedded()).components.flatMap(({ prerequisites }) => prerequisites)).not.toContainEqual(
      expect.objectContaining({ name: 'Prometheus operator' }),
    );
    const bindings = objects.filter(({ subjects = [] }) =>
      subjects.some(
        ({ name, namespace }: KubernetesObject['spec']) => name === 'prometheus' && namespace === NAMESPACE,
      ),
    );
    expect(new Set(bindings.map(({ kind }) => kind))).toEqual(new Set(['RoleBinding']));
    expect(bindings.map(({ metadata }) => metadata.namespace).sort()).toEqual(
      [...new Set(jobs.flatMap(({ kubernetes_sd_configs: [discovery] }) => discovery?.namespaces.names ?? []))].sort(),
    );
    for (const { metadata } of bindings) {
      const role = objects.find(
        (object) =>
          object.kind === 'Role' &&
          object.metadata.namespace === metadata.namespace &&
          object.metadata.name === metadata.name,
      );
      expect(role?.rules).toEqual([{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }]);
    }
  });
});

describe('Prometheus computes', () => {
  const all = external
    .filter(({ kind, metadata }) => kind === 'PrometheusRule' && metadata.name === 'ml-platform')
    .flatMap(({ spec }): Group[] => spec.groups);
  const names = (groups: readonly Group[]) =>
    groups.flatMap(({ rules }) => rules.map(({ alert, record }) => alert ?? record));

  test('the rules that an operator would be given, but those about series that nobody has', () => {
    const rest = all.map((group) => ({ ...group, rules: group.rules.filter(({ expr }) => !asksCluster(expr)) }));
    const own = ['alertmanager', 'grafana'].map(() => 'ComponentDown');
    expect(names(rulesOf(objects)).sort()).toEqual([...names(rest), ...own].sort());
    expect(names(all).filter((name) => !names(rest).includes(name))).toEqual(
      expect.arrayContaining(['VolumeFull', 'BackupTooOld', 'JobFailed', 'ModelUnavailable', 'CertificateExpires']),
    );
  });

  test('what the files of models promise, as their own rules would', () => {
    const promised = external
      .filter(({ kind, metadata }) => kind === 'PrometheusRule' && metadata.name.startsWith('model-'))
      .flatMap(({ spec }) => (spec.groups as Group[]).flatMap(({ rules }) => rules));
    const text = textOf(objects, 'prometheus-objectives-1', 'objectives-1.yaml');
    const { groups } = load(text) as { readonly groups: readonly Group[] };
    expect(promised).toHaveLength(3);
    expect(groups.flatMap(({ rules }) => rules)).toEqual(expect.arrayContaining(promised));
    expect(objects.filter(({ kind }) => kind === 'PrometheusRule')).toEqual([]);
  });

  test('as many promises as there are models, however many ConfigMaps that takes', () => {
    const many = Array.from({ length: 2300 }, (_, index) => ({ ...MODELS[1], name: `m-${'x'.repeat(20)}-${index}` }));
    const maps = objectsOf(embedded({}, many)).filter(({ metadata }) =>
      metadata.name.startsWith('prometheus-objectives'),
    );
    const texts = maps.map(({ data }) => String(Object.values(data as object)[0]));
    expect(maps).toHaveLength(3);
    expect(texts.join().match(/record:/g)).toHaveLength(4600);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThan(1024 ** 2 - 1000);
  });
});

test('the volume has room for what is not yet packed', () => {
  const { spec } = find(
    objectsOf(embedded({ prometheus: { storage: { size: '10Gi' }, retentionDays: 44 } })),
    'StatefulSet',
    'prometheus',
  );
  expect(spec.volumeClaimTemplates[0].spec.resources.requests.storage).toBe('10Gi');
  const { retention } = prometheusOf(
    objectsOf(embedded({ prometheus: { storage: { size: '10Gi' }, retentionDays: 44 } })),
  ).storage.tsdb;
  expect(retention).toEqual({ time: '44d', size: '8192MB' });
});

test('alerts say which platform they are about, and go to its own Alertmanager', () => {
  const { global, alerting } = prometheusOf(objects);
  expect(global.external_labels).toEqual({ environment: 'test' });
  expect(alerting.alertmanagers).toEqual([{ static_configs: [{ targets: [`alertmanager.${NAMESPACE}.svc:9093`] }] }]);
});

describe('a new file starts the pod anew', () => {
  const checksum = (config: PlatformConfig, name: string) =>
    podOf(objectsOf(config), name).metadata.annotations['checksum/config'];
  const changed = (before: PlatformConfig, after: PlatformConfig) =>
    ['prometheus', 'alertmanager', 'grafana'].filter((name) => checksum(before, name) !== checksum(after, name));

  test.each<[string, PlatformConfig, string[]]>([
    [
      'another promise',
      embedded({}, [{ ...MODELS[0], slo: { availability: 98 } }, ...MODELS.slice(1)]),
      ['prometheus'],
    ],
    ['a receiver', embedded({ alertmanager: { receivers: { slack: { channel: '#a' } } } }), ['alertmanager']],
    ['another folder', embedded({ grafana: { folder: 'Elsewhere' } }), ['grafana']],
    ['another page of runbooks', embedded({ runbooks: 'https://docs.example.com/r' }), ['prometheus']],
    ['more memory', embedded({ prometheus: { resources: { limits: { memory: '1Gi' } } } }), []],
  ])('of whom it concerns: %s', (_, after, names) => {
    expect(changed(embedded(), after)).toEqual(names);
  });
});

describe('Alertmanager', () => {
  const receivers = {
    webhook: { url: 'https://pager.example.com/x', token: true, severities: ['critical'] },
    slack: { channel: '#c' },
    email: { to: 'a@example.com', from: 'b@example.com', host: 'mail.example.com', port: 2525, user: 'b' },
  };
  const platform = composePlatform(embedded({ alertmanager: { receivers } }));
  const told = objectsOf(embedded({ alertmanager: { receivers } }));
  const config = load(textOf(told, 'alertmanager', 'alertmanager.yaml')) as KubernetesObject['spec'];

  test('tells nobody by itself, and needs no Secret then', () => {
    const alone = load(textOf(objects, 'alertmanager', 'alertmanager.yaml')) as KubernetesObject['spec'];
    expect(alone.receivers).toEqual([{ name: 'nobody' }]);
    expect(alone.route.routes).toBeUndefined();
    expect(composePlatform(embedded()).secrets.map(({ name }) => name)).not.toContain('alertmanager');
  });

  test('tells each receiver of its severities', () => {
    expect(
      config.route.routes.map(({ receiver, matchers, continue: on }: KubernetesObject['spec']) => [
        receiver,
        matchers,
        on,
      ]),
    ).toEqual([
      ['webhook', ['severity=~"critical"'], true],
      ['slack', ['severity=~"critical|warning"'], true],
      ['email', ['severity=~"critical|warning"'], true],
    ]);
  });

  test('finds each secret in a file that the pod mounts, which somebody has given', () => {
    const files = [
      ...textOf(told, 'alertmanager', 'alertmanager.yaml').matchAll(/_file: \/run\/secrets\/alertmanager\/(\S+)/g),
    ].map(([, file]) => file);
    const secret = platform.secrets.find(({ name }) => name === 'alertmanager');
    expect(files.sort()).toEqual(Object.keys(secret?.data ?? {}).sort());
    expect(credentialsOf(secret)).toEqual(
      ['ALERTMANAGER_WEBHOOK_TOKEN', 'ALERTMANAGER_SLACK_URL', 'ALERTMANAGER_EMAIL_PASSWORD'].map((id) =>
        expect.objectContaining({ id, origin: 'given' }),
      ),
    );
  });

  test('may call its receivers, and nobody else', () => {
    const { egress } = find(told, 'NetworkPolicy', 'alertmanager').spec;
    const ports = egress.flatMap(({ ports: list }: KubernetesObject['spec']) =>
      list.map(({ port }: { port: number }) => port),
    );
    expect(ports.filter((port: number) => ![53, 5353].includes(port))).toEqual([443, 443, 2525]);
    expect(find(objects, 'NetworkPolicy', 'alertmanager').spec.egress).toBeUndefined();
  });
});

describe('Grafana', () => {
  const dashboards = (all: readonly KubernetesObject[]) =>
    all
      .filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('dashboard-'))
      .map(({ data }) => JSON.parse(String(Object.values(data as object)[0])));
  const panels = (all: readonly KubernetesObject[]) =>
    dashboards(all).flatMap(({ title, panels: list }) =>
      list.flatMap(({ title: panel, targets = [] }: KubernetesObject['spec']) =>
        targets.map(({ expr }: { expr: string }) => [`${title}: ${panel}`, expr]),
      ),
    );

  test('shows the dashboards of the other stack, without what would be empty', () => {
    const others = panels(external).filter(([, expr]) => !asksCluster(expr));
    // Its own namespace is one more of the platform's.
    const withItsOwn = (expr: string) => expr.replace('|ml-models|fe"', `|ml-models|fe|${NAMESPACE}"`);
    expect(panels(objects)).toEqual(others.map(([panel, expr]) => [panel, withItsOwn(expr)]));
    expect(panels(objects).length).toBeGreaterThan(40);
    expect(dashboards(objects)).toHaveLength(dashboards(external).length);
  });

  test('has no row without a panel', () => {
    const types = dashboards(objects).map(({ panels: list }) =>
      list.map(({ type }: { type: string }) => type).join(' '),
    );
    expect(types.filter((text) => /row row|row$/.test(text))).toEqual([]);
  });

  test('mounts each of them where it looks for them', () => {
    const { volumes } = podOf(objects, 'grafana').spec;
    const { sources } = volumes.find(({ name }: { name: string }) => name === 'dashboard-files').projected;
    expect(sources).toHaveLength(dashboards(objects).length);
    const { providers } = load(textOf(objects, 'grafana-dashboards', 'dashboards.yaml')) as KubernetesObject['spec'];
    expect(podOf(objects, 'grafana').spec.containers[0].volumeMounts).toContainEqual({
      name: 'dashboard-files',
      mountPath: providers[0].options.path,
      readOnly: true,
    });
  });

  test('asks the Prometheus of the platform', () => {
    const { datasources } = load(
      textOf(objects, 'grafana-datasources', 'datasources.yaml'),
    ) as KubernetesObject['spec'];
    expect(datasources).toMatchObject([
      { url: `http://prometheus.${NAMESPACE}.svc:9090`, isDefault: true, editable: false },
    ]);
  });

  test('lets nobody in without a password, which is made', () => {
    const env = Object.fromEntries(
      podOf(objects, 'grafana').spec.containers[0].env.map(({ name, value }: KubernetesObject['spec']) => [
        name,
        value,
      ]),
    );
    expect(env).toMatchObject({ GF_AUTH_ANONYMOUS_ENABLED: 'false', GF_USERS_ALLOW_SIGN_UP: 'false' });
    const secret = composePlatform(embedded()).secrets.find(({ name }) => name === 'grafana');
    expect(credentialsOf(secret)).toEqual([
      expect.objectContaining({ id: 'GRAFANA_ADMIN_PASSWORD', origin: 'made' }),
      expect.objectContaining({ id: 'GRAFANA_SECRET_KEY', origin: 'made' }),
    ]);
    expect(env.GF_SECURITY_ADMIN_PASSWORD__FILE).toBe('/run/secrets/grafana/admin-password');
  });

  test('may be left out, and nothing of it is there then', () => {
    const without = objectsOf(embedded({ grafana: { enabled: false } }));
    expect(without.filter(({ metadata }) => /grafana|dashboard/.test(metadata.name))).toEqual([]);
    expect(JSON.stringify(rulesOf(without))).not.toContain('grafana');
  });
});

describe('it is small', () => {
  const amounts = (all: readonly KubernetesObject[], part: 'requests' | 'limits', name: 'cpu' | 'memory') =>
    all
      .flatMap(({ spec }) => spec?.template?.spec?.containers ?? [])
      .map(({ resources }: KubernetesObject['spec']) => quantityValue(resources[part][name]))
      .reduce((total: number, amount: number) => total + amount, 0);
  const starting = startingEnvironment();
  const before = objectsOf(starting);
  const after = objectsOf({
    ...starting,
    monitoring: platformConfig({ monitoring: { enabled: true, stack: 'embedded' } }).monitoring,
  });

  test('its limits take 1 GiB of memory at most, and its requests half of that', () => {
    const stack = after.filter(({ metadata }) => metadata.namespace === 'ml-monitoring');
    expect(stack.filter(({ kind }) => kind === 'StatefulSet')).toHaveLength(3);
    expect(amounts(stack, 'limits', 'memory')).toBeLessThanOrEqual(1024 ** 3);
    expect(amounts(stack, 'requests', 'memory')).toBeLessThanOrEqual(1024 ** 3 / 2);
  });

  test('the starting environment with it still fits into 2 CPUs', () => {
    expect(amounts(after, 'requests', 'cpu')).toBeGreaterThan(amounts(before, 'requests', 'cpu'));
    expect(amounts(after, 'requests', 'cpu')).toBeLessThan(1.5);
  });
});

test('each logs as it is told', () => {
  const settings = { ...PLATFORM, monitoring: { enabled: true, stack: 'embedded' } };
  const logging = { levels: { monitoring: 'warning' }, format: 'json' };
  const all = objectsOf(platformConfig({ ...settings, logging }, MODELS));
  for (const name of ['prometheus', 'alertmanager'])
    expect(podOf(all, name).spec.containers[0].args).toEqual(
      expect.arrayContaining(['--log.level=warn', '--log.format=json']),
    );
  expect(podOf(all, 'grafana').spec.containers[0].env).toEqual(
    expect.arrayContaining([
      { name: 'GF_LOG_LEVEL', value: 'warn' },
      { name: 'GF_LOG_CONSOLE_FORMAT', value: 'json' },
    ]),
  );
  expect(JSON.stringify(podOf(objects, 'prometheus'))).not.toContain('--log.');
});

test('without monitoring nothing of it is there', () => {
  const off = objectsOf(platformConfig({ monitoring: { stack: 'embedded' } }));
  expect(
    off.filter(({ metadata }) => metadata.namespace === 'ml-monitoring' || metadata.name === 'ml-monitoring'),
  ).toEqual([]);
});
