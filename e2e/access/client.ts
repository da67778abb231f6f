/** A program outside the cluster: it trusts two authorities, and asks for exactly the path that it is given. */
import { readFileSync } from 'node:fs';
import { request as http, type IncomingHttpHeaders } from 'node:http';
import { request as https } from 'node:https';
import { type AUDIENCES, ISSUER, ROBOTS, type Robot } from './people';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export class Client {
  /** In PEM. */
  readonly authorities: readonly Buffer[];

  /** @param files with who has signed the certificates of the platform and of the issuer */
  constructor(files: readonly string[]) {
    this.authorities = files.map((file) => readFileSync(file));
  }

  /** Asks with a path that nothing tidies up. */
  ask(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send(url, { headers });
  }

  send(url: string, { method = 'GET', headers = {}, body }: Question): Promise<Answer> {
    const [, origin = '', path = '/'] = /^(\w+:\/\/[^/]+)(\/.*)?$/.exec(url) ?? [];
    const { protocol, hostname, port } = new URL(origin);
    const call = protocol === 'https:' ? https : http;
    return new Promise((resolve, reject) => {
      // The certificate is that of the URL, whatever host the headers claim.
      const servername = hostname;
      const options = { method, hostname, servername, port, path, headers, agent: false, ca: [...this.authorities] };
      call(options, (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (piece: Buffer) => pieces.push(piece));
        answer.once('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(pieces).toString() }),
        );
      })
        .once('error', reject)
        .end(body);
    });
  }

  /** A token, by the grant that programs use. */
  async token(robot: Robot, resource: keyof typeof AUDIENCES = 'urn:platform', issuer = ISSUER): Promise<string> {
    const secret = ROBOTS.find(({ name }) => name === robot)?.secret ?? '';
    const { body } = await this.send(`${issuer}/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${robot}:${secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource }).toString(),
    });
    const { access_token: token } = JSON.parse(body) as { readonly access_token?: string };
    if (token === undefined) throw new Error(`the issuer gives no token: ${body}`);
    return token;
  }
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
