/** A model is rolled out while clients call it: none of their requests fails. */
import { join } from 'node:path';
import { until } from '../../cluster/cluster';
import { documentedRequest } from '../../software/predictions';
import { CLIENT } from '../client';
import { addSettings, renderAndApply, whileChanged } from '../follow';
import type { RunningPlatform } from '../running-platform';

const NAME = 'mlflow-wine';
const SELECTOR = `seldon-deployment-id=${NAME}`;

interface Load {
  readonly answered: number;
  readonly failed: Readonly<Record<string, number>>;
}

export async function rolledOutUnderLoad(platform: RunningPlatform): Promise<string> {
  const url = `http://${NAME}-default.ml-models:8000/v2/models/classifier/infer`;
  const request = JSON.stringify(documentedRequest(platform.props.project));
  const inClient = (...command: string[]) => platform.exec(CLIENT.namespace, CLIENT.pod, ...command);
  await inClient('rm', '-f', '/tmp/stop');
  const load = inClient('python3', '-c', CALL, url, request);
  try {
    await whileChanged(platform, async () => {
      const file = join(platform.props.repository.environment(), 'models', `${NAME}.yaml`);
      addSettings(file, { resources: { requests: { cpu: '110m' } } });
      await replaced(platform);
    });
    await replaced(platform);
  } finally {
    await inClient('touch', '/tmp/stop');
  }
  const { answered, failed } = JSON.parse(await load) as Load;
  if (Object.keys(failed).length > 0) throw new Error(`of ${answered} requests failed: ${JSON.stringify(failed)}`);
  return `two rollouts: ${answered} requests answered, 0 failed`;
}

/** Applies the files, and waits until the old pods have ended. */
async function replaced(platform: RunningPlatform): Promise<void> {
  const pods = async () =>
    (
      await platform.kubectl(
        'get',
        'pods',
        '-n',
        'ml-models',
        '-l',
        SELECTOR,
        '-o',
        'jsonpath={.items[*].metadata.uid}',
      )
    ).split(' ');
  const before = await pods();
  await renderAndApply(platform, '50-models');
  await until(`${NAME} has new pods alone`, 300, async () => {
    const now = await pods();
    return now.every((uid) => !before.includes(uid))
      ? undefined
      : `pods ${now.join(', ')}, before ${before.join(', ')}`;
  });
}

/** Calls without a pause until it is told to stop: two clients by a new connection each time, two keep theirs. */
const CALL = `
import collections, http.client, json, os, sys, threading, urllib.parse
place, body = urllib.parse.urlsplit(sys.argv[1]), sys.argv[2]
answered, failed = collections.Counter(), collections.Counter()
def call(keep):
    kind, connection = "kept" if keep else "new", None
    while not os.path.exists("/tmp/stop"):
        fresh = connection is None
        try:
            if fresh:
                connection = http.client.HTTPConnection(place.hostname, place.port, timeout=10)
            connection.request("POST", place.path, body, {"content-type": "application/json"})
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                raise OSError(f"HTTP {response.status}")
            answered[kind] += 1
            if keep and not response.will_close:
                continue
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError) as error:
            # A server may close an idle connection; every client that keeps one tries once more, by a new one.
            if fresh:
                failed[f"{kind}: {error!r}"] += 1
        except Exception as error:
            failed[f"{kind}: {error!r}"] += 1
        connection.close()
        connection = None
threads = [threading.Thread(target=call, args=[keep]) for keep in (False, False, True, True)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(json.dumps({"answered": sum(answered.values()), "failed": failed}))
`;
