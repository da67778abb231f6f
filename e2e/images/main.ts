/**
 * npm run e2e:images: the lock of images with the registry that most others are made of. Images are pushed to it by the
 * same API that `crane` and `docker` use, a mirror of what an environment needs, and `images --lock` finds their digests.
 * What `publish` uploads is fetched again.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { loadEnvironment } from '../../charts/environment/environments';
import { readImageLock } from '../../charts/images/lock';
import { registryOf, splitImage } from '../../charts/images/references';
import { listImages } from '../../cli/images/list';
import { runProgram as runCli } from '../../cli/program';
import { terminalOf } from '../../cli/terminal';
import { buildRegistry } from '../cluster/build/tools';
import { Checks, same } from '../cluster/checks';
import { run as command, finished } from '../cluster/commands';
import { requireCommands, runProgram } from '../cluster/program';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const ARCHITECTURES = ['amd64', 'arm64'];

const program = new Command('npm run e2e:images --').description(
  'Pushes small images to a real registry on this machine, locks an environment by it, and checks what synth renders. ' +
    'Needs Go; the registry is built once, into .cache/e2e.',
);

async function main(): Promise<number> {
  requireCommands({ go: 'Go 1.26 or later' });
  const project = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'ml-platform-images-'));
  const port = await freePort();
  const registry = spawn(await buildRegistry(project), ['serve', writeConfig(folder, port)], { stdio: 'ignore' });
  const checks = new Checks();
  try {
    process.chdir(folder);
    await answering(port);
    await check(checks, `127.0.0.1:${port}`);
  } finally {
    process.chdir(project);
    registry.kill();
    rmSync(folder, { recursive: true });
  }
  process.stdout.write(`\n${checks}`);
  return checks.failed ? 1 : 0;
}

async function check(checks: Checks, registry: string): Promise<void> {
  const root = 'environments/own';
  mkdirSync(root, { recursive: true });
  writeFileSync(
    `${root}/platform.yaml`,
    `images: {registry: "${registry}/hub", requireDigests: true}\nfrontend: {enabled: false}\n`,
  );
  const images = listImages(loadEnvironment('environments', 'own'));
  const pushed = new Map<string, string>();
  await checks.check('images are pushed as indexes of two architectures', async () => {
    for (const { image } of images) pushed.set(image, await pushIndex(registry, image));
    return `${pushed.size} images`;
  });
  await checks.check('the lock has the digests that the registry computed', async () => {
    same(await run('images', 'own', '--lock'), 0);
    const lock = readImageLock(root, []) ?? {};
    same(
      Object.entries(lock).map(([image, { digest, architectures }]) => [image, digest, architectures]),
      [...pushed].sort().map(([image, digest]) => [image, digest, ARCHITECTURES]),
    );
    return `${Object.keys(lock).length} entries`;
  });
  await checks.check('synth renders them', async () => {
    same(await run('synth'), 0);
    const text = readFileSync('dist/own/40-tracking/mlflow.yaml', 'utf8');
    const [image = '', digest = ''] = [...pushed].find(([name]) => name.includes('/mlflow/')) ?? [];
    same(text.includes(`${image}@${digest}`), true);
    return `${image}@${digest}`;
  });
  await checks.check('a moved tag changes nothing, until it is asked for', async () => {
    const [image = ''] = [...pushed.keys()];
    const moved = await pushIndex(registry, image, 'moved');
    same(await run('images', 'own', '--lock'), 0);
    same(readImageLock(root, [])?.[image]?.digest, pushed.get(image));
    same(await run('images', 'own', '--lock', '--update'), 0);
    same(readImageLock(root, [])?.[image]?.digest, moved);
    return `${image} is ${moved}`;
  });
  await checks.check('an environment is published, and comes back file by file', async () => {
    same(await run('publish', 'own', `oci://${registry}/hub/platform:main`), 0);
    const files = await pull(registry, 'hub/platform', 'main', 'pulled');
    same(finished(command('diff', ['-r', 'dist/own', 'pulled/dist/own'], '.')), '');
    return `${files} files, as their checksums say`;
  });
}

/** Fetches an artifact of one layer, unpacks it, and has its checksums compared. @returns how many there are */
async function pull(registry: string, repository: string, tag: string, folder: string): Promise<number> {
  const at = `http://${registry}/v2/${repository}`;
  const answer = await fetch(`${at}/manifests/${tag}`, { headers: { accept: MANIFEST } });
  const { layers } = (await answer.json()) as { layers: { digest: string }[] };
  const layer = await fetch(`${at}/blobs/${layers[0]?.digest}`);
  mkdirSync(folder);
  writeFileSync(`${folder}.tgz`, Buffer.from(await layer.arrayBuffer()));
  finished(command('tar', ['-xzf', `../${folder}.tgz`], folder));
  return finished(command('sha256sum', ['--check', '--strict', 'SHA256SUMS'], folder)).split('\n').length;
}

