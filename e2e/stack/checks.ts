/** What is looked at while the platform's own Prometheus, Alertmanager and kube-state-metrics run. */
import { load } from 'js-yaml';
import { METRICS } from '../../charts/monitoring/metrics';
import { seriesOfPod } from '../../charts/monitoring/series';
import { type Checks, same } from '../cluster/checks';
import { until } from '../cluster/cluster';
import { FULL } from './kubelet';
import { BACKUP, FAILED, MODEL, NAMESPACE, RESTORE_TEST, type Site } from './site';

const PROMETHEUS = 'http://127.0.0.1:9090';

interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError: string;
}
interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: string;
}

export async function stackChecks(checks: Checks, site: Site): Promise<void> {
  const steps: readonly (readonly [string, () => Promise<string>])[] = [
    ['they start by their manifests, and are ready', () => start(site)],
    ['promtool and amtool accept the files where they are mounted', async () => files(site)],
    ['every rule is loaded', () => rules(site)],
    ['Prometheus finds the pods of the platform by its Roles, and scrapes those that answer', () => targets(site)],
    ['kube-state-metrics and the kubelet say all that rules and dashboards name', () => told(site)],
    ['their series are those of the platform, with the labels that rules expect', () => shapes()],
    ['Prometheus and kube-state-metrics may do this, and nothing else', () => rights(site)],
    ['a model that is new is found without a new file', () => newPod(site)],
    ['alerts about what is wrong reach the webhook, and Slack what is critical; no others do', () => alerted(site)],
    ['alerts end when what they are about is well again', () => mended(site)],
    ['a restart loses neither series nor the alert', () => restart(site)],
  ];
  for (const [name, look] of steps) if (!(await checks.check(name, look))) break;
}

async function ask<T>(path: string): Promise<T> {
  const response = await fetch(`${PROMETHEUS}/api/v1/${path}`);
  const { data } = (await response.json()) as { readonly data: T };
  return data;
}

const value = async (expr: string) =>
  (
    await ask<{ readonly result: readonly { readonly value: [number, string] }[] }>(
      `query?query=${encodeURIComponent(expr)}`,
    )
  ).result.map((sample) => sample.value[1]);

async function start(site: Site): Promise<string> {
  await site.measure();
  await site.stopBackups();
  for (const name of ['alertmanager', 'kube-state-metrics', 'prometheus']) await site.startPod(name);
  const [version] = await value('prometheus_build_info');
  return `Prometheus answers ${version ?? ''}`;
}

function files(site: Site): string {
  for (const [pod, ...command] of [
    ['prometheus', 'promtool', 'check', 'config', '/etc/prometheus/config/prometheus.yaml'],
    ['alertmanager', 'amtool', 'check-config', '/etc/alertmanager/alertmanager.yaml'],
  ] as const) {
    const { status, stdout, stderr } = site.pod(pod).exec(...command);
    if (status !== 0) throw new Error(`${command.join(' ')}: ${stdout}${stderr}`);
  }
  return 'both';
}

async function rules(site: Site): Promise<string> {
  const texts = ['prometheus', 'prometheus-objectives-1'].flatMap((name) =>
    Object.entries(site.manifests.data('ConfigMap', NAMESPACE, name)).filter(([file]) => file !== 'prometheus.yaml'),
  );
  const rendered = texts
    .flatMap(([, text]) => (load(text) as { groups: { rules: unknown[] }[] }).groups)
    .reduce((sum, group) => sum + group.rules.length, 0);
  await until('each was evaluated', 90, async () => {
    const { groups } = await ask<{ groups: { rules: { health: string; lastError?: string }[] }[] }>('rules');
    const all = groups.flatMap((group) => group.rules);
    if (all.length !== rendered) return `${all.length} of ${rendered} are loaded`;
    return all.find(({ health }) => health !== 'ok')?.health;
  });
  same(await value('model:slo_errors:budget'), ['0.001']);
  return `${rendered} rules`;
}

async function targets(site: Site): Promise<string> {
  const up = [
    ...['alertmanager', 'frontend', 'kube-state-metrics', 'kubelet', 'mlflow', 'models', 'postgresql', 'prometheus'],
    'seldon-core-operator',
  ];
  await until('all that answer are up', 120, async () => {
    const { activeTargets } = await ask<{ activeTargets: Target[] }>('targets?state=active');
    const down = activeTargets.filter(({ health }) => health !== 'up').map(({ labels }) => labels.job ?? '');
    const found = activeTargets.filter(({ health }) => health === 'up').map(({ labels }) => labels.job ?? '');
    return JSON.stringify([[...new Set(found)].sort(), down]) === JSON.stringify([up, ['minio']])
      ? undefined
      : `up: ${found.join(' ')}; down: ${down.join(' ')}`;
  });
  const log = site.pod('prometheus').log('prometheus');
  const refused = log.split('\n').find((line) => /forbidden|cannot list|Failed to watch/i.test(line));
  if (refused !== undefined) throw new Error(refused);
  same(await value(`count(up{namespace="ml-models",job="models",model="${MODEL}",predictor="default",pod!=""} == 1)`), [
    '1',
  ]);
  same(await value('count(rest_server_request_duration_seconds_count{code="200",model!=""})'), ['1']);
  return `${up.length} jobs are up, the store is down`;
}

