/**
 * The pod that Seldon's operator makes of a SeldonDeployment without an engine, as far as the manifest leaves it to the
 * operator: the server's image from seldon-config and its environment (operator/controllers/mlserver.go at v1.17.1).
 */
import type { k8s } from 'cdk8s-plus-27';
import type { Manifests, PodTemplate, SeldonDeployment } from './manifests';

const RUNTIMES: Readonly<Record<string, string>> = {
  MLFLOW_SERVER: 'mlserver_mlflow.MLflowRuntime',
  XGBOOST_SERVER: 'mlserver_xgboost.XGBoostModel',
};

interface ServerConfig {
  readonly protocols: Readonly<Record<string, { readonly image: string; readonly defaultImageVersion: string }>>;
}

export function modelPod(manifests: Manifests, deployment: SeldonDeployment, address: string): PodTemplate {
  const { name, namespace = '' } = deployment.metadata;
  const predictor = deployment.spec.predictors?.[0];
  const graph = predictor?.graph;
  const spec = predictor?.componentSpecs?.[0]?.spec as k8s.PodSpec | undefined;
  const implementation = graph?.implementation ?? '';
  if (!graph || !spec) throw new Error(`${name} has no graph`);
  const servers = JSON.parse(manifests.data('ConfigMap', 'seldon-system', 'seldon-config').predictor_servers ?? '{}');
  const image = (servers[implementation] as ServerConfig).protocols[deployment.spec.protocol ?? ''];
  const containers = spec.containers.map((container) => {
    if (container.name !== graph.name) return container;
    const port = (portName: string) => String(container.ports?.find(({ name }) => name === portName)?.containerPort);
    const added =
      deployment.spec.protocol === 'seldon' ? wrapperEnv(port) : mlserverEnv(port, graph.name, implementation, address);
    return {
      ...container,
      image: `${image?.image}:${image?.defaultImageVersion}`,
      env: [...(container.env ?? []), ...added],
    };
  });
  return { name, namespace, spec: { ...spec, containers } };
}

function mlserverEnv(
  port: (name: string) => string,
  model: string,
  implementation: string,
  address: string,
): k8s.EnvVar[] {
  return [
    { name: 'MLSERVER_HTTP_PORT', value: port('http') },
    { name: 'MLSERVER_GRPC_PORT', value: port('grpc') },
    { name: 'MLSERVER_MODEL_IMPLEMENTATION', value: RUNTIMES[implementation] },
    { name: 'MLSERVER_MODEL_NAME', value: model },
    { name: 'MLSERVER_MODEL_VERSION', value: 'v1' },
    { name: 'MLSERVER_MODEL_URI', value: '/mnt/models' },
    // Not the operator's: pods share one network here, and every model listens on the same ports.
    { name: 'MLSERVER_HOST', value: address },
    { name: 'MLSERVER_METRICS_ENDPOINT', value: '' },
  ];
}

function wrapperEnv(port: (name: string) => string): k8s.EnvVar[] {
  return [
    { name: 'PREDICTIVE_UNIT_HTTP_SERVICE_PORT', value: port('http') },
    { name: 'PREDICTIVE_UNIT_GRPC_SERVICE_PORT', value: port('grpc') },
    { name: 'PREDICTIVE_UNIT_PARAMETERS', value: '[{"name":"model_uri","value":"/mnt/models","type":"STRING"}]' },
  ];
}
