/** Takes the kubectl commands of the documents apart. */
import type { Command } from './shell';

/** Flags that the documents use, by verb, as `kubectl VERB --help` has them; those in BOTH go with every verb. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  apply: ['--server-side', '-f'],
  create: ['-f', '--from', '--dry-run', '--from-file'],
  delete: ['-f', '--cascade', '--ignore-not-found'],
  diff: ['--server-side', '-f'],
  exec: ['-c', '-i'],
  get: ['-A', '--sort-by'],
  logs: ['--tail', '--all-containers'],
  patch: ['-f', '--local', '--type', '--patch'],
  'port-forward': [],
  'rollout restart': [],
  'rollout status': ['--timeout'],
  scale: ['--replicas'],
  'set env': ['--local', '-f'],
  wait: ['--for', '--timeout', '--all'],
};
const BOTH = ['-n', '-l', '-o'];
const LONG: Readonly<Record<string, string>> = {
  '--namespace': '-n',
  '--filename': '-f',
  '--selector': '-l',
  '--output': '-o',
};
const SHORT_WITH_VALUE = ['-c', '-n', '-f', '-l', '-o'];

const KINDS: Readonly<Record<string, string>> = {
  'clusters.postgresql.cnpg.io': 'Cluster',
  configmap: 'ConfigMap',
  crd: 'CustomResourceDefinition',
  cronjob: 'CronJob',
  deployment: 'Deployment',
  events: 'Event',
  job: 'Job',
  namespace: 'Namespace',
  networkpolicy: 'NetworkPolicy',
  pvc: 'PersistentVolumeClaim',
  'scheduledbackups.postgresql.cnpg.io': 'ScheduledBackup',
  sdep: 'SeldonDeployment',
  secret: 'Secret',
  secrets: 'Secret',
  serviceaccount: 'ServiceAccount',
  statefulset: 'StatefulSet',
  svc: 'Service',
  validatingwebhookconfiguration: 'ValidatingWebhookConfiguration',
};

/** A kubectl command, taken apart. */
export interface Kubectl {
  /** Such as "apply", or "rollout status". */
  readonly verb: string;
  readonly flags: ReadonlyMap<string, string>;
  /** What it names: a kind, and a name where it says one. */
  readonly targets: readonly { readonly kind: string; readonly name?: string }[];
  /** What it runs in a pod. */
  readonly inner: readonly string[];
}

/** @throws Error for a verb, a flag or a kind that is not known here */
export function kubectlOf(command: Command): Kubectl {
  const end = command.indexOf('--');
  const inner = end < 0 ? [] : command.slice(end + 1);
  const words = [...command.slice(1, end < 0 ? undefined : end)];
  const [first = ''] = words.splice(0, 1);
  const verb = ['rollout', 'set'].includes(first) ? `${first} ${words.splice(0, 1)[0]}` : first;
  const known = FLAGS[verb];
  if (!known) throw new Error(`kubectl ${verb}: not a command that the documents use; add it here with its flags`);
  const flags = new Map<string, string>();
  const names: string[] = [];
  while (words.length > 0) {
    const [word = ''] = words.splice(0, 1);
    if (!word.startsWith('-') || word === '-') {
      names.push(word);
      continue;
    }
    const [name = '', ...value] = word.split('=');
    const flag = LONG[name] ?? name;
    if (![...known, ...BOTH].includes(flag)) throw new Error(`kubectl ${verb} has no ${name}`);
    flags.set(flag, SHORT_WITH_VALUE.includes(word) ? (words.splice(0, 1)[0] ?? '') : value.join('='));
  }
  return { verb, flags, targets: targetsOf(verb, names, flags), inner };
}

function targetsOf(verb: string, names: readonly string[], flags: ReadonlyMap<string, string>): Kubectl['targets'] {
  if (['exec', 'logs'].includes(verb) && !names[0]?.includes('/')) return [{ kind: 'Pod', name: names[0] ?? '' }];
  // It changes a file that no cluster has.
  if (verb === 'set env') return [];
  // What is created is not there yet; what it is made from is.
  const [first = '', ...rest] = verb === 'create' ? [flags.get('--from') ?? ''] : names;
  if (first === '') return [];
  const [kind = '', name] = first.split('/');
  const known = KINDS[kind];
  if (known === undefined) throw new Error(`kubectl ${verb}: "${kind}" is not a kind that the documents use`);
  const named = verb === 'port-forward' ? [] : rest;
  if (name !== undefined) return [{ kind: known, name }];
  return named.length > 0 ? named.map((each) => ({ kind: known, name: each })) : [{ kind: known }];
}
