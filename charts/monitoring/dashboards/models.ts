/**
 * One dashboard for all models: which one, the reader chooses. "predictor" is a version in a canary, and the series of a
 * request have both labels from where they are scraped (charts/models/scraping.ts).
 */
import { FAILED, OBJECTIVE, RATIO, requests } from '../rules/models';
import { anyOf } from '../rules/rule';
import { type Dashboard, type Panel, percentiles, type Query, type Row, WINDOW } from './dashboard';

export interface ModelsFacts {
  /** Namespaces of models. */
  readonly modelsNamespaces: readonly string[];
  /** Whether a model asks for a GPU. */
  readonly gpus: boolean;
  /** Whether a model has a detector. */
  readonly detectors: boolean;
}

export function modelsDashboard({ modelsNamespaces, gpus, detectors }: ModelsFacts): Dashboard {
  const of = anyOf('namespace', modelsNamespaces);
  return {
    name: 'models',
    title: 'Models',
    choices: [{ name: 'model', label: 'Model', series: `up{${of},job="models"}` }],
    rows: [
      all(of),
      requestsOf(`${of},model="$model"`),
      versions(`${of},model="$model"`),
      pods(of),
      ...(gpus ? [gpuRow(modelsNamespaces)] : []),
      ...(detectors ? [detectorRow(of)] : []),
    ],
  };
}

const REQUESTS = 'model:requests:rate5m';
const perSecond = (of: string, by: string): Query => ({
  expr: `sum by (${by}) (${REQUESTS}{${of}})`,
  legend: by
    .split(', ')
    .map((label) => `{{${label}}}`)
    .join(' '),
});

/** The ten that matter, of however many there are. */
const top = (title: string, unit: Panel['unit'], expr: string): Panel => ({
  title,
  unit,
  queries: [{ expr: `topk(10, ${expr})`, legend: '{{model}}' }],
});

const all = (of: string): Row => ({
  title: 'All models',
  panels: [
    top('Most requests', 'reqps', `sum by (model) (${REQUESTS}{${of}})`),
    top('Largest share of errors', 'percentunit', `${RATIO.availability}5m{${of}} > 0`),
    top('Largest share of answers later than their objective', 'percentunit', `${RATIO.latency}5m{${of}} > 0`),
  ],
});

const requestsOf = (of: string): Row => ({
  title: '$model',
  panels: [
    { title: 'Requests by code', unit: 'reqps', queries: [perSecond(of, 'code')] },
    {
      title: 'Share of errors',
      description: 'Errors of the server; the line is what its objective allows over 30 days.',
      unit: 'percentunit',
      queries: [
        { expr: `${RATIO.availability}5m{${of}}`, legend: 'errors' },
        { expr: `${OBJECTIVE.availability}{${of}}`, legend: 'allowed' },
      ],
    },
    {
      title: 'Share of late answers',
      description: 'Later than slo.latency.within of the model; the line is what its objective allows over 30 days.',
      unit: 'percentunit',
      queries: [
        { expr: `${RATIO.latency}5m{${of}}`, legend: 'late' },
        { expr: `${OBJECTIVE.latency}{${of}}`, legend: 'allowed within {{le}} s' },
      ],
    },
    { title: 'Time to answer', unit: 's', queries: percentiles(bucketsOf(of)) },
  ],
});

const bucketsOf = (of: string) => (by: string) => `sum by (${by}) (rate(${requests('bucket', of)}${WINDOW}))`;

