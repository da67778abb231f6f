/** What is taken away from a platform that a client writes to. */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expectMl } from '../api/deploy-runs';
import { type Check, same } from '../cluster/checks';
import { until } from '../cluster/cluster';
import { finished } from '../cluster/commands';
import type { Pod } from '../cluster/objects';
import { refusals, unfinished } from '../cluster/workloads';
import { Database, NAMESPACE } from '../database/database';
import { CLIENT } from '../node/client';
import { rolledOutUnderLoad } from '../node/field/rollout';
import type { Node } from '../node/nodes';
import type { RunningPlatform } from '../node/running-platform';
import { rendered } from './environment';
import { OTHER_RELEASE, OTHER_TAG } from './images';
import { startVisitor, whileVisited } from './visitor';
import { told, whileLogging } from './writer';

interface PlacedPod extends Pod {
  readonly spec: Pod['spec'] & {
    readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[];
  };
  readonly status: Pod['status'] & { readonly containerStatuses?: readonly { readonly containerID?: string }[] };
}

export class Faults {
  private readonly database: Database;

  constructor(
    private readonly platform: RunningPlatform,
    private readonly nodes: readonly Node[],
  ) {
    this.database = new Database(platform.props.cluster);
  }

  checks(): Check[] {
    return [
      ["fault: the database's primary is killed, and its volumes are lost", () => this.primaryLost()],
      ['fault: a server of the object store is gone for a minute', () => this.storeServerGone()],
      ["fault: the primary's node is drained", () => this.nodeDrained()],
      ['change: MLflow is rolled to another release', () => this.mlflowRolled()],
      ['change: the front end is rolled while its page is asked for', () => this.frontendRolled()],
      ['change: a model is rolled out under load', () => rolledOutUnderLoad(this.platform)],
      ['status says that all is as in dist/', () => this.status()],
    ];
  }

  /** Every workload has its pods, every model is served, and the database has all its instances. */
  private async whole(): Promise<void> {
    const { cluster } = this.platform.props;
    await this.database.healthy();
    await until('every workload has its pods', 600, async () => {
      const refused = await refusals(cluster);
      if (refused.length > 0) throw new Error(refused.join('\n'));
      const behind = await unfinished(cluster);
      return behind.length > 0 ? behind.join(', ') : undefined;
    });
    await this.platform.modelsAvailable();
  }

  /** Breaks something while the client writes; the time is that until everything is whole again. */
  private async whileWriting(fault: () => Promise<string | undefined>): Promise<string> {
    let seen: string | undefined;
    let seconds = 0;
    const noticed = await whileLogging(this.platform, async () => {
      const start = Date.now();
      seen = await fault();
      await this.whole();
      seconds = Math.round((Date.now() - start) / 1000);
    });
    return [told(noticed), `whole after ${seconds} s`, ...(seen === undefined ? [] : [seen])].join('; ');
  }

  private primaryLost(): Promise<string> {
    return this.whileWriting(async () => {
      const { cluster } = this.platform.props;
      const old = await this.database.primary();
      const pod = await this.pod(NAMESPACE, old);
      const folders = await Promise.all(claimsOf(pod).map((claim) => this.folderOf(NAMESPACE, claim)));
      await cluster.run(['delete', 'pvc', '-n', NAMESPACE, ...claimsOf(pod), '--wait=false']);
      this.kill(pod);
      await this.forget(NAMESPACE, old);
      for (const folder of folders)
        for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
      await until('another instance is the primary', 300, async () =>
        (await this.database.primary()) === old ? `${old} is` : undefined,
      );
      return `${old} was followed by ${await this.database.primary()}`;
    });
  }

  /** Its node takes no pods meanwhile, as if the node were gone. */
  private storeServerGone(): Promise<string> {
    return this.whileWriting(async () => {
      const pod = await this.pod('minio-system', 'minio-1');
      const node = pod.spec.nodeName ?? '';
      await this.platform.kubectl('cordon', node);
      this.kill(pod);
      await this.forget('minio-system', 'minio-1');
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      await this.platform.kubectl('uncordon', node);
      return undefined;
    });
  }

