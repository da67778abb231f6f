/** A client that writes while the primary is taken away. */
import { until } from '../cluster/cluster';
import type { Database } from './database';

interface Written {
  readonly acknowledged: readonly number[];
  readonly failed: number;
  /** The longest time between two acknowledged rows, in seconds. */
  readonly gap: number;
}

/**
 * Does something while MLflow's role writes rows.
 * @returns what the client noticed
 * @throws Error where a row is gone that was acknowledged
 */
export async function whileWriting(database: Database, name: string, body: () => Promise<void>): Promise<string> {
  const writer = database.python(WRITE, name);
  // A failure of the writer is told when it is waited for.
  writer.catch(() => {});
  const rows = async () => Number(await database.sql(`select count(*) from mlflow.proof where run = '${name}'`));
  await until('the client has written rows', 120, async () => {
    const made = await database.sql("select to_regclass('mlflow.proof') is not null");
    return made === 't' && (await rows()) > 50 ? undefined : 'too few rows';
  });
  try {
    await body();
  } finally {
    await database.python('open("/tmp/stop", "w")');
  }
  const { acknowledged, failed, gap } = JSON.parse(await writer) as Written;
  const kept = new Set(
    (await database.sql(`select id from mlflow.proof where run = '${name}'`)).split('\n').map(Number),
  );
  const lost = acknowledged.filter((id) => !kept.has(id));
  if (lost.length > 0)
    throw new Error(`${lost.length} of ${acknowledged.length} rows lost: ${lost.slice(0, 10).join()}`);
  return `${acknowledged.length} rows acknowledged, 0 lost; ${failed} attempts failed; longest wait ${gap.toFixed(1)} s`;
}

/** Writes a row in a transaction of its own until a file says that it may end, and a row was written after a failure. */
const WRITE = `
import json, os, sys, time
import psycopg2
STOP = "/tmp/stop"
if os.path.exists(STOP):
    os.remove(STOP)
def connect():
    connection = psycopg2.connect("", connect_timeout=3, tcp_user_timeout=3000, keepalives_idle=1, keepalives_interval=1, keepalives_count=3)
    connection.autocommit = True
    return connection, connection.cursor()
connection, cursor = connect()
cursor.execute("create table if not exists proof (run text, id integer, primary key (run, id))")
acknowledged, failed, gap, row = [], 0, 0.0, 0
last = time.monotonic()
well = True
while not (well and os.path.exists(STOP)):
    row += 1
    try:
        if connection is None:
            connection, cursor = connect()
        cursor.execute("insert into proof values (%s, %s)", (sys.argv[1], row))
        now = time.monotonic()
        gap, last, well = max(gap, now - last), now, True
        acknowledged.append(row)
        time.sleep(0.01)
    except psycopg2.Error:
        failed += 1
        well = False
        if connection is not None:
            connection.close()
        connection = None
        time.sleep(0.2)
print(json.dumps({"acknowledged": acknowledged, "failed": failed, "gap": gap}))
`;
