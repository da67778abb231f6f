/** Names, namespaces, labels and selectors. */
import { matches, nameOf } from '../cluster';
import { type Any, type Check, has, isAccess, perObject, when } from './cluster-view';

const CLUSTER_SCOPED = [
  'Namespace',
  'ClusterRole',
  'PriorityClass',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'ValidatingWebhookConfiguration',
  'ClusterIssuer',
];
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const DNS_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** A ClusterIssuer signs with a Secret in cert-manager's own namespace. */
const isAuthority = (spec: Any) => spec?.isCA === true;

export const IDENTITY = {
  'no two objects are one': (cluster) => {
    const seen = new Set<string>();
    return cluster.objects
      .filter((object) => {
        const key = `${object.apiVersion.split('/').slice(0, -1)} ${nameOf(object)}`;
        return seen.has(key) || !seen.add(key);
      })
      .map(nameOf);
  },

  'every namespaced object is in a namespace of the platform': perObject(({ kind, spec, metadata }, cluster) => {
    const { namespace } = metadata;
    if (CLUSTER_SCOPED.includes(kind)) return when(namespace !== undefined, 'is cluster-scoped');
    // A Gateway is where those of the cluster are.
    const isElsewhere = isAuthority(spec) || isAccess({ metadata });
    return when(!isElsewhere && !has(cluster, 'Namespace', undefined, namespace ?? ''), `namespace ${namespace}`);
  }),

  'names and labels are legal': perObject(({ kind, metadata, spec }) => [
    ...when(!DNS_NAME.test(metadata.name) || metadata.name.length > 253, 'name'),
    ...when(kind === 'Service' && !/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(metadata.name), 'Service name'),
    ...when(kind === 'Namespace' && !DNS_LABEL.test(metadata.name), 'Namespace name'),
    // A pod's name and hash are label values: what the workload leaves for them is less than 63.
    ...when(['StatefulSet', 'CronJob'].includes(kind) && metadata.name.length > 52, 'name over 52'),
    ...when(kind === 'Job' && metadata.name.length > 63, 'name over 63'),
    ...[metadata.labels, spec?.template?.metadata?.labels, spec?.selector?.matchLabels]
      .flatMap((labels) => Object.entries((labels ?? {}) as Record<string, string>))
      .flatMap(([key, value]) => when(!LABEL_VALUE.test(value), `label ${key}`)),
  ]),

  'selectors select their own pods, by labels that no release changes': (cluster) =>
    cluster.pods.flatMap(({ owner, selector, labels }) =>
      selector
        ? [
            ...when(!matches(selector, labels), `${owner}: does not select its pods`),
            ...when('app.kubernetes.io/version' in selector, `${owner}: selects by version`),
          ]
        : [],
    ),
} satisfies Record<string, Check>;
