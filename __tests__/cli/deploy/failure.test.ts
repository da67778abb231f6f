/** When a deployment gives up, and what it advises. */
import type { LiveObject } from '../../../cli/cluster/objects';
import type { Observation } from '../../../cli/cluster/observation';
import type { Trouble } from '../../../cli/cluster/pods';
import { Judge, remedyFor } from '../../../cli/deploy/failure';

const object = (kind: string, name: string) => ({ apiVersion: 'v1', kind, metadata: { name, namespace: 'n' } });

const trouble = (reason: string, times = 0): Trouble => ({
  subject: object('Pod', 'p'),
  container: 'c',
  reason,
  message: 'says the kubelet',
  times,
});

const seen = (troubles: readonly Trouble[], kind = 'Deployment'): Observation => ({
  rendered: object(kind, 'd'),
  live: object(kind, 'd') as LiveObject,
  health: { state: 'waiting', text: '0 of 1' },
  troubles,
});

/** Looks at one state of things after the other: the seconds at which it gives up, if it does. */
function givesUpAfter(
  looks: readonly (readonly [second: number, observation: Observation])[],
  earlier: Trouble[] = [],
) {
  let now = 0;
  const judge = new Judge(earlier, () => now * 1000);
  for (const [second, observation] of looks) {
    now = second;
    if (judge.look([observation])) return second;
  }
  return undefined;
}

const always = (reason: string, seconds: readonly number[], kind?: string) =>
  seconds.map((second) => [second, seen([trouble(reason)], kind)] as const);

test.each([
  ['ImagePullBackOff', [0, 29, 30], 30],
  ['InvalidImageName', [0, 4, 5], 5],
  ['CreateContainerConfigError', [0, 19, 20], 20],
])('%s has to last', (reason, seconds, end) => {
  expect(givesUpAfter(always(reason, seconds))).toBe(end);
});

test('what is over in between starts anew', () => {
  const gone = [20, seen([])] as const;
  const looks = [...always('ImagePullBackOff', [0]), gone, ...always('ImagePullBackOff', [30, 59, 60])];
  expect(givesUpAfter(looks)).toBe(60);
});

test.each(['Unschedulable', 'Evicted'])('%s may go by itself, and is waited for', (reason) => {
  expect(givesUpAfter(always(reason, [0, 600]))).toBeUndefined();
});

const crashes = (...counts: readonly (readonly [second: number, times: number])[]) =>
  counts.map(([second, times]) => [second, seen([trouble('CrashLoopBackOff', times)])] as const);

test('a container may crash three times', () => {
  const fine = [0, seen([])] as const;
  expect(givesUpAfter([fine, ...crashes([10, 1], [30, 2], [70, 3])])).toBe(70);
});

test('a container that has crashed before this run may do so once more', () => {
  expect(givesUpAfter(crashes([0, 12], [2, 12], [200, 13]))).toBe(200);
});

test('pods of a Job are counted by the Job', () => {
  const looks = crashes([0, 0], [10, 9]).map(([second, { troubles }]) => [second, seen(troubles, 'Job')] as const);
  expect(givesUpAfter(looks)).toBeUndefined();
});

describe('a refusal of pods', () => {
  const refused = (times: number): Trouble => ({ ...trouble('FailedCreate', times), subject: object('Job', 'd') });

  test('that is older than this run does not count', () => {
    expect(
      givesUpAfter(
        [
          [0, seen([refused(3)])],
          [60, seen([refused(3)])],
        ],
        [refused(3)],
      ),
    ).toBeUndefined();
  });

  test('that is new does, once it has lasted', () => {
    const looks = [0, 9, 10].map((second) => [second, seen([refused(4 + second)])] as const);
    expect(givesUpAfter(looks, [refused(3)])).toBe(10);
  });
});

test('a state that an operator calls failed has its time to pass', () => {
  const failed: Observation = { ...seen([]), health: { state: 'failed', reason: 'Failed', text: 'x', grace: 60 } };
  expect(givesUpAfter([0, 59, 60].map((second) => [second, failed] as const))).toBe(60);
});

test.each([
  ['Job', 'BackoffLimitExceeded', 'kubectl delete job -n n d'],
  ['Deployment', 'ImagePullBackOff', 'images.overrides'],
  ['Deployment', 'CreateContainerConfigError', '"Secrets" in docs/operations.md'],
  ['Deployment', 'FailedCreate', 'quota'],
  ['StatefulSet', 'CrashLoopBackOff', 'kubectl delete pod -n n p'],
  ['Deployment', 'CrashLoopBackOff', '"Troubleshooting" in docs/operations.md'],
])('a %s with %s is mended by %s', (kind, reason, remedy) => {
  const failure = { object: object(kind, 'd'), reason, text: '', trouble: trouble(reason) };
  expect(remedyFor(failure, 'kubectl').join('\n')).toContain(remedy);
});
