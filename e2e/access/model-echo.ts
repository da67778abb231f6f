/** In the place of a model: a server that says what it is asked, and by whom. */
import { createServer, type Server } from 'node:http';

/** The port of models. */
const PORT = 8000;

export interface Asked {
  readonly model: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export class ModelEcho {
  private readonly server: Server;

  constructor(
    readonly model: string,
    readonly address: string,
  ) {
    this.server = createServer((request, response) => {
      request.resume().once('end', () => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ model, path: request.url, headers: request.headers }));
      });
    });
  }

  start(): Promise<void> {
    return new Promise((resolve) => {
      this.server.listen(PORT, this.address, resolve);
    });
  }

  end(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
