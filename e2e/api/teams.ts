/** That teams are apart: what their people may do by the API server's own word, and which Secrets lie in their reach. */
import { same } from '../cluster/checks';
import type { Cluster } from '../cluster/cluster';
import { type Environment, namespacesOf, ofKind } from '../cluster/environments';
import type { KubernetesObject, List } from '../cluster/objects';
import { allowed, type Request } from './permissions';

interface Binding extends KubernetesObject {
  readonly subjects: readonly { readonly kind: string; readonly name: string }[];
}
interface Secret extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

interface Team {
  readonly namespace: string;
  readonly group: string;
}

const MODELS = 'seldondeployments.machinelearning.seldon.io';

const teamsOf = (env: Environment): Team[] =>
  ofKind<Binding>(env, 'RoleBinding').flatMap(({ metadata: { namespace = '' }, subjects }) =>
    subjects.filter(({ kind }) => kind === 'Group').map(({ name }) => ({ namespace, group: name })),
  );

export const hasTeams = (env: Environment) => teamsOf(env).length > 0;

export async function teamsAreApart(cluster: Cluster, env: Environment): Promise<string> {
  const teams = teamsOf(env);
  let asked = 0;
  for (const { group, namespace } of teams) {
    const who = ['--as=somebody', `--as-group=${group}`, '--as-group=system:authenticated'];
    const others = namespacesOf(env).filter((name) => name !== namespace);
    const work: Request[] = [
      ...['create', 'update', 'delete'].map((verb): Request => [verb, MODELS, namespace]),
      ['get', 'pods/log', namespace],
      ['get', 'jobs.batch', namespace],
    ];
    const never: Request[] = [
      ...others.flatMap((name): Request[] => [
        ['get', MODELS, name],
        ['create', MODELS, name],
        ['get', 'pods/log', name],
        ['get', 'jobs.batch', name],
        ['get', 'secrets', name],
      ]),
      // Whoever may do one of these reaches the namespace of others, or lets others in.
      ...[
        'httproutes.gateway.networking.k8s.io',
        'gateways.gateway.networking.k8s.io',
        'networkpolicies.networking.k8s.io',
        'rolebindings.rbac.authorization.k8s.io',
        'ingresses.networking.k8s.io',
        'pods',
        'pods/exec',
        'jobs.batch',
        'cronjobs.batch',
        'secrets',
        'serviceaccounts/token',
        'services',
      ].map((resource): Request => ['create', resource, namespace]),
      ['get', 'secrets', namespace],
      ['list', 'secrets', namespace],
    ];
    for (const request of work) same([group, request, await allowed(cluster, who, request)], [group, request, true]);
    for (const request of never) same([group, request, await allowed(cluster, who, request)], [group, request, false]);
    asked += work.length + never.length;
  }
  const secrets = (await cluster.get<List<Secret>>('secrets', '-A')).items;
  const within = secrets.filter(({ metadata }) => teams.some(({ namespace }) => namespace === metadata.namespace));
  const shared = within.flatMap((secret) =>
    Object.entries(secret.data ?? {})
      .filter(([, value]) => isKey(value) && within.some((other) => isOfAnother(other, secret) && holds(other, value)))
      .map(([key]) => `${secret.metadata.namespace}/${secret.metadata.name}: ${key}`),
  );
  same(shared, []);
  const signing = within.filter(({ data = {} }) => 'cookie-secret' in data || 'client-secret' in data);
  same(
    signing.map(({ metadata }) => metadata.name),
    [],
  );
  return `${teams.length} teams, ${asked} questions, ${within.length} Secrets`;
}

/** The batches of one team share a key. */
const isOfAnother = (other: Secret, { metadata }: Secret) => other.metadata.namespace !== metadata.namespace;

const holds = ({ data = {} }: Secret, value: string) => Object.values(data).includes(value);

/** Whether a value, in base64, is as long as what is made at random; names and addresses may be shared. */
const isKey = (value: string) => /^[A-Za-z0-9]{32}$/.test(Buffer.from(value, 'base64').toString());
