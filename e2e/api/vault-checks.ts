/** The starting environment with its Secrets from a vault: what the real External Secrets Operator makes of its objects. */
import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvironment } from '../../charts/environment/environments';
import type { RequiredSecret } from '../../charts/lib/secret';
import { composePlatform } from '../../charts/platform';
import { credentialsOf, type ExistingSecret, recoverCredentials } from '../../cli/secrets/credentials';
import type { Parts } from '../cluster/build/parts';
import { buildExternalSecrets } from '../cluster/build/tools';
import { type Check, type Checks, same } from '../cluster/checks';
import { accepted, Cluster, until } from '../cluster/cluster';
import { finished } from '../cluster/commands';
import { type Environment, startingEnvironment } from '../cluster/environments';
import type { KubernetesObject, List } from '../cluster/objects';
import { Repository, STARTING } from '../cluster/repository';
import { diagnosis } from '../cluster/workloads';
import { prepare, startKwok } from './kwok-node';

const STORE = 'vault';
/** The operator has a store that is in its memory: values are written to it and read from it as with any other. */
const CLUSTER_STORE = {
  apiVersion: 'external-secrets.io/v1',
  kind: 'ClusterSecretStore',
  metadata: { name: STORE },
  spec: { provider: { fake: { data: [] } } },
};
const SETTINGS = { secrets: { backend: 'externalSecrets', store: { name: STORE, prefix: 'ml/', generate: true } } };

interface Secret extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

export async function checkVault(checks: Checks, project: string, work: string, parts: Parts): Promise<void> {
  const operator = await buildExternalSecrets(project);
  console.error(`starting Kubernetes ${parts.version} for Secrets from a vault`);
  const repository = Repository.init(project, join(work, 'vault'));
  repository.change(SETTINGS);
  finished(repository.command('synth'));
  const env = startingEnvironment(repository);
  const { secrets } = composePlatform(loadEnvironment(join(repository.root, 'environments'), STARTING));
  const cluster = await Cluster.start(parts, mkdtempSync(join(work, 'cluster-')), (started) =>
    startKwok(started, parts),
  );
  let made: ReadonlyMap<string, string> = new Map();
  const steps: Check[] = [
    ['a cluster with a node', () => prepare(cluster, env, project, parts)],
    ['the operator runs', () => startOperator(cluster, operator)],
    [
      'it makes every Secret, with the same value on both sides',
      async () => {
        await apply(cluster, env);
        made = await credentialsIn(cluster, secrets);
        return `${made.size} credentials in ${secrets.length} Secrets`;
      },
    ],
    [
      'a Secret that is deleted comes back with the same values',
      async () => {
        for (const { namespace, name } of secrets) await cluster.run(['delete', '-n', namespace, 'secret', name]);
        same([...(await credentialsIn(cluster, secrets))], [...made]);
        return `${secrets.length} Secrets`;
      },
    ],
    [
      'a value that the vault has is not made anew',
      async () => {
        // The operator looks at a PushSecret again whenever it changes.
        await cluster.run(['annotate', '-A', 'pushsecrets', '--all', 'example.com/look=again']);
        await cluster.run(['wait', '-A', '--for=condition=Ready', 'pushsecrets', '--all', '--timeout=60s']);
        for (const { namespace, name } of secrets) await cluster.run(['delete', '-n', namespace, 'secret', name]);
        same([...(await credentialsIn(cluster, secrets))], [...made]);
        return `${made.size} credentials`;
      },
    ],
  ];
  try {
    for (const [name, look] of steps) {
      if (await checks.check(`vault: ${name}`, look)) continue;
      console.error(await diagnosis(cluster));
      break;
    }
  } finally {
    await cluster.stop();
  }
}

async function startOperator(cluster: Cluster, { bin, types }: { bin: string; types: string }): Promise<string> {
  // Those that the environment makes objects of are there already, of the release that it is for.
  const there = await cluster.run(['get', 'crd', '-o', 'name']);
  const files = readdirSync(types).filter((file) => {
    const [group, plural] = file.replace('.yaml', '').split('_');
    return plural !== undefined && !there.includes(`/${plural}.${group}`);
  });
  for (const file of files) accepted(file, await cluster.kubectl(['apply', '--server-side', '-f', join(types, file)]));
  await cluster.established('crd', '--all');
  cluster.launch(join(bin, 'external-secrets'), ['--metrics-addr=127.0.0.1:18080']);
  await cluster.create(CLUSTER_STORE);
  await cluster.run(['wait', '--for=condition=Ready', 'clustersecretstore', STORE, '--timeout=60s']);
  return 'its store is ready';
}

/** Applies what the Secrets need. */
async function apply(cluster: Cluster, { folder }: Environment): Promise<void> {
  await cluster.run(['apply', '--server-side', '-f', join(folder, '10-setup')]);
  await cluster.run(['apply', '--server-side', '-f', join(folder, '20-operators/external-secrets.yaml')]);
}

/** Waits for every Secret, and reads the credentials back: fails where two of them have different values of one. */
async function credentialsIn(
  cluster: Cluster,
  required: readonly RequiredSecret[],
): Promise<ReadonlyMap<string, string>> {
  let existing: readonly ExistingSecret[] = [];
  await until('every Secret is there', 120, async () => {
    const { items } = await cluster.get<List<Secret>>('-A', 'secrets');
    existing = items.map(({ metadata: { namespace = '', name }, data = {} }) => ({
      namespace,
      name,
      data: Object.fromEntries(
        Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]),
      ),
    }));
    const missing = required.filter(
      ({ namespace, name }) => !existing.some((secret) => secret.namespace === namespace && secret.name === name),
    );
    return missing.length === 0 ? undefined : missing.map(({ name }) => name).join(', ');
  });
  const found = recoverCredentials(required, existing);
  same(
    credentialsOf(required)
      .map(({ id }) => id)
      .filter((id) => (found.get(id) ?? '').length !== 32),
    [],
  );
  return found;
}
