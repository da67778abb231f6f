/**
 * Rules about models: one for all of them wherever a query can tell them apart.
 *
 * What an objective is comes from each model's own file, as a constant series. How fast a model uses up its budget of errors is
 * looked at over a long and a short window together: the long one says that it matters, the short one that it goes on.
 * Source: "Alerting on SLOs" of Google's Site Reliability Workbook, chapter 5, its sixth approach.
 */
import type { PrometheusRuleSpecGroupsRules } from '../../../imports/monitoring.coreos.com';
import { REQUEST_SECONDS } from '../metrics';
import type { Alert } from './alert';
import { anyOf, record } from './rule';

/** What a model's file promises, as series: the share of requests that may fail, and that may be late. */
export const OBJECTIVE = { availability: 'model:slo_errors:budget', latency: 'model:slo_slow:budget' } as const;
export const RATIO = {
  availability: 'model:request_errors:ratio_rate',
  latency: 'model:requests_slow:ratio_rate',
} as const;

/**
 * Requests for predictions: those that an executor answers, and those of an MLServer that has none in front of it.
 * Source: executor/api/metric of Seldon Core, mlserver/rest/app.py of MLServer.
 */
export const requests = (series: 'count' | 'bucket', ...matchers: string[]) =>
  `{${[
    `__name__=~"${Object.values(REQUEST_SECONDS)
      .map((name) => `${name}_${series}`)
      .join('|')}"`,
    'job="models"',
    // The executor calls a service of gRPC by its method: that of Seldon's protocol and of TensorFlow's, and that of v2.
    'service=~"|predictions|/.+/Predict|/.+/ModelInfer"',
    'path=~"|.*/infer"',
    ...matchers,
  ].join(',')}}`;

const WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const;
type Window = (typeof WINDOWS)[number];
const BY = 'by (namespace, model)';
const ON = 'on (namespace, model)';

export function modelRecords(): PrometheusRuleSpecGroupsRules[] {
  return [
    record('model:requests:rate5m', `sum by (namespace, model, predictor, code) (rate(${requests('count')}[5m]))`),
    ...WINDOWS.flatMap((window) => [
      record(`${RATIO.availability}${window}`, errors(window)),
      record(`${RATIO.latency}${window}`, slow(window)),
    ]),
  ];
}

/** Of gRPC the executor says the name of the code. The errors of a caller use up nobody's budget. */
export const FAILED = 'code=~"5..|Internal|Unavailable|DataLoss|DeadlineExceeded|Unknown|Unimplemented"';

/** A model without a failed request has no such series, and 0 of its requests have failed. */
function errors(window: Window): string {
  const all = `sum ${BY} (rate(${requests('count')}[${window}]))`;
  return `(sum ${BY} (rate(${requests('count', FAILED)}[${window}])) or 0 * ${all}) / ${all}`;
}

/** The bucket of each model's own limit: the budget has the limit as its label "le". */
function slow(window: Window): string {
  const within = `sum by (namespace, model, le) (rate(${requests('bucket')}[${window}])) and on (namespace, model, le) ${OBJECTIVE.latency}`;
  return `1 - sum ${BY} (${within}) / sum ${BY} (rate(${requests('count')}[${window}]))`;
}

/** Ways to use up 30 days' budget too fast, such as 2% of it within an hour. */
const FAST = [
  { factor: 14.4, long: '1h', short: '5m' },
  { factor: 6, long: '6h', short: '30m' },
] as const;
const SLOW = [
  { factor: 3, long: '1d', short: '2h' },
  { factor: 1, long: '3d', short: '6h' },
] as const;

function burns(of: keyof typeof RATIO, pace: typeof FAST | typeof SLOW): string {
  const above = (window: Window, factor: number) => `${RATIO[of]}${window} > ${ON} (${factor} * ${OBJECTIVE[of]})`;
  return pace
    .map(({ factor, long, short }) => `(${above(long, factor)} and ${ON} ${above(short, factor)})`)
    .join(' or ');
}

const burn = (of: keyof typeof RATIO, what: string): Alert[] => [
  {
    name: of === 'availability' ? 'ModelErrorBudget' : 'ModelLatencyBudget',
    severity: 'critical',
    expr: burns(of, FAST),
    for: '2m',
    labels: { pace: 'fast' },
    summary: `The model {{ $labels.model }} ${what} {{ $value | humanizePercentage }} of its requests, far more than its objective allows`,
  },
  {
    name: of === 'availability' ? 'ModelErrorBudget' : 'ModelLatencyBudget',
    severity: 'warning',
    expr: burns(of, SLOW),
    for: '1h',
    labels: { pace: 'slow' },
    summary: `The model {{ $labels.model }} ${what} {{ $value | humanizePercentage }} of its requests, more than its objective allows`,
  },
];

/**
 * Detectors of the v2 protocol count what they judge. That a few rows are outliers is no news: they are told how many of
 * those that are like the reference they may report.
 */
function detectorAlerts(of: string): Alert[] {
  const grown = (metric: string, window: string) => `sum by (namespace, job) (increase(${metric}{${of}}[${window}]))`;
  const answers = (matchers: string) =>
    `sum by (namespace, job) (increase(${REQUEST_SECONDS.mlserver}_count{${of},job=~".+-detector"${matchers}}[15m]))`;
  return [
    {
      name: 'ModelDrift',
      severity: 'warning',
      // 1 where the last batch differs from what was trained on; of some detectors for each feature.
      expr: `max by (namespace, job) (seldon_metric_drift_is_drift{${of}}) > 0`,
      for: '15m',
      summary: 'The requests that {{ $labels.job }} watches are no longer like what the model was trained on',
    },
    {
      name: 'ModelOutliers',
      severity: 'warning',
      expr: `${grown('detector_outliers_total', '1h')} / (${grown('detector_rows_total', '1h')} > 50) > clamp_max(5 * max by (namespace, job) (detector_false_alarms{${of}}), 0.9)`,
      for: '15m',
      summary: 'Of the rows that {{ $labels.job }} watches, {{ $value | humanizePercentage }} are outliers',
    },
    {
      name: 'ModelDetectorFails',
      severity: 'warning',
      expr: `${answers(',status_code!~"2.."')} / ${answers('')} > 0.1`,
      for: '15m',
      summary: '{{ $labels.job }} cannot judge {{ $value | humanizePercentage }} of the requests of its model',
    },
  ];
}

/** @param namespaces of models */
export function modelAlerts(namespaces: readonly string[]): Alert[] {
  const of = anyOf('namespace', namespaces);
  return [
    ...burn('availability', 'fails'),
    ...burn('latency', 'is late with'),
    {
      name: 'ModelUnavailable',
      severity: 'critical',
      expr: `kube_deployment_status_replicas_available{${of}} == 0 and on (namespace, deployment) kube_deployment_spec_replicas{${of}} > 0`,
      for: '10m',
      summary: 'No pod of {{ $labels.deployment }} in {{ $labels.namespace }} is ready',
    },
    {
      name: 'ModelInstancesMissing',
      severity: 'warning',
      // Something may scale it: as many as were wanted all the time. That there is none, ModelUnavailable says.
      expr:
        `max_over_time(kube_deployment_status_replicas_available{${of}}[10m]) < on (namespace, deployment) min_over_time(kube_deployment_spec_replicas{${of}}[10m]) ` +
        `and on (namespace, deployment) kube_deployment_status_replicas_available{${of}} > 0`,
      for: '15m',
      summary: 'Of {{ $labels.deployment }} in {{ $labels.namespace }} only {{ $value }} pods are ready',
    },
    {
      name: 'ModelRolloutStuck',
      severity: 'warning',
      expr: `kube_deployment_status_condition{${of},condition="Progressing",status="false"} == 1`,
      for: '5m',
      summary: 'The roll-out of {{ $labels.deployment }} in {{ $labels.namespace }} does not get on',
    },
    {
      name: 'ModelWithoutTraffic',
      severity: 'info',
      expr: `${OBJECTIVE.availability} unless ${ON} (sum ${BY} (increase(${requests('count')}[1d])) > 0)`,
      for: '1d',
      summary: 'Nobody has asked the model {{ $labels.model }} for a day, which has an objective',
    },
    ...detectorAlerts(of),
  ];
}
