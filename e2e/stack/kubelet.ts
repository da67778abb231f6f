/**
 * In the place of a kubelet: who asks for its metrics is asked for a token, and the API server whose it is and whether he may,
 * as a kubelet does (pkg/kubelet/server/auth.go of Kubernetes). What it measures is written here, in the kubelet's words.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { KUBELET_PORT } from '../../charts/monitoring/stack/kubelets';
import { type Cluster, HOST, NODE } from '../cluster/cluster';

/** A volume of the platform that is nearly full. */
export const FULL = { namespace: 'postgres', persistentvolumeclaim: 'data-postgresql-0' } as const;

/** One series of another's volume, of a control group and of the kubelet itself are there to be left out. */
const PAGES: Readonly<Record<string, () => string>> = {
  '/metrics': () =>
    [
      volume('available', FULL, 3e8),
      volume('capacity', FULL, 1e10),
      volume('available', { namespace: 'default', persistentvolumeclaim: 'other' }, 1),
      volume('capacity', { namespace: 'default', persistentvolumeclaim: 'other' }, 1e10),
      'kubelet_running_pods 7',
    ].join('\n'),
  '/metrics/cadvisor': () =>
    [
      container('memory_working_set_bytes', 'postgresql', 'postgres', 1e8),
      container('cpu_usage_seconds_total', 'postgresql', 'postgres', 12),
      container('memory_working_set_bytes', 'other', 'default', 1e8),
      `container_memory_working_set_bytes{container="",id="/",image="",name="",namespace="",pod=""} 2e9 ${Date.now()}`,
      container('threads', 'postgresql', 'postgres', 20),
    ].join('\n'),
};

const volume = (what: 'available' | 'capacity', of: Readonly<Record<string, string>>, bytes: number) =>
  `kubelet_volume_stats_${what}_bytes{${labels(of)}} ${bytes}`;

const container = (what: string, name: string, namespace: string, value: number) =>
  `container_${what}{${labels({ container: name, id: `/kubepods/${name}`, image: name, name, namespace, pod: `${name}-0` })}} ${value} ${Date.now()}`;

const labels = (of: Readonly<Record<string, string>>) =>
  Object.entries(of)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',');

export class Kubelet {
  /** What was answered to whom. */
  readonly answers = new Set<string>();
  private readonly server: Server;
  private readonly callers = new Map<string, Promise<Caller>>();

  constructor(private readonly cluster: Cluster) {
    const file = (name: string) => readFileSync(cluster.file(`certificates/apiserver.${name}`));
    this.server = createServer({ key: file('key'), cert: file('crt') }, (request, response) => {
      const page = PAGES[request.url ?? ''];
      const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
      const answer = (status: number, who = '') => {
        this.answers.add(`${status} ${request.url} ${who}`);
        response.writeHead(status, { 'Content-Type': 'text/plain; version=0.0.4' });
        response.end(status === 200 ? `${page?.()}\n` : '');
      };
      this.caller(token).then(
        ({ user, may }) => answer(page === undefined ? 404 : user === undefined ? 401 : may ? 200 : 403, user),
        (error: Error) => answer(500, error.message),
      );
    });
  }

  listen(): Promise<void> {
    return new Promise((done) => this.server.listen(KUBELET_PORT, HOST, done));
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private caller(token: string): Promise<Caller> {
    const known = this.callers.get(token) ?? this.review(token);
    this.callers.set(token, known);
    return known;
  }

  private async review(token: string): Promise<Caller> {
    const { user } = await this.ask<{ readonly user?: User }>('authentication.k8s.io/v1', 'TokenReview', { token });
    if (user?.username === undefined) return { may: false };
    const { allowed } = await this.ask<{ readonly allowed: boolean }>(
      'authorization.k8s.io/v1',
      'SubjectAccessReview',
      {
        user: user.username,
        groups: user.groups,
        resourceAttributes: { verb: 'get', version: 'v1', resource: 'nodes', subresource: 'metrics', name: NODE },
      },
    );
    return { user: user.username, may: allowed };
  }

  private async ask<Status>(apiVersion: string, kind: string, spec: object): Promise<Status> {
    const review = JSON.stringify({ apiVersion, kind, spec });
    const answer = await this.cluster.run(['create', '-o', 'json', '-f', '-'], review);
    return (JSON.parse(answer) as { readonly status: Status }).status;
  }
}

interface User {
  readonly username?: string;
  readonly groups?: readonly string[];
}
interface Caller {
  readonly user?: string;
  readonly may: boolean;
}
