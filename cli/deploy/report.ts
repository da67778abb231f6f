/** What a reader needs to mend what has failed: events, the last lines of the log, and what to do. */
import { lastEvents } from '../cluster/events';
import type { Kubectl } from '../cluster/kubectl';
import { titleOf } from '../cluster/objects';
import { type Failure, remedyFor } from './failure';
import { describeTrouble } from './wait';

/** Lines of a log that are shown. */
const LINES = 15;

export async function describeFailure(kubectl: Kubectl, failure: Failure): Promise<string> {
  const { object, reason, text, trouble } = failure;
  const { namespace = '', name } = object.metadata;
  const about = trouble && trouble.message !== text ? `\n  ${describeTrouble(trouble)}` : '';
  const where = trouble?.subject.kind === 'Pod' ? ` (pod ${trouble.subject.metadata.name})` : '';
  const pod = await podOf(kubectl, failure);
  const names = [name, ...(trouble ? [trouble.subject.metadata.name] : []), ...(pod ? [pod] : [])];
  const [events, log] = await Promise.all([
    namespace === '' ? [] : lastEvents(kubectl, namespace, names),
    pod === undefined ? [] : lastLines(kubectl, namespace, pod, trouble?.container),
  ]);
  return [
    `${titleOf(object)}${where} does not get ready: ${reason}: ${text}${about}`,
    ...section('its last events', events),
    ...section(`the last lines of the log of ${pod}`, log),
    ...section('what to do', remedyFor(failure, kubectl.command)),
  ].join('\n');
}

const section = (title: string, lines: readonly string[]) =>
  lines.length === 0 ? [] : [`  ${title}:`, ...lines.map((line) => `    ${line}`)];

/** The pod whose log tells most: the one in trouble, or the newest of a Job. */
async function podOf(kubectl: Kubectl, { object, trouble }: Failure): Promise<string | undefined> {
  if (trouble?.subject.kind === 'Pod') return trouble.subject.metadata.name;
  if (object.kind !== 'Job') return undefined;
  const { namespace = '', name } = object.metadata;
  const pods = ['get', 'pods', '--namespace', namespace, `--selector=batch.kubernetes.io/job-name=${name}`];
  const { stdout } = await kubectl.run([...pods, '--sort-by=.metadata.creationTimestamp', '--output=name']);
  return stdout.trim().split('\n').at(-1)?.replace('pod/', '') || undefined;
}

/** What a container said before it ended; nothing where it never ran, or the node does not tell. */
async function lastLines(kubectl: Kubectl, namespace: string, pod: string, container?: string): Promise<string[]> {
  const which = container === undefined ? ['--all-containers'] : ['--container', container];
  const logs = ['logs', '--namespace', namespace, pod, ...which, `--tail=${LINES}`];
  // A container that waits to be started again has said something before, if it has run at all.
  for (const args of [[...logs, '--previous'], logs]) {
    const { code, stdout } = await kubectl.run(args);
    if (code === 0 && stdout.trim() !== '') return stdout.trimEnd().split('\n').slice(-LINES);
  }
  return [];
}
