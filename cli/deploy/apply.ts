/**
 * Applies a stage, by the very command that the documents give: "kubectl apply --server-side", whose fields belong to the
 * manager "kubectl". With a manager of its own, an environment could not be applied by hand one day and by this command
 * the next: each would be in conflict with what the other one owns, and would leave the fields that the other has dropped.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Kubectl } from '../cluster/kubectl';
import type { RenderedStage } from '../cluster/rendered';

export interface ApplyOptions {
  /** When it has to be done; in milliseconds, as Date.now() has it. */
  readonly deadline: number;
  /** Whether to take back fields that somebody else has changed. */
  readonly forceConflicts: boolean;
  say(text: string): void;
}

/** The API server refuses something, or cannot be asked. */
export class Refused extends Error {}

/** Seconds between two tries. */
const PAUSE = 3;

/**
 * What is over in a moment: a webhook whose pods have just become ready, a control plane that restarts, a namespace that
 * is still being deleted, a type that was made a moment ago.
 */
const PASSING =
  /failed calling webhook|failed to call webhook|connection refused|connection reset|i\/o timeout|TLS handshake timeout|unexpected EOF|etcdserver:|too many requests|currently unable to handle|is being terminated|no matches for kind|context deadline exceeded|Client\.Timeout/i;

/**
 * Applies it, again while what is in its way may be over in a moment.
 * @returns how many objects
 * @throws Refused with what the API server says
 */
export async function applyStage(kubectl: Kubectl, stage: RenderedStage, options: ApplyOptions): Promise<number> {
  const { deadline, forceConflicts, say } = options;
  const all = stage.objects.length;
  const force = forceConflicts ? ['--force-conflicts'] : [];
  for (;;) {
    let applied = 0;
    const { code, stderr } = await kubectl.run(
      ['apply', '--server-side', ...force, '--recursive', `--filename=${stage.folder}`],
      {
        onLine: () => {
          applied += 1;
          say(`${applied} of ${all} applied`);
        },
      },
    );
    if (code === 0) return applied;
    const problems = problemsIn(stderr);
    const isPassing = problems.length > 0 && problems.every((problem) => PASSING.test(problem));
    if (!isPassing || Date.now() > deadline) throw new Refused(problems.join('\n') || stderr.trim());
    say(`tries again: ${problems[0]}`);
    await wait(PAUSE * 1000, undefined, { signal: kubectl.interruption });
  }
}

/** What kubectl complains of, each in one piece: a line that starts with "error" or "Error", and those below it. */
function problemsIn(stderr: string): string[] {
  return (
    stderr
      .split(/\n(?=error|Error|Unable|The )/)
      // Kubectl's own advice about conflicts is longer than what is in conflict.
      .map((text) => text.replace(/\nPlease review the fields above[\s\S]*$/, '').trim())
      .filter((text) => text !== '' && !/^Warning:/.test(text))
  );
}

/** What to do about a refusal. */
export function remedyForRefusal(text: string): string {
  if (/conflict/i.test(text) && /Apply failed/.test(text)) {
    return 'somebody changed these fields by another command: put the change into environments/, or take the fields back by --force-conflicts';
  }
  if (/immutable|are forbidden|cannot be changed/i.test(text)) {
    return 'such a field cannot be changed in place: "Grow a volume" and "Upgrade" in docs/operations.md say what to do instead';
  }
  if (/failed calling webhook|failed to call webhook/.test(text)) return WEBHOOK;
  if (/no matches for kind/.test(text))
    return 'a type is missing in the cluster: "npx ml-platform doctor" says who brings it';
  if (/forbidden: User|cannot (create|patch|get)/i.test(text))
    return 'your account may not do that: "npx ml-platform doctor" lists what it needs';
  return 'the API server says which field it refuses; "Troubleshooting" in docs/operations.md has more';
}

const WEBHOOK =
  'the API server does not reach a webhook: see "failed calling webhook" below "Troubleshooting" in docs/operations.md';
