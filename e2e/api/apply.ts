/** That what was applied is there, as written, and that applying it again changes nothing. */
import { same } from '../cluster/checks';
import { accepted, type Cluster } from '../cluster/cluster';
import { allFiles, type Environment } from '../cluster/environments';
import { type KubernetesObject, type List, title } from '../cluster/objects';

/** Applies every stage once more. */
export async function applyAgain(cluster: Cluster, env: Environment, kubernetes: string): Promise<string> {
  // Some are written anew, with nothing new in them but the version: Gateways, what cert-manager has applied an authority to,
  // and by the API server of 1.30 HTTPRoutes.
  const isOld = kubernetes.startsWith('v1.30.');
  const versions = async (): Promise<Map<string, string | undefined>> =>
    new Map([
      ...(await (isOld ? contents : resourceVersions)(cluster, env)),
      ...[...(await contents(cluster, env))].filter(([name]) =>
        /^(Gateway|ValidatingWebhookConfiguration) /.test(name),
      ),
    ]);
  const before = await versions();
  for (const stage of env.stages) await cluster.run(['apply', '--server-side', '-f', `${env.folder}/${stage}`]);
  const after = await versions();
  const changed = [...after].filter(([name, version]) => before.get(name) !== version).map(([name]) => name);
  if (changed.length > 0) throw new Error(`changed: ${changed.join(', ')}`);
  return `${after.size} objects stay as they are`;
}

async function resourceVersions(cluster: Cluster, env: Environment): Promise<Map<string, string | undefined>> {
  const items = await objects(cluster, env);
  return new Map(items.map((object) => [title(object), object.metadata.resourceVersion]));
}

async function contents(cluster: Cluster, env: Environment): Promise<Map<string, string>> {
  const items = await objects(cluster, env);
  return new Map(
    items.map(({ metadata: { resourceVersion: _, managedFields: __, ...metadata }, ...rest }) => [
      title({ ...rest, metadata }),
      JSON.stringify({ ...rest, metadata }),
    ]),
  );
}

/** Every object that the files have, as the API server has it. */
async function objects(cluster: Cluster, env: Environment): Promise<readonly KubernetesObject[]> {
  const { items } = await cluster.get<List>(...allFiles(env));
  same(items.length, env.objects.length);
  return items;
}

/** Asks the API server what applying would change. */
export async function nothingDiffers(cluster: Cluster, env: Environment): Promise<string> {
  const diff = await cluster.kubectl(['diff', '--server-side', ...allFiles(env)]);
  if (diff.code !== 0) throw new Error(`kubectl diff ended with ${diff.code}:\n${diff.stdout}${diff.stderr}`);
  return 'kubectl diff shows nothing';
}

/** The environment as one kustomization, as Argo CD and Flux read it. */
export async function kustomization(cluster: Cluster, env: Environment): Promise<string> {
  const args = ['apply', '--server-side', '--dry-run=server', '-k', env.folder, '-o', 'name'];
  const applied = (await cluster.run(args)).trim().split('\n');
  same(applied.length, env.objects.length);
  return `${applied.length} objects`;
}

/** Client-side apply keeps a copy of each object in an annotation, which must not be too large. */
export async function clientSide(cluster: Cluster, env: Environment): Promise<string> {
  const largest = env.objects.map((object) => JSON.stringify(object)).sort((a, b) => b.length - a.length)[0] ?? '';
  const { kind, metadata } = JSON.parse(largest) as KubernetesObject;
  const renamed = largest
    .replaceAll('seldondeployments', 'copies')
    .replaceAll('machinelearning.seldon.io', 'example.com');
  accepted('kubectl apply', await cluster.kubectl(['apply', '--dry-run=server', '-f', '-'], renamed));
  return `the largest is ${kind} ${metadata.name} with ${largest.length} bytes`;
}
