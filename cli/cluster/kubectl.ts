/**
 * The one way to the cluster: kubectl, run as a program.
 *
 * Whoever applies dist/ has it, with the contexts, logins and proxies of their clusters set up in it. What a command here
 * asks of the cluster can be asked by hand in the same words, and the package gets no library for it: the official client
 * for Node.js is larger than all the rest of the bundle.
 */
import { spawn } from 'node:child_process';
import { UsageError } from '../command';
import type { Terminal } from '../terminal';

/** Which cluster is meant; what is absent is as kubectl has it. */
export interface ClusterOptions {
  readonly context?: string;
  readonly kubeconfig?: string;
}

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** What it reads on standard input. */
  readonly input?: string;
  /** Called with each line of standard output as it comes. */
  readonly onLine?: (line: string) => void;
}

/** How long one request may take before it counts as failed: a server that is gone must not keep a run waiting. */
const REQUEST_TIMEOUT = '60s';

export class Kubectl {
  private readonly flags: readonly string[];

  /** @param interruption ends what runs, and every call then throws its reason */
  constructor(
    private readonly env: Terminal['env'],
    private readonly options: ClusterOptions,
    readonly interruption: AbortSignal,
  ) {
    this.flags = [...this.contextFlags, `--request-timeout=${REQUEST_TIMEOUT}`];
  }

  /** The flags that name the cluster, for commands that a reader copies. */
  get contextFlags(): readonly string[] {
    const { context, kubeconfig } = this.options;
    return [
      ...(context === undefined ? [] : [`--context=${context}`]),
      ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
    ];
  }

  /** The start of a command that a reader copies: "kubectl", and the flags that name the cluster. */
  get command(): string {
    return ['kubectl', ...this.contextFlags].join(' ');
  }

  /**
   * Runs it to its end, whatever that is.
   * @throws UsageError where there is no kubectl; the reason of the interruption
   */
  run(args: readonly string[], { input = '', onLine }: RunOptions = {}): Promise<Output> {
    this.interruption.throwIfAborted();
    return new Promise((resolve, reject) => {
      const child = spawn('kubectl', [...this.flags, ...args], { env: this.env, signal: this.interruption });
      const texts = { stdout: '', stderr: '' };
      let seen = 0;
      for (const name of ['stdout', 'stderr'] as const) {
        child[name].setEncoding('utf8').on('data', (text: string) => {
          texts[name] += text;
          if (name === 'stderr' || onLine === undefined) return;
          const end = texts.stdout.lastIndexOf('\n');
          for (const line of texts.stdout.slice(seen, end + 1).split('\n')) if (line !== '') onLine(line);
          seen = end + 1;
        });
      }
      // One that ends without reading its input is judged by its exit code.
      child.stdin.on('error', () => {});
      child.stdin.end(input);
      child.once('error', (error: NodeJS.ErrnoException) => {
        if (this.interruption.aborted) reject(this.interruption.reason);
        else reject(error.code === 'ENOENT' ? new UsageError(NO_KUBECTL) : error);
      });
      const settle = (code: number | null) => {
        if (this.interruption.aborted) reject(this.interruption.reason);
        else resolve({ code: code ?? 1, ...texts });
      };
      // Ctrl-C reaches it as well, and it may have ended before this process has noticed.
      child.once('close', (code, signal) => (signal === null ? settle(code) : setTimeout(() => settle(code), 100)));
    });
  }

  /**
   * What it prints where it succeeds.
   * @throws Error with what it says where it fails
   */
  async text(args: readonly string[], options?: RunOptions): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, options);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr.trim() || `exit code ${code}`}`);
    return stdout;
  }

  /** What it prints as JSON. @throws Error where it fails */
  async json<T>(args: readonly string[], options?: RunOptions): Promise<T> {
    return JSON.parse(await this.text([...args, '--output=json'], options)) as T;
  }
}

const NO_KUBECTL = 'kubectl is not on the PATH; install it: https://kubernetes.io/docs/tasks/tools/';

/** Objects as kubectl reads them. */
export const listOf = (items: readonly object[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
