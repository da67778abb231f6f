/**
 * The part of a registry's API that finds the digest behind a tag, and that uploads an artifact.
 *
 * Sources: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md and
 * https://distribution.github.io/distribution/spec/auth/token/
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { ImageLockEntry } from '../../charts/images/locked';
import { registryOf, splitImage } from '../../charts/images/references';
import type { Logins } from './login';

const INDEXES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const MANIFESTS = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

const index = z.object({
  manifests: z.array(z.object({ platform: z.object({ architecture: z.string() }).optional() })),
});
const manifest = z.object({ config: z.object({ digest: z.string() }) });
const imageConfig = z.object({ architecture: z.string().optional() });
const tokenAnswer = z.object({ token: z.string().optional(), access_token: z.string().optional() });

/** Milliseconds that one answer may take. */
const PATIENCE = 30_000;

/** Where an image is, by the names that a registry has for it. */
interface Place {
  readonly host: string;
  readonly origin: string;
  readonly repository: string;
  readonly version: string;
}

/** The Docker Hub's API is at another host than its name, and images without an owner are in "library". */
function placeOf(image: string): Place {
  const { repository, version } = splitImage(image);
  const host = registryOf(repository) ?? 'docker.io';
  const path = repository.startsWith(`${host}/`) ? repository.slice(host.length + 1) : repository;
  if (host === 'docker.io') {
    const owned = path.includes('/') ? path : `library/${path}`;
    return { host, origin: 'https://registry-1.docker.io', repository: owned, version };
  }
  // As Docker does: a registry on this machine needs no certificate.
  const scheme = /^(localhost|127\.\d+\.\d+\.\d+)(:\d+)?$/.test(host) ? 'http' : 'https';
  return { host, origin: `${scheme}://${host}`, repository: path, version };
}

/** What a request has besides its address and the login. */
interface Sent {
  /** @default GET */
  readonly method?: 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer<ArrayBuffer>;
}

export const digestOf = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Registries, each asked with the login that there is for it. */
export class Registries {
  /** What goes into the header, by registry and repository. */
  private readonly authorizations = new Map<string, Promise<string | undefined>>();

  constructor(private readonly logins: Logins) {}

  /**
   * The digest of an image, and the architectures that it is there for.
   * @param image with a tag
   * @throws Error with what the registry says, and what to do about it
   */
  async find(image: string): Promise<ImageLockEntry> {
    const place = placeOf(image);
    const accept = [...INDEXES, ...MANIFESTS].join(', ');
    const response = await this.get(image, place, `manifests/${place.version}`, accept);
    const bytes = Buffer.from(await response.arrayBuffer());
    const digest = digestOf(bytes);
    const said = response.headers.get('docker-content-digest');
    if (said !== null && said !== digest)
      throw new Error(`${place.host} says that ${image} is ${said}, and sends ${digest}`);
    const architectures = await this.architectures(image, place, response.headers.get('content-type') ?? '', bytes);
    return { digest, ...(architectures.length > 0 && { architectures }) };
  }

  private async architectures(image: string, place: Place, type: string, bytes: Buffer): Promise<string[]> {
    const content = json(bytes);
    if (INDEXES.some((known) => type.startsWith(known))) {
      const { manifests } = understood(image, index, content);
      const found = manifests.flatMap(({ platform }) => platform?.architecture ?? []);
      // What signs or describes an image is in the list as well, for the architecture "unknown".
      return [...new Set(found)].filter((name) => name !== 'unknown').sort();
    }
    const { config } = understood(image, manifest, content);
    const response = await this.get(image, place, `blobs/${config.digest}`, '*/*');
    const { architecture } = understood(image, imageConfig, json(Buffer.from(await response.arrayBuffer())));
    return architecture === undefined ? [] : [architecture];
  }

  /**
   * Uploads the manifest of an artifact, and the blobs that it names.
   * @param artifact with a tag
   * @returns the digest of the manifest
   * @throws Error with what the registry says, and what to do about it
   */
  async push(artifact: string, blobs: readonly Buffer<ArrayBuffer>[], manifest: Buffer<ArrayBuffer>): Promise<string> {
    const place = placeOf(artifact);
    for (const blob of blobs) await this.pushBlob(artifact, place, blob);
    const headers = { 'content-type': MANIFESTS[0] ?? '' };
    await this.send(artifact, place, `manifests/${place.version}`, { method: 'PUT', headers, body: manifest });
    return digestOf(manifest);
  }

