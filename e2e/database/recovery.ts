/** Backups of the cluster, and what docs/operations.md says of getting the database back from them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { METRICS } from '../../charts/monitoring/metrics';
import { LAST_BACKUP } from '../../charts/monitoring/rules/backups';
import { same } from '../cluster/checks';
import { until } from '../cluster/cluster';
import { ARCHIVE, ARCHIVE_KEY, archives, backedUp, makeBackup } from './archive';
import { type Database, NAMESPACE } from './database';
import { change, follow, type Operated } from './follow';

/** The heading of docs/operations.md. */
const RECOVER = 'Recover a cluster of CloudNativePG';

/** The running cluster gets an archive: instance after instance gets what archives, and a base backup is made. */
export async function backupsTurnedOn(operated: Operated): Promise<string> {
  const { database, repository } = operated;
  const { cluster } = database;
  const start = Date.now() - 1000;
  change(operated, { postgresql: { backup: { enabled: true, store: ARCHIVE } } });
  const apply = (stage: string) => cluster.run(['apply', '--server-side', '-f', join(repository.dist(), stage)]);
  writeFileSync(join(repository.environment(), 'secrets.env'), `DATABASE_BACKUP_S3_SECRET_KEY=${ARCHIVE_KEY}\n`);
  await apply('10-setup');
  await follow(operated, 'To a new release of this project');
  await apply('30-data');
  await archives(database);
  await database.healthy();
  await apply('40-tracking');
  return `${await backedUp(cluster, start)} in ${ARCHIVE.bucket}`;
}

/** Each metric that a rule or a dashboard names is one that an instance has. */
export async function measures(database: Database): Promise<string> {
  const primary = await database.primary();
  const lines = async () => {
    const path = `/api/v1/namespaces/${NAMESPACE}/pods/${primary}:9187/proxy/metrics`;
    return (await database.cluster.run(['get', '--raw', path])).split('\n');
  };
  const found = new Set((await lines()).map((line) => line.replace(/[{ ].*/, '')));
  same(
    METRICS.cloudNativePg.values.filter((name) => !found.has(name)),
    [],
  );
  // A first backup that comes while the plugin writes down what it found at its start is told of with the next one, or half an
  // hour later.
  const start = Date.now() - 1000;
  await makeBackup(database.cluster);
  await backedUp(database.cluster, start);
  // The plugin asks for the status of the store anew after ten seconds.
  let age = Number.NaN;
  await until('the age of the newest backup is known', 120, async () => {
    const line = (await lines()).find((text) => text.startsWith(LAST_BACKUP)) ?? '';
    age = Date.now() / 1000 - Number(line.split(' ').at(-1));
    return age >= 0 && age < 3600 ? undefined : `${line}\n${await statusOfStore(database)}`;
  });
  return `${METRICS.cloudNativePg.values.length} metrics; the newest backup is ${Math.round(age)} s old`;
}

const statusOfStore = ({ cluster }: Database) =>
  cluster.run(['get', '-n', NAMESPACE, 'objectstores.barmancloud.cnpg.io', '-o', 'jsonpath={.items[*].status}']);

/** What was there at a point in time, and nothing that was done after it. */
export async function recovered(operated: Operated): Promise<string> {
  const { database } = operated;
  const rows = () => database.sql('select count(*) from mlflow.proof');
  const before = await rows();
  await database.sql('select pg_sleep(2)');
  const time = await database.sql(`select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`);
  await database.sql('select pg_sleep(2)');
  await database.sql('drop table mlflow.proof');
  await database.sql('create table mlflow.mistake (id integer)');
  await follow(operated, RECOVER, { to: 1 });

  const start = Date.now();
  change(operated, { postgresql: { backup: { folder: 'postgres-2' }, recovery: { folder: 'postgres', time } } });
  await follow(operated, RECOVER, { from: 1 });
  const minutes = Math.round((Date.now() - start) / 6000) / 10;
  same([await rows(), await database.sql("select to_regclass('mlflow.mistake') is null")], [before, 't']);
  await database.healthy();
  return `${before} rows as of ${time}, in ${minutes} minutes; then ${await backedUp(database.cluster, start)}`;
}
