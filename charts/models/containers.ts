/**
 * Which containers the pod of a predictor has, and what the operator calls its Deployment for them.
 *
 * Source: addTFServerContainer in operator/controllers/seldondeployment_prepackaged_servers.go and GetDeploymentName in
 * operator/apis/machinelearning.seldon.io/v1/seldondeployment_types.go, Seldon Core.
 */

interface Node {
  readonly name: string;
  readonly server?: string;
  readonly router?: string;
}

/** The container of TensorFlow Serving beside its proxy; the operator adds it where a pod has none of this name. */
export const TENSORFLOW_SERVING = 'tfserving';

/** A pod with several containers is named after its graph: their names together would be too long. */
const GRAPH_COMPONENT = 'graph';

/** Whether a node's own container is a proxy between Seldon's protocol and TensorFlow Serving. */
export const hasProxy = (server: string | undefined, protocol: string) =>
  server === 'TENSORFLOW_SERVER' && protocol === 'seldon';

/** The name of the container that reads a node's files. */
export const loaderOf = ({ name, server }: Node, protocol: string) =>
  hasProxy(server, protocol) ? TENSORFLOW_SERVING : name;

/** What stands for the pod in the name of its Deployment. A router of the executor's own has no container. */
export function componentName(nodes: readonly Node[], protocol: string): string {
  const own = nodes.filter(({ router }) => router === undefined);
  const [first] = own;
  return first && own.length === 1 && !hasProxy(first.server, protocol) ? first.name : GRAPH_COMPONENT;
}
