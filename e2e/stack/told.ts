/** A receiver of alerts, which keeps what it was told. */
import { createServer, type Server } from 'node:http';

export class Told {
  /** The path and the body of each message. */
  readonly messages: { readonly path: string; readonly body: string }[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        this.messages.push({ path: request.url ?? '', body });
        response.end('ok');
      });
    });
  }

  listen(port: number): Promise<void> {
    return new Promise((done) => this.server.listen(port, '127.0.0.1', done));
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