async function told(site: Site): Promise<string> {
  const names = [METRICS.kubeStateMetrics, METRICS.kubelet, METRICS.containers].flatMap(({ values }) => [...values]);
  await until('each has a series', 60, async () => {
    const missing = await Promise.all(
      names.map(async (name) => ((await value(`count(${name})`)).length > 0 ? [] : [name])),
    );
    return missing.flat().join(', ') || undefined;
  });
  const log = site.pod('kube-state-metrics').log('kube-state-metrics');
  const refused = log.split('\n').find((line) => /forbidden|failed to (list|watch)|^E\d/i.test(line));
  if (refused !== undefined) throw new Error(refused);
  const caller = `system:serviceaccount:${NAMESPACE}:prometheus`;
  same([...site.kubelet.answers].sort(), [`200 /metrics ${caller}`, `200 /metrics/cadvisor ${caller}`]);
  return `${names.length} metrics`;
}

/** The series that a selector finds, without what Prometheus says of the target. */
const series = async (selector: string) =>
  (
    await ask<{ readonly result: readonly { readonly metric: Readonly<Record<string, string>> }[] }>(
      `query?query=${encodeURIComponent(selector)}`,
    )
  ).result.map(({ metric }) => metric);

async function shapes(): Promise<string> {
  same(await series('kube_job_failed{condition="true"} == 1'), [
    {
      ...{ __name__: 'kube_job_failed', job: 'kube-state-metrics', instance: 'kube-state-metrics' },
      ...{ namespace: 'postgres', job_name: FAILED, condition: 'true' },
    },
  ]);
  const of = async (name: string) => await series(`count by (namespace, persistentvolumeclaim, container) (${name})`);
  same(await of('kubelet_volume_stats_available_bytes'), [FULL]);
  same(await of('container_memory_working_set_bytes'), [{ namespace: 'postgres', container: 'postgresql' }]);
  // Nothing but that comes from there.
  const names = await value('count(count by (__name__) ({job="kubelet",__name__!~"up|scrape_.*"}))');
  same(names, [String(METRICS.kubelet.values.length + METRICS.containers.values.length)]);
  for (const job of ['prometheus', 'alertmanager']) {
    const [seen, estimate] = [Number((await value(`count({job="${job}"})`))[0]), seriesOfPod(job)];
    if (!(seen < 2 * estimate && seen > estimate / 2)) throw new Error(`${job}: ${seen} series, estimated ${estimate}`);
  }
  const [others] = await value('count({job="kube-state-metrics",__name__!~"kube_.*|up|scrape_.*"})');
  if (others !== undefined) throw new Error(`${others} series of kube-state-metrics nobody asked for`);
  return `${(await value('count({job="kube-state-metrics"})'))[0]} series of kube-state-metrics`;
}

async function rights(site: Site): Promise<string> {
  const may = async (account: string, verb: string, what: string, namespace: string) =>
    (
      await site.cluster.kubectl([
        ...['auth', 'can-i', verb, ...what.split(' '), '-n', namespace],
        `--as=system:serviceaccount:${NAMESPACE}:${account}`,
      ])
    ).stdout.trim();
  const asked = [
    ['prometheus', 'list', 'pods', 'ml-models', 'yes'],
    ['prometheus', 'get', 'nodes --subresource=metrics', 'default', 'yes'],
    ['prometheus', 'list', 'pods', 'default', 'no'],
    ['prometheus', 'list', 'pods', 'kube-system', 'no'],
    ['prometheus', 'get', 'secrets', 'ml-models', 'no'],
    ['prometheus', 'delete', 'pods', 'ml-models', 'no'],
    ['prometheus', 'list', 'nodes', 'default', 'no'],
    ['prometheus', 'get', 'nodes --subresource=proxy', 'default', 'no'],
    ['kube-state-metrics', 'list', 'jobs', 'postgres', 'yes'],
    ['kube-state-metrics', 'watch', 'pods', 'ml-models', 'yes'],
    ['kube-state-metrics', 'get', 'pods', 'ml-models', 'no'],
    ['kube-state-metrics', 'list', 'pods', 'default', 'no'],
    ['kube-state-metrics', 'list', 'secrets', 'postgres', 'no'],
    ['kube-state-metrics', 'delete', 'jobs', 'postgres', 'no'],
  ] as const;
  for (const [account, verb, what, namespace, answer] of asked) {
    const question = [account, verb, what, namespace] as const;
    same([...question, await may(...question)], [...question, answer]);
  }
  return `${asked.filter(([, , , , answer]) => answer === 'no').length} others are refused`;
}

