/** Numbers, names, labels and addresses that Kubernetes refuses, or that cannot be meant. */
import { platformRefuses, type Row } from '../support/refusals';

const a = (length: number) => 'a'.repeat(length);

platformRefuses({
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
        `access: {kind: gateway, domain: ml.test, s3: {host: ${host}}}`,
        `access.s3.host: must be a lower-case host name with a domain, without scheme, port or path, not "${host.replaceAll('"', '')}", such as "s3.ml.example.com"`,
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
});
