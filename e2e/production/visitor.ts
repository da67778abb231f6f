/** A pod that asks for the front end's page without a pause, from a namespace that may. */
import { until } from '../cluster/cluster';
import type { RunningPlatform } from '../node/running-platform';
import { CLIENT_IMAGE } from './images';

/** The namespace that monitoring is in, whose pods may call the front end. */
const NAMESPACE = 'monitoring';
const POD = 'visitor';

export async function startVisitor(platform: RunningPlatform): Promise<string> {
  await platform.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: POD, namespace: NAMESPACE },
      spec: {
        containers: [{ name: POD, image: CLIENT_IMAGE, command: ['sleep', 'infinity'] }],
        terminationGracePeriodSeconds: 1,
      },
    },
  );
  await platform.kubectl('wait', '-n', NAMESPACE, '--for=condition=Ready', `pod/${POD}`, '--timeout=5m');
  return `pod ${NAMESPACE}/${POD}`;
}

/**
 * Does something while the page is asked for.
 * @throws Error where a request was not answered
 */
export async function whileVisited(platform: RunningPlatform, body: () => Promise<unknown>): Promise<string> {
  const inPod = (...command: string[]) => platform.exec(NAMESPACE, POD, ...command);
  await inPod('rm', '-f', '/tmp/stop');
  const visits = inPod('python3', '-c', VISIT, 'http://frontend-service.fe:8080/');
  // A failure is told when it is waited for.
  visits.catch(() => {});
  await until('the page is asked for', 60, async () =>
    (await inPod('ls', '/tmp')).includes('visited') ? undefined : 'not yet',
  );
  try {
    await body();
  } finally {
    await inPod('touch', '/tmp/stop');
  }
  const { answered, failed } = JSON.parse(await visits) as {
    answered: number;
    failed: Readonly<Record<string, number>>;
  };
  if (Object.keys(failed).length > 0) throw new Error(`beside ${answered} answers: ${JSON.stringify(failed)}`);
  return `${answered} requests answered, 0 failed`;
}

/** By a new connection each time. */
const VISIT = `
import collections, json, os, sys, time, urllib.request
answered, failed = 0, collections.Counter()
while not os.path.exists("/tmp/stop"):
    try:
        with urllib.request.urlopen(sys.argv[1], timeout=10) as response:
            response.read()
        answered += 1
        open("/tmp/visited", "w").close()
    except Exception as error:
        failed[repr(error)] += 1
    time.sleep(0.02)
print(json.dumps({"answered": answered, "failed": failed}))
`;
