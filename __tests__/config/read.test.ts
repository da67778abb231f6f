/** What a file of an environment is refused for before any field is looked at, in the words of the operator who reads it. */
import { platformRefuses } from '../support/refusals';

platformRefuses({
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
      'mlflow: {hosts: a\u0007.example.com}',
      'line 1: the stream contains non-printable characters, at "mlflow: {hosts: a\ufffd.example.com}"',
    ],
    [
      'a control character that is escaped',
      'clusterDomain: "a\\u0007.example.com"',
      'clusterDomain: must be a lower-case DNS name of at most 253 characters, not "a\\u0007.example.com", such as "cluster.local"',
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
});
