/** Encrypts Secrets by the command sops, for an age recipient. */
import { spawnSync } from 'node:child_process';
import { toYaml } from '../../charts/lib/yaml';
import { UsageError } from '../command';
import type { SecretManifest } from './credentials';

const RECIPIENT = /^age1[02-9ac-hj-np-z]{58}$/;

/**
 * The text of the encrypted file. The Secret goes to sops by standard input, so that it is in no file and no list of processes.
 * @throws UsageError where sops is not there, or the recipient is none
 */
export function encrypted(secret: SecretManifest, recipient: string, env: NodeJS.ProcessEnv): string {
  if (!RECIPIENT.test(recipient))
    throw new UsageError('--encrypt: must be the recipient of an age key, as "age-keygen" prints it: age1…');
  // Without a file it reads standard input. /dev/stdin cannot be opened here: what Node gives a child is a socket.
  const form = ['--filename-override', 'secret.yaml'];
  const keys = ['--age', recipient, '--encrypted-regex', '^(data|stringData)$'];
  const { status, stdout, error } = spawnSync('sops', ['encrypt', ...form, ...keys], {
    input: toYaml([secret]),
    encoding: 'utf8',
    env,
    // What it says of its input could have a value in it.
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  if (error) throw new UsageError('--encrypt: needs the command sops; install it from https://github.com/getsops/sops');
  if (status !== 0) throw new Error(`sops ended with ${status}; "sops --version" must say 3.10 or later`);
  return stdout;
}
