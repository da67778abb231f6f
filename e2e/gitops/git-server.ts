/** A Git repository that is reached by http, as GitOps tools read it: what is pushed to it is what they deploy. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { finished, run } from '../cluster/commands';

const NAME = 'platform.git';
const BRANCH = 'main';

export class GitServer {
  private constructor(
    private readonly server: Server,
    /** Its address. */
    readonly url: string,
  ) {}

  /** @param root a folder, which gets an empty repository */
  static async start(root: string): Promise<GitServer> {
    mkdirSync(root, { recursive: true });
    finished(run('git', ['init', '--quiet', '--bare', `--initial-branch=${BRANCH}`, NAME], root));
    finished(run('git', ['config', 'http.receivepack', 'true'], join(root, NAME)));
    const server = createServer((request, response) => backend(root, request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new GitServer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/${NAME}`);
  }

  /**
   * Commits all of a folder and pushes it.
   * @returns the commit
   */
  async push(folder: string, message: string): Promise<string> {
    const git = (...args: string[]) => finished(run('git', [...IDENTITY, ...args], folder));
    git('init', '--quiet', `--initial-branch=${BRANCH}`);
    git('add', '--all');
    git('commit', '--quiet', '--message', message);
    // Not by run(), which would block the server: it is in this process.
    const child = spawn('git', ['push', '--quiet', this.url, `HEAD:${BRANCH}`], { cwd: folder, stdio: 'inherit' });
    const code = await new Promise((resolve) => child.once('exit', resolve));
    if (code !== 0) throw new Error(`git push ended with ${code}`);
    return git('rev-parse', 'HEAD');
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

const IDENTITY = ['-c', 'user.name=e2e', '-c', 'user.email=e2e@example.com', '-c', 'commit.gpgsign=false'];

/** Runs Git's own CGI program: https://git-scm.com/docs/git-http-backend */
function backend(root: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const child = spawn('git', ['http-backend'], {
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_USER: 'e2e',
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => {});
  request.pipe(child.stdin);
  let head = Buffer.alloc(0);
  let started = false;
  child.stdout.on('data', (data: Buffer) => {
    if (started) {
      response.write(data);
      return;
    }
    head = Buffer.concat([head, data]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    started = true;
    const lines = head.subarray(0, end).toString().split('\r\n');
    const headers = lines.map((line) => line.split(/:\s*/, 2) as [string, string]);
    const status = headers.find(([name]) => name.toLowerCase() === 'status')?.[1];
    for (const [name, value] of headers) if (name.toLowerCase() !== 'status') response.setHeader(name, value);
    response.writeHead(Number.parseInt(status ?? '200', 10));
    response.write(head.subarray(end + 4));
  });
  child.stdout.on('end', () => response.end());
}
