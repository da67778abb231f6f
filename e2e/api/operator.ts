/** Plays the Seldon operator, which cannot be built here: makes the objects that charts/serving/expansion.ts expects of it. */
import { resolveImages } from '../../charts/images';
import { expand } from '../../charts/serving/expansion';
import type { SeldonDeploymentJson } from '../../charts/serving/seldon-json';
import { accepted, type Cluster, list } from './cluster';
import { type Environment, ofKind } from './environments';
import type { KubernetesObject } from './objects';

interface Labelled extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly labels?: Readonly<Record<string, string>> };
}

/** Everything, created with the rights of the operator's account. */
export async function playOperator(cluster: Cluster, env: Environment): Promise<string> {
  const deployments = ofKind<KubernetesObject & SeldonDeploymentJson>(env, 'SeldonDeployment');
  // Which images they are is all the same: no container starts here.
  const images = resolveImages({ overrides: {}, seldonVersion: '1.17.1' });
  const made = deployments.flatMap((deployment) => expand(deployment, images));
  const known = made.filter(({ apiVersion }) => !apiVersion.startsWith('keda.sh/'));
  await claims(cluster, env);
  const account = '--as=system:serviceaccount:seldon-system:seldon-manager';
  const output = await cluster.kubectl(['create', account, '--validate=strict', '-f', '-'], list(known));
  const namespace = ofKind<Labelled>(env, 'Namespace').find(({ metadata }) => metadata.name === 'ml-models');
  const restricted = namespace?.metadata.labels?.['pod-security.kubernetes.io/enforce'] === 'restricted';
  // Where the executor runs, the namespace warns of what it does not refuse.
  accepted('making them', restricted ? output : { ...output, stderr: output.code === 0 ? '' : output.stderr });
  return `${known.length} of ${deployments.length} SeldonDeployments${restricted ? ', none with a warning' : ''}`;
}

/** The volumes that models name and somebody else makes. */
async function claims(cluster: Cluster, env: Environment): Promise<void> {
  const models = ofKind(env, 'SeldonDeployment');
  const names = [...JSON.stringify(models).matchAll(/"claimName":"([^"]+)"/g)].map(([, name]) => name);
  if (names.length === 0) return;
  await cluster.create(
    ...[...new Set(names)].map((name) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: 'ml-models' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    })),
  );
}
