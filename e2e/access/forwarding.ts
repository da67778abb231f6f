/** Leads a port to another one, as a load balancer does, or a Service whose pods listen at a port of their own. */
import { connect, createServer, type Server } from 'node:net';

export class Forwarding {
  private readonly server: Server;

  constructor(
    private readonly address: string,
    private readonly from: number,
    to: number,
  ) {
    this.server = createServer((socket) => {
      const other = connect(to, address);
      socket.once('error', () => other.destroy());
      other.once('error', () => socket.destroy());
      socket.pipe(other).pipe(socket);
    });
  }

  start(): Promise<void> {
    return new Promise((resolve) => {
      this.server.listen(this.from, this.address, resolve);
    });
  }

  end(): void {
    this.server.close();
  }
}
