/** When something that is not ready will not get ready by itself, and what to do then. */
import { type ObjectJson, titleOf } from '../cluster/objects';
import type { Observation } from '../cluster/observation';
import type { Trouble } from '../cluster/pods';

/** A stage that cannot go on, because of one object. */
export interface Failure {
  readonly object: ObjectJson;
  readonly reason: string;
  readonly text: string;
  /** What of its pods is wrong, where it is one of them. */
  readonly trouble?: Trouble;
}

interface Rule {
  /** Seconds for which it has to last. */
  readonly grace: number;
  /** How often it has to happen under the eyes of this run. @default 0 */
  readonly times?: number;
}

/**
 * What does not go by itself. What is in no line of it may, and is waited for as long as the stage may take: a cluster can
 * get another node for an unschedulable pod, and what was evicted is made anew.
 */
const RULES: Readonly<Record<string, Rule>> = {
  // The kubelet tries again, and a registry may have been out for a moment.
  ErrImagePull: { grace: 30 },
  ImagePullBackOff: { grace: 30 },
  InvalidImageName: { grace: 5 },
  ErrImageNeverPull: { grace: 5 },
  // A Secret, a ConfigMap or a key of one is missing. One that is made meanwhile is found.
  CreateContainerConfigError: { grace: 20 },
  CreateContainerError: { grace: 30 },
  RunContainerError: { grace: 30 },
  // Waits of 10, 20 and 40 s between them.
  CrashLoopBackOff: { grace: 0, times: 3 },
  // The first pod may come before the account of its namespace.
  FailedCreate: { grace: 10, times: 1 },
};

/** A pod that has crashed before this run began has to do so once more: what it missed may have come since. */
const ONCE_MORE = 1;

const keyOf = ({ subject, container = '' }: Trouble) => `${titleOf(subject)} ${container}`;

/** Tells, look by look, whether one of the objects has failed. */
export class Judge {
  /** How often each trouble had happened when this run first saw it. */
  private readonly before: Map<string, number>;
  /** When each trouble was seen first, and has been seen in every look since; in milliseconds. */
  private since = new Map<string, number>();
  private looked = false;

  /** @param earlier troubles that are older than this run */
  constructor(
    earlier: readonly Trouble[],
    private readonly now: () => number = Date.now,
  ) {
    this.before = new Map(earlier.map((trouble) => [keyOf(trouble), trouble.times]));
  }

  look(observations: readonly Observation[]): Failure | undefined {
    const since = new Map<string, number>();
    const lasts = (key: string, seconds: number) => {
      const first = this.since.get(key) ?? this.now();
      since.set(key, first);
      return this.now() - first >= seconds * 1000;
    };
    const failures = observations.flatMap((observation): Failure[] => {
      const { rendered: object, health } = observation;
      const failed = observation.troubles.filter((trouble) => this.isReal(trouble, object, lasts));
      const own =
        health.state === 'failed' && lasts(`${titleOf(object)} ${health.reason}`, health.grace ?? 0)
          ? [{ object, reason: health.reason, text: health.text, trouble: failed[0] ?? observation.troubles[0] }]
          : [];
      return [...own, ...failed.map((trouble) => ({ object, reason: trouble.reason, text: trouble.message, trouble }))];
    });
    this.since = since;
    this.looked = true;
    return failures[0];
  }

  private isReal(trouble: Trouble, { kind }: ObjectJson, lasts: (key: string, seconds: number) => boolean): boolean {
    const rule = RULES[trouble.reason];
    if (!rule) return false;
    const key = keyOf(trouble);
    const known = this.before.get(key);
    // A trouble that the first look finds is older than this run; a later one begins under its eyes.
    if (known === undefined) this.before.set(key, this.looked ? 0 : trouble.times);
    const isOld = (this.before.get(key) ?? 0) > 0;
    const times = trouble.times - (this.before.get(key) ?? 0);
    const enough = trouble.reason === 'CrashLoopBackOff' && isOld ? ONCE_MORE : (rule.times ?? 0);
    const lasted = lasts(`${key} ${rule.grace}`, rule.grace);
    // A Job counts the attempts of its pods itself.
    if (kind === 'Job' && trouble.reason === 'CrashLoopBackOff') return false;
    return lasted && times >= enough;
  }
}

const TROUBLESHOOTING = 'see "Troubleshooting" in docs/operations.md';

/** What to do about it, a line each. */
export function remedyFor({ object, reason, text, trouble }: Failure, kubectl: string): readonly string[] {
  const { namespace, name } = object.metadata;
  if (object.kind === 'Job') {
    return [
      `mend what its log says, then let it run again: ${kubectl} delete job -n ${namespace} ${name}`,
      ...(/image/i.test(reason) ? [IMAGE] : []),
    ];
  }
  if (/Image/.test(reason)) return [IMAGE];
  if (/ConfigError$/.test(reason)) return ['make the Secret or the key that it names: "Secrets" in docs/operations.md'];
  if (reason === 'FailedCreate') {
    return [
      /PodSecurity|violates/.test(text)
        ? POD_SECURITY
        : 'a quota, an admission rule or a missing account: see the message',
    ];
  }
  const stuck = object.kind === 'StatefulSet' && trouble?.subject.kind === 'Pod';
  return [
    `${TROUBLESHOOTING}`,
    // With OrderedReady, a StatefulSet does not replace a pod that never got ready, even by a new version.
    ...(stuck ? [`once it is mended: ${kubectl} delete pod -n ${namespace} ${trouble.subject.metadata.name}`] : []),
  ];
}

const IMAGE =
  'the node cannot pull the image: build or load it, correct images.overrides, or give its registry a login by images.pullSecret';
const POD_SECURITY = 'the namespace refuses such pods: compare its labels with dist/, and "Pods" in docs/security.md';
