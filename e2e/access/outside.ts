/** Who comes from outside: programs and a browser on this machine, by the names that DNS would know. */
import type { Result } from '../cluster/commands';
import type { Client } from './client';

export interface Outside {
  readonly project: string;
  readonly client: Client;
  /** A file with who has signed the certificates of the Gateway, in PEM. */
  readonly authority: string;
  /** Runs Python of the training code, or that with the browser. */
  python(
    part: 'training' | 'browser',
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<Result>;
}

/** The host of a URL. */
export const hostOf = (url: string) => new URL(url).hostname;
