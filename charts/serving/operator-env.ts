/**
 * The variables that the operator gives a node's container.
 *
 * Source: createContainerService in operator/controllers/seldondeployment_controller.go, addModelDefaultServers in
 * seldondeployment_prepackaged_servers.go and getMLServerEnvVars in mlserver.go, Seldon Core 1.17.
 */
import type { k8s } from 'cdk8s-plus-27';
import { MODEL_PATH } from './server';

export interface OperatorEnvProps {
  readonly deployment: string;
  readonly predictor: string;
  readonly node: string;
  /** The prepackaged server; absent for an image of one's own. */
  readonly server?: string;
  readonly protocol: string;
  readonly ports: readonly k8s.ContainerPort[];
  readonly parameters: readonly { readonly name: string; readonly value: string; readonly type: string }[];
  readonly engine: boolean;
}

/** The runtimes of MLServer, by the server that Seldon calls by another name. */
const RUNTIMES: Readonly<Record<string, string>> = {
  SKLEARN_SERVER: 'mlserver_sklearn.SKLearnModel',
  XGBOOST_SERVER: 'mlserver_xgboost.XGBoostModel',
  MLFLOW_SERVER: 'mlserver_mlflow.MLflowRuntime',
  HUGGINGFACE_SERVER: 'mlserver_huggingface.HuggingFaceRuntime',
  TEMPO_SERVER: 'tempo.mlserver.InferenceRuntime',
};

export function operatorEnv(props: OperatorEnvProps): k8s.EnvVar[] {
  const { server, protocol, node } = props;
  const port = (name: string) => String(props.ports.find((candidate) => candidate.name === name)?.containerPort ?? '');
  // The wrapper learns by a parameter where its files are.
  const loads = server !== undefined && protocol === 'seldon';
  const parameters = [
    ...props.parameters,
    ...(loads ? [{ name: 'model_uri', type: 'STRING', value: MODEL_PATH }] : []),
  ];
  const mlserver = server !== undefined && protocol === 'v2' && RUNTIMES[server];
  return Object.entries({
    PREDICTIVE_UNIT_SERVICE_PORT: port('http'),
    PREDICTIVE_UNIT_HTTP_SERVICE_PORT: port('http'),
    MLSERVER_HTTP_PORT: port('http'),
    PREDICTIVE_UNIT_GRPC_SERVICE_PORT: port('grpc'),
    MLSERVER_GRPC_PORT: port('grpc'),
    ...(parameters.length > 0 && { PREDICTIVE_UNIT_PARAMETERS: JSON.stringify(parameters) }),
    MLSERVER_MODEL_URI: MODEL_PATH,
    PREDICTIVE_UNIT_ID: node,
    MLSERVER_MODEL_NAME: node,
    PREDICTOR_ID: props.predictor,
    SELDON_DEPLOYMENT_ID: props.deployment,
    SELDON_EXECUTOR_ENABLED: String(props.engine),
    ...(mlserver && { MLSERVER_MODEL_IMPLEMENTATION: mlserver, MLSERVER_MODEL_VERSION: 'v1' }),
  }).map(([name, value]) => ({ name, value }));
}
