/** Many callers at once, for as long as something else lasts, on this machine alone. */
import { Agent as HttpAgent, request as http } from 'node:http';
import { Agent as HttpsAgent, request as https } from 'node:https';

export interface Load {
  readonly requests: number;
  readonly failed: number;
  /** In milliseconds. */
  readonly mean: number;
  readonly median: number;
  readonly p99: number;
}

/**
 * @param url of this machine
 * @param authorities in PEM, for https
 * @param body what is posted; nothing where it is asked for alone
 * @param callers who ask again as soon as they are answered
 * @param during they go on until this is over
 */
export async function load(
  url: string,
  {
    callers,
    during,
    headers,
    body,
    authorities = [],
  }: {
    callers: number;
    during: Promise<unknown>;
    headers: Readonly<Record<string, string>>;
    body?: string;
    authorities?: readonly Buffer[];
  },
): Promise<Load> {
  const options = { keepAlive: true, maxSockets: callers };
  const isTls = url.startsWith('https:');
  const agent = isTls ? new HttpsAgent({ ...options, ca: [...authorities] }) : new HttpAgent(options);
  const request = isTls ? https : http;
  let over = false;
  const end = during.finally(() => {
    over = true;
  });
  const times: number[] = [];
  let failed = 0;
  const one = () =>
    new Promise<boolean>((resolve) => {
      request(url, { agent, headers, method: body === undefined ? 'GET' : 'POST' }, (answer) => {
        answer.resume().once('end', () => resolve(answer.statusCode === 200));
      })
        .once('error', () => resolve(false))
        .end(body);
    });
  const caller = async () => {
    while (!over) {
      const start = performance.now();
      if (!(await one())) failed += 1;
      times.push(performance.now() - start);
    }
  };
  await Promise.all([end, ...Array.from({ length: callers }, caller)]);
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? 0;
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  return { requests: times.length, failed, mean, median: at(0.5), p99: at(0.99) };
}
