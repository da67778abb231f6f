/** What programs may do with a token, and what is refused, whatever is behind. */
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Checks, same } from '../cluster/checks';
import { finished } from '../cluster/commands';
import { bearer } from './client';
import type { Outside } from './outside';
import { CLIENT, ISSUER, originOf, STRANGER, WAYS } from './people';

export const EXPERIMENT = 'logged-with-a-token';

const SEARCH = '/api/2.0/mlflow/experiments/search?max_results=10';

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const partsOf = (token: string) => token.split('.').map((part) => Buffer.from(part, 'base64url').toString());

/** Tokens that somebody made up from a good one. */
function forgeries(token: string): Record<string, string> {
  const [header = '{}', payload = '{}'] = partsOf(token);
  const [, , signature = ''] = token.split('.');
  const raised = { ...JSON.parse(payload), sub: 'root', groups: ['ml-team', 'ml-admins'] };
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signedBy = (head: object, seal: (text: Buffer) => Buffer) => {
    const text = `${encoded(head)}.${encoded(raised)}`;
    return `${text}.${seal(Buffer.from(text)).toString('base64url')}`;
  };
  const head = JSON.parse(header) as object;
  return {
    'a changed token with the old signature': `${encoded(head)}.${encoded(raised)}.${signature}`,
    'a token without a signature': `${encoded({ ...head, alg: 'none' })}.${encoded(raised)}.`,
    'a token signed by somebody else': signedBy(head, (text) => sign('sha256', text, privateKey)),
    'a token sealed with a guessed word': signedBy({ ...head, alg: 'HS256' }, (text) =>
      createHmac('sha256', 'platform').update(text).digest(),
    ),
    'something that is no token': 'a.b.c',
  };
}

/** What somebody claims to be. */
export const claimed = {
  'X-Forwarded-User': 'root',
  'X-Forwarded-Groups': 'ml-team, ml-admins',
  'X-Forwarded-Email': 'root@ml.test',
};

export async function tokenChecks(checks: Checks, { client }: Outside): Promise<void> {
  const mlflow = originOf('mlflow');
  const token = await client.token('ci');
  await checks.check('a program without a token is told so, and not sent to a page', async () => {
    const answers = await Promise.all(
      [SEARCH, '/ajax-api/2.0/mlflow/experiments/search', '/graphql'].map((path) => client.ask(`${mlflow}${path}`)),
    );
    same(
      answers.map(({ status }) => status),
      [401, 401, 401],
    );
    return '401, 401, 401';
  });
  const refused: Record<string, string> = {
    ...forgeries(token),
    'a token that has expired': await client.token('ci', 'urn:brief'),
    'a token for another audience': await client.token('ci', 'urn:other'),
    'a token of another issuer': await client.token('ci', 'urn:platform', STRANGER),
    'a token of a program outside the groups': await client.token('outsider'),
  };
  await sleep(2000);
  for (const [what, bad] of Object.entries(refused)) {
    await checks.check(`${what} is refused`, async () => {
      const { status } = await client.ask(`${mlflow}${SEARCH}`, bearer(bad));
      same([401, 403].includes(status), true);
      return String(status);
    });
  }
  await checks.check('a host with groups of its own lets them in, and no host besides', async () => {
    const outsider = bearer(await client.token('outsider'));
    const hosts = ['app', 'mlflow', 'models'] as const;
    const seen = await Promise.all(hosts.map((name) => client.ask(originOf(name) + WAYS[name], outsider)));
    // Behind the proxy of the page nothing may run yet.
    same(
      seen.map(({ status }) => status === 403),
      [false, true, true],
    );
    return seen.map(({ status }) => status).join(', ');
  });
  await checks.check('headers alone open nothing', async () => {
    const { status } = await client.ask(`${originOf('mlflow')}${SEARCH}`, {
      ...claimed,
      'X-Forwarded-For': '127.0.0.1',
      'X-Real-IP': '127.0.0.1',
      'X-Forwarded-Uri': '/ping',
    });
    same(status, 401);
    return String(status);
  });
  await checks.check('headers add nothing to the token of a program outside the groups', async () => {
    const outsider = bearer(await client.token('outsider'));
    const { status } = await client.ask(`${mlflow}${SEARCH}`, { ...outsider, ...claimed });
    same(status, 403);
    return String(status);
  });
}

