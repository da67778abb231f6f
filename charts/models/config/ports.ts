/** The rule on `container.port`: the containers of a pod share its network, where one program alone listens at a port. */
import type { Fault } from '../../../config/problems';
import { GRPC_PORT, HTTP_PORT, hasProxy, TENSORFLOW_PORTS } from '../../seldon/contract';
import { nodesWithContainer } from '../node';
import type { Protocol } from '../protocol';
import type { Predictor } from './complete';

export function portFaults({ graph, engine }: Predictor, protocol: Protocol): Fault[] {
  const nodes = nodesWithContainer(graph);
  const hasTensorflow = nodes.some(({ server }) => hasProxy(server, protocol));
  const owners = new Map<number, string>([
    ...(engine ? [HTTP_PORT, GRPC_PORT] : []).map((port) => [port, "Seldon's executor"] as const),
    ...(hasTensorflow ? Object.values(TENSORFLOW_PORTS) : []).map((port) => [port, 'TensorFlow Serving'] as const),
  ]);
  return nodes.flatMap(({ name, path, container: { port } }) => {
    if (port === undefined) return [];
    const owner = owners.get(port);
    owners.set(port, `node "${name}"`);
    if (owner === undefined) return [];
    const message = `is ${port}, where ${owner} of the same pod listens, so that one of the two cannot start; have the image listen at another port, such as 8080`;
    return [{ path: [...path, 'container', 'port'], message }];
  });
}
