/**
 * TensorFlow Serving as the operator sets it up.
 *
 * Source: createTensorflowServingContainer and SetUriParamsForTFServingProxyContainer in
 * operator/controllers/seldondeployment_prepackaged_servers.go, Seldon Core.
 */
import { MODEL_PATH, TENSORFLOW_PORTS } from '../contract';
import type { OperatorPorts } from './ports';

/** @param name of the node, which callers know the model by */
export function tensorflowArgs(name: string, { grpc, http }: Pick<OperatorPorts, 'grpc' | 'http'>): string[] {
  return [`--port=${grpc}`, `--rest_api_port=${http}`, `--model_name=${name}`, `--model_base_path=${MODEL_PATH}`];
}

/** What a proxy is told: where TensorFlow Serving is, and which of its models is meant. */
export function proxyParameters(name: string) {
  const { grpc, http } = TENSORFLOW_PORTS;
  return Object.entries({
    rest_endpoint: `http://0.0.0.0:${http}`,
    grpc_endpoint: `0.0.0.0:${grpc}`,
    model_name: name,
  }).map(([parameter, value]) => ({ name: parameter, value, type: 'STRING' }));
}
