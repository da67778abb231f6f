/** The log of requests: events as Seldon's executor posts them, the real receiver and the real object store. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { idOf } from '../../../charts/lib/secret';
import { same } from '../../cluster/checks';
import { finished } from '../../cluster/commands';
import { STARTING } from '../../cluster/repository';
import type { Host } from '../host';
import type { Loop } from '../loop';
import { Manifests } from '../manifests';
import { Pod } from '../pod';

const NAMESPACE = 'request-log';
const MODELS = 'ml-models';
const MODEL = 'mlflow-wine';
const BUCKET = 'request-log';
/** Long ago, and what nobody has taken for an event. */
const OLD = `${BUCKET}/${MODELS}/${MODEL}/2020-01-31/23/x.jsonl.gz`;
const NO_EVENT = `${BUCKET}/notes/2020-01-31.txt`;

interface Logged {
  readonly request: string;
  readonly type: string;
  readonly body: { readonly id: string };
}

export async function requestLog(loop: Loop): Promise<void> {
  const host = logging(loop);
  const receiver = new Pod(host, host.manifests.pod(NAMESPACE, 'request-log'));
  const post = (id: string, type: string, more: Readonly<Record<string, string>> = {}) =>
    posted(`http://${receiver.address}:8080/`, id, type, more);
  const inBucket = () => eventsIn(loop).map(({ request, type }) => `${request} ${type}`);

  await loop.checks.check('a model asks for a log of requests, and its receiver is ready', async () => {
    await receiver.start();
    return 'ready';
  });
  await loop.checks.check('what the executor posts is in the bucket, word for word', async () => {
    same([await post('one', 'request'), await post('one', 'response')], [204, 204]);
    await until(() => inBucket().length === 2);
    const found = eventsIn(loop);
    same(found.map(({ type, body }) => `${type} ${body.id}`).sort(), ['request one', 'response one']);
    return objectsIn(loop)[0] ?? '';
  });
  await loop.checks.check('an event of another namespace is refused, and counted', async () => {
    same(await post('x', 'request', { 'ce-namespace': 'ml-models-other' }), 403);
    const metrics = await (await fetch(`http://${receiver.address}:9464/metrics`)).text();
    same(/^request_log_dropped_events_total\{reason="foreign"\} (\S+)$/m.exec(metrics)?.[1], '1.0');
    return '403';
  });
  await loop.checks.check(
    'while the store is down and the receiver is killed, nothing that was taken is lost',
    async () => {
      await loop.pod('minio').stop();
      const taken = Array.from({ length: 20 }, (_, index) => `down-${index}`);
      for (const id of taken) same(await post(id, 'request'), 204);
      await receiver.kill('receiver');
      await receiver.restart('receiver');
      same(await post('down-later', 'request'), 204);
      await loop.start('minio-system', 'minio');
      const expected = [...taken, 'down-later'].map((id) => `${id} request`);
      await until(() => expected.every((event) => inBucket().includes(event)));
      return `${expected.length} events`;
    },
  );
  await loop.checks.check('a receiver that is told to end puts what it has', async () => {
    same(await post('last', 'request'), 204);
    await receiver.stop();
    same(inBucket().includes('last request'), true);
    return receiver.log('receiver').trim().split('\n').at(-1) ?? '';
  });
  await loop.checks.check(
    'who adds events reads none, who deletes them reads none, who reads them changes none',
    () => {
      const [event = ''] = objectsIn(loop);
      const file = join(loop.work, 'event');
      writeFileSync(file, '');
      const may = (user: string) =>
        [
          ['ls', `${user}/${BUCKET}/`],
          ['cat', `${user}/${event}`],
          ['cp', file, `${user}/${BUCKET}/by-${user}`],
          ['ls', `${user}/models/`],
          // mc reads what it deletes. What deletes old events does not, as its Job shows.
          ...(user === 'request-log-retention' ? [] : [['rm', `${user}/${event}`]]),
        ].map((args) => loop.mc(...args).status === 0);
      same(
        ['request-log', 'auditor', 'request-log-retention', 'mlflow', 'seldon'].map((user) => may(user)),
        [
          [false, false, true, false, false],
          [true, true, false, false, false],
          [true, false, false, false],
          [false, false, false, true, false],
          [false, false, false, true, false],
        ],
      );
      return 'list, read, add, list models, delete';
    },
  );
  await loop.checks.check('old events are deleted, and nothing else', async () => {
    const file = join(loop.work, 'event');
    for (const path of [OLD, NO_EVENT]) finished(loop.mc('cp', file, `root/${path}`));
    const before = objectsIn(loop);
    const { code, log } = await new Pod(
      host,
      host.manifests.scheduledPod(NAMESPACE, 'request-log-retention'),
    ).complete();
    if (code !== 0) throw new Error(log);
    same(
      objectsIn(loop),
      before.filter((name) => name !== OLD),
    );
    return log.trim().split('\n').join('; ');
  });
}

/** The starting environment with a model that logs, and with the keys that the store has been given. */
function logging(loop: Loop): Host {
  const repository = loop.changed('logged', (environment) =>
    appendFileSync(join(environment, 'models', `${MODEL}.yaml`), 'logger: {mode: all}\n'),
  );
  finished(repository.command('synth'));
  const values = join(loop.work, 'logged.env');
  const keys = Object.entries(loop.host.manifests.data('Secret', 'minio-system', 'minio-users'));
  writeFileSync(values, keys.map(([user, key]) => `${idOf(user)}_S3_SECRET_KEY=${key}\n`).join(''));
  const secrets = finished(repository.command('secrets', STARTING, '--values', values));
  return { ...loop.host, manifests: new Manifests(repository.dist(), secrets) };
}

/**
 * Posts an event as the executor does, and says the status of the answer.
 * Source: sendCloudEvent in executor/logger/worker.go of Seldon Core 1.17.1, CloudEvents 1.0 in binary mode.
 */
export async function posted(
  url: string,
  id: string,
  type: string,
  more: Readonly<Record<string, string>>,
): Promise<number> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': `event-${id}-${type}`,
      'ce-source': 'http://:8000/',
      'ce-time': new Date().toISOString(),
      'ce-type': `io.seldon.serving.inference.${type}`,
      'ce-modelid': 'classifier',
      'ce-requestid': id,
      'ce-inferenceservicename': MODEL,
      'ce-namespace': MODELS,
      'ce-endpoint': 'default',
      'ce-protocol': 'v2',
      ...more,
    },
    body: JSON.stringify({ id, inputs: [{ name: 'alcohol', shape: [1, 1], datatype: 'FP64', data: [9.4] }] }),
  });
  return answer.status;
}

/** The names of objects in the bucket. */
const objectsIn = (loop: Loop): string[] =>
  finished(loop.mc('find', `root/${BUCKET}`))
    .split('\n')
    .filter((name) => name !== '')
    .map((name) => name.replace(/^root\//, ''))
    .sort();

function eventsIn(loop: Loop): Logged[] {
  const file = join(loop.work, 'logged.jsonl.gz');
  return objectsIn(loop).flatMap((name) => {
    finished(loop.mc('cp', `root/${name}`, file));
    const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as Logged);
  });
}

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 120_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error('it does not happen within two minutes');
    await sleep(500);
  }
}
