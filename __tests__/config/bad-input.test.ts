/**
 * What the configuration refuses, and the whole of what it says then: each line names the file, the place in it, the
 * rule and a value that would do. The lines here are the ones that an operator reads.
 */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { platformSchema } from '../../charts/config';
import { CATALOGUE } from '../../charts/images/catalogue';
import { modelSchema } from '../../charts/models/config';
import { inputSchema, type JsonSchema } from '../../config/json-schema';
import { type Files, MODEL, problemsIn } from '../support/environments';

/** What the row shows, the text of the file, and what is said after the name of the file. */
type Row = readonly [name: string, yaml: string | Uint8Array, ...lines: string[]];

const ROOT_FIELDS =
  'extends, base, cluster, clusterDomain, namespaces, images, networkPolicies, monitoring, postgresql, objectStore, mlflow, training, seldon, modelStores, gateway, frontend';
const SERVERS =
  'SKLEARN_SERVER, XGBOOST_SERVER, MLFLOW_SERVER, TENSORFLOW_SERVER, TRITON_SERVER, HUGGINGFACE_SERVER, TEMPO_SERVER';
const DIGEST_EXAMPLE = `sha256:${'0123456789abcdef'.repeat(4)}`;

const a = (length: number) => 'a'.repeat(length);

/** A document whose aliases would grow to a thousand million values. */
const bomb = [...'abcdefghi'].map((name, index, names) =>
  index === 0
    ? `${name}: &${name} [x, x, x, x, x, x, x, x, x, x]`
    : `${name}: &${name} [${Array(10)
        .fill(`*${names[index - 1]}`)
        .join(', ')}]`,
);

/** The quantities that Kubernetes refuses, or that cannot be meant. */
const BAD_SIZES: readonly (readonly [text: string, shown: string])[] = [
  ['1K', '"1K"'],
  ['1GiB', '"1GiB"'],
  ['1gb', '"1gb"'],
  ['20GB', '"20GB"'],
  ['20gi', '"20gi"'],
  ['1e', '"1e"'],
  ['""', '""'],
  ['1Zi', '"1Zi"'],
  ['"0x10"', '"0x10"'],
  ['1_000', '"1_000"'],
  ['1:30', '"1:30"'],
  ['" 1Gi"', '" 1Gi"'],
  ['1e5Gi', '"1e5Gi"'],
  ['"1e400"', '"1e400"'],
  ['-1', '-1'],
  ['0', '0'],
  ['400m', '"400m"'],
  ['1.5', '1.5'],
  ['.inf', 'Infinity'],
  ['.nan', 'NaN'],
  ['true', 'true'],
  ['[8Gi]', 'a list'],
  ['{size: 8Gi}', 'a mapping'],
];

