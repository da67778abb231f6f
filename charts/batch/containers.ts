/** The containers of a batch, in the order in which they run: fetch, predict, upload. */

import type { ContainerProps, Resources } from '../lib/container';
import type { k8s } from '../lib/k8s';
import { FILES, tmp } from '../lib/volumes';
import { authorityMounts, rcloneName, rcloneTrust } from '../object-store/rclone';
import type { BatchProps } from './props';

const SCRIPT_PATH = '/opt/batch';
const COPY_RESOURCES: Resources = {
  requests: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '16Mi' },
  limits: { cpu: '1', memory: '512Mi', 'ephemeral-storage': '64Mi' },
};

export function fetchContainer(props: BatchProps, secretName: string): ContainerProps {
  return copy(props, 'fetch', secretName, [rcloneName(props.input), `${FILES.path}/in`]);
}

export function uploadContainer(props: BatchProps, secretName: string): ContainerProps {
  // Each object is one PUT; an object that is there with the same content stays as it is. With --checksum, one of the
  // same size would stay too whose checksum the store does not know: that of any object that was written in parts.
  return copy(props, 'upload', secretName, ['--no-update-modtime', `${FILES.path}/out`, rcloneName(props.output)]);
}

function copy(props: BatchProps, name: string, secretName: string, args: readonly string[]): ContainerProps {
  return {
    name,
    image: props.copier,
    // The key may not make buckets. The target is not listed either: it may have any number of objects.
    command: ['rclone', 'copy', '--s3-no-check-bucket', '--no-traverse', ...args],
    env: { HOME: '/tmp', ...rcloneTrust(props.storeAuthority) },
    envFrom: [{ secretRef: { name: secretName } }],
    resources: COPY_RESOURCES,
    mounts: [FILES, tmp(), ...authorityMounts(props.storeAuthority)],
  };
}

export function predictContainer(props: BatchProps, url: string, script: k8s.Volume): ContainerProps {
  return {
    name: 'predict',
    image: props.processor,
    command: ['python', `${SCRIPT_PATH}/batch.py`],
    env: {
      HOME: '/tmp',
      WORK: FILES.path,
      MODEL_URL: url,
      MODEL_PROTOCOL: props.endpoint.protocol,
      ROW_TYPE: props.dataType,
      PAYLOAD_TYPE: props.payloadType,
      ROWS_PER_REQUEST: props.batchSize,
      REQUEST_TIMEOUT: props.timeout,
      RETRY_DELAY: props.retryDelay,
      MAX_FAILED_PERCENT: props.maxFailedPercent,
      MODEL_VERSION: props.version,
      // What seldon-batch-processor reads itself.
      SELDON_BATCH_DEPLOYMENT_NAME: props.model,
      SELDON_BATCH_NAMESPACE: props.namespace,
      SELDON_BATCH_GATEWAY_TYPE: 'seldon',
      SELDON_BATCH_METHOD: props.method,
      SELDON_BATCH_WORKERS: props.workers,
      SELDON_BATCH_RETRIES: props.retries,
      SELDON_BATCH_LOG_LEVEL: 'error',
    },
    resources: props.resources,
    mounts: [FILES, tmp(), { volume: script, path: SCRIPT_PATH }],
  };
}
