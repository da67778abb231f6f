/**
 * As much of the Kubernetes API as discovery asks for: lists and watches of objects that are known. Prometheus discovers by its
 * own code, so that the configuration of its operator is used as it is.
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { ApiObject } from './discovery';

const VERSION = { major: '1', minor: '35', gitVersion: 'v1.35.0' };
/** "/api/v1/pods" or "/apis/discovery.k8s.io/v1/namespaces/fe/endpointslices". */
const LIST = /^\/apis?\/(?<version>(?:[\w.]+\/)?v1)(?:\/namespaces\/(?<namespace>[\w-]+))?\/(?<resource>\w+)$/;
const KINDS: Readonly<Record<string, string>> = { pods: 'Pod', services: 'Service', endpointslices: 'EndpointSlice' };
const RESOURCE_VERSION = '1';

export class ClusterApi {
  private readonly server: Server;

  constructor(private readonly objects: readonly ApiObject[]) {
    this.server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://cluster');
      response.setHeader('content-type', 'application/json');
      if (pathname === '/version') response.end(JSON.stringify(VERSION));
      else this.answer(response, pathname, searchParams);
    });
  }

  listen(address: string, port: number): Promise<void> {
    return new Promise((done) => {
      this.server.listen(port, address, done);
    });
  }

  end(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(response: ServerResponse, path: string, query: URLSearchParams): void {
    const { version: apiVersion, namespace, resource = '' } = LIST.exec(path)?.groups ?? {};
    const kind = KINDS[resource];
    if (kind === undefined) return void response.writeHead(404).end('{}');
    const items = this.objects.filter(
      (object) => object.kind === kind && (namespace === undefined || object.metadata.namespace === namespace),
    );
    if (query.get('watch') === null) {
      const metadata = { resourceVersion: RESOURCE_VERSION };
      return void response.end(JSON.stringify({ apiVersion, kind: `${kind}List`, metadata, items }));
    }
    // Nothing changes while it is watched. A client that asks for what there is in its watch is told when it has all.
    if (query.get('sendInitialEvents') === 'true') {
      for (const object of items) response.write(event('ADDED', object));
      const annotations = { 'k8s.io/initial-events-end': 'true' };
      const end = { apiVersion, kind, metadata: { resourceVersion: RESOURCE_VERSION, annotations } };
      response.write(event('BOOKMARK', end));
    } else response.flushHeaders();
  }
}

const event = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;