const PLATFORM: Readonly<Record<string, readonly Row[]>> = {
  'a document that is no mapping': [
    ['a list', '- mlflow', 'must be a mapping, not a list'],
    ['text', 'mlflow', 'must be a mapping, not "mlflow"'],
    ['a number', '5', 'must be a mapping, not 5'],
    [
      'two documents',
      'mlflow: {}\n---\nfrontend: {}',
      'has 2 documents; it must be one, so remove the "---" between them',
    ],
  ],

  'text that is not YAML': [
    ['a tab', 'mlflow:\n\treplicas: 2', 'line 2: tab characters must not be used in indentation, at "replicas: 2"'],
    [
      'a field given twice',
      'mlflow: {replicas: 1}\nseldon: {}\nmlflow: {replicas: 2}',
      'line 3: duplicated mapping key, at "mlflow: {replicas: 2}"',
    ],
    [
      'a field given twice further down',
      'mlflow:\n  replicas: 1\n  replicas: 2',
      'line 3: duplicated mapping key, at "replicas: 2"',
    ],
    [
      'indentation that fits no level',
      'mlflow:\n  replicas: 1\n workers: 2',
      'line 3: bad indentation of a mapping entry, at "workers: 2"',
    ],
    [
      'a bracket that is not closed',
      'mlflow: {replicas: 1',
      'line 1: unexpected end of the stream within a flow collection, at "mlflow: {replicas: 1"',
    ],
    ['a colon too many', 'mlflow: a: b', 'line 1: bad indentation of a mapping entry, at "mlflow: a: b"'],
    ['an alias of nothing', 'mlflow: *other', 'line 1: unidentified alias "other", at "mlflow: *other"'],
    [
      'a tag of its own',
      'clusterDomain: !custom cluster.local',
      'line 1: unknown scalar tag !<!custom>, at "clusterDomain: !custom cluster.local"',
    ],
    [
      'a tag that would run code',
      'mlflow: !!js/function x',
      'line 1: unknown scalar tag !<tag:yaml.org,2002:js/function>, at "mlflow: !!js/function x"',
    ],
    [
      'a key that is a list',
      '? [mlflow]\n: {}',
      'line 1: object-based map does not support complex keys, at "? [mlflow]"',
    ],
    [
      'more aliases than anybody writes',
      `networkPolicies: {clients: {mlflow: [&team team-a${', *team'.repeat(101)}]}}`,
      'line 1: aliases exceeded maxAliases (100), at "networkPolicies: {clients: {mlflow: [&team team-a, *team, *t"',
    ],
    [
      'brackets deeper than anybody writes',
      '['.repeat(5000),
      `line 1: nesting exceeded maxDepth (100), at "${'['.repeat(60)}"`,
    ],
  ],

  'characters that cannot be text': [
    [
      'a control character, which is not printed',
      'mlflow: {host: a\u0007.example.com}',
      'line 1: the stream contains non-printable characters, at "mlflow: {host: a\ufffd.example.com}"',
    ],
    [
      'a control character that is escaped',
      'mlflow: {host: "a\\u0007.example.com"}',
      'mlflow.host: must be a lower-case host name with a domain, without scheme, port or path, not "a\\u0007.example.com", such as "mlflow.example.com"',
    ],
    ['a NUL', 'mlflow: {}\0', 'line 1: null byte is not allowed in input, at "mlflow: {}\ufffd"'],
    [
      'a lone surrogate',
      'clusterDomain: "\\uD800"',
      'clusterDomain: must be a lower-case DNS name of at most 253 characters, not "\\ud800", such as "cluster.local"',
    ],
    ['Latin-1', Buffer.from('# caf\u00e9\nmlflow: {}', 'latin1'), 'is not UTF-8; save it in that encoding'],
    ['UTF-16', Buffer.from('\ufeffmlflow: {}', 'utf16le'), 'is not UTF-8; save it in that encoding'],
  ],

  'a field that there is not': [
    ['a slip', 'mlflw: {}', 'mlflw: unknown field; did you mean "mlflow"?'],
    ['another case', 'objectstore: {}', 'objectstore: unknown field; did you mean "objectStore"?'],
    ['nothing like any', 'zebra: {}', `zebra: unknown field; the fields here are ${ROOT_FIELDS}`],
    ['a slip on the second level', 'mlflow: {replica: 2}', 'mlflow.replica: unknown field; did you mean "replicas"?'],
    [
      'nothing like any on the second level',
      'mlflow: {strategy: Recreate}',
      'mlflow.strategy: unknown field; the fields here are host, replicas, workers, resources',
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
      'images: {overrides: {postgres-exporter: {tag: v1}}}',
      `images.overrides.postgres-exporter: unknown field; the fields here are ${Object.keys(CATALOGUE).join(', ')}`,
    ],
    [
      'several in one mapping',
      'mlflow: {hosst: x, zzzzzz: 1}',
      'mlflow.hosst: unknown field; did you mean "host"?',
      'mlflow.zzzzzz: unknown field; the fields here are host, replicas, workers, resources',
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
      'mlflow.__proto__: unknown field; the fields here are host, replicas, workers, resources',
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

  'a number out of its range': [
    ['no replica', 'mlflow: {replicas: 0}', 'mlflow.replicas: must be a whole number from 1 to 10, not 0, such as 2'],
    ['too many', 'mlflow: {replicas: 11}', 'mlflow.replicas: must be a whole number from 1 to 10, not 11, such as 2'],
    [
      'a fraction',
      'mlflow: {replicas: 1.5}',
      'mlflow.replicas: must be a whole number from 1 to 10, not 1.5, such as 2',
    ],
    [
      'in quotes',
      'mlflow: {replicas: "2"}',
      'mlflow.replicas: must be a whole number from 1 to 10, not "2", such as 2',
    ],
    ['NaN', 'mlflow: {replicas: .nan}', 'mlflow.replicas: must be a whole number from 1 to 10, not NaN, such as 2'],
    ['no worker', 'mlflow: {workers: 0}', 'mlflow.workers: must be a whole number from 1 to 32, not 0, such as 4'],
    [
      'no backup kept',
      'postgresql: {backup: {keep: 0}}',
      'postgresql.backup.keep: must be a whole number from 1 to 365, not 0, such as 7',
    ],
  ],

  'a name that Kubernetes refuses': [
    [
      'a capital letter in a DNS name',
      'clusterDomain: Cluster.Local',
      'clusterDomain: must be a lower-case DNS name of at most 253 characters, not "Cluster.Local", such as "cluster.local"',
    ],
    [
      'an empty part of a DNS name',
      'clusterDomain: cluster..local',
      'clusterDomain: must be a lower-case DNS name of at most 253 characters, not "cluster..local", such as "cluster.local"',
    ],
    [
      'an underscore in the name of an object',
      'images: {pullSecret: registry_login}',
      'images.pullSecret: must be a lower-case DNS name of at most 253 characters, not "registry_login", such as "registry-login"',
    ],
    [
      'an empty name of a class',
      'postgresql: {storage: {className: ""}}',
      'postgresql.storage.className: must be a lower-case DNS name of at most 253 characters, not "", such as "standard"',
    ],
    [
      'a dash at the start of a namespace',
      'monitoring: {namespace: -monitoring}',
      'monitoring.namespace: must be a lower-case DNS label of at most 63 characters, not "-monitoring", such as "monitoring"',
    ],
    [
      'a namespace of 64 characters',
      `seldon: {ambassador: {namespace: ${a(64)}}}`,
      `seldon.ambassador.namespace: must be a lower-case DNS label of at most 63 characters, not "${a(64)}", such as "ambassador"`,
    ],
    [
      'a dot in a namespace of a list',
      'networkPolicies: {clients: {mlflow: [team-a, team.b]}}',
      'networkPolicies.clients.mlflow[1]: must be a lower-case DNS label of at most 63 characters, not "team.b", such as "team-a"',
    ],
    [
      'a Service that starts with a digit',
      'frontend: {model: 1st-model}',
      'frontend.model: must be a lower-case DNS label of at most 63 characters that starts with a letter, not "1st-model", such as "mlflow-wine"',
    ],
    [
      'a line break at the end',
      'clusterDomain: |\n  cluster.local\n',
      'clusterDomain: must be a lower-case DNS name of at most 253 characters, not "cluster.local\\n", such as "cluster.local"',
    ],
  ],

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

  'a label that Kubernetes refuses': [
    [
      'a value that starts with a dash',
      'monitoring: {labels: {release: -x}}',
      'monitoring.labels.release: must be a label value: at most 63 letters, digits, "-", "_" or ".", starting and ending with a letter or digit, not "-x", such as "prometheus"',
    ],
    [
      'a value of 64 characters',
      `monitoring: {labels: {release: ${a(64)}}}`,
      `monitoring.labels.release: must be a label value: at most 63 letters, digits, "-", "_" or ".", starting and ending with a letter or digit, not "${a(64)}", such as "prometheus"`,
    ],
    [
      'a value that is a boolean',
      'monitoring: {labels: {scrape: true}}',
      'monitoring.labels.scrape: must be text, not true, such as "prometheus"',
    ],
    [
      'a key that starts with a dash',
      'monitoring: {labels: {-x: y}}',
      'monitoring.labels.-x: must be a label key, such as "example.com/team"',
    ],
    [
      'a key whose prefix is no DNS name',
      'monitoring: {labels: {Example_/team: y}}',
      'monitoring.labels.Example_/team: must be a label key, such as "example.com/team"',
    ],
    [
      'a key with two slashes',
      'monitoring: {labels: {a/b/c: y}}',
      'monitoring.labels.a/b/c: must be a label key, such as "example.com/team"',
    ],
    [
      'an empty key',
      'monitoring: {labels: {"": y}}',
      'monitoring.labels."": must be a label key, such as "example.com/team"',
    ],
    [
      'a key of 64 characters',
      `monitoring: {labels: {${a(64)}: y}}`,
      `monitoring.labels.${a(64)}: must be a label key, such as "example.com/team"`,
    ],
  ],

  'a size that is none': BAD_SIZES.map(
    ([text, shown]): Row => [
      text,
      `postgresql: {storage: {size: ${text}}}`,
      `postgresql.storage.size: must be an amount of bytes, not ${shown}, such as "8Gi"`,
    ],
  ),

  'an amount that a container cannot have': [
    [
      'millibytes of memory',
      'mlflow: {resources: {requests: {memory: 400m}}}',
      'mlflow.resources.requests.memory: must be an amount of bytes, not "400m", such as "640Mi"',
    ],
    [
      'a unit that Kubernetes has not',
      'mlflow: {resources: {limits: {memory: 2GB}}}',
      'mlflow.resources.limits.memory: must be an amount of bytes, not "2GB", such as "2Gi"',
    ],
    [
      'no disk',
      'seldon: {resources: {requests: {ephemeral-storage: 0}}}',
      'seldon.resources.requests.ephemeral-storage: must be an amount of bytes, not 0, such as "32Mi"',
    ],
    [
      'less than a thousandth of a CPU',
      'seldon: {resources: {requests: {cpu: 0.0001}}}',
      'seldon.resources.requests.cpu: must be an amount of CPU, not 0.0001, such as "50m"',
    ],
    [
      'millionths of a CPU',
      'frontend: {resources: {requests: {cpu: 1u}}}',
      'frontend.resources.requests.cpu: must be an amount of CPU, not "1u", such as "50m"',
    ],
    [
      'a limit of no CPU, which is said once',
      'objectStore: {resources: {limits: {cpu: 0}}}',
      'objectStore.resources.limits.cpu: must be an amount of CPU, not 0, such as "1"',
    ],
    [
      'a request over the default limit',
      'postgresql: {resources: {requests: {cpu: 2}}}',
      'postgresql.resources.requests.cpu: is 2, more than the limit of 1; raise limits.cpu or lower it',
    ],
    [
      'a limit under the default request',
      'postgresql: {resources: {limits: {memory: 128Mi}}}',
      'postgresql.resources.requests.memory: is 256Mi, more than the limit of 128Mi; raise limits.memory or lower it',
    ],
    [
      'a request over its limit, in other units',
      'mlflow: {resources: {requests: {memory: 1Gi}, limits: {memory: 1G}}}',
      'mlflow.resources.requests.memory: is 1Gi, more than the limit of 1G; raise limits.memory or lower it',
    ],
    [
      'a request of disk over its limit',
      'frontend: {resources: {requests: {ephemeral-storage: 2Gi}}}',
      'frontend.resources.requests.ephemeral-storage: is 2Gi, more than the limit of 256Mi; raise limits.ephemeral-storage or lower it',
    ],
  ],

  'an address that is none': [
    [
      'port 0',
      'networkPolicies: {apiServer: {ports: [443, 0]}}',
      'networkPolicies.apiServer.ports[1]: must be a port number from 1 to 65535, not 0, such as 8443',
    ],
    [
      'port 65536',
      'networkPolicies: {apiServer: {ports: [65536]}}',
      'networkPolicies.apiServer.ports[0]: must be a port number from 1 to 65535, not 65536, such as 8443',
    ],
    [
      'a port in quotes',
      'networkPolicies: {apiServer: {ports: ["443"]}}',
      'networkPolicies.apiServer.ports[0]: must be a port number from 1 to 65535, not "443", such as 8443',
    ],
    [
      'half a port',
      'networkPolicies: {apiServer: {ports: [44.3]}}',
      'networkPolicies.apiServer.ports[0]: must be a port number from 1 to 65535, not 44.3, such as 8443',
    ],
    [
      'no port',
      'networkPolicies: {apiServer: {ports: []}}',
      'networkPolicies.apiServer.ports: must name at least one port, not an empty list, such as [6443]',
    ],
    [
      'an address without its length',
      'networkPolicies: {apiServer: {cidrs: [10.0.0.1]}}',
      'networkPolicies.apiServer.cidrs[0]: must be a range of addresses, not "10.0.0.1", such as "192.168.49.2/32"',
    ],
    [
      'a length of 33',
      'networkPolicies: {apiServer: {cidrs: [10.0.0.0/33]}}',
      'networkPolicies.apiServer.cidrs[0]: must be a range of addresses, not "10.0.0.0/33", such as "192.168.49.2/32"',
    ],
    [
      'a byte of 300',
      'networkPolicies: {apiServer: {cidrs: [300.0.0.0/8]}}',
      'networkPolicies.apiServer.cidrs[0]: must be a range of addresses, not "300.0.0.0/8", such as "192.168.49.2/32"',
    ],
    [
      'a byte with a zero in front',
      'networkPolicies: {apiServer: {cidrs: [010.0.0.0/8]}}',
      'networkPolicies.apiServer.cidrs[0]: must be a range of addresses, not "010.0.0.0/8", such as "192.168.49.2/32"',
    ],
    [
      'an IPv6 length of 129',
      'networkPolicies: {apiServer: {cidrs: ["fd00::/8", "fd00::/129"]}}',
      'networkPolicies.apiServer.cidrs[1]: must be a range of addresses, not "fd00::/129", such as "192.168.49.2/32"',
    ],
    ...['https://mlflow.example.com', 'mlflow', 'mlflow.example.com:443', 'MLflow.example.com', '"*.example.com"'].map(
      (host): Row => [
        `${host} as a host name`,
        `mlflow: {host: ${host}}`,
        `mlflow.host: must be a lower-case host name with a domain, without scheme, port or path, not "${host.replaceAll('"', '')}", such as "mlflow.example.com"`,
      ],
    ),
    ...['seldon-gateway', 'a/b/c', 'Istio/gateway'].map(
      (gateway): Row => [
        `${gateway} as a Gateway`,
        `seldon: {istio: {gateway: ${gateway}}}`,
        `seldon.istio.gateway: must be the namespace and the name of a Gateway, not "${gateway}", such as "istio-system/seldon-gateway"`,
      ],
    ),
  ],

  'an image that cannot be pulled': [
    ...[
      'https://registry.example.com',
      'registry.example.com/',
      'registry.example.com/Team',
      'registry..com',
      '""',
    ].map(
      (registry): Row => [
        `${registry} as a registry`,
        `images: {registry: ${registry}}`,
        `images.registry: must be a registry host, with a lower-case path if need be, without scheme or "/" at the end, not "${registry.replaceAll('"', '')}", such as "registry.example.com/mirror"`,
      ],
    ),
    ...['mlflow:v3', 'mlflow@sha256:00', 'https://example.com/mlflow', 'example.com/MLflow', 'example..com/mlflow'].map(
      (repository): Row => [
        `${repository} as a repository`,
        `images: {overrides: {mlflow: {repository: "${repository}"}}}`,
        `images.overrides.mlflow.repository: must be an image repository without tag or digest, not "${repository}", such as "registry.example.com/team/mlflow"`,
      ],
    ),
    [
      'the tag "latest"',
      'images: {overrides: {mlflow: {tag: latest}}}',
      'images.overrides.mlflow.tag: must be an image tag other than "latest", not "latest", such as "v3.17.0-full"',
    ],
    [
      'a tag with a space',
      'images: {overrides: {mlflow: {tag: v3 full}}}',
      'images.overrides.mlflow.tag: must be an image tag other than "latest", not "v3 full", such as "v3.17.0-full"',
    ],
    [
      'a tag of 129 characters',
      `images: {overrides: {mlflow: {tag: ${a(129)}}}}`,
      `images.overrides.mlflow.tag: must be an image tag other than "latest", not "${a(76)}…", such as "v3.17.0-full"`,
    ],
    [
      'a short digest',
      'images: {overrides: {mlflow: {digest: "sha256:12"}}}',
      `images.overrides.mlflow.digest: must be an image digest, not "sha256:12", such as "${DIGEST_EXAMPLE}"`,
    ],
    [
      'a digest without its algorithm',
      `images: {overrides: {mlflow: {digest: ${a(64)}}}}`,
      `images.overrides.mlflow.digest: must be an image digest, not "${a(64)}", such as "${DIGEST_EXAMPLE}"`,
    ],
    [
      'a pull policy in small letters',
      'images: {overrides: {mlflow: {pullPolicy: always}}}',
      'images.overrides.mlflow.pullPolicy: must be one of Always, IfNotPresent, Never, not "always", such as "IfNotPresent"',
    ],
  ],

  'a bucket that S3 refuses': [
    '192.168.0.1',
    'Models',
    'ab',
    a(64),
    'a..b',
    'a.-b',
    '-models',
    'models.',
    'my_bucket',
  ].map(
    (bucket): Row => [
      bucket,
      `objectStore: {bucket: ${bucket}}`,
      `objectStore.bucket: must be a bucket name: 3 to 63 lower-case letters, digits, "-" or ".", and no IP address, not "${bucket}", such as "models"`,
    ],
  ),

  'a schedule that no CronJob takes': [
    '0 3 * *',
    '0 0 3 * * *',
    '60 3 * * *',
    '0 24 * * *',
    '0 3 0 * *',
    '0 3 * 13 *',
    '0 3 * * 7',
    '*/0 * * * *',
    '5-1 * * * *',
    '@reboot',
    'TZ=UTC 0 3 * * *',
    'daily',
  ].map(
    (schedule): Row => [
      schedule,
      `postgresql: {backup: {schedule: "${schedule}"}}`,
      `postgresql.backup.schedule: must be a cron schedule: minute (0-59), hour (0-23), day (1-31), month (1-12), weekday (0-6), not "${schedule}", such as "0 3 * * *"`,
    ],
  ),

  'a release of Seldon Core that is not supported': [
    ...['1.16.0', '1.20.0', '2.8.0', 'v1.17.1', '1.17.01', '1.19.0-rc.1', '"1.17"', '""'].map(
      (version): Row => [
        version,
        `seldon: {version: ${version}}`,
        `seldon.version: must be a release of Seldon Core v1 from 1.17.0 to 1.19, not "${version.replaceAll('"', '')}", such as "1.17.1"`,
      ],
    ),
    [
      'one under the Business Source License',
      'seldon: {version: 1.18.2}',
      'seldon.version: is 1.18.2, which is under the Business Source License 1.1 and not free for production; set acceptBusinessSourceLicense: true if you have the right to use it, or use "1.17.1"',
    ],
    [
      'one whose licence is refused',
      'seldon: {version: 1.19.0, acceptBusinessSourceLicense: false}',
      'seldon.version: is 1.19.0, which is under the Business Source License 1.1 and not free for production; set acceptBusinessSourceLicense: true if you have the right to use it, or use "1.17.1"',
    ],
    [
      'an operator that no webhook would check the models of',
      'seldon: {controllerId: staging}',
      'seldon.controllerId: is ignored by the webhook that the operator registers itself, so that nothing would check the models; set seldon.certificates: cert-manager',
    ],
    [
      'an acceptance that is no flag',
      'seldon: {version: 1.18.2, acceptBusinessSourceLicense: yes}',
      'seldon.acceptBusinessSourceLicense: must be true or false, not "yes", such as false',
    ],
    [
      'a maker of certificates that there is not',
      'seldon: {certificates: certmanager}',
      'seldon.certificates: must be one of manager, cert-manager, not "certmanager", such as "manager"',
    ],
  ],
};

describe.each(Object.entries(PLATFORM))('platform.yaml refuses %s', (_, rows) => {
  test.each(rows.map((row) => ({ name: row[0], row })))('$name', ({ row: [, yaml, ...lines] }) => {
    const found = problemsIn({ 'test/platform.yaml': yaml, 'test/models/mlflow-wine.yaml': MODEL });
    expect(found).toEqual(lines.map((line) => `environments/test/platform.yaml: ${line}`));
  });
});

const URI = 'uri: s3://models/wine/1';
/** `${name}-default-0-classifier` is the longest name that the operator makes. */
const LONGEST_NAME = 63 - '-default-0-classifier'.length;

const MODELS: Readonly<Record<string, readonly Row[]>> = {
  'a document that says too little': [
    [
      'nothing',
      '',
      'server: is required, such as "MLFLOW_SERVER"',
      'uri: is required, such as "models:/wine-elasticnet@champion"',
    ],
    ['no place', 'server: MLFLOW_SERVER', 'uri: is required, such as "models:/wine-elasticnet@champion"'],
    [
      'a slip in a field that is required',
      `serverr: MLFLOW_SERVER\n${URI}`,
      'serverr: unknown field; did you mean "server"?',
      'server: is required, such as "MLFLOW_SERVER"',
    ],
    ['a list', '- server', 'must be a mapping, not a list'],
    ['a field given twice', `name: x\nname: y\n${MODEL}`, 'line 2: duplicated mapping key, at "name: y"'],
  ],

  'a field that there is not': [
    ['a slip', `replica: 2\n${MODEL}`, 'replica: unknown field; did you mean "replicas"?'],
    [
      '__proto__',
      `__proto__: {name: x}\n${MODEL}`,
      '__proto__: unknown field; the fields here are extends, name, server, uri, protocol, predictor, node, replicas, engine, resources, image, container, parameters, logger, graph, predictors, explainer, autoscaling, keda, disruptionBudget, placement, engineResources, initializerResources, tracing, detector, batch, form',
    ],
  ],

  'a server or a protocol that there is not': [
    ...['MLFLOW', 'mlflow_server', '""'].map(
      (server): Row => [
        `${server} as a server`,
        `server: ${server}\n${URI}`,
        `server: must be one of ${SERVERS}, not "${server.replaceAll('"', '')}", such as "MLFLOW_SERVER"`,
      ],
    ),
    [
      'a protocol in capitals',
      `protocol: V2\n${MODEL}`,
      'protocol: must be one of v2, seldon, tensorflow, not "V2", such as "v2"',
    ],
    [
      'a protocol that no MLflow server speaks',
      `protocol: tensorflow\n${MODEL}`,
      'protocol: is tensorflow, which MLFLOW_SERVER does not speak; use seldon or v2',
    ],
    ...['TRITON_SERVER', 'HUGGINGFACE_SERVER', 'TEMPO_SERVER'].map(
      (server): Row => [
        `${server} with the seldon protocol`,
        `server: ${server}\nprotocol: seldon\n${URI}`,
        `protocol: is seldon, which ${server} does not speak; use v2`,
      ],
    ),
    [
      'TENSORFLOW_SERVER with nothing else',
      `server: TENSORFLOW_SERVER\n${URI}`,
      'protocol: is v2, which TENSORFLOW_SERVER does not speak; use seldon or tensorflow',
    ],
  ],

  'a place that no store of the environment has': [
    [
      'a remote',
      'server: MLFLOW_SERVER\nuri: gs://models/wine',
      'uri: is gs://models/wine, but platform.yaml has no modelStores.gs',
    ],
    [
      'a web address',
      'server: MLFLOW_SERVER\nuri: http://models/wine',
      'uri: is http://models/wine, but platform.yaml has no modelStores.http',
    ],
  ],

  'a place that rclone cannot read': [
    ...[
      's3://models',
      's3://models/',
      'gs://models//wine',
      'gs:models/wine',
      'models/wine',
      's3://models//wine',
      's3://models/../other/wine',
      's3://models/./wine',
      's3://models/red wine',
      's3://models/wine?version=1',
      's3://Models/wine',
      '""',
    ].map(
      (uri): Row => [
        uri,
        `server: MLFLOW_SERVER\nuri: ${uri}`,
        `uri: must be the source of a model, not "${uri.replaceAll('"', '')}", such as "models:/wine-elasticnet@champion"`,
      ],
    ),
    [
      'another bucket',
      'server: MLFLOW_SERVER\nuri: s3://other/wine/1',
      'uri: is s3://other/wine/1, outside the bucket that models are read from, such as "s3://models/m/1"',
    ],
  ],

  'a name that Kubernetes refuses': [
    ...['Wine', '1st', 'red.wine', '-wine', 'wine-', '""', a(64)].map(
      (name): Row => [
        `${name} as a name`,
        `name: ${name}\n${MODEL}`,
        `name: must be a lower-case DNS label of at most 63 characters that starts with a letter, not "${name.replaceAll('"', '')}", such as "xgb-wine-k8s"`,
      ],
    ),
    [
      'a dot in a predictor',
      `predictor: a.b\n${MODEL}`,
      'predictor: must be a lower-case DNS label of at most 63 characters, not "a.b", such as "default"',
    ],
    [
      'a node of 45 characters, whose volume would have 64',
      `node: ${a(45)}\n${MODEL}`,
      `node: must be a lower-case DNS label of at most 44 characters, not "${a(45)}", such as "classifier"`,
    ],
    [
      'a node with the name of the executor, with the executor',
      `node: seldon-container-engine\nengine: true\n${MODEL}`,
      'node: is seldon-container-engine, the name of a container that the operator adds to the pod; choose another, such as "classifier"',
    ],
    [
      "a node with the name of TensorFlow's server",
      `server: TENSORFLOW_SERVER\nprotocol: tensorflow\nnode: tfserving\n${URI}`,
      'node: is tfserving, the name of a container that the operator adds to the pod; choose another, such as "classifier"',
    ],
    [
      'a name that the operator would hash',
      `name: ${a(LONGEST_NAME + 1)}\n${MODEL}`,
      `name: makes the Deployment name "${a(LONGEST_NAME + 1)}-default-0-classifier" of 64 characters, and the operator hashes names over 63; shorten name, predictor or node by 1`,
    ],
    [
      'a predictor that makes the name one to be hashed',
      `predictor: ${a(64 - 'm--0-classifier'.length)}\n${MODEL}`,
      `name: makes the Deployment name "m-${a(64 - 'm--0-classifier'.length)}-0-classifier" of 64 characters, and the operator hashes names over 63; shorten name, predictor or node by 1`,
    ],
  ],

  'a number or a flag that is none': [
    [
      'less than no replica',
      `replicas: -1\n${MODEL}`,
      'replicas: must be a whole number from 0 to 100, not -1, such as 1',
    ],
    ['101 replicas', `replicas: 101\n${MODEL}`, 'replicas: must be a whole number from 0 to 100, not 101, such as 1'],
    ['a YAML 1.1 boolean', `engine: yes\n${MODEL}`, 'engine: must be true or false, not "yes", such as true'],
    [
      'a request over the limit',
      `resources: {requests: {memory: 2Gi}}\n${MODEL}`,
      'resources.requests.memory: is 2Gi, more than the limit of 1Gi; raise limits.memory or lower it',
    ],
  ],
};

const WITHOUT_FRONTEND = 'frontend: {enabled: false}';

describe.each(Object.entries(MODELS))('a model file refuses %s', (_, rows) => {
  test.each(rows.map((row) => ({ name: row[0], row })))('$name', ({ row: [, yaml, ...lines] }) => {
    const found = problemsIn({ 'test/platform.yaml': WITHOUT_FRONTEND, 'test/models/m.yaml': yaml });
    expect(found).toEqual(lines.map((line) => `environments/test/models/m.yaml: ${line}`));
  });
});

interface FolderCase {
  readonly name: string;
  readonly files: Files;
  readonly prepare?: (folder: string) => void;
  readonly problems: readonly string[];
}

const FOLDERS: readonly FolderCase[] = [
  {
    name: 'no folder of environments',
    files: {},
    problems: ['environments: not found; an environment is a folder such as "environments/minikube/platform.yaml"'],
  },
  {
    name: 'an empty folder of environments',
    files: {},
    prepare: (folder) => mkdirSync(folder),
    problems: ['environments: has no environment, such as "environments/minikube/platform.yaml"'],
  },
  {
    name: 'only files, and folders that are hidden',
    files: { 'model.schema.json': '{}', '.git/platform.yaml': '' },
    problems: ['environments: has no environment, such as "environments/minikube/platform.yaml"'],
  },
  {
    name: 'a file beside the environments that was meant as one',
    files: { 'test/platform.yaml': WITHOUT_FRONTEND, 'prod.yaml': '' },
    problems: [
      'environments/prod.yaml: not read; an environment is a folder, such as "environments/prod/platform.yaml"',
    ],
  },
  {
    name: 'an environment without its file',
    files: { 'test/models/m.yaml': MODEL },
    problems: ['environments/test/platform.yaml: not found; an empty file gives a platform with all defaults'],
  },
  {
    name: 'an environment whose file ends in .yml',
    files: { 'test/platform.yml': '' },
    problems: [
      'environments/test/platform.yml: not read; an environment is platform.yaml, models.lock.yaml and models/',
      'environments/test/platform.yaml: not found; an empty file gives a platform with all defaults',
    ],
  },
  {
    name: 'an environment whose name is no DNS label',
    files: { 'Test_1/platform.yaml': WITHOUT_FRONTEND },
    problems: ['environments/Test_1: the name of an environment is a lower-case DNS label, such as "minikube"'],
  },
  {
    name: 'an environment whose name has 64 characters',
    files: { [`${a(64)}/platform.yaml`]: WITHOUT_FRONTEND },
    problems: [`environments/${a(64)}: the name of an environment is a lower-case DNS label, such as "minikube"`],
  },
  {
    name: 'an environment that is a link, which is read like any other',
    files: { '.shared/platform.yaml': 'mlflw: {}' },
    prepare: (folder) => symlinkSync('.shared', join(folder, 'test')),
    problems: ['environments/test/platform.yaml: mlflw: unknown field; did you mean "mlflow"?'],
  },
  {
    name: 'a folder of models by another name, which would drop them all',
    files: { 'test/platform.yaml': WITHOUT_FRONTEND, 'test/model/m.yaml': MODEL },
    problems: ['environments/test/model: not read; an environment is platform.yaml, models.lock.yaml and models/'],
  },
  {
    name: 'a model file that lies beside the folder of models',
    files: { 'test/platform.yaml': WITHOUT_FRONTEND, 'test/m.yaml': MODEL },
    problems: ['environments/test/m.yaml: not read; an environment is platform.yaml, models.lock.yaml and models/'],
  },
  {
    name: 'model files that are not read',
    files: {
      'test/platform.yaml': WITHOUT_FRONTEND,
      'test/models/README.md': 'is no model and no fault',
      'test/models/.hidden.yaml': 'is no model and no fault',
      'test/models/a.yml': MODEL,
      'test/models/b.json': '{}',
      'test/models/c.YAML': MODEL,
      'test/models/sub/d.yaml': MODEL,
    },
    problems: [
      'environments/test/models/a.yml: not read; a model file ends in .yaml, such as "a.yaml"',
      'environments/test/models/b.json: not read; a model file ends in .yaml, such as "b.yaml"',
      'environments/test/models/c.YAML: not read; a model file ends in .yaml, such as "c.yaml"',
      'environments/test/models/sub: not read; model files lie in models/ itself',
    ],
  },
  {
    name: 'a model file whose name is no name of a model',
    files: { 'test/platform.yaml': WITHOUT_FRONTEND, 'test/models/Red_Wine.yaml': MODEL },
    problems: [
      'environments/test/models/Red_Wine.yaml: name: must be a lower-case DNS label of at most 63 characters that starts with a letter, not "Red_Wine", such as "xgb-wine-k8s"',
    ],
  },
  {
    name: 'two models of one name',
    files: {
      'test/platform.yaml': WITHOUT_FRONTEND,
      'test/models/a.yaml': MODEL,
      'test/models/b.yaml': `name: a\n${MODEL}`,
    },
    problems: [
      'environments/test/models/b.yaml: name: makes the SeldonDeployment "a", which environments/test/models/a.yaml makes too; rename one of them',
    ],
  },
  {
    name: 'two models whose name and predictor make one Service',
    files: {
      'test/platform.yaml': WITHOUT_FRONTEND,
      'test/models/a.yaml': `predictor: b-c\n${MODEL}`,
      'test/models/a-b.yaml': `predictor: c\n${MODEL}`,
    },
    problems: [
      'environments/test/models/a.yaml: name: makes the Service "a-b-c", which environments/test/models/a-b.yaml makes too; rename one of them',
    ],
  },
  {
    name: "a model whose predictor's Service is another one's node",
    files: {
      'test/platform.yaml': WITHOUT_FRONTEND,
      'test/models/a.yaml': `predictor: b\n${MODEL}`,
      'test/models/b.yaml': `name: a-b\npredictor: classifier\nnode: x\n${MODEL}`,
    },
    problems: [
      'environments/test/models/b.yaml: name: makes the Service "a-b-classifier", which environments/test/models/a.yaml makes too; rename one of them',
    ],
  },
  {
    name: 'a front end whose model there is not',
    files: {
      'test/platform.yaml': 'frontend: {model: red-wine}',
      'test/models/a.yaml': MODEL,
      'test/models/b.yaml': MODEL,
    },
    problems: [
      'environments/test/platform.yaml: frontend.model: there is no model "red-wine" in models/; it can be one of a, b',
    ],
  },
  {
    name: 'a front end without any model',
    files: { 'test/platform.yaml': '' },
    problems: [
      'environments/test/platform.yaml: frontend.model: there is no model "mlflow-wine" in models/; add a model file, or set frontend.enabled: false',
    ],
  },
  {
    name: 'a front end whose model speaks another protocol',
    files: {
      'test/platform.yaml': 'frontend: {model: m}',
      'test/models/m.yaml': `server: TENSORFLOW_SERVER\nprotocol: tensorflow\n${URI}`,
    },
    problems: [
      'environments/test/platform.yaml: frontend.model: is "m", which speaks the tensorflow protocol; the front end speaks v2 and seldon',
    ],
  },
  {
    name: 'a front end whose model is faulty, which is one fault and not two',
    files: { 'test/platform.yaml': '', 'test/models/mlflow-wine.yaml': `server: MLFLOW\n${URI}` },
    problems: [
      `environments/test/models/mlflow-wine.yaml: server: must be one of ${SERVERS}, not "MLFLOW", such as "MLFLOW_SERVER"`,
    ],
  },
  {
    name: 'models outside the bucket of their environment',
    files: {
      'test/platform.yaml': 'objectStore: {bucket: prod-models}\nfrontend: {enabled: false}',
      'test/models/a.yaml': MODEL,
      'test/models/b.yaml': 'server: MLFLOW_SERVER\nuri: s3://prod-models/b/1',
    },
    problems: [
      'environments/test/models/a.yaml: uri: is s3://models/wine/mlflow-wine/1, outside the bucket that models are read from, such as "s3://prod-models/a/1"',
    ],
  },
  {
    name: 'faults in several files of several environments, all of them in the order of the files',
    files: {
      'b/platform.yaml': 'mlflow: {replicas: 0, workers: x}\nzebra: 1',
      'b/models/y.yaml': '{',
      'b/models/x.yaml': 'uri: none',
      'a/platform.yaml': 'clusterDomain: A',
      'a/models/m.yaml': `server: X\n${URI}`,
      'c/platform.yaml': WITHOUT_FRONTEND,
    },
    problems: [
      'environments/a/platform.yaml: clusterDomain: must be a lower-case DNS name of at most 253 characters, not "A", such as "cluster.local"',
      `environments/a/models/m.yaml: server: must be one of ${SERVERS}, not "X", such as "MLFLOW_SERVER"`,
      'environments/b/platform.yaml: mlflow.replicas: must be a whole number from 1 to 10, not 0, such as 2',
      'environments/b/platform.yaml: mlflow.workers: must be a whole number from 1 to 32, not "x", such as 4',
      `environments/b/platform.yaml: zebra: unknown field; the fields here are ${ROOT_FIELDS}`,
      'environments/b/models/x.yaml: uri: must be the source of a model, not "none", such as "models:/wine-elasticnet@champion"',
      'environments/b/models/x.yaml: server: is required, such as "MLFLOW_SERVER"',
      'environments/b/models/y.yaml: line 1: unexpected end of the stream within a flow collection, at "{"',
    ],
  },
];

describe('a folder of environments is refused for', () => {
  test.each(FOLDERS)('$name', ({ files, prepare, problems }) => {
    expect(problemsIn(files, prepare)).toEqual(problems);
  });

  test('three hundred faulty files, with every fault of each', () => {
    const models = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`test/models/m${i}.yaml`, 'replicas: x']));
    expect(problemsIn({ 'test/platform.yaml': WITHOUT_FRONTEND, ...models })).toHaveLength(3 * 300);
  });
});

