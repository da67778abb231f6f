/** What the configuration refuses of namespaces. */
import { platformRefuses } from '../../support/refusals';

const a = (length: number) => 'a'.repeat(length);

platformRefuses({
  'a namespace that the platform cannot have': [
    [
      'one that every cluster has',
      'namespaces: {models: kube-system, mlflow: default}',
      'namespaces.mlflow: must be a namespace of its own, and not one that every cluster has, not "default", such as "mlflow"',
      'namespaces.models: must be a namespace of its own, and not one that every cluster has, not "kube-system", such as "ml-models"',
    ],
    [
      'one whose name is too long',
      `namespaces: {models: ${a(64)}}`,
      `namespaces.models: must be a lower-case DNS label of at most 63 characters, not "${a(64)}", such as "ml-models"`,
    ],
    [
      'two parts in one, by hand',
      'namespaces: {mlflow: shared, training: shared}',
      'namespaces.training: is shared, the namespace of mlflow too; each part has its own, which keeps its Secrets to itself',
    ],
    [
      'two parts in one, by the default of the other',
      'namespaces: {postgresql: mlflow}',
      'namespaces.postgresql: is mlflow, the namespace of mlflow too; each part has its own, which keeps its Secrets to itself',
    ],
    [
      'two parts in one, by the prefix of the other',
      'namespaces: {prefix: x-, frontend: x-ml-models}',
      'namespaces.frontend: is x-ml-models, the namespace of models too; each part has its own, which keeps its Secrets to itself',
    ],
    [
      'a prefix that no name begins with',
      'namespaces: {prefix: -x}',
      'namespaces.prefix: must be the start of a namespace\'s name, of at most 50 lower-case letters, digits or "-", not "-x", such as "staging-"',
    ],
    [
      'a prefix that leaves no room for a name',
      `namespaces: {prefix: ${a(51)}}`,
      `namespaces.prefix: must be the start of a namespace's name, of at most 50 lower-case letters, digits or "-", not "${a(51)}", such as "staging-"`,
    ],
    [
      'a prefix of names that clusters keep for themselves',
      'namespaces: {prefix: kube-}',
      'namespaces.prefix: must be the start of a namespace\'s name, of at most 50 lower-case letters, digits or "-", not "kube-", such as "staging-"',
    ],
    [
      'its own for Prometheus and for callers, whatever it is called',
      'namespaces: {prefix: x-, seldon: ops}\nmonitoring: {namespace: ops}\nnetworkPolicies: {clients: {mlflow: [team-a, x-fe], models: [x-mlflow]}}',
      'monitoring.namespace: must be a namespace outside the platform, whose own pods get the connections they need, not "ops", such as "monitoring"',
      'networkPolicies.clients.mlflow[1]: must be a namespace outside the platform, whose own pods get the connections they need, not "x-fe", such as "team-a"',
      'networkPolicies.clients.models[0]: must be a namespace outside the platform, whose own pods get the connections they need, not "x-mlflow", such as "team-a"',
    ],
  ],
});
