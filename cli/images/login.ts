/** Logins to registries, as `docker login` keeps them. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { Terminal } from '../terminal';

const schema = z.object({
  auths: z
    .record(
      z.string(),
      z.object({ auth: z.string().optional(), username: z.string().optional(), password: z.string().optional() }),
    )
    .default({}),
});

/** The Docker Hub's entry has another name than its registry. */
const DOCKER_HUB = 'https://index.docker.io/v1/';

/** What goes after "Basic" in the header, for the host of a registry; undefined where there is no login. */
export type Logins = (host: string) => string | undefined;

/**
 * Reads ~/.docker/config.json, or config.json in the folder that DOCKER_CONFIG names. Helpers that keep logins elsewhere
 * (credsStore, credHelpers) are not asked.
 * @throws Error when the file is there and is not what docker writes
 */
export function dockerLogins(env: Terminal['env']): Logins {
  const file = join(env.DOCKER_CONFIG ?? join(env.HOME ?? homedir(), '.docker'), 'config.json');
  if (!existsSync(file)) return () => undefined;
  const { auths } = read(file);
  return (host) => {
    const names = host === 'docker.io' ? [DOCKER_HUB, host] : [host, `https://${host}`];
    const entry = names.map((name) => auths[name]).find((found) => found !== undefined);
    if (entry?.auth) return entry.auth;
    return entry?.username === undefined ? undefined : basic(entry.username, entry.password ?? '');
  };
}

const basic = (user: string, password: string) => Buffer.from(`${user}:${password}`).toString('base64');

function read(file: string): z.output<typeof schema> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    content = undefined;
  }
  const result = schema.safeParse(content);
  // Nothing of the file is quoted: it has passwords in it.
  if (!result.success) throw new Error(`${file}: is not as "docker login" writes it`);
  return result.data;
}
