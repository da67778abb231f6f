/** Faults that are planted one at a time, and the alerts that each is to lead to: these, and no others. */
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run as command } from '../cluster/commands';
import type { Alertmanager, Labels } from './alertmanager';
import { here } from './faster';
import type { Load } from './load';
import { DETECTOR, type ModelName } from './models';
import type { Platform } from './platform';
import { SETTLED } from './prometheus';
import type { Findings } from './scraped';

export interface Run {
  readonly platform: Platform;
  readonly load: Load;
  readonly alertmanager: Alertmanager;
  readonly findings: Findings;
}

export interface Fault {
  readonly what: string;
  readonly alerts: readonly Labels[];
  /** Alerts that may come as well, later than it is worth waiting for; they are seen elsewhere. @default - none */
  readonly later?: readonly Labels[];
  /** @returns what takes it back */
  readonly plant: (run: Run) => Promise<() => Promise<unknown>>;
  /** Done before it is planted, and taken back after it has cleared. @default - callers go on as they do */
  readonly without?: 'mlflow' | 'store';
}

const gone = (pod: string) => async (run: Run) => {
  await run.platform.stop(pod);
  return () => run.platform.start(pod);
};

const down = (job: string, namespace: string) => ({ alertname: 'ComponentDown', job, namespace });
const unseen = (pod: string, namespace: string) => ({ alertname: 'InstanceDown', pod, namespace });

/** The server alone: a crash loop, beside an exporter that goes on. */
const databaseDown = async ({ platform }: Run) => {
  await platform.pod('postgresql-0').kill('postgresql');
  return () => platform.pod('postgresql-0').restart('postgresql');
};

const told = (model: ModelName, x: number) => async (run: Run) => {
  run.load.told.set(model, x);
  return async () => run.load.told.delete(model);
};

const burning = (alertname: string, model: ModelName, pace: 'fast' | 'slow') => ({
  alertname,
  model,
  pace,
  namespace: 'ml-models',
});

export const FAULTS: readonly Fault[] = [
  {
    what: 'PostgreSQL is down, and nobody asks MLflow',
    alerts: [down('postgresql', 'postgres')],
    without: 'mlflow',
    plant: databaseDown,
  },
  {
    what: 'PostgreSQL is down, and MLflow is asked',
    alerts: [down('postgresql', 'postgres'), { alertname: 'TrackingServerErrors', namespace: 'mlflow' }],
    plant: databaseDown,
  },
  {
    what: 'clients take nearly all connections of PostgreSQL',
    alerts: [{ alertname: 'DatabaseConnections', job: 'postgresql', namespace: 'postgres' }],
    plant: async ({ platform }) => {
      const clients = connected(platform, 88);
      return async () => clients.kill('SIGKILL');
    },
  },
  {
    what: 'MLflow is gone',
    alerts: [down('mlflow', 'mlflow'), unseen('mlflow-0', 'mlflow')],
    plant: gone('mlflow-0'),
  },
  {
    what: 'the front end is gone',
    alerts: [down('frontend', 'fe'), unseen('fe-deployment-0', 'fe')],
    plant: gone('fe-deployment-0'),
  },
  {
    what: 'a pod of a model is gone, others are not',
    alerts: [unseen('steady', 'ml-models')],
    plant: gone('steady'),
  },
  {
    what: 'the disk of the object store is full',
    alerts: [{ alertname: 'ObjectStoreErrors', namespace: 'minio-system' }],
    without: 'mlflow',
    plant: async ({ platform }) => {
      const filler = join(platform.claim('minio-0', 'data'), 'filler');
      // It ends when there is no room, which is no success.
      command('sh', ['-c', `head -c 4G /dev/zero > ${filler}`], '/');
      if (statSync(filler).size === 0) throw new Error('nothing was written to the volume');
      return async () => rmSync(filler);
    },
  },
  {
    what: 'the object store is gone, and nobody asks MLflow',
    alerts: [down('minio', 'minio-system'), unseen('minio-0', 'minio-system')],
    without: 'mlflow',
    plant: gone('minio-0'),
  },
  {
    what: 'a model fails',
    alerts: [burning('ModelErrorBudget', 'flaky', 'fast')],
    later: [burning('ModelErrorBudget', 'flaky', 'slow')],
    plant: told('flaky', -1),
  },
  {
    what: 'a model is slow',
    alerts: [burning('ModelLatencyBudget', 'slow', 'fast')],
    later: [burning('ModelErrorBudget', 'flaky', 'slow'), burning('ModelLatencyBudget', 'slow', 'slow')],
    plant: told('slow', 0.8),
  },
  {
    what: 'the requests of a model drift',
    alerts: [{ alertname: 'ModelDrift', job: DETECTOR, namespace: 'ml-models' }],
    // The burns of the faults before.
    later: [burning('ModelErrorBudget', 'flaky', 'slow'), burning('ModelLatencyBudget', 'slow', 'slow')],
    plant: async ({ load }) => {
      load.drifts = true;
      return async () => {
        load.drifts = false;
      };
    },
  },
];

