/** A Prometheus, an Alertmanager and a Grafana of the platform's own, and kube-state-metrics. Whether the real ones take their files, e2e/rules and e2e/stack proves. */
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
  readonly honor_labels?: boolean;
  readonly authorization?: { readonly credentials_file: string };
  readonly tls_config?: {
    readonly ca_file?: string;
    readonly server_name?: string;
    readonly insecure_skip_verify?: boolean;
  };
  readonly metrics_path: string;
  readonly kubernetes_sd_configs: readonly {
    readonly namespaces: { readonly names: readonly string[] };
    readonly selectors: readonly { readonly label: string }[];
  }[];
  readonly relabel_configs: readonly { readonly target_label?: string; readonly replacement?: string }[];
  readonly metric_relabel_configs?: readonly { readonly regex: string; readonly action: string }[];
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
const kubeletsOf = (all: readonly KubernetesObject[]) =>
  prometheusOf(all).scrape_configs.filter(({ job_name }) => job_name.startsWith('kubelet/'));
const jobs = prometheusOf(objects).scrape_configs.filter(
  (job) => !kubeletsOf(objects).some((of) => of.job_name === job.job_name),
);
const jobOf = ({ relabel_configs }: ScrapeConfig) =>
  relabel_configs.find(({ target_label }) => target_label === 'job')?.replacement;

const unseen = new Set<string>([...METRICS.certManager.values, ...METRICS.gpus.values]);
const ofKubelets = new Set<string>([...METRICS.kubelet.values, ...METRICS.containers.values]);
const asksFor = (names: ReadonlySet<string>) => (expr: string) =>
  selectorsOf(withoutVariables(expr)).some((selector) => selector.names.some((name) => names.has(name)));
const asksInVain = asksFor(unseen);
/** The namespaces that are there. */
const platformNamespaces = objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
/** What an account may, by the namespace of the binding; "" is all of the cluster. */
const rightsOf = (all: readonly KubernetesObject[], account: string) =>
  all
    .filter(({ subjects = [] }) =>
      subjects.some(({ name, namespace }: KubernetesObject['spec']) => name === account && namespace === NAMESPACE),
    )
    .map(({ metadata, roleRef }) => ({
      namespace: metadata.namespace ?? '',
      rules: all.find(
        (object) =>
          object.kind === roleRef.kind &&
          object.metadata.name === roleRef.name &&
          object.metadata.namespace === metadata.namespace,
      )?.rules,
    }));

