/** In the place of a model: a server that says what it is asked, and by whom. */
import { createServer, type Server } from 'node:http';

/** The port of models. */
const PORT = 8000;

export interface Echoed {
  readonly model: string;
  readonly predictor: string;
  readonly namespace: string;
}

export interface Asked extends Echoed {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export class ModelEcho {
  /** The host of the Service that the operator would make. */
  readonly service: string;
  private readonly server: Server;

  constructor(
    echoed: Echoed,
    readonly address: string,
  ) {
    const { model, predictor, namespace } = echoed;
    this.service = `${model}-${predictor}.${namespace}.svc`;
    this.server = createServer((request, response) => {
      request.resume().once('end', () => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ ...echoed, path: request.url, headers: request.headers }));
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
