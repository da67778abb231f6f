/** What a model file is refused for, field by field; rules.test.ts has the rules between fields. */
import { MODEL } from '../../support/environments';
import { modelRefuses, type Row } from '../../support/refusals';

const a = (length: number) => 'a'.repeat(length);

const SERVERS = 'SKLEARN_SERVER, XGBOOST_SERVER, MLFLOW_SERVER, TENSORFLOW_SERVER, TRITON_SERVER, HUGGINGFACE_SERVER';

const URI = 'uri: s3://models/wine/1';

/** `${name}-default-0-classifier` is the longest name that the operator makes. */
const LONGEST_NAME = 63 - '-default-0-classifier'.length;

modelRefuses({
  'a document that says too little': [
    [
      'nothing',
      '',
      'server: is required, such as "MLFLOW_SERVER"',
      'uri: is required, such as "models:/wine-elasticnet@champion"',
    ],
    ['no place', 'server: MLFLOW_SERVER', 'uri: is required, such as "models:/wine-elasticnet@champion"'],
    [
      'a slip in a field that is required',
      `serverr: MLFLOW_SERVER\n${URI}`,
      'serverr: unknown field; did you mean "server"?',
      'server: is required, such as "MLFLOW_SERVER"',
    ],
    ['a list', '- server', 'must be a mapping, not a list'],
    ['a field given twice', `name: x\nname: y\n${MODEL}`, 'line 2: duplicated mapping key, at "name: y"'],
  ],
  'a field that there is not': [
    ['a slip', `replica: 2\n${MODEL}`, 'replica: unknown field; did you mean "replicas"?'],
    [
      '__proto__',
      `__proto__: {name: x}\n${MODEL}`,
      '__proto__: unknown field; the fields here are extends, name, server, uri, protocol, predictor, node, replicas, engine, size, resources, image, serverImage, container, parameters, logger, graph, predictors, explainer, autoscaling, keda, disruptionBudget, placement, podAnnotations, serviceAccount, progressDeadlineSeconds, timeouts, istio, caBundle, egress, engineResources, initializerResources, tracing, slo, public, groups, detector, batch, quality, form',
    ],
  ],
  'a server or a protocol that there is not': [
    ...['MLFLOW', 'mlflow_server', '""'].map(
      (server): Row => [
        `${server} as a server`,
        `server: ${server}\n${URI}`,
        `server: must be one of ${SERVERS}, not "${server.replaceAll('"', '')}", such as "MLFLOW_SERVER"`,
      ],
    ),
    [
      'a protocol in capitals',
      `protocol: V2\n${MODEL}`,
      'protocol: must be one of v2, seldon, tensorflow, not "V2", such as "v2"',
    ],
    [
      'a protocol that no MLflow server speaks',
      `protocol: tensorflow\n${MODEL}`,
      'protocol: is tensorflow, which MLFLOW_SERVER does not speak; use v2',
    ],
    [
      'the seldon protocol on MLFLOW_SERVER',
      `protocol: seldon\n${MODEL}`,
      'protocol: is seldon, which MLFLOW_SERVER cannot speak here: its image installs packages when it starts, and models reach no package index; remove it',
    ],
    [
      'a server without an image',
      `server: TEMPO_SERVER\n${URI}`,
      'server: must be a server that has an image, and no image has Tempo in it, not "TEMPO_SERVER", such as "MLFLOW_SERVER"',
    ],
    [
      'a transformer without a task',
      `server: HUGGINGFACE_SERVER\nparameters: {task: ""}\n${URI}`,
      'parameters: need task for HUGGINGFACE_SERVER, the pipeline of transformers, such as {task: text-classification}',
    ],
    ...['TRITON_SERVER', 'HUGGINGFACE_SERVER'].map(
      (server): Row => [
        `${server} with the seldon protocol`,
        `server: ${server}\nparameters: {task: x}\nprotocol: seldon\n${URI}`,
        `protocol: is seldon, which ${server} does not speak; use v2`,
      ],
    ),
    [
      'TENSORFLOW_SERVER with nothing else',
      `server: TENSORFLOW_SERVER\n${URI}`,
      'protocol: is v2, which TENSORFLOW_SERVER does not speak; use seldon or tensorflow',
    ],
  ],
  'a place that no store of the environment has': [
    [
      'a remote',
      'server: MLFLOW_SERVER\nuri: gs://models/wine',
      'uri: is gs://models/wine, but platform.yaml has no modelStores.gs',
    ],
    [
      'a web address',
      'server: MLFLOW_SERVER\nuri: http://models/wine',
      'uri: is http://models/wine, but platform.yaml has no modelStores.http',
    ],
  ],
  'a place that rclone cannot read': [
    ...[
      'gs://models//wine',
      'gs:models/wine',
      'models/wine',
      's3://models//wine',
      's3://models/../other/wine',
      's3://models/./wine',
      's3://models/red wine',
      's3://models/wine?version=1',
      's3://Models/wine',
      '""',
    ].map(
      (uri): Row => [
        uri,
        `server: MLFLOW_SERVER\nuri: ${uri}`,
        `uri: must be the source of a model, not "${uri.replaceAll('"', '')}", such as "models:/wine-elasticnet@champion"`,
      ],
    ),
    [
      'another bucket',
      'server: MLFLOW_SERVER\nuri: s3://other/wine/1',
      'uri: is s3://other/wine/1, outside the bucket that models are read from, such as "s3://models/m/1"',
    ],
  ],
  'a name that Kubernetes refuses': [
    ...['Wine', '1st', 'red.wine', '-wine', 'wine-', '""', a(64)].map(
      (name): Row => [
        `${name} as a name`,
        `name: ${name}\n${MODEL}`,
        `name: must be a lower-case DNS label of at most 63 characters that starts with a letter, not "${name.replaceAll('"', '')}", such as "xgb-wine-k8s"`,
      ],
    ),
    [
      'a dot in a predictor',
      `predictor: a.b\n${MODEL}`,
      'predictor: must be a lower-case DNS label of at most 63 characters, not "a.b", such as "default"',
    ],
    [
      'a node of 45 characters, whose volume would have 64',
      `node: ${a(45)}\n${MODEL}`,
      `node: must be a lower-case DNS label of at most 44 characters, not "${a(45)}", such as "classifier"`,
    ],
    [
      'a node with the name of the executor, with the executor',
      `node: seldon-container-engine\nengine: true\n${MODEL}`,
      'node: is seldon-container-engine, the name of a container that the operator adds to the pod; choose another, such as "classifier"',
    ],
    [
      "a node with the name of TensorFlow's server",
      `server: TENSORFLOW_SERVER\nprotocol: tensorflow\nnode: tfserving\n${URI}`,
      'node: is tfserving, the name of a container that the operator adds to the pod; choose another, such as "classifier"',
    ],
    [
      'a name that the operator would hash',
      `name: ${a(LONGEST_NAME + 1)}\n${MODEL}`,
      `name: makes the Deployment name "${a(LONGEST_NAME + 1)}-default-0-classifier" of 64 characters, and the operator hashes names over 63; shorten name, predictor or node by 1`,
    ],
    [
      'a predictor that makes the name one to be hashed',
      `predictor: ${a(64 - 'm--0-classifier'.length)}\n${MODEL}`,
      `name: makes the Deployment name "m-${a(64 - 'm--0-classifier'.length)}-0-classifier" of 64 characters, and the operator hashes names over 63; shorten name, predictor or node by 1`,
    ],
  ],
  'a number or a flag that is none': [
    [
      'less than no replica',
      `replicas: -1\n${MODEL}`,
      'replicas: must be a whole number from 0 to 100, not -1, such as 1',
    ],
    ['101 replicas', `replicas: 101\n${MODEL}`, 'replicas: must be a whole number from 0 to 100, not 101, such as 1'],
    ['a YAML 1.1 boolean', `engine: yes\n${MODEL}`, 'engine: must be true or false, not "yes", such as true'],
    [
      'a request over the limit',
      `resources: {requests: {memory: 2Gi}}\n${MODEL}`,
      'resources.requests.memory: is 2Gi, more than the limit of 1Gi; raise limits.memory or lower it',
    ],
  ],
});
