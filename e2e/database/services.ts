/** What clients rely on, asked of the running servers; and what the operator refuses. */
import { same } from '../cluster/checks';
import type { Cluster } from '../cluster/cluster';
import { type KubernetesObject, type List, type Pod, title } from '../cluster/objects';
import { type Database, NAMESPACE } from './database';
import { tryCluster } from './operator';

const VALID = { instances: 3, storage: { size: '1Gi' } };
/** Settings that synth refuses, as a Cluster would have them, and what the operator says of each. */
const REFUSED: readonly (readonly [spec: object, message: RegExp])[] = [
  [{ postgresql: { synchronous: { method: 'any', number: 3 } } }, /synchronous/],
  [{ resources: { requests: { memory: '64Mi' } }, postgresql: { parameters: { shared_buffers: '128MB' } } }, /memory/],
  [{ storage: { size: 'much' } }, /size/],
  [{ bootstrap: { recovery: { source: 'nowhere' } } }, /nowhere/],
];

export async function refusesWhatSynthRefuses(cluster: Cluster): Promise<string> {
  same(await tryCluster(cluster, VALID), '');
  for (const [spec, message] of REFUSED) {
    const said = await tryCluster(cluster, { ...VALID, ...spec });
    if (!message.test(said)) throw new Error(`${JSON.stringify(spec)}: ${said || 'is taken'}`);
  }
  return `${REFUSED.length} faults`;
}

interface Policy extends KubernetesObject {
  readonly spec: {
    readonly podSelector: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly policyTypes: readonly string[];
    readonly ingress?: readonly object[];
    readonly egress?: readonly object[];
  };
}

/** Instances, and the pods that make them: each is selected by a policy that opens something, both ways. */
export async function everyPodIsLimited(cluster: Cluster): Promise<string> {
  const { items: pods } = await cluster.get<List<Pod>>('-n', NAMESPACE, 'pods');
  const { items: policies } = await cluster.get<List<Policy>>('-n', NAMESPACE, 'networkpolicies');
  const selects = ({ spec }: Policy, pod: Pod) =>
    Object.entries(spec.podSelector.matchLabels ?? {}).every(([name, value]) => pod.metadata.labels?.[name] === value);
  const closed = pods.filter((pod) => {
    const own = policies.filter((policy) => selects(policy, pod));
    return !own.some(({ spec }) => spec.ingress?.length) || !own.some(({ spec }) => spec.egress?.length);
  });
  if (closed.length > 0) throw new Error(`no policy opens a way to or from ${closed.map(title).join(', ')}`);
  return `${pods.length} pods`;
}

/** MLflow's own environment says where the server is and whom to trust. */
export async function verifiesTheServer(database: Database): Promise<string> {
  const said = await database.python(`
import os, psycopg2
connection = psycopg2.connect("")
cursor = connection.cursor()
cursor.execute("select ssl, version, usename from pg_stat_ssl join pg_stat_activity using (pid) where pid = pg_backend_pid()")
ssl, version, user = cursor.fetchone()
assert ssl and os.environ["PGSSLMODE"] == "verify-full", (ssl, os.environ["PGSSLMODE"])
try:
    psycopg2.connect("", hostaddr=connection.info.hostaddr if hasattr(connection.info, "hostaddr") else "", host="another.name")
except psycopg2.OperationalError as refusal:
    assert "does not match" in str(refusal), refusal
    print(user, version, "verify-full; another name is refused")
`);
  if (!said.includes('is refused')) throw new Error(said);
  return said.trim();
}

/** The server's rules take passwords over TLS alone. */
export async function refusesPlainText(database: Database): Promise<string> {
  const said = await database.python(`
import psycopg2
for mode in ("disable", "allow"):
    try:
        psycopg2.connect("", sslmode=mode, sslrootcert="") and print("logged in:", mode)
    except psycopg2.OperationalError as refusal:
        print(mode, "refused:", str(refusal).strip().splitlines()[-1])
`);
  if (!/disable refused: .*(rejects connection|no pg_hba.conf entry)/.test(said)) throw new Error(said);
  return said.split('\n')[0] ?? '';
}

/** MLflow's role may what it must, and its tables lie in their schema. */
export async function roles(database: Database): Promise<string> {
  same(
    await database.sql(`select (select count(*) > 20 from pg_tables where schemaname = 'mlflow'),
      (select count(*) from pg_tables where schemaname = 'public'),
      (select rolsuper or rolcreaterole or rolcreatedb from pg_roles where rolname = 'mlflow'),
      has_schema_privilege('mlflow', 'public', 'create')`),
    't|0|f|f',
  );
  return 'tables in mlflow, none in public; no superuser, may not create in public';
}