  /** The client stays where it is: it stands for one outside. */
  private nodeDrained(): Promise<string> {
    return this.whileWriting(async () => {
      const { nodeName = '' } = (await this.pod(NAMESPACE, await this.database.primary())).spec;
      await this.platform.kubectl('label', 'pod', '-n', CLIENT.namespace, CLIENT.pod, 'stays=here', '--overwrite');
      const start = Date.now();
      await this.platform.kubectl(
        ...['drain', nodeName, '--ignore-daemonsets', '--delete-emptydir-data', '--pod-selector=stays!=here'],
        '--timeout=10m',
      );
      const seconds = Math.round((Date.now() - start) / 1000);
      await this.platform.kubectl('uncordon', nodeName);
      return `${nodeName} was empty after ${seconds} s`;
    });
  }

  private mlflowRolled(): Promise<string> {
    return this.whileWriting(async () => {
      await this.changed({ images: { overrides: { mlflow: { tag: OTHER_TAG } } } });
      const python = ['python3', '-c', VERSION];
      const said = (await this.platform.exec(CLIENT.namespace, CLIENT.pod, ...python)).trim();
      same(said, OTHER_RELEASE);
      return `its server is of ${said}`;
    });
  }

  private async frontendRolled(): Promise<string> {
    await startVisitor(this.platform);
    return whileVisited(this.platform, async () => {
      await this.changed({ frontend: { resources: { requests: { cpu: '60m' } } } });
      await this.whole();
    });
  }

  /** Renders settings, and deploys them. */
  private async changed(settings: object): Promise<void> {
    const { repository } = this.platform.props;
    repository.change(settings);
    finished(repository.command('synth'));
    await this.ml('deploy');
  }

  private async status(): Promise<string> {
    await this.whole();
    const said = await this.ml('status');
    return said.trim().split('\n').at(-1) ?? '';
  }

  private ml(command: string): Promise<string> {
    const { cluster, project, repository } = this.platform.props;
    const env = rendered(repository);
    return expectMl({ cluster, project, env }, [command, env.name], 0);
  }

  private pod(namespace: string, name: string): Promise<PlacedPod> {
    return this.platform.props.cluster.get<PlacedPod>('-n', namespace, 'pod', name);
  }

  /** The folder behind a claim. */
  private async folderOf(namespace: string, claim: string): Promise<string> {
    const { cluster } = this.platform.props;
    const { spec } = await cluster.get<{ spec: { volumeName: string } }>('-n', namespace, 'pvc', claim);
    const volume = await cluster.get<{ spec: { hostPath: { path: string } } }>('pv', spec.volumeName);
    return volume.spec.hostPath.path;
  }

  /** Ends its containers without a warning. */
  private kill({ spec, status, metadata }: PlacedPod): void {
    const node = this.nodes.find(({ name }) => name === spec.nodeName);
    if (node === undefined) throw new Error(`${metadata.name} is on no node`);
    for (const { containerID = '' } of status.containerStatuses ?? []) {
      const id = containerID.replace('containerd://', '');
      const kill = ['--address', node.socket, '--namespace', 'k8s.io', 'tasks', 'kill', '--signal', 'SIGKILL', id];
      const { status: code, stderr } = spawnSync('ctr', kill, { encoding: 'utf8' });
      if (code !== 0) throw new Error(`ctr ${kill.join(' ')}: ${stderr}`);
    }
  }

  /** Has the cluster forget a pod, as it does with those of a node that is gone. */
  private async forget(namespace: string, name: string): Promise<void> {
    const { code, stderr } = await this.platform.props.cluster.kubectl([
      ...['delete', 'pod', '-n', namespace, name, '--force', '--grace-period=0'],
    ]);
    if (code !== 0) throw new Error(stderr);
  }
}

/** Prints what the server says that it is. */
const VERSION = `
import urllib.request
print(urllib.request.urlopen("http://mlflow.mlflow:5000/version", timeout=10).read().decode())
`;

const claimsOf = ({ spec }: PlacedPod): string[] =>
  (spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => claim?.claimName ?? []);
