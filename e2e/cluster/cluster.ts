/** A real control plane whose parts are processes on this machine, and kubectl to talk to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Parts } from './build/parts';

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The address that is not the loopback one, which the API server tells pods. */
export const HOST = '10.90.0.1';
/** The addresses of pods and Services. */
export const PODS = '10.244.0.0/16';
export const SERVICES = '10.96.0.0/16';
/** The name of the node where there is one. */
export const NODE = 'node';

/** The users that the parts log in as, with their groups. */
const usersOf = (nodes: readonly string[]): Readonly<Record<string, string>> => ({
  admin: '"system:masters"',
  'system:kube-controller-manager': '',
  'system:kube-scheduler': '',
  ...Object.fromEntries(nodes.map((node) => [`system:node:${node}`, '"system:nodes"'])),
});

export class Cluster {
  private readonly processes = new Map<string, ChildProcess>();
  private stopping = false;

  private constructor(
    private readonly parts: Pick<Parts, 'kubernetes'>,
    private readonly folder: string,
  ) {}

  /**
   * Starts all parts on data of their own, and waits until they are ready.
   * @param startNode launches what runs pods
   * @param nodes the names of what runs pods
   */
  static async start(
    parts: Pick<Parts, 'kubernetes'>,
    folder: string,
    startNode: (cluster: Cluster) => void,
    nodes: readonly string[] = [NODE],
  ): Promise<Cluster> {
    mkdirSync(folder, { recursive: true });
    const cluster = new Cluster(parts, folder);
    try {
      cluster.startControlPlane(usersOf(nodes));
      startNode(cluster);
      await until('the API server is ready', 120, async () => {
        const { code, stderr } = await cluster.kubectl(['get', '--raw', '/readyz']);
        return code === 0 ? undefined : stderr;
      });
      return cluster;
    } catch (error) {
      console.error(cluster.logs());
      await cluster.stop();
      throw error;
    }
  }