const versions = (of: string): Row => ({
  title: 'Versions side by side',
  panels: [
    { title: 'Requests', unit: 'reqps', queries: [perSecond(of, 'predictor')] },
    {
      title: 'Share of errors',
      unit: 'percentunit',
      queries: [
        {
          expr: `(sum by (predictor) (${REQUESTS}{${of},${FAILED}}) or 0 * sum by (predictor) (${REQUESTS}{${of}})) / sum by (predictor) (${REQUESTS}{${of}})`,
          legend: '{{predictor}}',
        },
      ],
    },
    { title: 'Time to answer', unit: 's', queries: percentiles(bucketsOf(of), ['predictor']) },
    {
      title: 'Time of each node of a graph, 95%',
      description: 'As the executor sees it; a model without an executor has none.',
      unit: 's',
      queries: [
        {
          expr: `histogram_quantile(0.95, sum by (le, predictor, model_name) (rate(seldon_api_executor_client_requests_seconds_bucket{${of}}${WINDOW})))`,
          legend: '{{predictor}} {{model_name}}',
        },
      ],
    },
  ],
});

/** The pods of a model carry no name that others do not start with; those that are scraped as its own are known. */
function pods(of: string): Row {
  const scraped = `max by (namespace, pod) (up{${of},job="models",model="$model"}) >= 0`;
  const each = (expr: string): Query[] => [
    { expr: `sum by (namespace, pod) (${expr}) and on (namespace, pod) (${scraped})`, legend: '{{pod}}' },
  ];
  return {
    title: 'Pods',
    panels: [
      {
        title: 'Pods that answer',
        unit: 'short',
        queries: [{ expr: `sum by (predictor) (up{${of},job="models",model="$model"})`, legend: '{{predictor}}' }],
      },
      {
        title: 'CPU',
        unit: 'cores',
        queries: each(`rate(container_cpu_usage_seconds_total{${of},container!=""}${WINDOW})`),
      },
      { title: 'Memory', unit: 'bytes', queries: each(`container_memory_working_set_bytes{${of},container!=""}`) },
      {
        title: 'Restarts within an hour',
        unit: 'short',
        queries: each(`increase(kube_pod_container_status_restarts_total{${of}}[1h])`),
      },
    ],
  };
}

/** The exporter says whose a GPU is by "namespace", which a monitor that does not honour labels calls otherwise. */
function gpuRow(namespaces: readonly string[]): Row {
  const each = (metric: string): Query[] =>
    [
      { label: 'exported_namespace', pod: 'exported_pod' },
      { label: 'namespace', pod: 'pod' },
    ].map(({ label, pod }) => ({
      expr: `sum by (${pod}, gpu) (${metric}{${anyOf(label, namespaces)}})`,
      legend: `{{${pod}}} {{gpu}}`,
    }));
  return {
    title: 'GPUs of all models',
    panels: [
      { title: 'GPU in use', unit: 'percent', queries: each('DCGM_FI_DEV_GPU_UTIL') },
      { title: 'GPU memory', unit: 'decmbytes', queries: each('DCGM_FI_DEV_FB_USED') },
    ],
  };
}

const detectorRow = (of: string): Row => ({
  title: 'Detector of $model',
  panels: [
    {
      title: 'Drift in the last batch',
      description: '1 where the last requests differ from what the detector was made with.',
      unit: 'short',
      queries: [{ expr: `max(seldon_metric_drift_is_drift{${of},job="$model-detector"})`, legend: 'drift' }],
    },
    {
      title: 'Probability that the last batch is like the reference',
      unit: 'short',
      queries: [
        { expr: `min by (index) (seldon_metric_drift_p_val{${of},job="$model-detector"})`, legend: '{{index}}' },
      ],
    },
    {
      title: 'Outliers among the rows of the last request',
      unit: 'short',
      queries: [{ expr: `sum(seldon_metric_outlier_is_outlier{${of},job="$model-detector"})`, legend: 'outliers' }],
    },
    {
      title: 'Share of rows that are outliers',
      description: 'In the v2 protocol; the line is the share of rows like the reference that are reported.',
      unit: 'percentunit',
      queries: [
        {
          expr: `sum(rate(detector_outliers_total{${of},job="$model-detector"}${WINDOW})) / sum(rate(detector_rows_total{${of},job="$model-detector"}${WINDOW}))`,
          legend: 'outliers',
        },
        { expr: `max(detector_false_alarms{${of},job="$model-detector"})`, legend: 'expected' },
      ],
    },
  ],
});
