/** What is looked at while the platform's own Prometheus and Alertmanager run. */
import { load } from 'js-yaml';
import { type Checks, same } from '../cluster/checks';
import { until } from '../cluster/cluster';
import { MODEL, NAMESPACE, type Site } from './site';

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
    ['both start by their manifests, and are ready', () => start(site)],
    ['promtool and amtool accept the files where they are mounted', async () => files(site)],
    ['every rule is loaded', () => rules(site)],
    ['Prometheus finds the pods of the platform by its Roles, and scrapes those that answer', () => targets(site)],
    ['it may list pods of the platform, and nothing else', () => rights(site)],
    ['a model that is new is found without a new file', () => newPod(site)],
    ['an alert about the store that is down reaches the webhook and Slack, and no other alert does', () => told(site)],
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
  await site.startPod('alertmanager');
  await site.startPod('prometheus');
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
  const up = ['alertmanager', 'frontend', 'mlflow', 'models', 'postgresql', 'prometheus', 'seldon-core-operator'];
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

async function rights(site: Site): Promise<string> {
  const as = `--as=system:serviceaccount:${NAMESPACE}:prometheus`;
  const may = async (verb: string, what: string, namespace: string) =>
    (await site.cluster.kubectl(['auth', 'can-i', verb, what, '-n', namespace, as])).stdout.trim();
  same(await may('list', 'pods', 'ml-models'), 'yes');
  const others = [
    ['list', 'pods', 'default'],
    ['list', 'pods', 'kube-system'],
    ['get', 'secrets', 'ml-models'],
    ['delete', 'pods', 'ml-models'],
    ['list', 'nodes', 'default'],
  ] as const;
  for (const [verb, what, namespace] of others)
    same([verb, what, namespace, await may(verb, what, namespace)], [verb, what, namespace, 'no']);
  return `${others.length} others are refused`;
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

/** A Component is down after five minutes, and Alertmanager waits half a minute for others. */
async function told(site: Site): Promise<string> {
  const start = Date.now();
  await until('the webhook was told', 480, async () => {
    const { alerts } = await ask<{ alerts: Alert[] }>('alerts');
    return site.pager.messages.length > 0 && site.slack.messages.length > 0
      ? undefined
      : `${alerts.map(({ labels, state }) => `${labels.alertname}/${labels.job} ${state}`).join(', ')}`;
  });
  const alerts = site.pager.messages.flatMap(
    ({ body }) => (JSON.parse(body) as { alerts: { labels: Record<string, string> }[] }).alerts,
  );
  const said = alerts.map(({ labels }) => [labels.alertname, labels.job, labels.severity, labels.environment]);
  same(said, [['ComponentDown', 'minio', 'critical', 'minikube']]);
  const [slack] = site.slack.messages;
  same(slack?.path, '/services/secret');
  if (!slack?.body.includes('minio in minio-system: no pod of it answers')) throw new Error(slack?.body);
  return `after ${Math.round((Date.now() - start) / 1000)} s`;
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
