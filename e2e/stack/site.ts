/**
 * The platform's own Prometheus, Alertmanager and kube-state-metrics, in containers made from the manifests, beside a real API
 * server that has the pods of the platform: its controllers make them of the rendered workloads. What the pods measure is
 * written here.
 */
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { expand } from '../../charts/seldon/expansion/expansion';
import type { SeldonDeploymentJson } from '../../charts/seldon/expansion/seldon-json';
import { Cluster, HOST, PODS, until } from '../cluster/cluster';
import { finished, run } from '../cluster/commands';
import type { List, Metadata } from '../cluster/objects';
import { Repository, STARTING } from '../cluster/repository';
import type { Host } from '../loop/host';
import { Manifests } from '../loop/manifests';
import { Pod } from '../loop/pod';
import { SOFTWARE, type StandIn } from '../software/stand-ins';
import { Kubelet } from './kubelet';
import { Told } from './told';

export const NAMESPACE = 'ml-monitoring';
export const MODEL = 'mlflow-wine';
/** A Job that fails. */
export const FAILED = 'by-hand';

/** The folders of the programs. */
export interface Programs {
  readonly kubernetes: string;
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly kubeStateMetrics: string;
}

/** What pods of the platform answer Prometheus, by their namespace and how their name starts. The object store is down. */
const MEASURED: readonly { readonly pod: string; readonly port: number; readonly text: string }[] = [
  { pod: 'postgres/postgresql-', port: 9187, text: 'pg_up 1\n' },
  { pod: 'mlflow/mlflow-', port: 5000, text: 'mlflow_http_request_total{status="200"} 7\n' },
  { pod: 'seldon-system/seldon-controller-manager-', port: 8080, text: 'workqueue_depth{name="seldon"} 0\n' },
  { pod: 'fe/fe-deployment-', port: 8501, text: 'active_sessions 0\n' },
  {
    pod: `ml-models/${MODEL}-`,
    port: 6000,
    text: 'rest_server_request_duration_seconds_count{path="/v2/models/{model_name}/infer",status_code="200"} 5\n',
  },
];
/** Those that log in to the API server. */
const CALLERS = ['prometheus', 'kube-state-metrics'] as const;
export const BACKUP = 'postgresql-backup';
export const RESTORE_TEST = 'postgresql-restore-test';
const DAY = 24 * 3600;
const PAGER = 8090;
const SLACK = 8091;

interface FoundPod {
  readonly metadata: Metadata & { readonly namespace: string };
  readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] };
}

export class Site {
  readonly pods = new Map<string, Pod>();
  readonly pager = new Told();
  readonly slack = new Told();
  readonly kubelet: Kubelet;
  /** The address of each pod of the cluster, by its namespace and name. */
  readonly addresses = new Map<string, string>();
  private readonly servers: Server[] = [];

  private constructor(
    readonly cluster: Cluster,
    readonly manifests: Manifests,
    readonly dist: string,
    private readonly host: Host,
  ) {
    this.kubelet = new Kubelet(cluster);
  }

  static async start(project: string, work: string, programs: Programs): Promise<Site> {
    isolate(work);
    const repository = Repository.init(project, join(work, 'repository'));
    repository.change({
      monitoring: {
        enabled: true,
        stack: 'embedded',
        grafana: { enabled: false },
        // The certificate here is that of the API server.
        kubelets: { verified: true },
        alertmanager: {
          receivers: {
            webhook: { url: `http://pager.example.com:${PAGER}/alerts` },
            slack: { channel: '#ml', severities: ['critical'] },
          },
        },
      },
      postgresql: { backup: { enabled: true } },
    });
    // What init has rendered is another platform.
    rmSync(repository.dist(), { recursive: true });
    const models = join(repository.environment(), 'models');
    rmSync(models, { recursive: true });
    mkdirSync(models);
    writeFileSync(join(models, `${MODEL}.yaml`), model());
    writeFileSync(
      join(repository.environment(), 'secrets.env'),
      `ALERTMANAGER_SLACK_URL=http://slack.example.com:${SLACK}/services/secret\n`,
    );
    finished(repository.command('synth'));
    const cluster = await Cluster.start({ kubernetes: programs.kubernetes }, join(work, 'cluster'), () => {});
    const secrets = finished(repository.command('secrets', STARTING));
    const authority = {
      kind: 'ConfigMap',
      metadata: { name: 'kube-root-ca.crt', namespace: NAMESPACE },
      data: { 'ca.crt': readFileSync(cluster.file('certificates/apiserver.crt'), 'utf8') },
    };
    const manifests = new Manifests(repository.dist(), `${secrets}\n---\n${JSON.stringify(authority)}`);
    const tokens = new Map<string, string>();
    const host: Host = {
      work,
      software: join(work, 'software'),
      manifests,
      images: standIns(work, programs),
      address: () => '127.0.0.1',
      token: ({ name }) => tokens.get(name) ?? '',
    };
    const site = new Site(cluster, manifests, repository.dist(), host);
    await site.apply();
    for (const name of CALLERS)
      tokens.set(name, (await cluster.run(['create', 'token', name, '-n', NAMESPACE])).trim());
    writeFileSync(join(work, 'hosts'), site.hosts());
    finished(run('mount', ['--bind', join(work, 'hosts'), '/etc/hosts'], work));
    await site.pager.listen(PAGER);
    await site.slack.listen(SLACK);
    await site.kubelet.listen();
    return site;
  }