  private startControlPlane(users: Readonly<Record<string, string>>): void {
    const file = (name: string) => this.file(name);
    const bin = (name: string) => join(this.parts.kubernetes, name);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(file('sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const names = Object.keys(users);
    writeFileSync(file('tokens.csv'), names.map((name) => `token-${name},${name},${name},${users[name]}\n`).join(''));
    for (const name of names) writeFileSync(file(`${name}.json`), kubeconfig(`token-${name}`));

    const etcd = 'http://127.0.0.1:2379';
    const peer = 'http://127.0.0.1:2380';
    this.launch(bin('etcd'), [
      `--data-dir=${file('etcd')}`,
      `--listen-client-urls=${etcd}`,
      `--advertise-client-urls=${etcd}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
    ]);
    this.launch(bin('kube-apiserver'), [
      `--etcd-servers=${etcd}`,
      `--cert-dir=${file('certificates')}`,
      `--bind-address=${HOST}`,
      `--advertise-address=${HOST}`,
      `--service-cluster-ip-range=${SERVICES}`,
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--service-account-key-file=${file('sa.key')}`,
      `--service-account-signing-key-file=${file('sa.key')}`,
      `--token-auth-file=${file('tokens.csv')}`,
      '--authorization-mode=Node,RBAC',
      // So that it is Pod Security that refuses a privileged pod, as in most clusters.
      '--allow-privileged=true',
      // A node's name is no host's.
      '--kubelet-preferred-address-types=InternalIP',
      // There is no kube-proxy: webhooks are called at the addresses of their pods.
      '--enable-aggregator-routing=true',
    ]);
    this.launch(bin('kube-controller-manager'), [
      `--kubeconfig=${file('system:kube-controller-manager.json')}`,
      `--service-account-private-key-file=${file('sa.key')}`,
      // What pods know the API server by.
      `--root-ca-file=${file('certificates/apiserver.crt')}`,
      '--use-service-account-credentials=true',
      '--leader-elect=false',
    ]);
    this.launch(bin('kube-scheduler'), [`--kubeconfig=${file('system:kube-scheduler.json')}`, '--leader-elect=false']);
  }

  /** Starts a program of the cluster; where it ends before the others are ready it is started again, as a kubelet would. */
  launch(program: string, args: readonly string[], env = this.environment(), name = basename(program)): ChildProcess {
    const log = openSync(this.file(`${name}.log`), 'a');
    const child = spawn(program, args, { stdio: ['ignore', log, log], env, cwd: this.folder });
    closeSync(log);
    this.processes.set(name, child);
    child.once('exit', () => {
      if (!this.stopping) setTimeout(() => this.stopping || this.launch(program, args, env, name), 500);
    });
    return child;
  }

  /** A launched program, such as "kubelet"; it is started again when it ends. */
  process(name: string): ChildProcess {
    const child = this.processes.get(name);
    if (!child) throw new Error(`${name} does not run`);
    return child;
  }

  /** Ends a launched program for good. */
  async end(name: string): Promise<void> {
    const child = this.process(name);
    this.processes.delete(name);
    child.removeAllListeners('exit');
    const exit = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await exit;
  }

  /** The path of a file of the cluster's own. */
  file(name: string): string {
    return join(this.folder, name);
  }

  /** What a part has said. */
  log(name: string): string {
    const file = this.file(`${name}.log`);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  /** What a program needs to use this cluster. */
  environment(): NodeJS.ProcessEnv {
    const PATH = `${this.parts.kubernetes}:${process.env.PATH}`;
    return { ...process.env, PATH, HOME: this.folder, KUBECONFIG: join(this.folder, 'admin.json') };
  }

  /** Runs kubectl, or another program for this cluster. */
  kubectl(args: readonly string[], input = '', { program = 'kubectl', cwd = process.cwd() } = {}): Promise<Output> {
    const child = spawn(program, args, { env: this.environment(), cwd });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        texts[name] += text;
      });
    }
    // A command that ends without reading its input is judged by its exit code.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code: code ?? 1, ...texts }));
    });
  }

  /** @throws Error where kubectl fails or the API server warns */
  async run(args: readonly string[], input?: string): Promise<string> {
    return accepted(args.join(' '), await this.kubectl(args, input));
  }

  /**
   * Applies what other projects have made, of which the API server may warn.
   * @param file with objects; standard input where it is "-"
   * @throws Error where kubectl fails
   */
  async applyForeign(file: string, input?: string): Promise<void> {
    const { code, stderr } = await this.kubectl(['apply', '--server-side', '-f', file], input);
    if (code !== 0) throw new Error(`${file}: ${stderr}`);
  }

  /**
   * Waits until types are known. kubectl's own wait fails on one that was made a moment before and has no conditions yet.
   * @param what as kubectl names them, such as "-f", a file
   */
  async established(...what: readonly string[]): Promise<void> {
    await until('the types are known', 60, async () => {
      const { code, stderr } = await this.kubectl(['wait', '--for=condition=Established', '--timeout=20s', ...what]);
      return code === 0 ? undefined : stderr;
    });
  }

  /** Asks for JSON. */
  async get<T>(...args: string[]): Promise<T> {
    return JSON.parse(await this.run(['get', '-o', 'json', ...args])) as T;
  }

  /** Creates objects. */
  create(...objects: readonly object[]): Promise<string> {
    return this.run(['create', '-f', '-'], list(objects));
  }

  /** The last lines of each part's log. */
  logs(lines = 12): string {
    return [...this.processes.keys()]
      .map((name) => {
        const text = this.log(name).trimEnd().split('\n').slice(-lines);
        return `--- ${name}\n${text.map((line) => line.slice(0, 400)).join('\n')}`;
      })
      .join('\n');
  }

  /** Ends all parts and removes their data. */
  async stop(): Promise<void> {
    this.stopping = true;
    const ended = [...this.processes.values()].map((child) => {
      if (child.exitCode !== null || child.signalCode !== null) return undefined;
      const exit = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      return exit;
    });
    await Promise.all(ended);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Objects as kubectl reads them. */
export const list = (items: readonly object[]) => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });

/** @throws Error where the command failed or the API server warned */
export function accepted(what: string, { code, stdout, stderr }: Output): string {
  if (code !== 0) throw new Error(`${what} ended with ${code}: ${stderr.trim()}`);
  if (/^Warning:/m.test(stderr)) throw new Error(`${what} was warned: ${stderr.trim()}`);
  return stdout;
}

/**
 * Waits for a condition.
 * @param missing says what is still missing, or nothing when it holds
 */
export async function until(what: string, seconds: number, missing: () => Promise<string | undefined>): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const text = await missing();
    if (text === undefined) return;
    if (Date.now() > end) throw new Error(`after ${seconds} s, not yet: ${what}: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The certificate is the API server's own making; nobody else can listen in this network. */
function kubeconfig(token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'e2e', cluster: { server: `https://${HOST}:6443`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'e2e', user: { token } }],
    contexts: [{ name: 'e2e', context: { cluster: 'e2e', user: 'e2e' } }],
    'current-context': 'e2e',
  });
}
