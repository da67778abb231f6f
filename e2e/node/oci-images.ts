/**
 * Images for the node, which no registry gives: a Debian root with the real software that the loop installs, under the
 * names that the manifests use. What each stands for, and how it differs, is in e2e/software/README.md.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { Parts } from '../cluster/build/parts';
import type { Software } from '../software/install';
import { inContainer, type StandIn, standIns } from '../software/stand-ins';

/** The images that only the cluster needs. */
export const PAUSE = 'localhost/pause:1';
export const COREDNS = 'localhost/coredns:1';
/** Argo's executor. */
export const ARGOEXEC = 'localhost/argoexec:1';

interface Layer {
  readonly file: string;
  /** Of the file, which is not compressed. */
  readonly digest: string;
}

export interface ImageProps {
  readonly project: string;
  readonly parts: Parts;
  readonly software: Software;
  /** A folder for what lasts as long as the run. */
  readonly work: string;
  /** The images that the manifests name. */
  readonly names: readonly string[];
  /** Further images, by their names. @default - none */
  readonly further?: Readonly<Record<string, FurtherImage>>;
}

export interface FurtherImage {
  /** What lies over the Debian root. */
  readonly folder: string;
  /** Where programs are looked for. @default "/usr/bin:/bin" */
  readonly path?: string;
  /** Further variables. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** What runs. @default - what a pod says */
  readonly entrypoint?: readonly string[];
  /** Whom it names, such as "1000". @default - root */
  readonly user?: string;
  /** Folders of installed software, which lie below. @default - none */
  readonly software?: readonly string[];
}

/** Writes all of them as one OCI layout, which containerd imports. */
export async function writeImages(props: ImageProps): Promise<string> {
  const { project, parts, software, work, names, further = {} } = props;
  const cache = cacheOf(project);
  const base = await debian(project);
  const layout = new Layout(join(work, 'images'));

  const stands = standIns(project, software, work);
  for (const name of names.filter((image) => !image.includes('/seldon-core-operator:'))) {
    const found = [...stands].find(([repository]) => name.startsWith(`${repository}:`));
    if (!found) throw new Error(`there is no stand-in for ${name}`);
    const [, standIn] = found;
    const layers = [base, await softwareLayer(cache, software, standIn.software), await ownLayer(work, standIn.layer)];
    layout.add(canonical(name), layers, standIn);
  }
  for (const name of names.filter((image) => image.includes('/seldon-core-operator:')))
    layout.add(name, [base, await ownLayer(work, operatorRoot(work, parts))], { ...NOTHING, entrypoint: ['/manager'] });
  layout.add(PAUSE, [base], { ...NOTHING, cmd: ['sleep', 'infinity'] });
  layout.add(COREDNS, [base, await ownLayer(work, dnsRoot(work, parts))], { ...NOTHING, entrypoint: ['/coredns'] });
  if (parts.argo !== '')
    layout.add(ARGOEXEC, [base, await ownLayer(work, argoRoot(work, parts))], { ...NOTHING, entrypoint: ['argoexec'] });
  for (const [name, image] of Object.entries(further)) {
    const { folder, path: PATH = '/usr/bin:/bin', entrypoint = [], user } = image;
    const below: Layer[] = [];
    for (const installed of image.software ?? []) below.push(await softwareLayer(cache, software, installed));
    layout.add(name, [base, ...below, await ownLayer(work, folder)], {
      ...NOTHING,
      entrypoint,
      user,
      env: { ...image.env, PATH },
    });
  }
  return layout.write();
}

type Started = Pick<StandIn, 'entrypoint' | 'cmd' | 'env' | 'cwd' | 'user' | 'stopSignal'>;
const NOTHING: Started = { entrypoint: [], cmd: [], env: { PATH: '/usr/bin:/bin' }, cwd: '/' };

/** As a node knows an image that names no registry. */
const canonical = (name: string) => (name.includes('/') ? name : `docker.io/library/${name}`);

function operatorRoot(work: string, { seldon }: Parts): string {
  const folder = join(work, 'layers/operator');
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  cpSync(join(seldon, 'manager'), join(folder, 'manager'));
  cpSync(join(seldon, 'operator-resources'), join(folder, 'tmp/operator-resources'), { recursive: true });
  return folder;
}

function dnsRoot(work: string, { network }: Parts): string {
  const folder = join(work, 'layers/coredns');
  mkdirSync(folder, { recursive: true });
  cpSync(join(network, 'coredns'), join(folder, 'coredns'));
  return folder;
}

function argoRoot(work: string, { argo }: Parts): string {
  const folder = join(work, 'layers/argoexec');
  mkdirSync(join(folder, 'usr/bin'), { recursive: true });
  cpSync(join(argo, 'argoexec'), join(folder, 'usr/bin/argoexec'));
  return folder;
}

