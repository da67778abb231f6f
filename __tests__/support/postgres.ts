/** A PostgreSQL of its own for a test, where the machine has one, as Debian's package "postgresql" brings it. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const INSTALLED = '/usr/lib/postgresql';
const PROGRAMS = (existsSync(INSTALLED) ? readdirSync(INSTALLED) : [])
  .sort((a, b) => Number(a) - Number(b))
  .map((version) => join(INSTALLED, version, 'bin'))
  .filter((folder) => existsSync(join(folder, 'initdb')))
  .at(-1);

/** Tests with a real server run where there is one; `npm run loop` brings its own. */
export const describePostgres = PROGRAMS === undefined ? describe.skip : describe;

/** PostgreSQL refuses to run as root. */
export const USER: { readonly uid?: number; readonly gid?: number } =
  process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const TIMEOUT = 60_000;

/** As the official image sets it up: no password on the socket, one by TCP. */
export class Postgres {
  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<Postgres> {
    const folder = mkdtempSync(join(tmpdir(), 'ml-platform-pg-'));
    if (USER.uid !== undefined) chownSync(folder, USER.uid, USER.uid);
    const server = new Postgres(folder, await freePort());
    server.run('initdb', '--username=postgres', '--auth-local=trust', '--auth-host=scram-sha-256', server.data);
    const options = `-p ${server.port} -k ${folder} -c listen_addresses=127.0.0.1 -c fsync=off`;
    server.run('pg_ctl', '--wait', `--pgdata=${server.data}`, `--log=${folder}/log`, `--options=${options}`, 'start');
    return server;
  }

  stop(): void {
    this.run('pg_ctl', '--mode=immediate', `--pgdata=${this.data}`, 'stop');
    rmSync(this.folder, { recursive: true });
  }

  /** What a script needs to reach it by its socket. */
  get env(): Record<string, string> {
    return { PATH: `${PROGRAMS}:${process.env.PATH}`, PGHOST: this.folder, PGPORT: String(this.port) };
  }

  /** The one value that a query has as an answer, asked by TCP with a password; undefined where the login is refused. */
  ask(user: string, password: string, database: string, query: string): string | undefined {
    const address = { PGHOST: '127.0.0.1', PGPORT: String(this.port), PGUSER: user, PGDATABASE: database };
    try {
      const options = ['--no-psqlrc', '--no-password', '--no-align', '--tuples-only', `--command=${query}`];
      return execFileSync(join(`${PROGRAMS}`, 'psql'), options, {
        env: { ...address, PGPASSWORD: password },
        encoding: 'utf8',
        timeout: TIMEOUT,
        stdio: ['ignore', 'pipe', 'pipe'],
      }).trim();
    } catch (error) {
      if (/password authentication failed/.test(String(error))) return undefined;
      throw error;
    }
  }

  /** A connection that stays open. */
  session(user: string, password: string, database: string): { connected: Promise<unknown>; end: () => void } {
    const address = { PGHOST: '127.0.0.1', PGPORT: String(this.port), PGUSER: user, PGDATABASE: database };
    const client = spawn(join(`${PROGRAMS}`, 'psql'), ['--no-psqlrc', '--no-password', '--quiet'], {
      env: { ...address, PGPASSWORD: password },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    client.stdin.write('select 1;\n');
    return { connected: once(client.stdout, 'data'), end: () => client.kill() };
  }

  /** Runs statements one by one as the superuser, by the socket. */
  execute(database: string, ...statements: string[]): void {
    const address = [`--host=${this.folder}`, `--port=${this.port}`, '--username=postgres', `--dbname=${database}`];
    const commands = statements.map((sql) => `--command=${sql}`);
    this.run('psql', ...address, '--no-psqlrc', '--set=ON_ERROR_STOP=1', ...commands);
  }

  private get data(): string {
    return join(this.folder, 'data');
  }

  private run(program: string, ...args: string[]): void {
    execFileSync(join(`${PROGRAMS}`, program), args, { ...USER, cwd: this.folder, timeout: TIMEOUT, stdio: 'ignore' });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