describe('Prometheus scrapes', () => {
  test('what monitors of an operator would lead it to, and the stack itself', () => {
    const monitors = external
      .filter(({ kind }) => /^(Pod|Service)Monitor$/.test(kind))
      .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    expect(monitors.length).toBeGreaterThan(4);
    expect(jobs.map((job) => job.job_name).sort()).toEqual(
      [
        ...monitors,
        ...['alertmanager', 'grafana', 'kube-state-metrics', 'prometheus'].map((name) => `${NAMESPACE}/${name}`),
      ].sort(),
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
        'kube-state-metrics',
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

  test('without an operator', () => {
    expect(composePlatform(embedded()).components.flatMap(({ prerequisites }) => prerequisites)).not.toContainEqual(
      expect.objectContaining({ name: 'Prometheus operator' }),
    );
  });

  test('with the right to list pods of the platform, and to read what kubelets measure', () => {
    const rights = rightsOf(objects, 'prometheus');
    expect(rights.map(({ namespace }) => namespace).sort()).toEqual(['', ...platformNamespaces].sort());
    expect(rights.filter(({ namespace }) => namespace === '').map(({ rules }) => rules)).toEqual([
      [{ apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] }],
    ]);
    for (const { rules } of rights.filter(({ namespace }) => namespace !== ''))
      expect(rules).toEqual([{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }]);
  });
});

describe('kubelets', () => {
  const [volumes, containers] = kubeletsOf(objects);
  const kept = (job: ScrapeConfig | undefined) => job?.metric_relabel_configs?.map(({ regex }) => regex);

  test('are asked for what rules and dashboards name, in namespaces of the platform', () => {
    const namespaces = platformNamespaces.join('|');
    expect(kubeletsOf(objects).map(({ metrics_path }) => metrics_path)).toEqual(['/metrics', '/metrics/cadvisor']);
    expect(kept(volumes)?.[0]?.split('|')).toEqual([...METRICS.kubelet.values]);
    expect(kept(containers)?.[0]?.split('|')).toEqual([...METRICS.containers.values]);
    expect(kept(volumes)?.[1]?.length).toBe(`(${namespaces});.+`.length);
    for (const { honor_labels, kubernetes_sd_configs } of kubeletsOf(objects)) {
      expect(honor_labels).toBe(true);
      expect(kubernetes_sd_configs[0]?.namespaces.names.toSorted()).toEqual(platformNamespaces.toSorted());
    }
  });

  test('are shown a token that the pod has; their certificates are checked where the settings say so', () => {
    const path = '/var/run/secrets/kubernetes.io/serviceaccount';
    const checked = kubeletsOf(objectsOf(embedded({ kubelets: { verified: true } })));
    const { volumeMounts } = podOf(objects, 'prometheus').spec.containers[0];
    expect(volumeMounts.map(({ mountPath }: KubernetesObject['spec']) => mountPath)).toContain(path);
    expect(kubeletsOf(objects).map((job) => [job.authorization?.credentials_file, job.tls_config])).toEqual(
      Array(2).fill([`${path}/token`, { insecure_skip_verify: true }]),
    );
    expect(checked.map((job) => job.tls_config)).toEqual(Array(2).fill({ ca_file: `${path}/ca.crt` }));
  });

  test('may be reached by Prometheus, at the addresses that the settings name', () => {
    const ways = (settings: object) =>
      find(objectsOf(embedded(settings)), 'NetworkPolicy', 'prometheus').spec.egress.filter(
        ({ ports }: KubernetesObject['spec']) => ports[0].port === 10250,
      );
    expect(ways({})).toHaveLength(1);
    expect(ways({})[0].to).toBeUndefined();
    expect(ways({ kubelets: { cidrs: ['10.1.0.0/16'] } })[0].to).toEqual([{ ipBlock: { cidr: '10.1.0.0/16' } }]);
  });

  test('are missed where none answers', () => {
    const down = rulesOf(objects)
      .flatMap(({ rules }) => rules)
      .filter(({ expr }) => expr.includes('job="kubelet"'));
    expect(down.map(({ alert, expr }) => [alert, expr])).toEqual([
      ['ComponentDown', `absent(up{namespace="${NAMESPACE}",job="kubelet"} == 1)`],
    ]);
  });

  test('may be left alone: then nothing asks for their series, and Prometheus has no right in the cluster', () => {
    const without = objectsOf(embedded({ kubelets: { enabled: false } }));
    const asked = rulesOf(without).flatMap(({ rules }) => rules.map(({ expr }) => expr));
    expect(kubeletsOf(without)).toEqual([]);
    expect(asked.filter(asksFor(ofKubelets))).toEqual([]);
    expect(rightsOf(without, 'prometheus').filter(({ namespace }) => namespace === '')).toEqual([]);
    expect(JSON.stringify(find(without, 'NetworkPolicy', 'prometheus'))).not.toContain('10250');
  });
});

describe('kube-state-metrics', () => {
  const pod = find(objects, 'Deployment', 'kube-state-metrics').spec.template;
  const argument = (name: string): string[] =>
    (pod.spec.containers[0].args.find((text: string) => text.startsWith(`--${name}=`)) ?? '=').split('=')[1].split(',');

  test('tells of what rules and dashboards name, and no more', () => {
    const inRules = rulesOf(objects).flatMap(({ rules }) => rules.map(({ expr }) => expr));
    const inPanels = JSON.stringify(objects.filter(({ metadata }) => metadata.name.startsWith('dashboard-')));
    const names = new Set([...inRules, inPanels].flatMap((text) => text.match(/\bkube_\w+/g) ?? []));
    const told = argument('metric-allowlist').map((pattern) => pattern.replace(/^\^|\$$/g, ''));
    expect(told.toSorted()).toEqual([...names].sort());
    expect(argument('metric-allowlist').every((pattern) => /^\^\w+\$$/.test(pattern))).toBe(true);
  });

  test('may list and watch these objects in the namespaces of the platform, and nothing else', () => {
    const rights = rightsOf(objects, 'kube-state-metrics');
    expect(argument('namespaces').toSorted()).toEqual(platformNamespaces.toSorted());
    expect(rights.map(({ namespace }) => namespace).sort()).toEqual(platformNamespaces.toSorted());
    for (const { rules } of rights) {
      expect(rules).toEqual(
        [
          ['batch', 'cronjobs'],
          ['apps', 'deployments'],
          ['batch', 'jobs'],
          ['', 'pods'],
        ].map(([group, resource]) => ({ apiGroups: [group], resources: [resource], verbs: ['list', 'watch'] })),
      );
      expect(rules.flatMap(({ resources }: KubernetesObject['spec']) => resources)).toEqual(argument('resources'));
    }
  });

  test('tells of namespaces that are there alone: those of teams, and none of what is left out', () => {
    const teams = [{ name: 'credit', group: 'credit', quota: { 'requests.cpu': '4', 'requests.memory': '8Gi' } }];
    const all = objectsOf(platformConfig({ ...PLATFORM, teams, monitoring: { enabled: true, stack: 'embedded' } }));
    const there = all.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
    const told = all.filter(({ kind, metadata }) => kind === 'Role' && metadata.name.startsWith('kube-state-metrics-'));
    expect(told.map(({ metadata }) => metadata.namespace).sort()).toEqual(there.toSorted());
    expect(there).toContain('ml-models-credit');
    expect(there).not.toContain('fe');
  });

  test('has series whose labels are those of the objects, and stay when its pod is replaced', () => {
    const job = jobs.find((candidate) => jobOf(candidate) === 'kube-state-metrics');
    const last = (label: string) => job?.relabel_configs.findLast(({ target_label }) => target_label === label);
    expect(job?.honor_labels).toBe(true);
    expect(['pod', 'container', 'instance'].map((label) => last(label)?.replacement)).toEqual([
      '',
      '',
      'kube-state-metrics',
    ]);
  });

  test('is called by Prometheus, and calls the API server', () => {
    const { ingress, egress } = find(objects, 'NetworkPolicy', 'kube-state-metrics').spec;
    const [port] = pod.spec.containers[0].ports;
    expect(ingress).toEqual([
      {
        from: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': NAMESPACE } },
            podSelector: { matchLabels: expect.objectContaining({ 'app.kubernetes.io/name': 'prometheus' }) },
          },
        ],
        ports: [{ port: port.containerPort, protocol: 'TCP' }],
      },
    ]);
    expect(egress[0].ports.map(({ port: number }: { port: number }) => number)).toContain(6443);
    expect(argument('port')).toEqual([String(port.containerPort)]);
  });
});

