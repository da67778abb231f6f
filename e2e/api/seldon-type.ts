/** The SeldonDeployment type as the API server reads it. */
import { same } from '../cluster/checks';
import { type Cluster, list } from '../cluster/cluster';
import { type Environment, ofKind } from '../cluster/environments';
import type { Pod, SeldonDeployment } from '../cluster/objects';

const NAMESPACE = 'ml-models';
/** Levels of a graph that the type describes. */
const DEPTH = 10;
const VERSIONS = ['v1', 'v1alpha2', 'v1alpha3'];

/** A graph of some depth, whose innermost node has a pod field that is newer than the operator. */
const deep = (depth: number): object => ({
  name: `node-${depth}`,
  type: depth > 0 ? 'TRANSFORMER' : 'MODEL',
  parameters: [{ name: 'depth', value: String(depth), type: 'INT' }],
  ...(depth > 0 && { children: [deep(depth - 1)] }),
});

const sample = (apiVersion: string, name: string) => ({
  apiVersion: `machinelearning.seldon.io/${apiVersion}`,
  kind: 'SeldonDeployment',
  // For another operator than this one, whose webhook would miss containers.
  metadata: { name, namespace: NAMESPACE, labels: { 'seldon.io/controller-id': 'none' } },
  spec: {
    predictors: [
      {
        name: 'default',
        replicas: 0,
        graph: deep(DEPTH),
        componentSpecs: [
          {
            spec: {
              hostUsers: false,
              initContainers: [{ name: 'sidecar', image: 'registry.example.com/a:1', restartPolicy: 'Always' }],
              containers: [{ name: 'node-0', image: 'registry.example.com/b:1' }],
            },
          },
        ],
      },
    ],
  },
});

/** What is written in one version reads the same in all, nothing pruned. */
export async function versionsAgree(cluster: Cluster): Promise<string> {
  for (const written of VERSIONS) {
    const object = sample(written, `written-${written}`);
    await cluster.create(object);
    for (const read of VERSIONS) {
      const resource = `seldondeployments.${read}.machinelearning.seldon.io`;
      const found = await cluster.get<SeldonDeployment>('-n', NAMESPACE, resource, object.metadata.name);
      same([found.apiVersion, found.spec], [`machinelearning.seldon.io/${read}`, object.spec]);
    }
    await cluster.run(['delete', '-n', NAMESPACE, 'seldondeployment', object.metadata.name]);
  }
  const crd = await cluster.get<{ status: { conditions: Condition[]; storedVersions: string[] } }>(
    'crd',
    'seldondeployments.machinelearning.seldon.io',
  );
  same(crd.status.storedVersions, ['v1']);
  same(
    crd.status.conditions.filter(({ type }) => type === 'NonStructuralSchema'),
    [],
  );
  return `${VERSIONS.join(', ')}: ${DEPTH} levels deep, newer pod fields kept`;
}

interface Condition {
  readonly type: string;
}

/** The pods that SeldonDeployments bring are decoded and admitted as pods, which their type leaves open. */
export async function podsAreAdmitted(cluster: Cluster, env: Environment): Promise<string> {
  const pods = ofKind<SeldonDeployment>(env, 'SeldonDeployment').flatMap(podsOf);
  if (pods.length === 0) return 'there are none';
  const output = await cluster.run(
    ['create', '--dry-run=server', '--validate=strict', '-o', 'name', '-f', '-'],
    list(pods),
  );
  same(output.trim().split('\n').length, pods.length);
  return `${pods.length} pods`;
}

/** With the image that the operator puts in. */
function podsOf({ metadata: { name, namespace }, spec }: SeldonDeployment): Omit<Pod, 'status'>[] {
  return spec.predictors.flatMap((predictor) =>
    (predictor.componentSpecs ?? []).map((component, index) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `${name}-${predictor.name}-${index}`, namespace, labels: component.metadata?.labels },
      spec: {
        ...component.spec,
        containers: component.spec.containers.map((container) => ({ image: 'set-by-the-operator:1', ...container })),
      },
    })),
  );
}
