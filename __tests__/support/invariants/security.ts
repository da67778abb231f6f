/** Rights, Pod Security levels, and no secret in the output. */
import { nameOf } from '../cluster';
import { baselineFaults, containersOf, restrictedFaults } from '../pod-security';
import {
  type Any,
  type Check,
  has,
  isOperators,
  ofKind,
  perContainer,
  perPod,
  stringsLike,
  when,
} from './cluster-view';

/** A private key, a password in an address, and one in an argument that is no variable. */
const SECRET_TEXT = /-----BEGIN|:\/\/[^/\s:@]+:[^/\s:@]+@|password=(?!["']?(?:\$|\{\{))\S/i;

/** An explainer's pod is the operator's too, without a volume to write to. */
const isOperatorsOrExplainer = (container: Any) => isOperators(container) || container.name === 'explainer';

export const SECURITY = {
  'roles and their subjects exist': (cluster) =>
    ofKind(cluster, 'RoleBinding', 'ClusterRoleBinding').flatMap((binding) => {
      const { roleRef, subjects } = binding as Any;
      const namespace = roleRef.kind === 'Role' ? binding.metadata.namespace : undefined;
      return [
        ...when(!has(cluster, roleRef.kind, namespace, roleRef.name), `${nameOf(binding)}: role`),
        // Groups are the cluster's, whoever says who somebody is.
        ...subjects.flatMap((subject: Any) =>
          when(
            subject.kind !== 'Group' && !has(cluster, 'ServiceAccount', subject.namespace, subject.name),
            `${nameOf(binding)}: subject`,
          ),
        ),
      ];
    }),

  'roles grant no Secret, no wildcard and no way to more rights': (cluster) =>
    ofKind(cluster, 'Role', 'ClusterRole').flatMap((role) =>
      (role as Any).rules.flatMap(({ apiGroups, resources, verbs }: Any) => {
        const words = [...apiGroups, ...resources, ...verbs];
        const forbidden = ['*', 'secrets', 'pods/exec', 'serviceaccounts/token', 'bind', 'escalate', 'impersonate'];
        return forbidden.filter((word) => words.includes(word)).map((word) => `${nameOf(role)}: ${word}`);
      }),
    ),

  'cluster-wide roles only read, but for the webhook that the operator registers': (cluster) =>
    ofKind(cluster, 'ClusterRole').flatMap((role) =>
      (role as Any).rules
        .filter(({ resources }: Any) => resources.join() !== 'validatingwebhookconfigurations')
        .flatMap(({ verbs }: Any) => verbs.filter((verb: string) => !['get', 'list', 'watch'].includes(verb)))
        .map((verb: string) => `${nameOf(role)}: ${verb}`),
    ),

  'every pod passes the Pod Security level of its namespace': perPod(({ spec, namespace }, { objects }) => {
    const labels = objects.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace)?.metadata
      .labels;
    return labels?.['pod-security.kubernetes.io/enforce'] === 'restricted'
      ? restrictedFaults(spec)
      : baselineFaults(spec);
  }),

  'a namespace is below "restricted" only for containers that the operator makes': (cluster) =>
    ofKind(cluster, 'Namespace')
      .filter(({ metadata }) => metadata.labels?.['pod-security.kubernetes.io/enforce'] !== 'restricted')
      .filter(
        ({ metadata }) =>
          !cluster.pods.some(
            ({ namespace, spec }) => namespace === metadata.name && containersOf(spec).some(isOperatorsOrExplainer),
          ),
      )
      .map(nameOf),

  'root file systems are read-only': perContainer((container) =>
    when(!isOperatorsOrExplainer(container) && container.securityContext?.readOnlyRootFilesystem !== true, 'writable'),
  ),

  'no Secret, and nothing that looks like one, is in the output': (cluster) => [
    ...ofKind(cluster, 'Secret').map(nameOf),
    ...cluster.objects.flatMap((object) =>
      stringsLike(SECRET_TEXT, object)
        .filter(([, text]) => SECRET_TEXT.test(text))
        .map(([path]) => `${nameOf(object)}: ${path}`),
    ),
    ...perContainer(({ env = [], args = [], command = [] }) => [
      ...env
        .filter(({ name, value }: Any) => /(PASSWORD|SECRET|TOKEN|_KEY)(_ID)?$/.test(name) && value)
        .map(({ name }: Any) => `${name} has a value`),
      // A file that has it, and whether there is one, are no secrets.
      ...[...args, ...command].filter((text: string) =>
        /--[\w-]*(password|secret|token)[\w-]*=(?!\/|true$|false$)/i.test(text),
      ),
    ])(cluster),
  ],
} satisfies Record<string, Check>;
