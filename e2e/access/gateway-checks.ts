/** What a Gateway makes of the routes: hosts, certificates, shares of the traffic, uploads, many callers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Checks, same } from '../cluster/checks';
import { bearer } from './client';
import { type Load, load } from './load';
import { modelEcho } from './model-checks';
import type { Outside } from './outside';
import { originOf, WAYS } from './people';
import type { Site } from './site';

/** Enough for the shares to show: 80 of 100 is off by more than 8 less than once in a thousand runs. */
const ASKED = 400;
const MEGABYTES = 200;

/** Hosts and certificates, whatever is behind. */
export async function hostChecks(checks: Checks, { client }: Outside): Promise<void> {
  await checks.check('each host has its certificate, and leads to its own component', async () => {
    const hosts = ['mlflow', 'app', 'models'] as const;
    const answers = await Promise.all(hosts.map((name) => client.ask(originOf(name) + WAYS[name])));
    const back = answers.map(({ headers }) => {
      const to =
        headers.location === undefined ? undefined : new URL(headers.location).searchParams.get('redirect_uri');
      return to ?? undefined;
    });
    // Models are for programs, which are not sent to sign in.
    same(back, [`${originOf('mlflow')}/oauth2/callback`, `${originOf('app')}/oauth2/callback`, undefined]);
    same(answers[2]?.status, 401);
    return hosts.join(', ');
  });
  await checks.check('a host that nobody has leads nowhere', async () => {
    const { status } = await client.ask(`${originOf('mlflow')}/`, { host: 'other.ml.test' });
    same(status, 404);
    return String(status);
  });
  await checks.check('who comes by http is sent to the port of https', async () => {
    const { status, headers } = await client.ask('http://mlflow.ml.test/a/b?c=d');
    same([status, headers.location], [301, `${originOf('mlflow')}/a/b?c=d`]);
    return String(headers.location);
  });
}

export async function gatewayChecks(checks: Checks, site: Site): Promise<void> {
  const { client } = site;
  await hostChecks(checks, site);
  await checks.check('the traffic of a model is divided as its file says', async () => {
    const headers = bearer(await client.token('ci'));
    const seen = new Map<string, number>();
    for (let asked = 0; asked < ASKED; asked += 20) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => modelEcho(site, '/seldon/ml-models/split/v2/x', headers)),
      );
      for (const answer of answers) {
        const who = typeof answer === 'number' ? String(answer) : answer.predictor;
        seen.set(who, (seen.get(who) ?? 0) + 1);
      }
    }
    same([...seen.keys()].sort(), ['main', 'next']);
    const share = Math.round((100 * (seen.get('main') ?? 0)) / ASKED);
    if (share < 72 || share > 88) throw new Error(`main had ${share} of 100, and not 80`);
    return `main had ${share} of 100`;
  });
  await checks.check('a proxy that does not know the authority of the issuer does not start', async () => {
    const said = await site.withoutAuthority();
    const [reason] = /x509: [^"\n]*/.exec(said) ?? [];
    if (reason === undefined) throw new Error(said);
    return reason;
  });
}

/** A file of the size of a small language model's part. */
export async function uploadChecks(checks: Checks, site: Site): Promise<void> {
  await checks.check(`a file of ${MEGABYTES} MB goes through, and comes back`, async () => {
    const { client } = site;
    const url = `${originOf('mlflow')}/api/2.0/mlflow-artifacts/artifacts/large.bin`;
    const headers = bearer(await client.token('ci'));
    const body = Buffer.alloc(MEGABYTES * 1_000_000, 7);
    const put = await client.send(url, {
      method: 'PUT',
      headers: { ...headers, 'content-length': String(body.length) },
      body,
    });
    same(put.status, 200);
    const got = await client.ask(url, headers);
    same([got.status, got.body.length], [200, body.length]);
    return `${got.body.length} bytes`;
  });
}

export async function loadChecks(checks: Checks, site: Site, seconds: number): Promise<void> {
  const { client } = site;
  const headers = bearer(await client.token('ci'));
  const of = (url: string, during: Promise<unknown>) =>
    load(url, { callers: 200, during, headers, authorities: client.authorities });
  const model = `${originOf('models')}/seldon/ml-models/mlflow-wine/x`;
  const said = ({ requests, median, p99 }: Load) =>
    `${requests} requests, median ${median.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`;
  await checks.check('200 callers at once through Gateway and proxy: nothing fails', async () => {
    const straight = await of('http://mlflow-wine-default.ml-models.svc:8000/x', sleep(10_000));
    const proxy = await of('http://models-sign-in.ml-models.svc:4180/seldon/ml-models/mlflow-wine/x', sleep(10_000));
    const through = await of(model, sleep(1000 * seconds));
    same([straight.failed, proxy.failed, through.failed], [0, 0, 0]);
    return `${said(through)}; proxy alone: ${said(proxy)}; straight: ${said(straight)}`;
  });
  await checks.check('every pod of the proxy is replaced under 200 callers: nothing fails', async () => {
    const rolled = site.roll('models-sign-in', 'ml-models');
    const during = await of(model, rolled);
    same(during.failed, 0);
    return `${await rolled} pods, ${said(during)}`;
  });
}