describe('Prometheus computes', () => {
  const all = external
    .filter(({ kind, metadata }) => kind === 'PrometheusRule' && metadata.name === 'ml-platform')
    .flatMap(({ spec }): Group[] => spec.groups);
  const names = (groups: readonly Group[]) =>
    groups.flatMap(({ rules }) => rules.map(({ alert, record }) => alert ?? record));

  test('the rules that an operator would be given, but those about series that nobody has', () => {
    const rest = all.map((group) => ({ ...group, rules: group.rules.filter(({ expr }) => !asksInVain(expr)) }));
    const own = ['alertmanager', 'grafana', 'kube-state-metrics', 'kubelet'].map(() => 'ComponentDown');
    expect(names(rulesOf(objects)).sort()).toEqual([...names(rest), ...own].sort());
    expect(names(rest)).toEqual(
      expect.arrayContaining(['VolumeFull', 'BackupTooOld', 'JobFailed', 'ModelUnavailable', 'ModelRolloutStuck']),
    );
    expect(names(all).filter((name) => !names(rest).includes(name))).toEqual(['CertificateExpires']);
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
    const others = panels(external).filter(([, expr]) => !asksInVain(expr));
    // Its own namespace is one more of the platform's.
    const withItsOwn = (expr: string) => expr.replaceAll('|ml-models|fe"', `|ml-models|fe|${NAMESPACE}"`);
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
