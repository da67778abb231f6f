/** Faults planted on purpose: what the checks rest on must notice each. */
import { same } from '../cluster/checks';
import { accepted, type Cluster, list } from '../cluster/cluster';
import { type Environment, namespacesOf, ofKind } from '../cluster/environments';
import type { KubernetesObject } from '../cluster/objects';
import { unplaced } from '../cluster/workloads';
import { driftOf } from './gitops';

interface WithSpec extends KubernetesObject {
  readonly spec: object;
}

interface Claiming extends KubernetesObject {
  readonly spec: { readonly volumeClaimTemplates: readonly Readonly<Record<string, unknown>>[] };
}

const pod = (namespace: string, securityContext: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'planted', namespace },
  spec: { containers: [{ name: 'planted', image: 'registry.example.com/planted:1', securityContext }] },
});

/** @throws Error where the API server takes the objects without a word */
async function refused(cluster: Cluster, what: string, why: RegExp, ...objects: object[]): Promise<void> {
  const output = await cluster.kubectl(['apply', '--server-side', '--dry-run=server', '-f', '-'], list(objects));
  let message = '';
  try {
    accepted(what, output);
  } catch (error) {
    message = String(error);
  }
  if (!why.test(message)) throw new Error(`${what} is not noticed: ${message || output.stdout}`);
}

export async function plantedFaults(cluster: Cluster, env: Environment): Promise<string> {
  const [deployment] = ofKind<WithSpec>(env, 'Deployment');
  const [model] = ofKind<WithSpec>(env, 'SeldonDeployment');
  if (!deployment || !model) throw new Error('there is nothing to plant a fault in');

  await refused(cluster, 'an unknown field', /unknown field|field not declared/, {
    ...deployment,
    spec: { ...deployment.spec, replica: 1 },
  });
  await refused(cluster, 'an unknown field of a model', /unknown field|field not declared/, {
    ...model,
    spec: { ...model.spec, protocoll: 'v2' },
  });
  await refused(cluster, 'a changed selector', /immutable/, {
    ...deployment,
    spec: { ...deployment.spec, selector: { matchLabels: { planted: 'yes' } } },
  });
  for (const namespace of namespacesOf(env)) {
    await refused(
      cluster,
      `a privileged pod in ${namespace}`,
      /violates PodSecurity/,
      pod(namespace, { privileged: true }),
    );
  }
  const violating = JSON.stringify(deployment).replaceAll('"runAsNonRoot":true', '"runAsNonRoot":false');
  await refused(
    cluster,
    'a Deployment whose pods are refused',
    /would violate PodSecurity/,
    JSON.parse(violating) as object,
  );

  const [set] = ofKind<Claiming>(env, 'StatefulSet');
  if (!set) throw new Error('there is no StatefulSet to plant a fault in');
  const [{ kind: _, ...template } = {}] = set.spec.volumeClaimTemplates;
  const untyped = { ...set, spec: { ...set.spec, volumeClaimTemplates: [template] } };
  same(driftOf(set, set), []);
  if (driftOf(untyped, set).length !== 1) throw new Error('a claim template without its kind is not noticed');

  await cluster.create(tooLarge());
  const left = await unplaced(cluster);
  await cluster.run(['delete', '-n', 'default', 'pod', 'too-large', '--wait=false']);
  if (left.length !== 1) throw new Error(`a pod that fits no node is not noticed: ${left.join()}`);
  return `${namespacesOf(env).length + 6} noticed`;
}

const tooLarge = () => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'too-large', namespace: 'default' },
  spec: {
    containers: [{ name: 'a', image: 'registry.example.com/a:1', resources: { requests: { cpu: '1k' } } }],
  },
});
