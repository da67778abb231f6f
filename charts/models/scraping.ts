/** What Prometheus scrapes of models: their executors, and the servers that have none in front of them. */
import type { Pods } from '../lib/endpoint';
import type { Scraping } from '../monitoring/monitored';
import { jobLabel, type PodScrape, type Relabeling } from '../monitoring/pod-scrape';
import { HTTP_PORT } from '../seldon/contract';
import { EXECUTOR } from '../seldon/executor';
import { FIRST_PORTS } from '../seldon/expansion/ports';
import { isMlserver, nodesWithContainer } from './node';
import type { ModelProps, PredictorProps } from './props';

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
const NAMES: readonly Relabeling[] = [
  { action: 'replace', ...jobLabel(MODELS_JOB) },
  { action: 'replace', sourceLabels: ['__meta_kubernetes_pod_label_seldon_deployment_id'], targetLabel: 'model' },
  { action: 'replace', sourceLabels: ['__meta_kubernetes_pod_label_version'], targetLabel: 'predictor' },
];

/** What both servers call the same: Go writes a whole number of seconds as "1", Python as "1.0", and Prometheus 3 as "1.0". */
const COMMON: Pick<PodScrape, 'path' | 'metricRelabelings'> = {
  path: EXECUTOR.prometheusPath,
  metricRelabelings: [
    // What Seldon's executor calls "code".
    { action: 'replace', sourceLabels: ['status_code'], regex: '(.+)', targetLabel: 'code', replacement: '$1' },
    { action: 'replace', sourceLabels: ['le'], regex: '(\\d+)', targetLabel: 'le', replacement: '$1.0' },
  ],
};

/** By pods, since the operator's Services have no port for metrics. */
export const ofDeclaredPorts = ({ namespace, labels }: Pods): PodScrape => ({
  name: 'models',
  namespace,
  labels,
  port: 'metrics',
  ...COMMON,
  relabelings: NAMES,
});

/** At the port that the annotation says, of pods that have it. */
export const ofAnnotatedPorts = ({ namespace, labels }: Pods): PodScrape => ({
  name: 'model-servers',
  namespace,
  labels,
  port: 'http',
  ...COMMON,
  relabelings: [
    { action: 'keep', sourceLabels: [META_PORT_ANNOTATION], regex: '\\d+' },
    {
      action: 'replace',
      sourceLabels: ['__address__', META_PORT_ANNOTATION],
      regex: '(.+):\\d+;(\\d+)',
      targetLabel: '__address__',
      replacement: '$1:$2',
    },
    ...NAMES,
  ],
});