/** One more pod of the model, as after scaling: no file changes. */
async function newPod(site: Site): Promise<string> {
  const [deployment] = (
    await site.cluster.get<{ items: { metadata: { name: string } }[] }>('deployments', '-n', 'ml-models')
  ).items.filter(({ metadata }) => metadata.name.startsWith(MODEL));
  await site.cluster.run(['scale', '-n', 'ml-models', `deployment/${deployment?.metadata.name}`, '--replicas=2']);
  await until('it has an address', 30, async () => ((await site.address()) > 0 ? undefined : 'there is no new pod'));
  const start = Date.now();
  await until('Prometheus knows it', 60, async () => {
    const { activeTargets } = await ask<{ activeTargets: Target[] }>('targets?state=active');
    const pods = activeTargets.filter(({ labels }) => labels.job === 'models');
    return pods.length === 2 ? undefined : `${pods.length} pods of models`;
  });
  return `after ${Math.round((Date.now() - start) / 1000)} s`;
}

/** What is wrong: backups have stopped, the store is down, a volume is nearly full, a Job has failed. */
const WRONG = [
  ['BackupTooOld', BACKUP, 'critical'],
  ['ComponentDown', 'minio', 'critical'],
  ['JobFailed', FAILED, 'warning'],
  ['RestoreTestFails', RESTORE_TEST, 'critical'],
  ['VolumeFull', FULL.persistentvolumeclaim, 'critical'],
] as const;

/** Most are told of after five minutes, and Alertmanager waits half a minute for others. */
async function alerted(site: Site): Promise<string> {
  const start = Date.now();
  await until('the webhook was told of all', 480, async () => {
    const { alerts } = await ask<{ alerts: Alert[] }>('alerts');
    return toldOf(site).length >= WRONG.length && site.slack.messages.length >= 2
      ? undefined
      : `${alerts.map(({ labels, state }) => `${labels.alertname}/${labels.job} ${state}`).join(', ')}`;
  });
  same(
    toldOf(site),
    WRONG.map((alert) => [...alert, 'minikube']),
  );
  const slack = site.slack.messages.map(({ body }) => body).join('\n');
  same([...new Set(site.slack.messages.map(({ path }) => path))], ['/services/secret']);
  for (const text of ['minio in minio-system: no pod of it answers', 'data-postgresql-0 in postgres has 3% left'])
    if (!slack.includes(text)) throw new Error(slack);
  if (slack.includes(FAILED)) throw new Error(slack);
  return `after ${Math.round((Date.now() - start) / 1000)} s`;
}

/** Each alert that the webhook was told of, once. */
const toldOf = (site: Site) => {
  const alerts = site.pager.messages.flatMap(
    ({ body }) => (JSON.parse(body) as { alerts: { labels: Record<string, string> }[] }).alerts,
  );
  const said = alerts.map(({ labels }) => [
    labels.alertname,
    labels.persistentvolumeclaim ?? labels.job_name ?? labels.cronjob ?? labels.job,
    labels.severity,
    labels.environment,
  ]);
  return [...new Map(said.map((alert) => [JSON.stringify(alert), alert])).values()].sort();
};

/** The Job that has failed stays where it is: a later one has succeeded. */
async function mended(site: Site): Promise<string> {
  const names = ['BackupTooOld', 'JobFailed', 'RestoreTestFails'];
  await site.succeeded(BACKUP, 0);
  await site.succeeded(RESTORE_TEST, 0);
  await until('none of them is there', 120, async () => {
    const { alerts } = await ask<{ alerts: Alert[] }>('alerts');
    return alerts.map(({ labels }) => labels.alertname ?? '').find((name) => names.includes(name));
  });
  return names.join(', ');
}

async function restart(site: Site): Promise<string> {
  const before = Number((await value('count_over_time(up{job="mlflow"}[1h])'))[0]);
  await site.pod('prometheus').stop();
  await site.startPod('prometheus');
  const after = Number((await value('count_over_time(up{job="mlflow"}[1h])'))[0]);
  if (!(after >= before)) throw new Error(`${after} of ${before} values are there`);
  const start = Date.now();
  await until('the alert is there again, sooner than in five minutes', 150, async () => {
    const { alerts } = await ask<{ alerts: Alert[] }>('alerts');
    const firing = alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.job);
    return firing.includes('minio') ? undefined : JSON.stringify(alerts);
  });
  return `${after} values, the alert after ${Math.round((Date.now() - start) / 1000)} s`;
}
