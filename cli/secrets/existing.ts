/** Reads Secrets as kubectl prints them. */
import { readFileSync } from 'node:fs';
import { load, YAMLException } from 'js-yaml';
import { UsageError } from '../command';
import type { ExistingSecret } from './credentials';

interface SecretObject {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>> | null;
  readonly items?: readonly SecretObject[];
}

/**
 * One Secret, or a list of them; JSON is YAML too.
 * @param file "-" is standard input
 * @throws Error when it cannot be read, or is something else
 */
export function readExisting(file: string): ExistingSecret[] {
  const name = file === '-' ? 'standard input' : file;
  let content: unknown;
  try {
    content = load(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (error) {
    if (error instanceof YAMLException) throw new Error(`${name}: is not YAML or JSON: ${error.reason}`);
    throw new UsageError(`${name}: cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  const object = content as SecretObject;
  if (object?.kind !== 'List' && object?.kind !== 'SecretList' && object?.kind !== 'Secret') {
    throw new Error(`${name}: has no Secrets; give it what "kubectl get secrets -A -o json" prints`);
  }
  return (object.kind === 'Secret' ? [object] : (object.items ?? [])).map(({ metadata, data }) => ({
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    data: Object.fromEntries(
      Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
    ),
  }));
}