/** Every field below a schema, with the path as messages write it. */
function fieldsOf(schema: JsonSchema, path: readonly string[] = []): [path: readonly string[], field: JsonSchema][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]): [readonly string[], JsonSchema][] => [
    [[...path, name], field],
    ...fieldsOf(field, [...path, name]),
  ]);
}

/** A list of lists is right nowhere. */
const nested = (path: readonly string[]): string =>
  path.reduceRight((yaml, name) => `{"${name}": ${yaml}}`, '[["wrong"]]');

describe('every field refuses a value of another kind, and says where and what would do', () => {
  const platformFields = fieldsOf(inputSchema(platformSchema)).map(([path, { examples }]) => ({
    path: path.join('.'),
    file: 'platform.yaml',
    files: { 'test/platform.yaml': nested(path), 'test/models/mlflow-wine.yaml': MODEL },
    examples,
  }));
  const modelFields = fieldsOf(inputSchema(modelSchema)).map(([path, { examples }]) => {
    const settings = { server: '"MLFLOW_SERVER"', uri: '"s3://models/wine/1"', [path[0] ?? '']: nested(path.slice(1)) };
    const yaml = Object.entries(settings).map(([name, value]) => `${name}: ${value}\n`);
    const files = { 'test/platform.yaml': WITHOUT_FRONTEND, 'test/models/m.yaml': yaml.join('') };
    return { path: path.join('.'), file: 'models/m.yaml', files, examples };
  });

  test.each([...platformFields, ...modelFields])('$file $path', ({ path, file, files, examples }) => {
    // A mapping that is optional may have fields that are not.
    const [line = '', ...others] = problemsIn(files).filter((text) => !text.includes('is required'));
    const [, place = '', said = ''] =
      /^environments\/test\/(?:platform|models\/m)\.yaml: (\S+): (must be .+|unknown field.*)$/.exec(line) ?? [];
    expect(others).toEqual([]);
    expect(line).toContain(`environments/test/${file}: `);
    // A list takes a list, and refuses what is in it.
    expect([path, `${path}[0]`]).toContain(place);
    expect(said).toMatch(/, not a list/);
    if (examples) expect(said).toMatch(/, such as .+$/);
  });
});
