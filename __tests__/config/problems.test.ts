/** Fields that there are not, and values of the wrong kind: what is said of them, whatever the field. */
import { platformSchema } from '../../charts/config';
import { CATALOGUE } from '../../charts/images/catalogue';
import { platformRefuses } from '../support/refusals';

const ROOT_FIELDS = Object.keys(platformSchema.shape).join(', ');

/** A document whose aliases would grow to a thousand million values. */
const bomb = [...'abcdefghi'].map((name, index, names) =>
  index === 0
    ? `${name}: &${name} [x, x, x, x, x, x, x, x, x, x]`
    : `${name}: &${name} [${Array(10)
        .fill(`*${names[index - 1]}`)
        .join(', ')}]`,
);

platformRefuses({
  'a field that there is not': [
    ['a slip', 'mlflw: {}', 'mlflw: unknown field; did you mean "mlflow"?'],
    ['another case', 'objectstore: {}', 'objectstore: unknown field; did you mean "objectStore"?'],
    ['nothing like any', 'zebra: {}', `zebra: unknown field; the fields here are ${ROOT_FIELDS}`],
    ['a slip on the second level', 'mlflow: {replica: 2}', 'mlflow.replica: unknown field; did you mean "replicas"?'],
    [
      'nothing like any on the second level',
      'mlflow: {strategy: Recreate}',
      'mlflow.strategy: unknown field; the fields here are auth, defaultPermission, hosts, staticPrefix, replicas, workers, resources, gc, nodeSelector, tolerations, affinity, topologySpread, priorityClassName, podLabels, podAnnotations, env, serviceAccount',
    ],
    [
      'a slip on the third level',
      'postgresql: {storage: {sze: 8Gi}}',
      'postgresql.storage.sze: unknown field; did you mean "size"?',
    ],
    [
      'a slip on the fourth level',
      'mlflow: {resources: {requests: {cpus: 1}}}',
      'mlflow.resources.requests.cpus: unknown field; did you mean "cpu"?',
    ],
    [
      'an image that is not in the catalogue',
      'images: {overrides: {zebra: {tag: v1}}}',
      `images.overrides.zebra: unknown field; the fields here are ${Object.keys(CATALOGUE).join(', ')}`,
    ],
    [
      'several in one mapping',
      'mlflow: {hosst: x, zzzzzz: 1}',
      'mlflow.hosst: unknown field; did you mean "hosts"?',
      'mlflow.zzzzzz: unknown field; the fields here are auth, defaultPermission, hosts, staticPrefix, replicas, workers, resources, gc, nodeSelector, tolerations, affinity, topologySpread, priorityClassName, podLabels, podAnnotations, env, serviceAccount',
    ],
    ['a number', '1: {}', `1: unknown field; the fields here are ${ROOT_FIELDS}`],
    ['no text at all', '"": {}', `"": unknown field; the fields here are ${ROOT_FIELDS}`],
    ['a space at its end', 'mlflow: {"replicas ": 2}', 'mlflow."replicas ": unknown field; did you mean "replicas"?'],
    [
      'a line break, which stays in its line',
      'mlflow: {"re\\nplicas": 2}',
      'mlflow."re\\nplicas": unknown field; did you mean "replicas"?',
    ],
    ['a merge key', '<<: {mlflow: {}}', `<<: unknown field; the fields here are ${ROOT_FIELDS}`],
    ['__proto__', '__proto__: {a: 1}', `__proto__: unknown field; the fields here are ${ROOT_FIELDS}`],
    [
      '__proto__ with a field in it',
      'mlflow: {__proto__: {replicas: 2}}',
      'mlflow.__proto__: unknown field; the fields here are auth, defaultPermission, hosts, staticPrefix, replicas, workers, resources, gc, nodeSelector, tolerations, affinity, topologySpread, priorityClassName, podLabels, podAnnotations, env, serviceAccount',
    ],
    ['constructor', 'constructor: {}', `constructor: unknown field; the fields here are ${ROOT_FIELDS}`],
    [
      'aliases that multiply',
      bomb.join('\n'),
      ...[...'abcdefghi'].map((name) => `${name}: unknown field; the fields here are ${ROOT_FIELDS}`),
    ],
    ['a field that holds itself', 'a: &a [*a]', `a: unknown field; the fields here are ${ROOT_FIELDS}`],
  ],
  'a value of the wrong kind': [
    ['a number for a section', 'mlflow: 2', 'mlflow: must be a mapping, not 2'],
    ['a list for a section', 'mlflow: [replicas]', 'mlflow: must be a mapping, not a list'],
    ['a flag for a section', 'frontend: false', 'frontend: must be a mapping, not false'],
    ['a section without its fields', 'frontend:', 'frontend: has no value; remove the line or give it one'],
    [
      'a field without its value',
      'mlflow:\n  replicas:',
      'mlflow.replicas: has no value; remove the line or give it one, such as 2',
    ],
    ['a number for text', 'clusterDomain: 5', 'clusterDomain: must be text, not 5, such as "cluster.local"'],
    ['a number for a version', 'seldon: {version: 1.17}', 'seldon.version: must be text, not 1.17, such as "1.17.1"'],
    [
      'an empty list for text',
      'clusterDomain: []',
      'clusterDomain: must be text, not an empty list, such as "cluster.local"',
    ],
    [
      'text for a list',
      'networkPolicies: {clients: {mlflow: team-a}}',
      'networkPolicies.clients.mlflow: must be a list, not "team-a", such as ["team-a"]',
    ],
    [
      'a number in a list of names',
      'networkPolicies: {clients: {models: [team-a, 5]}}',
      'networkPolicies.clients.models[1]: must be text, not 5, such as "team-a"',
    ],
    [
      'a YAML 1.1 boolean',
      'monitoring: {enabled: on}',
      'monitoring.enabled: must be true or false, not "on", such as false',
    ],
    [
      'a boolean in quotes',
      'frontend: {enabled: "true"}',
      'frontend.enabled: must be true or false, not "true", such as true',
    ],
    [
      'a number for a flag',
      'objectStore: {console: 1}',
      'objectStore.console: must be true or false, not 1, such as true',
    ],
    [
      'text of more than a line can show',
      `frontend: {enabled: ${'x'.repeat(200)}}`,
      `frontend.enabled: must be true or false, not "${'x'.repeat(76)}…", such as true`,
    ],
  ],
});
