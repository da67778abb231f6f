/**
 * In the place of a Gateway: it ends TLS, and leads by the rendered HTTPRoutes, by host and the longest path, to the pods
 * of a Service in turn. Paths are forwarded byte for byte.
 */
import { readFileSync } from 'node:fs';
import { request as http, type IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { CertificateFiles } from '../store/certificate';

/** The part of an HTTPRoute that is followed. */
export interface Route {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly hostnames: readonly string[];
    readonly rules: readonly {
      readonly matches: readonly { readonly path: { readonly value: string } }[];
      readonly backendRefs: readonly { readonly name: string; readonly port: number }[];
    }[];
  };
}

interface Way {
  readonly host: string;
  readonly path: string;
  readonly service: string;
  readonly port: number;
}

export class Edge {
  private readonly server: Server;
  private readonly ways: readonly Way[];
  private turn = 0;

  constructor(
    routes: readonly Route[],
    { certificate, key }: CertificateFiles,
    private readonly addressesOf: (service: string) => readonly string[],
  ) {
    this.ways = routes
      .flatMap(({ metadata: { namespace }, spec: { hostnames, rules } }) =>
        hostnames.flatMap((host) =>
          rules.flatMap(({ matches, backendRefs: [to] }) =>
            matches.map(({ path }) => ({
              host,
              path: path.value,
              service: `${to?.name}.${namespace}.svc`,
              port: to?.port ?? 0,
            })),
          ),
        ),
      )
      .sort((a, b) => b.path.length - a.path.length);
    this.server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
      const way = this.wayOf(request);
      if (!way) {
        response.writeHead(404).end();
        return;
      }
      const forwarded = http({ ...this.to(way), ...asIs(request) }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      forwarded.once('error', () => response.writeHead(502).end());
      request.pipe(forwarded);
    });
    this.server.on('upgrade', (request, socket) => {
      const way = this.wayOf(request);
      if (!way) {
        socket.destroy();
        return;
      }
      const forwarded = http({ ...this.to(way), ...asIs(request) });
      forwarded.once('upgrade', (answer, other) => {
        const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
        other.pipe(socket).pipe(other);
      });
      forwarded.once('response', (answer) => {
        socket.end(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\n\r\n`);
      });
      forwarded.once('error', () => socket.destroy());
      forwarded.end();
    });
  }

  start(address: string, port: number): Promise<void> {
    return new Promise((resolve) => {
      this.server.listen(port, address, resolve);
    });
  }

  end(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private wayOf({ headers, url = '/' }: IncomingMessage): Way | undefined {
    const host = headers.host?.replace(/:\d+$/, '');
    const path = url.replace(/[?#].*$/, '');
    return this.ways.find((way) => way.host === host && `${path}/`.startsWith(way.path.replace(/\/?$/, '/')));
  }

  private to({ service, port }: Way): { readonly host: string; readonly port: number } {
    const addresses = this.addressesOf(service);
    this.turn += 1;
    return { host: addresses[this.turn % addresses.length] ?? '', port };
  }
}

const asIs = ({ method, url, headers }: IncomingMessage) => ({ method, path: url, headers });