function cacheOf(project: string): string {
  const folder = join(project, '.cache/e2e/layers');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A minimal Debian of the host's release, whose Python the installed environments need. Made where there is a network. */
export function debian(project: string): Promise<Layer> {
  const cache = cacheOf(project);
  const release = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
  return cached(cache, `debian-${release}-2`, (file) => {
    console.error(`building the root of the images, Debian ${release} (about a minute)`);
    const root = mkdtempSync(join(cache, 'root-'));
    try {
      execFileSync('debootstrap', ['--variant=minbase', `--include=${PACKAGES.join()}`, release, root], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      tar(file, root, ['--exclude=./var/cache/apt', '--exclude=./var/lib/apt/lists', '--exclude=./dev/*', '.']);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
}

/** The list of what that root has, as a file. */
export async function debianStatus(project: string): Promise<string> {
  const { file } = await debian(project);
  const status = `${file}.status`;
  if (!existsSync(status)) {
    const options = { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
    writeFileSync(status, execFileSync('tar', ['-xOf', file, './var/lib/dpkg/status'], options));
  }
  return status;
}

/** What the installed software links with. */
const PACKAGES = ['python3', 'libgomp1', 'ca-certificates', 'zlib1g', 'libxml2'];

/** A folder of installed software, where containers have it. */
function softwareLayer(cache: string, software: Software, folder: string): Promise<Layer> {
  const place = inContainer(software, folder).slice(1);
  // Links inside the folder stay as they are.
  const moved = `--transform=flags=rhS;s,^\\.,${place},`;
  return cached(cache, relative(software.root, folder).replaceAll('/', '-'), (file) =>
    tar(file, folder, ['--owner=0', '--group=0', moved, '.']),
  );
}

async function ownLayer(work: string, folder: string): Promise<Layer> {
  const file = join(work, `${basename(folder)}.tar`);
  // When it was made says nothing: the same files are the same layer.
  if (!existsSync(file)) tar(file, folder, ['--mtime=@0', '.']);
  return { file, digest: await digestOf(file) };
}

async function cached(cache: string, name: string, make: (file: string) => void): Promise<Layer> {
  const file = join(cache, `${name}.tar`);
  const digest = `${file}.sha256`;
  if (!existsSync(digest)) {
    make(`${file}.new`);
    renameSync(`${file}.new`, file);
    writeFileSync(digest, await digestOf(file));
  }
  return { file, digest: readFileSync(digest, 'utf8') };
}

function tar(file: string, folder: string, args: readonly string[]): void {
  const options = ['-C', folder, '--numeric-owner', '--sort=name', '-cf', file];
  const { status, stderr } = spawnSync('tar', [...options, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`tar of ${folder}: ${stderr}`);
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** https://github.com/opencontainers/image-spec: files by their digest, and an index of images. */
class Layout {
  private readonly manifests: object[] = [];

  constructor(private readonly folder: string) {
    mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  }

  add(name: string, layers: readonly Layer[], { entrypoint, cmd, env, cwd, user, stopSignal }: Started): void {
    for (const { file, digest } of layers) {
      const blob = this.blob(digest);
      if (!existsSync(blob)) symlinkSync(file, blob);
    }
    const config = this.json('application/vnd.oci.image.config.v1+json', {
      architecture: 'amd64',
      os: 'linux',
      config: {
        Entrypoint: entrypoint,
        Cmd: cmd,
        User: user,
        WorkingDir: cwd,
        StopSignal: stopSignal,
        Env: Object.entries(env).map((pair) => pair.join('=')),
      },
      rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => `sha256:${digest}`) },
    });
    const manifest = this.json('application/vnd.oci.image.manifest.v1+json', {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config,
      layers: layers.map(({ file, digest }) => ({
        mediaType: 'application/vnd.oci.image.layer.v1.tar',
        digest: `sha256:${digest}`,
        size: statSync(file).size,
      })),
    });
    this.manifests.push({ ...manifest, annotations: { 'io.containerd.image.name': name } });
  }

  /** @returns the folder */
  write(): string {
    writeFileSync(join(this.folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    writeFileSync(join(this.folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: this.manifests }));
    return this.folder;
  }

  private json(mediaType: string, value: object): { mediaType: string; digest: string; size: number } {
    const text = JSON.stringify(value);
    const digest = createHash('sha256').update(text).digest('hex');
    writeFileSync(this.blob(digest), text);
    return { mediaType, digest: `sha256:${digest}`, size: Buffer.byteLength(text) };
  }

  private blob(digest: string): string {
    return join(this.folder, 'blobs/sha256', digest);
  }
}
