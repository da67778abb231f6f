/** Alibi Detect's server of Seldon Core 1.17, which reads the protocols seldon and tensorflow. */
import { SELDON_UID } from '../images/catalogue';
import { levelVariable } from '../lib/logging';
import { probes, tcpCheck } from '../lib/probes';
import { tmp } from '../lib/volumes';
import preloadScript from './preload.py';
import type { DetectorProps } from './props';
import serveScript from './serve.py';
import { type DetectorServer, eventSource, FILES, FILES_PATH, HTTP, TEN_MINUTES } from './server';

/** The classes of components/alibi-detect-server/adserver. */
const CLASSES = { outlier: 'OutlierDetector', drift: 'DriftDetector', adversarial: 'AdversarialDetector' };

export const alibiDetect: DetectorServer = {
  uid: SELDON_UID,
  path: '/',
  metrics: { port: HTTP, path: '/v1/metrics' },
  container: (_, props) => ({
    name: 'detector',
    image: props.image,
    command: ['python', '-c', serveScript],
    args: argsOf(props),
    env: { HOME: '/tmp', ...metricLabels(props), ...levelVariable('CESERVER_LOGLEVEL', props.logging) },
    ports: [HTTP],
    ...probes({ startup: TEN_MINUTES, ready: tcpCheck(HTTP) }),
    startupProbe: { exec: { command: ['python', '-c', preloadScript, String(HTTP.containerPort)] }, ...TEN_MINUTES },
    resources: props.resources,
    mounts: [{ volume: FILES, path: FILES_PATH, readOnly: true }, tmp()],
  }),
};

/**
 * What the labels of its metrics say. Without these they say "NOT_IMPLEMENTED".
 *
 * Source: python/seldon_core/env_utils.py and components/alibi-detect-server/adserver/server.py, Seldon Core 1.17.1.
 */
const metricLabels = ({ model, kind, namespace, image }: DetectorProps) => ({
  SELDON_DEPLOYMENT_ID: model,
  SELDON_DEPLOYMENT_NAMESPACE: namespace,
  PREDICTIVE_UNIT_ID: `${model}-${kind}`,
  PREDICTIVE_UNIT_IMAGE: image.reference,
});

/**
 * The arguments of adserver/__main__.py. The class is a subcommand: its own options follow it, and before it are dropped
 * without a word.
 */
function argsOf(props: DetectorProps): string[] {
  const { model, protocol, kind, batchSize, replyUrl } = props;
  return [
    `--model_name=${model}-${kind}`,
    `--http_port=${HTTP.containerPort}`,
    `--protocol=${protocol}.http`,
    `--storage_uri=${FILES_PATH}`,
    `--event_type=io.seldon.serving.inference.${kind}`,
    `--event_source=${eventSource(props)}`,
    ...(replyUrl === undefined ? [] : [`--reply_url=${replyUrl}`]),
    CLASSES[kind],
    ...(batchSize === undefined ? [] : [`--drift_batch_size=${batchSize}`]),
  ];
}