  /** Has the controllers make the pods of the platform, and gives each an address, as a node would. */
  private async apply(): Promise<void> {
    const { cluster, dist } = this;
    for (const stage of ['10-setup', '20-operators', '30-data', '40-tracking', '60-apps'])
      await cluster.run(['apply', '--server-side', '-f', join(dist, stage)]);
    const made = this.manifests
      .all<SeldonDeploymentJson & { metadata: { name: string } }>('SeldonDeployment')
      .flatMap((deployment) => expand(deployment).filter(({ kind }) => kind === 'Deployment'));
    await cluster.create(...made.map((object) => withImages(object)));
    const stateful = ['postgresql-0', 'minio-0', 'prometheus-0', 'alertmanager-0'];
    const expected = [...stateful, 'seldon-controller-manager-', 'mlflow-', 'fe-', `${MODEL}-`, 'kube-state-metrics-'];
    await until('the controllers have made the pods', 60, async () => {
      const names = (await this.found()).map(({ metadata }) => metadata.name);
      const missing = expected.filter((start) => !names.some((name) => name.startsWith(start)));
      return missing.length > 0 ? missing.join(', ') : undefined;
    });
    await this.address();
  }

  /**
   * Gives each pod an address that has none. Those of Jobs are done at once, and the others run and are ready.
   * @returns how many these were
   */
  async address(): Promise<number> {
    const fresh = (await this.found()).filter(
      ({ metadata: { namespace, name } }) => !this.addresses.has(`${namespace}/${name}`),
    );
    for (const { metadata, spec } of fresh) {
      const { namespace, name, labels } = metadata;
      const address = `10.244.1.${this.addresses.size + 1}`;
      this.addresses.set(`${namespace}/${name}`, address);
      const done = labels?.['batch.kubernetes.io/job-name'] !== undefined;
      const status = {
        phase: done ? 'Succeeded' : 'Running',
        podIP: address,
        podIPs: [{ ip: address }],
        hostIP: HOST,
        conditions: [{ type: 'Ready', status: done ? 'False' : 'True', lastTransitionTime: new Date().toISOString() }],
        containerStatuses: spec.containers.map(({ name, image }) => ({
          ...{ name, image, imageID: '', ready: !done, restartCount: 0 },
          state: done ? { terminated: { exitCode: 0 } } : { running: {} },
        })),
      };
      await this.cluster.run([
        ...['patch', 'pod', '-n', namespace, name, '--subresource=status', '--type=merge'],
        ...['-p', JSON.stringify({ status })],
      ]);
    }
    return fresh.length;
  }

  private async found(): Promise<readonly FoundPod[]> {
    return (await this.cluster.get<List<FoundPod>>('pods', '-A')).items;
  }

  /** The last backup is of three days ago, its last test of a week ago, and a backup by hand takes longer than it may. */
  async stopBackups(): Promise<void> {
    await this.succeeded(BACKUP, 3 * DAY);
    await this.succeeded(RESTORE_TEST, 7 * DAY);
    const job = ['-n', 'postgres', FAILED];
    await this.cluster.run(['create', 'job', ...job, `--from=cronjob/${BACKUP}`]);
    await this.cluster.run(['patch', 'job', ...job, ...merged({ spec: { activeDeadlineSeconds: 1 } })]);
  }

  /** A CronJob of the database has succeeded so many seconds ago. */
  async succeeded(cronJob: string, seconds: number): Promise<void> {
    const status = { lastSuccessfulTime: new Date(Date.now() - seconds * 1000).toISOString() };
    const patched = ['cronjob', '-n', 'postgres', cronJob, '--subresource=status', ...merged({ status })];
    await this.cluster.run(['patch', ...patched]);
  }

