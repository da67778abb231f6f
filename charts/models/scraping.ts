/** What Prometheus scrapes of models: their executors, and the servers that have none in front of them. */
import {
  type PodMonitorSpec,
  type PodMonitorSpecPodMetricsEndpoints,
  PodMonitorSpecPodMetricsEndpointsMetricRelabelingsAction,
  type PodMonitorSpecPodMetricsEndpointsRelabelings,
  PodMonitorSpecPodMetricsEndpointsRelabelingsAction,
} from '../../imports/monitoring.coreos.com';
import { jobLabel, SCRAPE_TIMES, type Scraping } from '../monitoring/monitored';
import { HTTP_PORT } from '../seldon/contract';
import { EXECUTOR } from '../seldon/executor';
import { FIRST_PORTS } from '../seldon/expansion/ports';
import { isMlserver, nodesWithContainer } from './node';
import type { ModelProps, PredictorProps } from './props';

const { KEEP, REPLACE } = PodMonitorSpecPodMetricsEndpointsRelabelingsAction;

/** The job of every model, whoever measures it. */
export const MODELS_JOB = 'models';
const PORT_ANNOTATION = 'prometheus.io/port';
const META_PORT_ANNOTATION = `__meta_kubernetes_pod_annotation_${PORT_ANNOTATION.replace(/[./]/g, '_')}`;

/**
 * The port at which MLServer itself measures, where it has no executor in front. The operator numbers these over the
 * containers of a SeldonDeployment, tells MLServer by a variable, and declares no port: it takes the list of ports from a v2
 * server (mergeMLServerContainer in operator/controllers/mlserver.go, Seldon Core).
 */
function serverPort({ protocol, predictors }: ModelProps, predictor: PredictorProps): number | undefined {
  const [server] = nodesWithContainer(predictor.graph);
  if (predictor.engine || !server || !isMlserver(server, protocol)) return undefined;
  const before = predictors.slice(0, predictors.indexOf(predictor));
  return FIRST_PORTS.metrics + before.flatMap(({ graph }) => nodesWithContainer(graph)).length;
}

/** Every port at which MLServer itself measures. */
export const serverPorts = (models: readonly ModelProps[]): number[] => [
  ...new Set(models.flatMap((model) => model.predictors.flatMap((predictor) => serverPort(model, predictor) ?? []))),
];

/**
 * An annotation that says where to scrape the pods of a predictor, where no port of theirs says it. The operator adds
 * "scrape" and "path" to all pods itself.
 */
export function portAnnotation(
  model: ModelProps,
  predictor: PredictorProps,
  scraping: Scraping | undefined,
): Readonly<Record<string, string>> | undefined {
  if (!scraping) return undefined;
  const port = scraping.kind === 'annotations' && predictor.engine ? HTTP_PORT : serverPort(model, predictor);
  return port === undefined ? undefined : { [PORT_ANNOTATION]: String(port) };
}

/** Names what is scraped as the model file does. The operator labels pods with the SeldonDeployment and the predictor. */
const NAMES: PodMonitorSpecPodMetricsEndpointsRelabelings[] = [
  { action: REPLACE, ...jobLabel(MODELS_JOB) },
  { action: REPLACE, sourceLabels: ['__meta_kubernetes_pod_label_seldon_deployment_id'], targetLabel: 'model' },
  { action: REPLACE, sourceLabels: ['__meta_kubernetes_pod_label_version'], targetLabel: 'predictor' },
];

/** What both servers call the same: Go writes a whole number of seconds as "1", Python as "1.0", and Prometheus 3 as "1.0". */
const COMMON: Pick<PodMonitorSpecPodMetricsEndpoints, 'path' | 'metricRelabelings'> = {
  path: EXECUTOR.prometheusPath,
  metricRelabelings: [
    // What Seldon's executor calls "code".
    {
      action: PodMonitorSpecPodMetricsEndpointsMetricRelabelingsAction.REPLACE,
      sourceLabels: ['status_code'],
      regex: '(.+)',
      targetLabel: 'code',
      replacement: '$1',
    },
    {
      action: PodMonitorSpecPodMetricsEndpointsMetricRelabelingsAction.REPLACE,
      sourceLabels: ['le'],
      regex: '(\\d+)',
      targetLabel: 'le',
      replacement: '$1.0',
    },
  ],
};

/** By pods, since the operator's Services have no port for metrics. */
export const ofDeclaredPorts = (labels: Readonly<Record<string, string>>): PodMonitorSpec => ({
  selector: { matchLabels: { ...labels } },
  podMetricsEndpoints: [{ port: 'metrics', ...COMMON, ...SCRAPE_TIMES, relabelings: NAMES }],
});

/** At the port that the annotation says, of pods that have it. */
export const ofAnnotatedPorts = (labels: Readonly<Record<string, string>>): PodMonitorSpec => ({
  selector: { matchLabels: { ...labels } },
  podMetricsEndpoints: [
    {
      port: 'http',
      ...COMMON,
      ...SCRAPE_TIMES,
      relabelings: [
        {
          action: KEEP,
          sourceLabels: [META_PORT_ANNOTATION],
          regex: '\\d+',
        },
        {
          action: REPLACE,
          sourceLabels: ['__address__', META_PORT_ANNOTATION],
          regex: '(.+):\\d+;(\\d+)',
          targetLabel: '__address__',
          replacement: '$1:$2',
        },
        ...NAMES,
      ],
    },
  ],
});
