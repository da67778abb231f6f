/** What the ServiceAccounts of the platform may do, by the API server's own word. */
import { same } from '../cluster/checks';
import type { Cluster } from '../cluster/cluster';
import { type Environment, namespacesOf, ofKind } from '../cluster/environments';

const OPERATOR = { namespace: 'seldon-system', name: 'seldon-manager' };

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

/** verb, resource and namespace ("" for the cluster's own). */
export type Request = readonly [string, string, string];

/** The operator may do its work where models run, and no more; all others nothing at all. */
export async function permissions(cluster: Cluster, env: Environment): Promise<string> {
  const models = [...new Set(ofKind(env, 'SeldonDeployment').map(({ metadata }) => metadata.namespace ?? ''))];
  const elsewhere = namespacesOf(env).filter((name) => !models.includes(name));
  const work: Request[] = [
    ...models.flatMap((namespace): Request[] => [
      ...['deployments.apps', 'services', 'horizontalpodautoscalers.autoscaling'].flatMap((resource) =>
        VERBS.map((verb): Request => [verb, resource, namespace]),
      ),
      ['list', 'seldondeployments.machinelearning.seldon.io', namespace],
      ['update', 'seldondeployments.machinelearning.seldon.io/status', namespace],
      ['create', 'events', namespace],
    ]),
    ['get', 'configmaps', OPERATOR.namespace],
    ['create', 'leases.coordination.k8s.io', OPERATOR.namespace],
  ];
  const never: Request[] = [
    ...[...models, ...elsewhere].flatMap((namespace): Request[] => [
      ['get', 'secrets', namespace],
      ['list', 'secrets', namespace],
      ['create', 'pods', namespace],
      ['create', 'pods/exec', namespace],
      ['create', 'serviceaccounts/token', namespace],
      ['create', 'rolebindings.rbac.authorization.k8s.io', namespace],
      ['delete', 'seldondeployments.machinelearning.seldon.io', namespace],
    ]),
    ...elsewhere.flatMap((namespace): Request[] => [
      ['create', 'deployments.apps', namespace],
      ['create', 'services', namespace],
    ]),
    ['create', 'clusterrolebindings.rbac.authorization.k8s.io', ''],
    ['delete', 'customresourcedefinitions.apiextensions.k8s.io', ''],
  ];
  const others = ofKind(env, 'ServiceAccount').filter(({ metadata }) => metadata.name !== OPERATOR.name);
  for (const request of work) same([request, await allowed(cluster, as(OPERATOR), request)], [request, true]);
  for (const request of never) same([request, await allowed(cluster, as(OPERATOR), request)], [request, false]);
  const nobody = await list(cluster, { namespace: 'default', name: 'nobody' }, 'default');
  for (const { metadata } of others) {
    const account = { namespace: metadata.namespace ?? '', name: metadata.name };
    same([account, await list(cluster, account, account.namespace)], [account, nobody]);
  }
  return `the operator ${work.length} of ${work.length}, and none of ${never.length}; ${others.length} accounts nothing`;
}

interface Account {
  readonly namespace: string;
  readonly name: string;
}

const as = ({ namespace, name }: Account) => [
  `--as=system:serviceaccount:${namespace}:${name}`,
  '--as-group=system:serviceaccounts',
  '--as-group=system:authenticated',
];

/**
 * Asks the API server.
 * @param who arguments that name somebody, such as "--as=bob"
 */
export async function allowed(
  cluster: Cluster,
  who: readonly string[],
  [verb, resource, namespace]: Request,
): Promise<boolean> {
  const [kind = '', subresource] = resource.split('/');
  const where = namespace === '' ? [] : ['-n', namespace];
  const what = [verb, kind, ...(subresource ? [`--subresource=${subresource}`] : [])];
  const { stdout, stderr } = await cluster.kubectl(['auth', 'can-i', ...what, ...where, ...who]);
  if (!/^(yes|no)\b/.test(stdout)) throw new Error(`kubectl auth can-i ${what.join(' ')}: ${stdout}${stderr}`);
  return stdout.startsWith('yes');
}

const list = (cluster: Cluster, account: Account, namespace: string) =>
  cluster.run(['auth', 'can-i', '--list', '-n', namespace, ...as(account)]);
