/** The log of requests: the receiver and the CronJob as they are rendered, with the keys that the store knows. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Checks, same } from '../cluster/checks';
import { until } from '../cluster/cluster';
import { finished } from '../cluster/commands';
import type { Manifests } from '../loop/manifests';
import { posted } from '../loop/steps/request-log';
import { type Client, type Permission, probe } from './client';
import type { Store } from './host';

const NAMESPACE = 'request-log';
const BUCKET = 'request-log';
/** Who adds, who reads and who deletes. */
const [ADDS, READS, DELETES] = ['request-log', 'auditor', 'request-log-retention'];

export interface LoggedStore {
  /** What the checks say of it, such as "minio". */
  readonly name: string;
  readonly store: Store;
  /** Has the keys of all users. */
  readonly client: Client;
  /** Of the environment whose log it is. */
  readonly manifests: Manifests;
  /** A folder for what lasts as long as the run. */
  readonly work: string;
}

/** @param receiver the Deployment, such as "request-log-north" */
export async function receiverChecks(
  checks: Checks,
  { name, store, client, manifests, work }: LoggedStore,
  receiver: string,
): Promise<void> {
  await checks.check(`${name}: what is posted to ${receiver} is in the bucket, word for word, and packed`, async () => {
    const template = manifests.pod(NAMESPACE, receiver);
    const { value: namespace = '' } = template.spec.containers[0]?.env?.find((each) => each.name === 'NAMESPACE') ?? {};
    const pod = store.beside(template, manifests);
    const id = `${name}-${receiver}`.replaceAll(' ', '-');
    await pod.start();
    try {
      const post = (type: string) => posted(`http://${pod.address}:8080/`, id, type, { 'ce-namespace': namespace });
      same([await post('request'), await post('response')], [204, 204]);
      const found = () =>
        objectsIn(client)
          .filter((object) => object.startsWith(`${BUCKET}/${namespace}/`))
          .flatMap((object) => linesOf(client, object, join(work, 'logged')))
          .filter(({ request }) => request === id)
          .map(({ type, body }) => `${type} ${body.id}`)
          .sort();
      await until('both are there', 60, async () => (found().length === 2 ? undefined : JSON.stringify(found())));
      same(found(), [`request ${id}`, `response ${id}`]);
    } finally {
      await pod.stop();
    }
    return pod.log('receiver').trim().split('\n').at(-1) ?? '';
  });
}

/** @param others users of other buckets, whom the log does not concern */
export async function keyChecks(
  checks: Checks,
  { name, client, work }: LoggedStore,
  others: readonly string[],
): Promise<void> {
  await checks.check(`${name}: who adds events reads none, who deletes them reads none, others see nothing`, () => {
    const [event = ''] = objectsIn(client);
    const file = join(work, 'event');
    writeFileSync(file, '');
    return probe(client, [
      ...permissions(ADDS, event, file, ['adds']),
      ...permissions(READS, event, file, ['lists', 'reads']),
      // mc reads what it deletes. What deletes old events does not, as its Job shows.
      ...permissions(DELETES, event, file, ['lists']).filter(([what]) => !what.endsWith('deletes an event')),
      ...others.flatMap((user) => permissions(user, event, file, [])),
      ...[ADDS, READS, DELETES].map((user): Permission => [`${user} lists models`, ['ls', `${user}/models/`], false]),
    ]);
  });
}

const permissions = (user = '', event: string, file: string, may: readonly ('lists' | 'reads' | 'adds')[]) =>
  [
    [`${user} lists the log`, ['ls', `${user}/${BUCKET}/`], may.includes('lists')],
    [`${user} reads an event`, ['cat', `${user}/${event}`], may.includes('reads')],
    [`${user} adds one`, ['put', '--disable-multipart', file, `${user}/${BUCKET}/by-${user}`], may.includes('adds')],
    [`${user} deletes an event`, ['rm', `${user}/${event}`], false],
  ] satisfies Permission[];

export async function retentionChecks(
  checks: Checks,
  { name, store, client, manifests, work }: LoggedStore,
): Promise<void> {
  await checks.check(`${name}: old events are deleted, and nothing else`, async () => {
    const old = `${BUCKET}/ml-models/asked/2020-01-31/23/x.jsonl.gz`;
    const file = join(work, 'event');
    writeFileSync(file, '');
    for (const object of [old, `${BUCKET}/notes/2020-01-31.txt`])
      finished(client.mc('put', '--disable-multipart', file, `${ADDS}/${object}`));
    const before = objectsIn(client);
    const pod = store.beside(manifests.scheduledPod(NAMESPACE, 'request-log-retention'), manifests);
    const { code, log } = await pod.complete();
    await pod.stop('KILL');
    if (code !== 0) throw new Error(log);
    same(before.includes(old), true);
    same(
      objectsIn(client),
      before.filter((object) => object !== old),
    );
    return log.trim().split('\n').join('; ');
  });
}

/** With the bucket in front of their names. */
const objectsIn = (client: Client): string[] =>
  finished(client.mc('find', `${READS}/${BUCKET}`))
    .split('\n')
    .filter((name) => name !== '')
    .map((name) => name.replace(`${READS}/`, ''))
    .sort();

interface Logged {
  readonly request: string;
  readonly type: string;
  readonly body: { readonly id: string };
}

function linesOf(client: Client, object: string, file: string): Logged[] {
  finished(client.mc('cp', `${READS}/${object}`, file));
  const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Logged);
}
