/**
 * What Seldon Core fixes for everybody who deals with its models: ports, paths and names of containers.
 *
 * Source: operator/controllers/ and operator/constants/constants.go of Seldon Core 1.17.1. The operator and the executor
 * have these values built in or are given them here, once.
 */

/** The predictor's Service listens here, and so do the pods behind it: the executor, or the server in its place. */
export const HTTP_PORT = 8000;
export const GRPC_PORT = 5001;
/** Where the Service of an explainer listens. */
export const EXPLAINER_PORT = 9000;

/** Where servers find the files of their model. */
export const MODEL_PATH = '/mnt/models';

/**
 * The folder that the start script of MLServer's images unpacks environment.tar.gz into, where that lies beside a model.
 * No variable changes it. Where it cannot be written, the script goes on in the image's own environment without a word.
 *
 * Source: hack/activate-env.sh and the CMD of the Dockerfile, MLServer 1.7.1: "./envs" in /opt/mlserver.
 */
export const ENVIRONMENT_PATH = '/opt/mlserver/envs';

/** Where the operator has every container find the labels and annotations of its pod. */
export const POD_INFO_PATH = '/etc/podinfo';

/** The container of the executor. */
export const EXECUTOR_CONTAINER = 'seldon-container-engine';

/** The container of TensorFlow Serving beside its proxy; the operator adds it where a pod has none of this name. */
export const TENSORFLOW_SERVING = 'tfserving';
/** Where TensorFlow Serving listens beside its proxy; without a proxy it has the ports of its node. */
export const TENSORFLOW_PORTS = { grpc: 2000, http: 2001 };

/** Whether a node's own container is a proxy between Seldon's protocol and TensorFlow Serving. */
export const hasProxy = (server: string | undefined, protocol: string) =>
  server === 'TENSORFLOW_SERVER' && protocol === 'seldon';
