/** PostgreSQL, the object store and MLflow, from the manifests alone. */
import { same } from '../../cluster/checks';
import { finished } from '../../cluster/commands';
import { TRACKING } from '../../software/wine-models';
import type { Loop } from '../loop';
import { Pod } from '../pod';

/** PostgreSQL, the object store and MLflow come up from the manifests alone. */
export async function startTracking(loop: Loop): Promise<void> {
  const { manifests } = loop.host;
  await loop.checks.check('PostgreSQL is ready', () => loop.start('postgres', 'postgresql'));
  await loop.checks.check('its init scripts run a second time without harm', () => {
    return finished(loop.pod('postgresql').exec('/docker-entrypoint-initdb.d/mlflow.sh'));
  });
  await loop.checks.check('the object store is ready', () => loop.start('minio-system', 'minio'));
  for (const turn of ['', ', and once more']) {
    await loop.checks.check(`the bucket and its users are set up${turn}`, async () => {
      const { code, log } = await new Pod(loop.host, manifests.pod('minio-system', 'minio-setup')).complete();
      if (code !== 0) throw new Error(log);
      return log.trim().split('\n').at(-1) ?? '';
    });
  }
  await loop.checks.check('MLflow is ready, its database made', () => loop.start('mlflow', 'mlflow'));
  await loop.checks.check("MLflow's tables lie in schema mlflow, its role is no superuser and owns nothing", () => {
    const sql = `select (select count(*) > 20 from pg_tables where schemaname = 'mlflow'),
      (select count(*) from pg_tables where schemaname = 'public'),
      (select rolsuper or rolcreaterole or rolcreatedb from pg_roles where rolname = 'mlflow'),
      has_schema_privilege('mlflow', 'public', 'create')`;
    same(loop.sql(sql), 't|0|f|f');
    return 'true, 0, false, false';
  });
  await loop.checks.check('the object store refuses who has no key', async () => {
    const statuses = await Promise.all(
      ['/', '/models/', '/models/wine/mlflow-wine/1/MLmodel'].map(
        async (path) => (await fetch(`http://minio.minio-system.svc:9000${path}`)).status,
      ),
    );
    same(statuses, [403, 403, 403]);
    return statuses.join(', ');
  });
  await loop.checks.check('MLflow answers the names it is called by, and no other', async () => {
    const status = (host: string) =>
      Number(
        loop.command(
          'curl',
          '-s',
          '-o',
          '/dev/null',
          '-w',
          '%{http_code}',
          '-H',
          `Host: ${host}`,
          `${TRACKING}/api/2.0/mlflow/experiments/get?experiment_id=0`,
        ).stdout,
      );
    const hosts = ['mlflow.mlflow.svc:5000', 'localhost:12345', '[::1]:12345', 'evil.example'];
    same(hosts.map(status), [200, 200, 200, 403]);
    return '200, 200, 200, 403';
  });
}