/** That the operator is not there is seen from the start. */
export const ALWAYS: readonly Labels[] = [down('seldon-core-operator', 'seldon-system')];

/**
 * No alert waits longer than fifteen minutes, but a slow model answers seldom, and so needs most of an hour to be a large
 * enough share of it. To clear, a fast burn has to be over for half an hour. Seconds.
 */
const APPEARS = here('1h') + 2 * SETTLED;
const CLEARS = here('30m') + 2 * SETTLED + 60;

/**
 * @returns how long it took to be told, and to be told that it is over
 * @throws Error with what else was told, or was not
 */
export async function endure(run: Run, fault: Fault): Promise<string> {
  const { alertmanager } = run;
  const expected = [...ALWAYS, ...fault.alerts];
  alertmanager.takeSeen();
  const start = Date.now();
  const mend = await fault.plant(run);
  let told = 0;
  try {
    await waitFor(APPEARS, () => missing(expected, alertmanager.firing));
    told = (Date.now() - start) / 1000;
    // What comes of it besides comes now.
    await sleep(SETTLED * 1000);
    await run.findings.look();
  } finally {
    await mend();
  }
  const mended = Date.now();
  await waitFor(CLEARS, () => {
    const left = alertmanager.firing.filter((labels) =>
      [...ALWAYS, ...(fault.later ?? [])].every((each) => !has(labels, each)),
    );
    return left.length === 0 ? undefined : `still told of ${names(left)}`;
  });
  const others = alertmanager
    .takeSeen()
    .filter((labels) => [...expected, ...(fault.later ?? [])].every((each) => !has(labels, each)));
  if (others.length > 0) throw new Error(`also told of ${names(others)}`);
  return `told after ${told.toFixed(0)} s, of its end ${((Date.now() - mended) / 1000).toFixed(0)} s after it was mended`;
}

const has = (labels: Labels, expected: Labels) =>
  Object.entries(expected).every(([name, value]) => labels[name] === value);

export function missing(expected: readonly Labels[], found: readonly Labels[]): string | undefined {
  const lacking = expected.filter((each) => !found.some((labels) => has(labels, each)));
  return lacking.length === 0 ? undefined : `not told of ${names(lacking)}, but of ${names(found)}`;
}

const names = (alerts: readonly Labels[]) => alerts.map((labels) => JSON.stringify(labels)).join(', ') || 'nothing';

/** @param look what is not so yet */
export async function waitFor(seconds: number, look: () => string | undefined): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (let wrong = look(); wrong !== undefined; wrong = look()) {
    if (Date.now() > deadline) throw new Error(`after ${seconds.toFixed(0)} s: ${wrong}`);
    await sleep(500);
  }
}

/** A client that holds connections, as the role of MLflow. */
function connected(platform: Platform, count: number): ChildProcess {
  const login = platform.manifests.data('Secret', 'mlflow', 'mlflow-database')['pg_service.conf'] ?? '';
  const [, password = ''] = /^password=(.+)$/m.exec(login) ?? [];
  const dsn = JSON.stringify(`host=postgresql.postgres.svc dbname=mlflowdb user=mlflow password=${password}`);
  const script = `import psycopg2, time\nheld = [psycopg2.connect(${dsn}) for _ in range(${count})]\ntime.sleep(600)`;
  return spawn(join(platform.software.tracking, 'bin/python'), ['-c', script], { stdio: 'inherit' });
}
