/** What clients rely on, asked of the running servers. */
import { same } from '../cluster/checks';
import type { Cluster } from '../cluster/cluster';
import { type KubernetesObject, type List, type Pod, title } from '../cluster/objects';
import { type Database, NAME, NAMESPACE } from './database';

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
  const { items: pods } = await cluster.get<List<Pod>>('-n', NAMESPACE, 'pods', '-l', `cnpg.io/cluster=${NAME}`);
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
  const said = await database.python(VERIFY);
  if (!said.includes('is refused')) throw new Error(said);
  return said.trim();
}

const VERIFY = `
import os, socket
import psycopg2
info = psycopg2.connect("", connect_timeout=10).info
version = info.ssl_attribute("protocol")
assert info.ssl_in_use and os.environ["PGSSLMODE"] == "verify-full", os.environ["PGSSLMODE"]
try:
    address = socket.gethostbyname(os.environ["PGHOST"])
    psycopg2.connect("", host="another.name", hostaddr=address, connect_timeout=10)
except psycopg2.OperationalError as refusal:
    assert "does not match" in str(refusal), refusal
    print(f"{version}, verify-full; a server of another name is refused")
`;

/** The server's rules take passwords over TLS alone. */
export async function refusesPlainText(database: Database): Promise<string> {
  const said = await database.python(PLAIN_TEXT);
  if (!/rejects connection .*no encryption/.test(said)) throw new Error(said);
  return said.trim();
}

const PLAIN_TEXT = `
import psycopg2
try:
    psycopg2.connect("", sslmode="disable", connect_timeout=10)
    print("logged in")
except psycopg2.OperationalError as refusal:
    print(str(refusal).strip().splitlines()[-1])
`;

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
