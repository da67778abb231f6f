/** Waits until a stage has become what the next one needs. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Kubectl } from '../cluster/kubectl';
import { titleOf } from '../cluster/objects';
import { type Observation, observe } from '../cluster/observation';
import type { Trouble } from '../cluster/pods';
import type { RenderedStage } from '../cluster/rendered';
import type { ServedTypes } from '../cluster/types';
import { type Failure, Judge } from './failure';

export interface WaitOptions {
  /** When it has to be done; in milliseconds, as Date.now() has it. */
  readonly deadline: number;
  /**
   * Until when states of objects that were changed are not believed; in milliseconds, as Date.now() has it. Operators that
   * write no observedGeneration leave the state of before until they have looked.
   */
  readonly settled: number;
  /** Troubles that are older than this run. */
  readonly earlier: readonly Trouble[];
  say(text: string, details: readonly string[]): void;
}

/** How a wait ended: well, with a failure, or with objects that have gone since they were applied. */
export type Outcome =
  | { readonly state: 'ready' }
  | { readonly state: 'gone' }
  | { readonly state: 'failed'; readonly failure: Failure };

/** Seconds between two looks. */
const PAUSE = 2;

/**
 * @throws the reason of an interruption
 */
export async function waitForStage(
  kubectl: Kubectl,
  types: ServedTypes,
  { name, objects }: RenderedStage,
  { deadline, settled, earlier, say }: WaitOptions,
): Promise<Outcome> {
  const judge = new Judge(earlier);
  // Batch predictions may take a night, and nothing that is applied after them needs their result.
  const awaited = name === '55-batch' ? objects.filter(({ kind }) => !['Job', 'Workflow'].includes(kind)) : objects;
  for (;;) {
    const observations = await observe(kubectl, types, awaited);
    const unready = observations.filter(({ health }) => health.state !== 'ready');
    if (unready.length === 0 && Date.now() >= settled) return { state: 'ready' };
    const failure = judge.look(unready);
    if (failure) return { state: 'failed', failure };
    if (unready.some(({ live }) => live === undefined)) return { state: 'gone' };
    say(`${objects.length - unready.length} of ${objects.length} ready`, unready.map(describe));
    const [slowest] = unready;
    if (Date.now() > deadline && slowest) return { state: 'failed', failure: tooLate(slowest) };
    await wait(PAUSE * 1000, undefined, { signal: kubectl.interruption });
  }
}

/** Such as "Deployment mlflow/mlflow: 0 of 1 pods are available; pod mlflow-1: ImagePullBackOff: …". */
export function describe({ rendered, health, troubles }: Observation): string {
  const [trouble] = troubles;
  const text = health.state === 'ready' ? 'is ready' : health.text;
  return [`${titleOf(rendered)}: ${text}`, ...(trouble ? [describeTrouble(trouble)] : [])].join('; ');
}

/** Such as "pod mlflow-1: ImagePullBackOff: Back-off pulling image …". */
export function describeTrouble({ subject, reason, message }: Trouble): string {
  const what = subject.kind === 'Pod' ? `pod ${subject.metadata.name}: ` : '';
  return `${what}${[reason, message.split('\n')[0]].filter((text) => text !== '').join(': ')}`;
}

function tooLate({ rendered: object, health, troubles: [trouble] }: Observation): Failure {
  const text = health.state === 'ready' ? '' : health.text;
  return { object, reason: 'Timeout', text: `${text}, and the time of --timeout is over`, trouble };
}
