/** `ml-platform images --lock`, with a registry that asks for a token. `npm run e2e:images` has a real one. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../support/cli';
import { writeFiles } from '../../support/environments';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const platform = (architecture: string) => ({ platform: { architecture, os: 'linux' } });
const index = JSON.stringify({ manifests: ['arm64', 'amd64', 'unknown'].map(platform) });
const single = JSON.stringify({ config: { digest: 'sha256:c0' } });
const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

let root: string;
let server: Server;
let registry: string;
/** Answers that a test changes. */
let answers: Record<string, (response: ServerResponse) => void>;
let asked: string[];

const send = (type: string, body: string) => (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': type }).end(body);

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '', `http://${registry}`);
  asked.push(`${url.pathname} ${request.headers.authorization ?? ''}`);
  if (url.pathname === '/token') {
    const isKnown = request.headers.authorization === `Basic ${Buffer.from('me:secret').toString('base64')}`;
    if (!isKnown) return void response.writeHead(401).end();
    response.end(JSON.stringify({ token: `for ${url.searchParams.get('service')} ${url.searchParams.get('scope')}` }));
    return;
  }
  const [, repository] = /^\/v2\/(.+)\/(manifests|blobs)\//.exec(url.pathname) ?? [];
  if (request.headers.authorization !== `Bearer for test repository:${repository}:pull`) {
    response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${registry}/token",service="test"` }).end();
    return;
  }
  const found = answers[url.pathname.replace(/^\/v2\//, '')];
  if (found) found(response);
  else if (/\/manifests\//.test(url.pathname)) send(INDEX, index)(response);
  else response.writeHead(404).end();
}

beforeAll(async () => {
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

beforeEach(() => {
  asked = [];
  answers = {};
  root = mkdtempSync(join(tmpdir(), 'ml-platform-'));
  writeFiles(root, {
    'environments/own/platform.yaml': `frontend: {enabled: false}\nimages: {registry: "${registry}/hub", requireDigests: true}\n`,
    'login/config.json': JSON.stringify({
      auths: { [registry]: { auth: Buffer.from('me:secret').toString('base64') } },
    }),
  });
});
afterEach(() => rmSync(root, { recursive: true }));

const run = (...args: string[]) => runCli(root, args, { DOCKER_CONFIG: join(root, 'login') });
const lock = (...args: string[]) => run('images', 'own', '--lock', ...args);
const file = () => join(root, 'environments/own/images.lock.yaml');
const text = () => readFileSync(file(), 'utf8');

test('writes the digest of each image, and its architectures, and synth renders them', async () => {
  expect(await run('synth')).toMatchObject({ status: 1, stderr: expect.stringContaining('has no digest; run') });
  const { status, stdout, stderr } = await lock();
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/\nenvironments\/own\/images\.lock\.yaml: 17 images, 17 changed\n$/);
  expect(text()).toMatch(/^# Written by "npx ml-platform images own --lock"; commit it, do not edit it\.\nimages:\n/);
  expect(text()).toContain(`
  "${registry}/hub/mlflow/mlflow:v3.17.0-full":
    digest: ${digestOf(index)}
    architectures:
      - amd64
      - arm64
`);
  expect(await run('synth')).toMatchObject({ status: 0 });
  const rendered = readFileSync(join(root, 'dist/own/40-tracking/mlflow.yaml'), 'utf8');
  expect(rendered).toContain(`mlflow:v3.17.0-full@${digestOf(index)}`);
});

test('learns the architecture of an image for one from its configuration', async () => {
  answers['hub/mlflow/mlflow/manifests/v3.17.0-full'] = send(MANIFEST, single);
  answers['hub/mlflow/mlflow/blobs/sha256:c0'] = send('application/octet-stream', '{"architecture": "s390x"}');
  expect(await lock()).toMatchObject({ status: 0 });
  expect(text()).toContain(`digest: ${digestOf(single)}\n    architectures:\n      - s390x\n`);
});

test('keeps what it has, unless it is asked to look again', async () => {
  await lock();
  const before = text();
  answers['hub/mlflow/mlflow/manifests/v3.17.0-full'] = send(INDEX, `${index} `);
  asked = [];
  expect((await lock()).stdout).toContain('17 images, 0 changed');
  expect({ text: text(), asked }).toEqual({ text: before, asked: [] });
  expect((await lock('--update')).stdout).toContain(
    `mlflow:v3.17.0-full: ${digestOf(`${index} `)}, was ${digestOf(index)}\n`,
  );
});

test('leaves out what no image has any more, which the list says before', async () => {
  await lock();
  writeFiles(root, {
    'environments/own/platform.yaml': `frontend: {enabled: false}\nimages: {registry: "${registry}/hub", overrides: {mlflow: {tag: v9}}}\n`,
  });
  expect((await run('synth')).stderr).toContain(
    'mlflow/mlflow:v9": is not in the lock, which has v3.17.0-full in place of v9; run "npx ml-platform images own --lock"',
  );
  expect((await run('images', 'own')).stderr).toContain(
    'mlflow/mlflow:v3.17.0-full; "npx ml-platform images own --lock" removes them',
  );
  expect((await lock()).stdout).toContain('mlflow/mlflow:v3.17.0-full: no longer used\n');
  expect(text()).not.toContain('v3.17.0-full');
});

test.each<[string, (response: ServerResponse) => void, string]>([
  ['has no such tag', (response) => response.writeHead(404).end(), 'HOST has no IMAGE'],
  [
    'is busy',
    (response) => response.writeHead(429).end(),
    'HOST answers HTTP 429 for IMAGE: too many requests; log in, or try again later',
  ],
  [
    'sends nonsense',
    send(INDEX, 'nonsense'),
    "the registry's answer for IMAGE is no image; an image of schema 1 has to be pushed again",
  ],
  [
    'says another digest than it sends',
    (response) => response.writeHead(200, { 'docker-content-digest': 'sha256:00' }).end(index),
    `HOST says that IMAGE is sha256:00, and sends ${digestOf(index)}`,
  ],
  [
    'refuses',
    (response) => response.writeHead(403).end(),
    'HOST refuses to show IMAGE (HTTP 403); "docker login HOST" first',
  ],
])('writes nothing where a registry %s', async (_, answered, message) => {
  answers['hub/mlflow/mlflow/manifests/v3.17.0-full'] = answered;
  const { status, stderr } = await lock();
  const image = `${registry}/hub/mlflow/mlflow:v3.17.0-full`;
  expect(status).toBe(1);
  expect(stderr).toBe(
    `environments/own/images.lock.yaml: images.${JSON.stringify(image)}: ` +
      `${message.replaceAll('HOST', registry).replace('IMAGE', image)}\n` +
      'nothing was written: environments/own/images.lock.yaml is as it was\n',
  );
  expect(existsSync(file())).toBe(false);
});

test('says how to log in where there is no login, and shows nothing of one that is wrong', async () => {
  writeFiles(root, { 'login/config.json': JSON.stringify({ auths: { [registry]: { auth: 'wr0ng' } } }) });
  const { stderr } = await lock();
  expect(stderr).toContain(
    `gives no token for ${registry}/hub/mlflow/mlflow (HTTP 401); "docker login ${registry}" first`,
  );
  expect(stderr).not.toContain('wr0ng');
  writeFiles(root, { 'login/config.json': '{"auths": {"x": {"auth": "c2VjcmV0"' });
  expect((await lock()).stderr).toBe(`${join(root, 'login')}/config.json: is not as "docker login" writes it\n`);
});

test('says that a registry cannot be reached', async () => {
  writeFiles(root, {
    'environments/own/platform.yaml': 'frontend: {enabled: false}\nimages: {registry: "127.0.0.1:59"}\n',
  });
  expect((await lock()).stderr).toContain('cannot reach the registry 127.0.0.1:59 (ECONNREFUSED)');
});
