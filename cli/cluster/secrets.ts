/** The Secrets that an environment reads and that somebody has to make. */
import { secretsRead } from '../../charts/inventory/secrets';
import type { Kubectl } from './kubectl';
import type { ObjectJson } from './objects';

/** What makes Secrets in the cluster: the names that an object of a kind makes. */
const MAKERS: Readonly<Record<string, (object: ObjectJson & { readonly spec: Fields }) => readonly string[]>> = {
  Certificate: ({ spec }) => [String(spec.secretName)],
  // CloudNativePG: the logins that it generates, and its certificates.
  Cluster: ({ metadata: { name } }) =>
    ['app', 'superuser', 'ca', 'server', 'replication'].map((suffix) => `${name}-${suffix}`),
  ExternalSecret: ({ metadata, spec }) => [String((spec.target as Fields | undefined)?.name ?? metadata.name)],
  SealedSecret: ({ metadata }) => [metadata.name],
};

type Fields = Readonly<Record<string, unknown>>;

/** The Secrets that objects read, as "namespace/name", but for those that other objects of the environment make. */
export function secretsNeeded(objects: readonly ObjectJson[], all: readonly ObjectJson[]): readonly string[] {
  const made = new Set(
    all.flatMap((object) => {
      const names = MAKERS[object.kind]?.(object as ObjectJson & { readonly spec: Fields }) ?? [];
      return names.map((name) => `${object.metadata.namespace}/${name}`);
    }),
  );
  const read = objects.flatMap((object) =>
    secretsRead(object).map((secret) => `${object.metadata.namespace}/${secret}`),
  );
  return [...new Set(read)].filter((name) => !made.has(name)).sort();
}

/**
 * Those of some Secrets that the cluster does not have. No value is asked for.
 * @param secrets as "namespace/name"
 */
export async function missingSecrets(kubectl: Kubectl, secrets: readonly string[]): Promise<readonly string[]> {
  const namespaces = [...new Set(secrets.map((secret) => secret.split('/')[0] ?? ''))];
  const there = await Promise.all(
    namespaces.map(async (namespace) => {
      const names = await kubectl.text(['get', 'secrets', '--namespace', namespace, '--output=name']);
      return names.split('\n').map((name) => `${namespace}/${name.replace('secret/', '')}`);
    }),
  );
  const found = new Set(there.flat());
  return secrets.filter((secret) => !found.has(secret));
}
