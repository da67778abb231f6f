/** environments/<env>/secrets/: Secrets that are encrypted, a file each, which `ml-platform secrets` writes. */
import { existsSync, readFileSync } from 'node:fs';
import { CORE_SCHEMA, load } from 'js-yaml';
import * as z from 'zod';
import { problem } from '../../config/problems';
import type { RequiredSecret } from '../lib/secret';
import type { SecretsConfig } from './config';

/** The folder below that of the environment. */
export const SECRETS_FOLDER = 'secrets';

/** What keeps Secrets as files. */
export type FileBackend = Extract<SecretsConfig['backend'], 'sealedSecrets' | 'sops'>;

export const isFileBackend = (backend: SecretsConfig['backend']): backend is FileBackend =>
  backend === 'sealedSecrets' || backend === 'sops';

/** How a person makes the files. */
const COMMANDS: Readonly<Record<FileBackend, string>> = {
  sealedSecrets: '--seal sealed-secrets.pem',
  sops: '--encrypt age1…',
};

export interface EncryptedSecret {
  readonly namespace: string;
  readonly name: string;
  readonly keys: readonly string[];
  /** As it is in the file; what is secret in it is encrypted. */
  readonly object: object;
}

const metadata = z.object({ name: z.string(), namespace: z.string() });

// https://github.com/bitnami-labs/sealed-secrets: what stands in spec.template.data is not encrypted.
const sealedSecret = z.object({
  apiVersion: z.literal('bitnami.com/v1alpha1'),
  kind: z.literal('SealedSecret'),
  metadata,
  spec: z.object({
    encryptedData: z.record(z.string(), z.string()),
    template: z.object({ data: z.undefined().optional() }).optional(),
  }),
});

const encryptedValue = z.string().regex(/^ENC\[AES256_GCM,/);
const encryptedValues = z.record(z.string(), encryptedValue).optional();
const sopsSecret = z.object({
  apiVersion: z.literal('v1'),
  kind: z.literal('Secret'),
  metadata,
  data: encryptedValues,
  stringData: encryptedValues,
  sops: z.object({ mac: encryptedValue }),
});

/** The file of a Secret. */
export const fileOf = (root: string, { namespace, name }: Pick<RequiredSecret, 'namespace' | 'name'>) =>
  `${root}/${SECRETS_FOLDER}/${namespace}.${name}.yaml`;

/**
 * The encrypted form of these Secrets, as far as it is there.
 * @param problems takes what is wrong; nothing of a file is quoted, which may be a Secret that somebody forgot to encrypt
 */
export function readEncrypted(
  root: string,
  backend: FileBackend,
  files: readonly string[],
  problems: string[],
): EncryptedSecret[] {
  return files.flatMap((file) => {
    const found = backend === 'sealedSecrets' ? sealed(file) : sops(file);
    if (found === undefined) {
      const kind = backend === 'sealedSecrets' ? 'SealedSecret' : 'Secret that sops has encrypted';
      problems.push(problem(file, [], `is not one ${kind} alone; remove it and run "${commandOf(root, backend)}"`));
      return [];
    }
    if (file === fileOf(root, found)) return [found];
    problems.push(problem(file, [], `is Secret ${found.namespace}/${found.name}; its file is ${fileOf(root, found)}`));
    return [];
  });
}

/** What is missing of the Secrets that a platform reads, and what is there for nobody; a line each. */
export function encryptedFaults(
  root: string,
  backend: FileBackend,
  encrypted: readonly EncryptedSecret[],
  required: readonly RequiredSecret[],
): string[] {
  const nameOf = ({ namespace, name }: Pick<RequiredSecret, 'namespace' | 'name'>) => `${namespace}/${name}`;
  const there = new Map(encrypted.map((secret) => [nameOf(secret), secret]));
  const wanted = new Set(required.map(nameOf));
  const incomplete = required.flatMap((secret) => {
    const file = fileOf(root, secret);
    const found = there.get(nameOf(secret));
    if (!found) return [problem(file, [], `not found; run "${commandOf(root, backend)}"`)];
    const missing = Object.keys(secret.data).filter((key) => !found.keys.includes(key));
    if (missing.length === 0) return [];
    return [problem(file, [], `lacks ${missing.join(', ')}; remove it and run "${commandOf(root, backend)}"`)];
  });
  const unread = encrypted.filter((secret) => !wanted.has(nameOf(secret)));
  return [...incomplete, ...unread.map((secret) => problem(fileOf(root, secret), [], 'is read by nobody; remove it'))];
}

const commandOf = (root: string, backend: FileBackend) =>
  `npx ml-platform secrets ${root.split('/').at(-1)} ${COMMANDS[backend]}`;

function sealed(file: string): EncryptedSecret | undefined {
  const object = documentOf(file);
  const { data } = sealedSecret.safeParse(object);
  return data && { ...data.metadata, keys: Object.keys(data.spec.encryptedData), object: object as object };
}

function sops(file: string): EncryptedSecret | undefined {
  const object = documentOf(file);
  const { data } = sopsSecret.safeParse(object);
  return (
    data && { ...data.metadata, keys: Object.keys({ ...data.data, ...data.stringData }), object: object as object }
  );
}

function documentOf(file: string): unknown {
  if (!existsSync(file)) return undefined;
  try {
    return load(readFileSync(file, 'utf8'), { schema: CORE_SCHEMA });
  } catch {
    return undefined;
  }
}
