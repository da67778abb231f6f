/** Plays cert-manager: makes the Secrets of Certificates, tells webhooks whom to trust, and says what is ready. */
import type { Cluster } from '../cluster/cluster';
import type { KubernetesObject, List } from '../cluster/objects';
import { type Certificate, issue } from '../database/certificates';

interface Conditioned extends KubernetesObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

interface Webhooks extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly annotations?: Readonly<Record<string, string>> };
  readonly webhooks: readonly { readonly clientConfig: { readonly caBundle?: string } }[];
}

const KINDS = 'certificates.cert-manager.io,issuers.cert-manager.io,clusterissuers.cert-manager.io';

export class Certificates {
  private stopped = false;
  private readonly ended: Promise<void>;

  /** @param folder where certificates are made */
  constructor(
    private readonly cluster: Cluster,
    private readonly folder: string,
  ) {
    this.ended = this.keep();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.ended;
  }

  private async keep(): Promise<void> {
    while (!this.stopped) {
      // What is refused, or not there yet, is tried again.
      await this.look().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }

  private async look(): Promise<void> {
    const { items } = await this.cluster.get<List<Conditioned>>('-A', KINDS);
    const waiting = items.filter(({ status }) => !status?.conditions?.some(({ type }) => type === 'Ready'));
    const certificates = waiting.filter(({ kind }) => kind === 'Certificate') as unknown as Certificate[];
    if (certificates.length > 0) await issue(this.cluster, certificates, this.folder);
    for (const { kind, metadata } of waiting) {
      const namespace = metadata.namespace === undefined ? [] : ['-n', metadata.namespace];
      const now = new Date().toISOString().replace(/\.\d+/, '');
      const ready = { type: 'Ready', status: 'True', reason: 'Ready', message: 'by a test', lastTransitionTime: now };
      const patch = JSON.stringify({ status: { conditions: [ready] } });
      const args = ['--subresource=status', '--type=merge', `--patch=${patch}`];
      await this.cluster.run(['patch', `${kind}.cert-manager.io`, metadata.name, ...namespace, ...args]);
    }
    await this.inject();
  }

  private async inject(): Promise<void> {
    const { items } = await this.cluster.get<List<Webhooks>>('validatingwebhookconfigurations');
    for (const { kind, metadata, webhooks } of items) {
      const [namespace, name] = metadata.annotations?.['cert-manager.io/inject-ca-from']?.split('/') ?? [];
      if (namespace === undefined || name === undefined) continue;
      if (webhooks.every(({ clientConfig }) => clientConfig.caBundle !== undefined)) continue;
      const { spec } = await this.cluster.get<Certificate>('-n', namespace, 'certificates.cert-manager.io', name);
      const secret = ['-n', namespace, 'secret', spec.secretName];
      const { data } = await this.cluster.get<{ data: Readonly<Record<string, string>> }>(...secret);
      const path = (index: number) => `/webhooks/${index}/clientConfig/caBundle`;
      const patch = webhooks.map((_, index) => ({ op: 'add', path: path(index), value: data['ca.crt'] }));
      await this.cluster.run(['patch', kind, metadata.name, '--type=json', `--patch=${JSON.stringify(patch)}`]);
    }
  }
}
