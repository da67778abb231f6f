/**
 * What the operator tells the program in a node's container: variables, and arguments where it says none.
 *
 * Source: createContainerService in operator/controllers/seldondeployment_controller.go, addModelDefaultServers in
 * seldondeployment_prepackaged_servers.go and getMLServerEnvVars in mlserver.go, Seldon Core.
 */
import type { k8s } from '../../lib/k8s';
import { hasProxy, MODEL_PATH } from '../contract';
import { EXECUTOR } from '../executor';
import type { OperatorPorts } from './ports';
import type { UnitJson } from './seldon-json';
import { proxyParameters, tensorflowArgs } from './tensorflow';

export interface OperatorEnvProps {
  readonly deployment: string;
  readonly namespace: string;
  readonly predictor: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The node of the graph. */
  readonly unit: UnitJson;
  /** @default - the operator does not know it yet */
  readonly image?: string;
  readonly protocol: string;
  readonly ports: OperatorPorts;
}

/** The runtimes of MLServer, by the server that Seldon calls by another name. */
const RUNTIMES: Readonly<Record<string, string>> = {
  SKLEARN_SERVER: 'mlserver_sklearn.SKLearnModel',
  XGBOOST_SERVER: 'mlserver_xgboost.XGBoostModel',
  MLFLOW_SERVER: 'mlserver_mlflow.MLflowRuntime',
  HUGGINGFACE_SERVER: 'mlserver_huggingface.HuggingFaceRuntime',
};

export function operatorEnv({ unit, protocol, namespace, ...props }: OperatorEnvProps): k8s.EnvVar[] {
  const server = unit.implementation;
  const [http, grpc, metrics] = [props.ports.http, props.ports.grpc, props.ports.metrics].map(String);
  const runtime = protocol === 'v2' ? RUNTIMES[server ?? ''] : undefined;
  const proxy = hasProxy(server, protocol);
  // The wrapper learns by a parameter where its files are.
  const wrapped = server !== undefined && protocol === 'seldon' && !proxy;
  const parameters = [
    ...(unit.parameters ?? []).map(({ name, value, type }) => ({ name, value, type })),
    ...(proxy ? proxyParameters(unit.name) : []),
    ...(wrapped ? [{ name: 'model_uri', value: MODEL_PATH, type: 'STRING' }] : []),
  ];
  return Object.entries({
    PREDICTIVE_UNIT_SERVICE_PORT: http,
    PREDICTIVE_UNIT_HTTP_SERVICE_PORT: http,
    MLSERVER_HTTP_PORT: http,
    PREDICTIVE_UNIT_GRPC_SERVICE_PORT: grpc,
    MLSERVER_GRPC_PORT: grpc,
    PREDICTIVE_UNIT_METRICS_SERVICE_PORT: metrics,
    PREDICTIVE_UNIT_METRICS_ENDPOINT: EXECUTOR.prometheusPath,
    MLSERVER_METRICS_PORT: metrics,
    MLSERVER_METRICS_ENDPOINT: EXECUTOR.prometheusPath,
    ...(parameters.length > 0 && { PREDICTIVE_UNIT_PARAMETERS: JSON.stringify(parameters) }),
    // An MLServer has it though it loads its model from a hub.
    ...((runtime !== undefined || unit.modelUri !== undefined) && { MLSERVER_MODEL_URI: MODEL_PATH }),
    PREDICTIVE_UNIT_ID: unit.name,
    PREDICTIVE_UNIT_IMAGE: props.image,
    MLSERVER_MODEL_NAME: unit.name,
    PREDICTOR_ID: props.predictor,
    PREDICTOR_LABELS: JSON.stringify(props.labels, Object.keys(props.labels).sort()),
    SELDON_DEPLOYMENT_ID: props.deployment,
    // Said without an executor, too.
    SELDON_EXECUTOR_ENABLED: 'true',
    ...(runtime && {
      MLSERVER_MODEL_IMPLEMENTATION: runtime,
      MLSERVER_MODEL_VERSION: 'v1',
      TEMPO_RUNTIME_OPTIONS: `{"k8s_options": {"defaultRuntime": "tempo.seldon.SeldonKubernetesRuntime", "namespace": "${namespace}"}}`,
    }),
    ...(server === 'HUGGINGFACE_SERVER' && { XDG_CACHE_HOME: '/opt/mlserver' }),
  }).map(([name, value]) => ({ name, value }));
}

/** The arguments of the servers that are told no other way. */
export function operatorArgs({ name, implementation }: UnitJson, protocol: string, ports: OperatorPorts) {
  if (implementation === 'TRITON_SERVER') {
    return [
      '/opt/tritonserver/bin/tritonserver',
      `--grpc-port=${ports.grpc}`,
      `--http-port=${ports.http}`,
      `--model-repository=${MODEL_PATH}`,
      '--strict-model-config=false',
    ];
  }
  if (implementation === 'TENSORFLOW_SERVER' && protocol === 'tensorflow') return tensorflowArgs(name, ports);
  return undefined;
}