/** Runs `ml-platform` here, and says how it ended. */
const run = (...args: string[]) => runCli(args, { ...terminalOf(process), out: () => {} });

/** Pushes an image for each architecture, and the index of them; gives the digest that the registry says. */
async function pushIndex(registry: string, image: string, content = image): Promise<string> {
  const { repository, version } = splitImage(image);
  const path = repository.slice((registryOf(image)?.length ?? 0) + 1);
  const manifests = await Promise.all(
    ARCHITECTURES.map(async (architecture) => {
      const config = {
        architecture,
        os: 'linux',
        rootfs: { type: 'layers', diff_ids: [] },
        config: { Labels: { content } },
      };
      const blob = await pushBlob(registry, path, JSON.stringify(config));
      const manifest = JSON.stringify({
        schemaVersion: 2,
        mediaType: MANIFEST,
        config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...blob },
        layers: [],
      });
      await put(registry, `${path}/manifests/${digestOf(manifest)}`, MANIFEST, manifest);
      return {
        mediaType: MANIFEST,
        digest: digestOf(manifest),
        size: manifest.length,
        platform: { architecture, os: 'linux' },
      };
    }),
  );
  const index = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests });
  return String(
    (await put(registry, `${path}/manifests/${version}`, INDEX, index)).headers.get('docker-content-digest'),
  );
}

const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-a-blob-monolithically */
async function pushBlob(registry: string, path: string, text: string): Promise<{ digest: string; size: number }> {
  const started = await fetch(`http://${registry}/v2/${path}/blobs/uploads/`, { method: 'POST' });
  const url = new URL(started.headers.get('location') ?? '', `http://${registry}`);
  url.searchParams.set('digest', digestOf(text));
  const done = await fetch(url, { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: text });
  if (done.status !== 201) throw new Error(`the registry answers ${done.status} to a blob: ${await done.text()}`);
  return { digest: digestOf(text), size: text.length };
}

async function put(registry: string, path: string, type: string, body: string): Promise<Response> {
  const response = await fetch(`http://${registry}/v2/${path}`, {
    method: 'PUT',
    headers: { 'content-type': type },
    body,
  });
  if (response.status !== 201)
    throw new Error(`the registry answers ${response.status} to ${path}: ${await response.text()}`);
  return response;
}

/** https://distribution.github.io/distribution/about/configuration/ */
function writeConfig(folder: string, port: number): string {
  const file = join(folder, 'registry.yaml');
  writeFileSync(
    file,
    `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${folder}/registry}}\nhttp: {addr: "127.0.0.1:${port}"}\n`,
  );
  return file;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .once('error', reject)
      .listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo;
        server.close(() => resolve(port));
      });
  });
}

async function answering(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const response = await fetch(`http://127.0.0.1:${port}/v2/`).catch(() => undefined);
    if (response?.ok) return;
    await sleep(100);
  }
  throw new Error('the registry does not answer');
}

void runProgram(program, main);
