/** What the checks on a running platform share: the cluster, the software of a user's machine, and ways to reach pods. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Parts } from '../cluster/build/parts';
import type { Cluster } from '../cluster/cluster';
import { accepted, until } from '../cluster/cluster';
import { finished, type Result, run } from '../cluster/commands';
import type { Environment } from '../cluster/environments';
import type { Repository } from '../cluster/repository';
import type { Software } from '../software/install';
import { documentedRequest, PREDICT } from '../software/predictions';
import { TRACKING } from '../software/wine-models';

export interface RunningPlatformProps {
  readonly project: string;
  readonly work: string;
  readonly parts: Parts;
  readonly cluster: Cluster;
  /** With the starting environment as its only one. */
  readonly repository: Repository;
  readonly env: Environment;
  readonly software: Software;
  /** The file of the wine data. */
  readonly data: string;
}

export class RunningPlatform {
  private readonly answers = new Map<string, number>();

  constructor(readonly props: RunningPlatformProps) {}

  /** The platform where it has come back in another cluster: its models are to say what they said. */
  backIn(cluster: Cluster): RunningPlatform {
    const platform = new RunningPlatform({ ...this.props, cluster });
    for (const [name, answer] of this.answers) platform.answers.set(name, answer);
    return platform;
  }

  /** Runs a command with what a user on this machine would have: kubectl, and a login to the cluster. */
  kubectl(...args: string[]): Promise<string> {
    return this.props.cluster.run(args);
  }

  /** Runs a program in a pod. */
  exec(namespace: string, pod: string, ...command: string[]): Promise<string> {
    return this.kubectl('exec', '-n', namespace, pod, '--', ...command);
  }

  /** Waits until every model is served. */
  modelsAvailable(): Promise<string> {
    const state = '--for=jsonpath={.status.state}=Available';
    return this.kubectl('wait', '-n', 'ml-models', state, 'sdep', '--all', '--timeout=10m');
  }

  sql(query: string): Promise<string> {
    const login = ['-U', 'postgres', '-d', 'mlflowdb', '-h', '/var/run/postgresql'];
    return this.exec('postgres', 'postgresql-0', 'psql', ...login, '-Atc', query).then((text) => text.trim());
  }

  /** The values of a Secret. */
  async secret(namespace: string, name: string): Promise<Record<string, string>> {
    const { data } = await this.props.cluster.get<{ data: Record<string, string> }>('-n', namespace, 'secret', name);
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
    );
  }

  /**
   * Does something while a port of this machine leads to a Service.
   * @param service such as "svc/mlflow"
   * @param ports such as "5000", or "8500:8000"
   */
  async forward<T>(namespace: string, service: string, ports: string, body: () => Promise<T>): Promise<T> {
    const { cluster } = this.props;
    const child = spawn('kubectl', ['port-forward', '-n', namespace, service, ports], {
      env: cluster.environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    }
    try {
      await until(`${service} is forwarded`, 60, async () => {
        if (child.exitCode !== null) throw new Error(`kubectl port-forward ended: ${said}`);
        return said.includes('Forwarding from') ? undefined : said;
      });
      return await body();
    } finally {
      await ended(child);
    }
  }

  /** Python with the training code's libraries. */
  python(...args: string[]): Result {
    const { project, software } = this.props;
    return run(join(software.training, 'bin/python'), args, project, {
      MLFLOW_TRACKING_URI: TRACKING,
      // As README.md says of clients outside the cluster.
      MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD: 'false',
    });
  }

  /** What a model says of README.md's wine where it was trained; MLflow is to be forwarded the first time. */
  expected(name: string): number {
    const known = this.answers.get(name);
    if (known !== undefined) return known;
    const request = JSON.stringify(documentedRequest(this.props.project));
    const said = finished(this.python('-c', PREDICT, `mlflow-artifacts:/wine/${name}/1`, request));
    const answer = Number(said.split('\n').at(-1));
    this.answers.set(name, answer);
    return answer;
  }

  /** The MinIO client with the logins that Secrets hold; the object store is to be forwarded. */
  async mc(...args: string[]): Promise<Result> {
    const { software, work, project } = this.props;
    const root = await this.secret('minio-system', 'minio');
    const users = await this.secret('minio-system', 'minio-users');
    const logins = [
      ['root', root['root-user'], root['root-password']],
      ...Object.entries(users).map(([user, key]) => [user, user, key]),
    ];
    const hosts = logins.map(([name, user, key]) => [`MC_HOST_${name}`, `http://${user}:${key}@localhost:9000`]);
    const program = join(software.minio, 'mc');
    return run(program, ['--config-dir', join(work, 'mc'), ...args], project, Object.fromEntries(hosts));
  }

  /** Runs kubectl with objects on its input. */
  async apply(...objects: readonly object[]): Promise<string> {
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    return accepted('kubectl apply', await this.props.cluster.kubectl(['apply', '--server-side', '-f', '-'], input));
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exit;
}
