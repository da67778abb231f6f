/** `ml-platform secrets --seal` and `--encrypt`: writes the Secrets of an environment to its folder secrets/, encrypted. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { PlatformConfig } from '../../charts/config';
import type { RequiredSecret } from '../../charts/lib/secret';
import { toYaml } from '../../charts/lib/yaml';
import { type FileBackend, fileOf, SECRETS_FOLDER } from '../../charts/secrets/encrypted';
import { UsageError } from '../command';
import type { Terminal } from '../terminal';
import { type CredentialValues, credentialsOf, type SecretManifest, secretManifests } from './credentials';
import { sealed, sealingKey } from './seal';
import { encrypted } from './sops';

/** How a Secret becomes the text of a file that anybody may read. */
export type Encrypt = (secret: SecretManifest) => string;

/** @throws UsageError where the environment has another backend, or the certificate cannot be read */
export function encryptionFor(
  { secrets: { backend }, environment }: PlatformConfig,
  { seal, encrypt }: { readonly seal?: string; readonly encrypt?: string },
  { env }: Terminal,
): Encrypt {
  const [option, needed]: [string, FileBackend] =
    seal === undefined ? ['--encrypt', 'sops'] : ['--seal', 'sealedSecrets'];
  if (backend !== needed)
    throw new UsageError(`${option} is for secrets.backend: ${needed}; that of ${environment} is ${backend}`);
  if (seal === undefined) return (secret) => encrypted(secret, encrypt ?? '', env);
  const key = sealingKey(seal, certificateIn(seal), new Date());
  return (secret) => toYaml([sealed(secret, key)]);
}

function certificateIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file}: cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** The Secrets that have no file yet. */
export function withoutFile(
  { encrypted: there }: PlatformConfig,
  required: readonly RequiredSecret[],
): readonly RequiredSecret[] {
  return required.filter(
    ({ namespace, name }) => !there.some((file) => file.namespace === namespace && file.name === name),
  );
}

/**
 * Credentials that files have already, which nobody can read here: another value in a new file would part both ends of a
 * connection.
 * @throws Error with all of them
 */
export function refuseUnreadable(
  root: string,
  required: readonly RequiredSecret[],
  missing: readonly RequiredSecret[],
  known: CredentialValues,
): void {
  const wanted = new Set(credentialsOf(missing).map(({ id }) => id));
  const lines = required
    .filter((secret) => !missing.includes(secret))
    .flatMap((secret) =>
      credentialsOf([secret])
        .filter(({ id }) => wanted.has(id) && !known.has(id))
        .map(
          ({ id }) =>
            `${id}: is in ${fileOf(root, secret)} already, and cannot be read there; give it by --existing or --values, or remove that file`,
        ),
    );
  if (lines.length > 0) throw new Error(lines.join('\n'));
}

/** Writes a file for each of these Secrets; one that is there is never replaced. */
export function writeEncrypted(
  root: string,
  missing: readonly RequiredSecret[],
  values: CredentialValues,
  encrypt: Encrypt,
  terminal: Terminal,
): void {
  mkdirSync(`${root}/${SECRETS_FOLDER}`, { recursive: true });
  // All are encrypted before any is written.
  const files = secretManifests(missing, [], values).map(
    (secret) => [fileOf(root, secret.metadata), encrypt(secret)] as const,
  );
  for (const [file, text] of files) {
    writeFileSync(file, text, { flag: 'wx' });
    terminal.out(`wrote ${file}\n`);
  }
  if (files.length === 0) terminal.err('every Secret has its file already\n');
}
