/**
 * A detector of the v2 protocol: judge.py as a model of MLServer, in the image that serves scikit-learn.
 *
 * MLServer has a runtime for Alibi Detect, too. It measures nothing, and what it needs of Alibi Detect, 0.11.5 and later, is
 * under the Business Source License, not for use in production.
 */
import { k8s } from '../lib/k8s';
import { httpCheck, probes } from '../lib/probes';
import type { NamedPort } from '../lib/service';
import { configMapVolume, tmp } from '../lib/volumes';
import { mlserverEnv, serverUser } from '../models/server';
import { mlserverLogging } from '../models/server-logging';
import judgeScript from './judge.py';
import type { DetectorProps } from './props';
import { type DetectorServer, eventSource, FILES, FILES_PATH, HTTP, TEN_MINUTES } from './server';

/** What MLServer calls the model, and the class of it in judge.py. */
const MODEL = { name: 'detector', implementation: 'judge.Detector' };
const METRICS: NamedPort = { name: 'metrics', containerPort: 8082 };
const SCRIPT_PATH = '/opt/detector';

export const mlserver: DetectorServer = {
  uid: serverUser('v2'),
  path: `/v2/models/${MODEL.name}/infer`,
  metrics: { port: METRICS, path: '/metrics' },
  script: judgeScript,
  container: (scope, props) => {
    const script = new k8s.KubeConfigMap(scope, 'script', {
      metadata: { name: `${props.model}-detector` },
      data: { 'judge.py': judgeScript },
    });
    return {
      name: 'detector',
      image: props.image,
      command: ['mlserver', 'start', SCRIPT_PATH],
      // The folder that the image starts in lets nobody but its own user and group 0 in, and podSecurity.uids may be another.
      workingDir: '/tmp',
      env: {
        HOME: '/tmp',
        ...mlserverEnv(MODEL),
        ...serverEnv(),
        ...mlserverLogging(props.logging),
        ...judgeEnv(props),
      },
      ports: [HTTP, METRICS],
      ...probes({
        startup: TEN_MINUTES,
        ready: httpCheck(HTTP, '/v2/health/ready'),
        live: httpCheck(HTTP, '/v2/health/live'),
      }),
      resources: props.resources,
      mounts: [
        { volume: FILES, path: FILES_PATH, readOnly: true },
        { volume: configMapVolume('script', script), path: SCRIPT_PATH },
        tmp(),
      ],
    };
  },
};

/** MLServer takes the one model from these where its folder has no model-settings.json. */
const serverEnv = () => ({
  MLSERVER_HTTP_PORT: HTTP.containerPort,
  MLSERVER_METRICS_PORT: METRICS.containerPort,
  MLSERVER_MODEL_NAME: MODEL.name,
  MLSERVER_MODEL_IMPLEMENTATION: MODEL.implementation,
});

const judgeEnv = (props: DetectorProps) => ({
  KIND: props.kind,
  FILES: FILES_PATH,
  FALSE_ALARMS: props.falseAlarms ?? 1,
  EVENT_SOURCE: eventSource(props),
  ...(props.batchSize !== undefined && { BATCH_SIZE: props.batchSize }),
  ...(props.replyUrl !== undefined && { REPLY_URL: props.replyUrl }),
});
