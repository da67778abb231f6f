/**
 * Which objects of a cluster belong to an environment, so that those that left dist/ are known.
 *
 * A ConfigMap in the first namespace of the environment lists what was ever applied and not removed again. It cannot be
 * told from labels alone: they do not name the environment, a cluster may have several, and what is of the whole cluster
 * is in no namespace. Labels do tell of what was applied by hand since: what cdk8s rendered and lies in a namespace of
 * this environment belongs to it, since no two environments of a cluster share one (charts/environment/clusters.ts).
 */
import { PART_OF } from '../../charts/lib/component';
import type { Kubectl } from './kubectl';
import { itemsOf, list } from './live';
import { groupOf, keyOf, type LiveObject, type ObjectJson } from './objects';
import { namespacesOf, type RenderedEnvironment } from './rendered';

const KIND = 'inventory';
const LABELS = { 'app.kubernetes.io/part-of': PART_OF, 'app.kubernetes.io/component': KIND };
const ENVIRONMENT = 'app.kubernetes.io/instance';
/** What the objects of an environment are found by, besides its own list. */
const RENDERED = `app.kubernetes.io/part-of=${PART_OF},app.kubernetes.io/managed-by=cdk8s`;

interface ConfigMap extends LiveObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** The lists of all environments of a cluster. */
export class Membership {
  private constructor(
    private readonly kubectl: Kubectl,
    private readonly environment: RenderedEnvironment,
    private readonly lists: readonly ConfigMap[],
  ) {}

  static async read(kubectl: Kubectl, environment: RenderedEnvironment): Promise<Membership> {
    const selector = Object.entries(LABELS).map((pair) => pair.join('='));
    const lists = await list<ConfigMap>(kubectl, '', 'configmaps', [
      '--all-namespaces',
      `--selector=${selector.join()}`,
    ]);
    return new Membership(kubectl, environment, lists);
  }

  private isOwn = ({ metadata }: ConfigMap) => metadata.labels?.[ENVIRONMENT] === this.environment.name;

  /** What this environment lists. */
  get own(): readonly ObjectJson[] {
    return this.lists.filter(this.isOwn).flatMap(decode);
  }

  /** What other environments list. */
  get ofOthers(): readonly ObjectJson[] {
    return this.lists.filter((list) => !this.isOwn(list)).flatMap(decode);
  }

  /**
   * The objects of this environment that are in the cluster and no longer in dist/. What another environment lists too is
   * not among them, nor is what belongs to another object, with which it goes.
   */
  async leftOver(): Promise<readonly LiveObject[]> {
    const rendered = new Set(this.environment.objects.map(keyOf));
    const listed = await this.existing(this.own.filter((object) => !rendered.has(keyOf(object))));
    const labelled = await this.labelled();
    const found = new Map([...listed, ...labelled].map((object) => [keyOf(object), object]));
    const others = new Set(this.ofOthers.map(keyOf));
    return [...found.values()].filter(
      (object) =>
        !rendered.has(keyOf(object)) &&
        object.metadata.ownerReferences === undefined &&
        object.metadata.deletionTimestamp === undefined &&
        !others.has(keyOf(object)),
    );
  }

  private async existing(objects: readonly ObjectJson[]): Promise<readonly LiveObject[]> {
    if (objects.length === 0) return [];
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    // A type that is gone took its objects with it; kubectl then answers for the others, and fails.
    const { stdout } = await this.kubectl.run(['get', '--filename=-', '--ignore-not-found', '--output=json'], {
      input,
    });
    return stdout.trim() === '' ? [] : itemsOf(JSON.parse(stdout));
  }

  private async labelled(): Promise<readonly LiveObject[]> {
    const listing = ['api-resources', '--namespaced', '--verbs=list,delete,patch', '--output=name'];
    // It fails where an extension of the API server is down, and prints the others.
    const resources = (await this.kubectl.run(listing)).stdout
      .split('\n')
      .filter((name) => name !== '' && !NEVER_RENDERED.includes(name));
    const known = new Set((await list(this.kubectl, '', 'namespaces')).map(({ metadata }) => metadata.name));
    const namespaces = namespacesOf(this.environment).filter((name) => known.has(name));
    const found = await Promise.all(
      namespaces.map((name) => list(this.kubectl, name, resources.join(), [`--selector=${RENDERED}`])),
    );
    return found.flat();
  }

  /** Lists what is rendered besides what is listed already: for a deployment that may stop anywhere. */
  async add(): Promise<void> {
    await this.write([...this.own, ...this.environment.objects]);
  }

  /**
   * Lists what is rendered, and what is left over: for a deployment that has come to its end.
   * @param left what is still there though it left dist/
   */
  async replace(left: readonly ObjectJson[]): Promise<void> {
    await this.write([...this.environment.objects, ...left]);
  }

  /** Does nothing where an environment has no namespace. */
  private async write(objects: readonly ObjectJson[]): Promise<void> {
    const [namespace] = namespacesOf(this.environment);
    if (namespace === undefined) return;
    const list = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: `${PART_OF}-${KIND}`,
        namespace,
        labels: { ...LABELS, [ENVIRONMENT]: this.environment.name, 'app.kubernetes.io/managed-by': PART_OF },
      },
      data: encode([...new Map(objects.map((object) => [keyOf(object), object])).values()]),
    };
    await this.kubectl.text(['apply', '--server-side', '--force-conflicts', '--filename=-'], {
      input: JSON.stringify(list),
    });
  }
}

/** Resources that no file of dist/ has; leaving them out saves requests. */
const NEVER_RENDERED = ['events', 'events.events.k8s.io', 'secrets', 'pods', 'endpoints', 'leases.coordination.k8s.io'];

/** A key for each type, "apps.v1.Deployment", and a line for each object. 10,000 models take a quarter of what fits. */
function encode(objects: readonly ObjectJson[]): Record<string, string> {
  const lines = new Map<string, string[]>();
  for (const { apiVersion, kind, metadata } of objects) {
    const key = [groupOf(apiVersion), apiVersion.split('/').at(-1), kind].filter(Boolean).join('.');
    const line = [metadata.namespace ?? '', metadata.name].join('/');
    const names = lines.get(key);
    if (names) names.push(line);
    else lines.set(key, [line]);
  }
  return Object.fromEntries([...lines].sort().map(([key, names]) => [key, `${names.sort().join('\n')}\n`]));
}

function decode({ data = {} }: ConfigMap): ObjectJson[] {
  return Object.entries(data).flatMap(([key, text]) => {
    const parts = key.split('.');
    const kind = parts.pop() ?? '';
    const version = parts.pop() ?? '';
    const apiVersion = [parts.join('.'), version].filter(Boolean).join('/');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [namespace = '', name = ''] = line.split('/');
        return { apiVersion, kind, metadata: { name, ...(namespace !== '' && { namespace }) } };
      });
  });
}