  /** Answers Prometheus in the place of pods. */
  async measure(measured = MEASURED): Promise<void> {
    for (const { pod, port, text } of measured) {
      const [, address] = [...this.addresses].find(([name]) => name.startsWith(pod)) ?? [];
      if (address === undefined) throw new Error(`there is no pod ${pod}`);
      const server = createServer((_, response) => response.setHeader('Content-Type', 'text/plain').end(text));
      await new Promise<void>((done) => server.listen(port, address, done));
      this.servers.push(server);
    }
  }

  /** Starts the pod of a StatefulSet by its manifest. */
  async startPod(name: string): Promise<void> {
    const pod = new Pod(this.host, this.manifests.pod(NAMESPACE, name));
    this.pods.set(name, pod);
    await pod.start();
  }

  pod(name: string): Pod {
    const pod = this.pods.get(name);
    if (!pod) throw new Error(`${name} does not run`);
    return pod;
  }

  async end(): Promise<void> {
    for (const pod of this.pods.values()) await pod.stop('KILL');
    for (const server of this.servers) server.close();
    this.pager.close();
    this.slack.close();
    this.kubelet.close();
    await this.cluster.stop();
  }

  /** Every Service that has one address leads to this machine, and so do the receivers. */
  private hosts(): string {
    const names = ['localhost', 'pager.example.com', 'slack.example.com', ...this.manifests.serviceHosts()];
    return names.map((name) => `127.0.0.1 ${name}\n`).join('');
  }
}

const merged = (what: object) => ['--type=merge', '-p', JSON.stringify(what)];

/** A model with a promise, whose server measures by itself. */
const model = () => `server: MLFLOW_SERVER
uri: s3://models/wine/${MODEL}/1
slo: {availability: 99.9}
form: {inputs: [{name: alcohol}]}
`;

/** The operator takes images from its ConfigMap; nothing runs here. */
function withImages(object: object): object {
  return JSON.parse(JSON.stringify(object), (key, value) =>
    key === 'containers' ? value.map((container: object) => ({ image: 'example.com/none:1', ...container })) : value,
  );
}

/** An address for the API server, and for each pod, in a network that leads nowhere. */
function isolate(work: string): void {
  const commands = [
    ['mount', '-t', 'tmpfs', 'tmpfs', work],
    ['ip', 'link', 'set', 'lo', 'up'],
    ['ip', 'address', 'add', `${HOST}/24`, 'dev', 'lo'],
    ['ip', 'route', 'add', 'local', PODS, 'dev', 'lo'],
  ] as const;
  for (const [command, ...args] of commands) finished(run(command, args, '/'));
}

/** The images, by their Dockerfiles. A client of the API server looks for it in variables. */
function standIns(
  work: string,
  { prometheus, alertmanager, kubeStateMetrics }: Programs,
): ReadonlyMap<string, StandIn> {
  const software = join(work, 'software');
  mkdirSync(software);
  const standIn = (name: string, from: string, programs: readonly string[], ...flags: string[]): StandIn => {
    const layer = join(work, 'layers', name);
    rmSync(layer, { recursive: true, force: true });
    mkdirSync(join(layer, 'usr/bin'), { recursive: true });
    mkdirSync(join(layer, name));
    for (const program of programs) {
      finished(run('cp', [join(from, program), join(software, program)], '/'));
      chmodSync(join(software, program), 0o755);
      symlinkSync(join(SOFTWARE, program), join(layer, 'usr/bin', program));
    }
    return {
      entrypoint: [`/bin/${name}`, ...flags],
      cmd: [],
      env: { PATH: '/usr/bin:/bin', KUBERNETES_SERVICE_HOST: HOST, KUBERNETES_SERVICE_PORT: '6443' },
      cwd: `/${name}`,
      user: '65534',
      software,
      layer,
    };
  };
  return new Map([
    ['docker.io/prom/prometheus', standIn('prometheus', prometheus, ['prometheus', 'promtool'])],
    ['docker.io/prom/alertmanager', standIn('alertmanager', alertmanager, ['alertmanager', 'amtool'])],
    [
      'registry.k8s.io/kube-state-metrics/kube-state-metrics',
      // Its program is in the root of the image.
      standIn('kube-state-metrics', kubeStateMetrics, ['kube-state-metrics'], '--port=8080', '--telemetry-port=8081'),
    ],
  ]);
}
