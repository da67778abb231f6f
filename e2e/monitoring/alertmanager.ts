/** Alertmanager, and whom it tells: this run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { until } from '../cluster/cluster';
import { BRIDGE_ADDRESS } from '../store/networks';
import { ALERTMANAGER } from './discovery';

const WEBHOOK_PORT = 9099;

/** Each alert is told of at once and by itself. */
const CONFIGURATION = {
  route: { receiver: 'run', group_by: ['...'], group_wait: '0s', group_interval: '1s', repeat_interval: '1h' },
  receivers: [
    { name: 'run', webhook_configs: [{ url: `http://${BRIDGE_ADDRESS}:${WEBHOOK_PORT}/`, send_resolved: true }] },
  ],
};

export type Labels = Readonly<Record<string, string>>;

export class Alertmanager {
  /** What the receiver was told last of each alert. */
  private readonly told = new Map<string, { readonly labels: Labels; readonly status: 'firing' | 'resolved' }>();
  /** Every alert that it was told of since the last look. */
  private readonly seen = new Map<string, Labels>();
  private process?: ChildProcess;
  private readonly receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.receive(JSON.parse(Buffer.concat(chunks).toString()) as Notification);
      response.end();
    });
  });

  /** @param folder of its own, for configuration and data */
  constructor(
    private readonly folder: string,
    private readonly program: string,
  ) {}

  async start(): Promise<string> {
    mkdirSync(this.folder, { recursive: true });
    const configuration = join(this.folder, 'alertmanager.yaml');
    writeFileSync(configuration, dump(CONFIGURATION));
    this.receiver.listen(WEBHOOK_PORT, BRIDGE_ADDRESS);
    const address = `${BRIDGE_ADDRESS}:${ALERTMANAGER.port}`;
    const log = openSync(join(this.folder, 'log'), 'a');
    const flags = [
      `--config.file=${configuration}`,
      `--storage.path=${join(this.folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
    ];
    this.process = spawn(this.program, flags, { stdio: ['ignore', log, log] });
    await until('Alertmanager is ready', 60, async () => {
      if (this.process?.exitCode !== null) throw new Error(readFileSync(join(this.folder, 'log'), 'utf8'));
      return fetch(`http://${address}/-/ready`).then(
        ({ status }) => (status === 200 ? undefined : String(status)),
        String,
      );
    });
    return 'ready';
  }

  end(): void {
    this.process?.kill('SIGKILL');
    this.receiver.close();
  }

  /** The alerts that people know of now. */
  get firing(): Labels[] {
    return [...this.told.values()].filter(({ status }) => status === 'firing').map(({ labels }) => labels);
  }

  /** Every alert that people were told of since this was asked last, and those that they know of still. */
  takeSeen(): Labels[] {
    const taken = [...this.seen.values()];
    this.seen.clear();
    return taken;
  }

  private receive({ alerts }: Notification): void {
    for (const { status, labels, fingerprint } of alerts) {
      this.told.set(fingerprint, { labels, status });
      if (status === 'firing') this.seen.set(fingerprint, labels);
    }
  }
}

interface Notification {
  readonly alerts: readonly {
    readonly status: 'firing' | 'resolved';
    readonly labels: Labels;
    readonly fingerprint: string;
  }[];
}