/** Makes the experiment that people look for. */
export async function clientChecks(checks: Checks, outside: Outside): Promise<void> {
  const mlflow = originOf('mlflow');
  const token = await outside.client.token('ci');
  await checks.check('a program with a token logs a run, its metric and a model file of 20 MB', async () => {
    const logged = await outside.python('training', ['-c', LOG_A_RUN, EXPERIMENT], {
      MLFLOW_TRACKING_URI: mlflow,
      MLFLOW_TRACKING_TOKEN: token,
      REQUESTS_CA_BUNDLE: outside.authority,
    });
    return finished(logged).split('\n').at(-1) ?? '';
  });
}

export async function redirectChecks(checks: Checks, { client }: Outside): Promise<void> {
  const mlflow = originOf('mlflow');
  const evil = [
    'https://evil.test/',
    '//evil.test/',
    '/\\evil.test',
    'https://ml.test.evil.test/',
    `https://ml.test@evil.test:8443/`,
    'https://evilml.test:8443/',
    'http:///evil.test',
  ];
  await checks.check('signing out leads to no other site', async () => {
    const places = await Promise.all(
      evil.map(
        async (to) => (await client.ask(`${mlflow}/oauth2/sign_out?rd=${encodeURIComponent(to)}`)).headers.location,
      ),
    );
    same(new Set(places), new Set(['/']));
    return `${evil.length} tried`;
  });
  await checks.check('signing in returns to the platform, whatever host is claimed', async () => {
    const { headers } = await client.ask(`${mlflow}/`, {
      'X-Forwarded-Host': 'evil.test',
      'X-Forwarded-Proto': 'http',
    });
    const location = new URL(headers.location ?? '');
    same([location.origin, location.searchParams.get('redirect_uri')], [ISSUER, `${mlflow}/oauth2/callback`]);
    return String(location.searchParams.get('redirect_uri'));
  });
  await checks.check('signing in leads to no other site afterwards', async () => {
    const places = await Promise.all(
      evil.map(async (to) => {
        const { headers } = await client.ask(`${mlflow}/oauth2/start?rd=${encodeURIComponent(to)}`);
        // A number of the proxy's own, and where it leads after signing in.
        const state = new URL(headers.location ?? '').searchParams.get('state') ?? '';
        return decodeURIComponent(state.replace(/^[^:]*:/, ''));
      }),
    );
    same(new Set(places), new Set(['/']));
    return `${evil.length} tried`;
  });
  await checks.check('the issuer sends nobody to an address that it was not given', async () => {
    const asked = new URL((await client.ask(`${mlflow}/`)).headers.location ?? '');
    same(asked.searchParams.get('client_id'), CLIENT.client_id);
    asked.searchParams.set('redirect_uri', 'https://evil.test/oauth2/callback');
    const { status } = await client.ask(asked.href);
    same(status, 400);
    return String(status);
  });
  await checks.check('an answer of the issuer that nobody asked for is refused', async () => {
    const { status } = await client.ask(`${mlflow}/oauth2/callback?code=x&state=y%3A%2F`);
    same(status >= 400, true);
    return String(status);
  });
}

const LOG_A_RUN = `
import sys, tempfile, pathlib, mlflow
mlflow.set_experiment(sys.argv[1])
with mlflow.start_run() as run:
    mlflow.log_metric("rmse", 0.5)
    file = pathlib.Path(tempfile.mkdtemp()) / "model.bin"
    file.write_bytes(bytes(20_000_000))
    mlflow.log_artifact(str(file))
print(mlflow.get_run(run.info.run_id).data.metrics, [(a.path, a.file_size) for a in mlflow.artifacts.list_artifacts(run_id=run.info.run_id)])
`;