  /** In one request: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-a-blob-monolithically */
  private async pushBlob(artifact: string, place: Place, body: Buffer<ArrayBuffer>): Promise<void> {
    const started = await this.send(artifact, place, 'blobs/uploads/', { method: 'POST' });
    const url = new URL(started.headers.get('location') ?? '', started.url);
    url.searchParams.set('digest', digestOf(body));
    const headers = { 'content-type': 'application/octet-stream' };
    await this.send(artifact, place, url.href, { method: 'PUT', headers, body });
  }

  private get(image: string, place: Place, path: string, accept: string): Promise<Response> {
    return this.send(image, place, path, { headers: { accept } });
  }

  /** @param path below the repository, or an address that the registry has given */
  private async send(image: string, place: Place, path: string, { headers = {}, ...given }: Sent): Promise<Response> {
    const { host, origin, repository } = place;
    const scope = `${host}/${repository}`;
    const url = new URL(path, `${origin}/v2/${repository}/`).href;
    const ask = (authorization: string | undefined) =>
      request(host, url, { ...given, headers: { ...headers, ...(authorization !== undefined && { authorization }) } });
    const known = await this.authorizations.get(scope);
    let response = await ask(known);
    if (response.status === 401 && known === undefined) {
      // Several images of one repository are asked for at once.
      const challenge = response.headers.get('www-authenticate') ?? '';
      const asked = this.authorizations.get(scope) ?? this.authorize(host, repository, challenge);
      this.authorizations.set(scope, asked);
      const authorization = await asked;
      if (authorization !== undefined) response = await ask(authorization);
    }
    if (response.ok) return response;
    if (response.status === 404) throw new Error(`${host} has no ${image}`);
    if (response.status === 401 || response.status === 403) {
      const what = given.method === undefined ? 'show' : 'take';
      throw new Error(`${host} refuses to ${what} ${image} (HTTP ${response.status}); "docker login ${host}" first`);
    }
    const busy = response.status === 429 ? ': too many requests; log in, or try again later' : '';
    throw new Error(`${host} answers HTTP ${response.status} for ${image}${busy}`);
  }

  /** What the registry asks for: a login as it is, or a token that another server gives for it. */
  private async authorize(host: string, repository: string, challenge: string): Promise<string | undefined> {
    const login = this.logins(host);
    const basic = login === undefined ? undefined : `Basic ${login}`;
    if (!/^bearer /i.test(challenge)) return basic;
    const {
      realm = '',
      service,
      scope = `repository:${repository}:pull`,
    } = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    ) as Record<string, string | undefined>;
    if (!URL.canParse(realm)) throw new Error(`${host} asks for a token, and does not say where`);
    const url = new URL(realm);
    if (service !== undefined) url.searchParams.set('service', service);
    url.searchParams.set('scope', scope);
    const response = await request(url.host, url.href, {
      headers: basic === undefined ? {} : { authorization: basic },
    });
    if (!response.ok) {
      throw new Error(
        `${url.host} gives no token for ${host}/${repository} (HTTP ${response.status}); "docker login ${host}" first`,
      );
    }
    const { token, access_token: other } = tokenAnswer.parse(await response.json());
    return `Bearer ${token ?? other ?? ''}`;
  }
}

async function request(host: string, url: string, sent: Sent): Promise<Response> {
  try {
    return await fetch(url, { ...sent, signal: AbortSignal.timeout(PATIENCE) });
  } catch (error) {
    const { cause, message } = error as { readonly cause?: { readonly code?: string }; readonly message: string };
    throw new Error(`cannot reach the registry ${host} (${cause?.code ?? message})`);
  }
}

function understood<T>(image: string, schema: z.ZodType<T>, content: unknown): T {
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  throw new Error(`the registry's answer for ${image} is no image; an image of schema 1 has to be pushed again`);
}

function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
