/** What controllers, the scheduler and kubelets have said about objects. */
import type { Kubectl } from './kubectl';
import { list } from './live';
import type { LiveObject, ObjectJson } from './objects';
import type { Trouble } from './pods';

interface Event extends LiveObject {
  readonly involvedObject: { readonly kind: string; readonly namespace?: string; readonly name: string };
  readonly reason?: string;
  readonly message?: string;
  readonly type?: string;
  readonly count?: number;
  readonly series?: { readonly count: number };
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
}

const timesOf = ({ count, series }: Event) => count ?? series?.count ?? 1;
const timeOf = ({ lastTimestamp, eventTime, metadata }: Event) =>
  lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '';

/**
 * What makes pods in a namespace and was refused one, such as by Pod Security or a quota. Jobs and StatefulSets say so
 * nowhere else.
 */
export async function refusals(kubectl: Kubectl, namespace: string): Promise<readonly Trouble[]> {
  const events = await list<Event>(kubectl, namespace, 'events', ['--field-selector=reason=FailedCreate']);
  const found = new Map<string, Trouble>();
  for (const event of events) {
    const { kind, name } = event.involvedObject;
    const before = found.get(`${kind} ${name}`);
    const subject: ObjectJson = { apiVersion: '', kind, metadata: { name, namespace } };
    const times = timesOf(event) + (before?.times ?? 0);
    found.set(`${kind} ${name}`, { subject, reason: 'FailedCreate', message: event.message ?? '', times });
  }
  return [...found.values()];
}

/** The last events of some objects of one namespace, a line each, the newest last. */
export async function lastEvents(
  kubectl: Kubectl,
  namespace: string,
  names: readonly string[],
  limit = 5,
): Promise<readonly string[]> {
  const lists = await Promise.all(
    [...new Set(names)].map((name) =>
      list<Event>(kubectl, namespace, 'events', [`--field-selector=involvedObject.name=${name}`]),
    ),
  );
  return lists
    .flat()
    .sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1))
    .slice(-limit)
    .map((event) => {
      const { kind, name } = event.involvedObject;
      const times = timesOf(event) > 1 ? ` (${timesOf(event)} times)` : '';
      return `${event.type} ${event.reason} ${kind} ${name}${times}: ${event.message}`;
    });
}
