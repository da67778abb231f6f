/** From one kind of server to another, as docs/operations.md says, with real servers at both ends. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import { same } from '../cluster/checks';
import { finished } from '../cluster/commands';
import { ofKind, startingEnvironment } from '../cluster/environments';
import { type Certificate, issue } from './certificates';
import { follow, type Operated } from './follow';

/** What a person may see of MLflow's data: what a client has logged, and how many rows the tables have. */
const LOG = `
import mlflow, sys
mlflow.set_tracking_uri("http://localhost:5000")
experiment = mlflow.set_experiment("moved")
with mlflow.start_run():
    mlflow.log_metrics({f"m{i}": i / 3 for i in range(200)})
    mlflow.set_tag("text", "naïve 'quotes' \\t and a tab")
`;
/** Of each table a digest of its rows, as MLflow's own login reads them. */
const CENSUS = `
import psycopg2
connection = psycopg2.connect("", connect_timeout=10)
cursor = connection.cursor()
cursor.execute("select relname from pg_class where relkind = 'r' and relnamespace = 'mlflow'::regnamespace order by 1")
for (table,) in cursor.fetchall():
    cursor.execute(f"select count(*), md5(coalesce(string_agg(t::text, ',' order by t::text), '')) from mlflow.{table} t")
    print(table, *cursor.fetchone())
`;

/** Moves, and compares all that MLflow's login can read before and after. */
async function compared({ database }: Operated, move: () => Promise<unknown>): Promise<string> {
  await database.python(LOG);
  const before = await database.python(CENSUS);
  const start = Date.now();
  await move();
  const seconds = Math.round((Date.now() - start) / 1000);
  same(await database.python(CENSUS), before);
  await database.python(LOG);
  return `${before.trim().split('\n').length} tables, the same rows; ${seconds} s`;
}

/**
 * The embedded server is given up for a cluster of CloudNativePG.
 * @param settings of the cluster, beside those that the document shows
 * @param folder where certificates are made
 */
export const toCloudNativePg = (operated: Operated, settings: unknown, folder: string): Promise<string> =>
  compared(operated, async () => {
    const { database, repository } = operated;
    await follow(operated, MOVE_IN, { to: 2 });
    repository.change(settings);
    finished(repository.command('synth'));
    // What cert-manager does as soon as a Certificate is there.
    await issue(database.cluster, ofKind<Certificate>(startingEnvironment(repository), 'Certificate'), folder);
    await follow(operated, MOVE_IN, { from: 2 });
  });

const MOVE_IN = 'Move the database to CloudNativePG';

/** A server that somebody else runs, with a certificate of an authority that MLflow is told of. */
const OUTSIDE = {
  namespace: 'outside',
  name: 'database',
  host: 'database.outside.svc',
  password: 'given-from-outside',
};

const SERVE = `set -e
initdb --username=postgres --encoding=UTF8 --locale=C --auth-local=trust --auth-host=scram-sha-256 >/dev/null
echo 'hostssl all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
install -m 600 /tls/tls.key /data/tls.key
pg_ctl -w -o "-k /tmp -c listen_addresses=''" start >/dev/null
psql -h /tmp -U postgres -c "create role mlflow login password '${OUTSIDE.password}'" -c 'create database mlflow owner mlflow'
pg_ctl -w stop >/dev/null
exec postgres -k /tmp -c listen_addresses='*' -c ssl=on -c ssl_cert_file=/tls/tls.crt -c ssl_key_file=/data/tls.key
`;

async function serverOutside({ database: { cluster } }: Operated, image: string, folder: string): Promise<void> {
  const { namespace, name, host } = OUTSIDE;
  const metadata = { name, namespace };
  const labels = { app: name };
  const certificate = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata,
    spec: { secretName: name, dnsNames: [host] },
  } satisfies Certificate;
  await issue(cluster, [certificate], folder);
  const container = {
    name,
    image,
    command: ['bash', '-c', SERVE],
    env: [{ name: 'PGDATA', value: '/data/server' }],
    readinessProbe: { exec: { command: ['pg_isready', '-h', '127.0.0.1'] } },
    volumeMounts: [
      { name: 'data', mountPath: '/data' },
      { name: 'tls', mountPath: '/tls' },
    ],
  };
  const volumes = [
    { name: 'data', emptyDir: {} },
    { name: 'tls', secret: { secretName: name } },
  ];
  const spec = { securityContext: { runAsUser: 26, fsGroup: 26 }, containers: [container], volumes };
  await cluster.create(
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ port: 5432 }] } },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'rds-ca', namespace: 'mlflow' },
      data: { 'eu-central-1-bundle.pem': readFileSync(join(folder, 'ca.crt'), 'utf8') },
    },
  );
  await cluster.run(['rollout', 'status', '-n', namespace, `deployment/${name}`, '--timeout=5m']);
  const address = await cluster.run(['get', '-n', namespace, 'service', name, '-o', 'jsonpath={.spec.clusterIP}']);
  // The reader's machine finds it by DNS.
  appendFileSync('/etc/hosts', `${address} ${host}\n`);
}

const MOVE_OUT = 'Move the database to a server outside';

/** The cluster of CloudNativePG is given up for a server that the platform does not run. */
export async function toServerOutside(operated: Operated, image: string, folder: string): Promise<string> {
  const { repository } = operated;
  await serverOutside(operated, image, folder);
  const file = join(repository.environment(), 'platform.yaml');
  const fillIn = (text: string) =>
    text
      .replaceAll('mlflow.abc123.eu-central-1.rds.amazonaws.com', OUTSIDE.host)
      .replace('StatefulSet postgres/postgresql', 'Cluster postgres/postgres')
      .replace(/^export /m, `export PGPASSWORD=${OUTSIDE.password} `);
  return compared(operated, async () => {
    await follow(operated, MOVE_OUT, { to: 2, fillIn });
    // Settings of one kind of server are none of another.
    const { postgresql: _, ...rest } = load(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>;
    writeFileSync(file, dump(rest));
    writeFileSync(join(repository.environment(), 'secrets.env'), `MLFLOW_DB_PASSWORD=${OUTSIDE.password}\n`);
    await follow(operated, MOVE_OUT, { from: 2, fillIn });
  });
}
