/** Callers of the platform: what they do is what people do with it, some of it wrong. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, MODELS, type ModelName, report } from './models';
import type { Platform } from './platform';

/** Between two calls of a caller. */
const PAUSE = 250;

export class Load {
  /** What each model is told: to answer within so many seconds, or to fail. */
  readonly told = new Map<ModelName, number>();
  /** Whether what the detector sees is not as usual any more. */
  drifts = false;
  private readonly asleep = new Set<string>();
  private readonly callers: Promise<void>[] = [];
  private browser?: ChildProcess;
  private ended = false;

  constructor(private readonly platform: Platform) {}

  start(): void {
    for (const { name } of MODELS) this.call(name, () => ask(name, this.told.get(name) ?? 0));
    this.call('detector', (turn) => this.report(turn));
    this.call('mlflow', (turn) => this.track(turn));
    this.call('store', (turn) => this.store(turn));
    // A page that stays open.
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0'];
    this.browser = spawn('chromium', [...flags, `http://${this.platform.address('fe-deployment-0')}:8501`], {
      stdio: 'ignore',
    });
  }

  async end(): Promise<void> {
    this.ended = true;
    this.browser?.kill('SIGKILL');
    await Promise.all(this.callers);
  }

  /** Has a caller do nothing for a while. */
  async without<T>(caller: 'mlflow' | 'store', what: () => Promise<T>): Promise<T> {
    this.asleep.add(caller);
    try {
      return await what();
    } finally {
      this.asleep.delete(caller);
    }
  }

  private call(name: string, once: (turn: number) => Promise<unknown>): void {
    const go = async () => {
      for (let turn = 0; !this.ended; turn += 1) {
        // What a fault refuses is seen by the one who is measured.
        if (!this.asleep.has(name)) await once(turn).catch(() => {});
        await sleep(PAUSE);
      }
    };
    this.callers.push(go());
  }

  /** Twenty in a row are a batch that is spread as the reference is. One of twenty more cannot be judged. */
  private async report(turn: number): Promise<void> {
    await report(((turn % 20) + 0.5) / 20 + (this.drifts ? 5 : 0));
    if (turn % 20 === 0) await report(0, 2);
  }

  /** A run with a metric, an artifact and a question for what there is not. */
  private async track(turn: number): Promise<void> {
    const { run } = (await tracking('runs/create', { experiment_id: '0' })) as { run: { info: { run_id: string } } };
    const { run_id } = run.info;
    await tracking('runs/log-metric', { run_id, key: 'rmse', value: turn, timestamp: Date.now() });
    await tracking('runs/search', { experiment_ids: ['0'], max_results: 10 });
    await tracking('experiments/get?experiment_id=0');
    await tracking('registered-models/get?name=none');
    await fetch(`${TRACKING}/api/2.0/mlflow-artifacts/artifacts/0/${run_id}/artifacts/note`, {
      method: 'PUT',
      body: 'a note',
    });
  }

  /** An object that is written and read, and one that there is not. */
  private async store(turn: number): Promise<void> {
    const object = `root/models/load/${turn % 10}`;
    await this.platform.mcBeside('cp', '/etc/hosts', object);
    await this.platform.mcBeside('cat', object);
    await this.platform.mcBeside('cat', 'root/models/none');
  }
}

const TRACKING = 'http://mlflow.mlflow.svc:5000';

async function tracking(path: string, body?: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const request = body && { headers, method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${TRACKING}/api/2.0/mlflow/${path}`, request);
  return response.json();
}
