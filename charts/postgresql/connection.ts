/** What others need to know of a database, wherever it runs. */
import type { Authority } from '../certificates/authority';
import type { Server } from '../lib/endpoint';
import type { Credential, RequiredSecret } from '../lib/secret';

/** How a client makes sure of the server, as libpq's sslmode has it. */
export type ServerCheck =
  /** "prefer" is libpq's own: TLS where the server has it, and no check. */
  | { readonly sslMode: 'disable' | 'prefer' | 'require' }
  | { readonly sslMode: 'verify-ca' | 'verify-full'; readonly authority: Authority };

/** How a client reaches a database and logs in, except for the password's place in its own namespace. */
export interface DatabaseConnection<S extends Server = Server> {
  readonly endpoint: S;
  readonly check: ServerCheck;
  readonly database: string;
  /** The schema of the tables. @default - the one that the server has set for the user */
  readonly schema?: string;
  readonly user: string;
  readonly password: Credential;
  /** How many connections the application may have at a time, all its processes together. */
  readonly connections: number;
}

/**
 * A login that reads the whole database, for what runs in the server's own namespace: the superuser of an embedded
 * server, a role of its own in a cluster, the application's role in a database outside.
 */
export interface DatabaseAdmin<S extends Server = Server> {
  readonly endpoint: S;
  readonly check: ServerCheck;
  readonly database: string;
  /** Where the application's tables are. */
  readonly schema: string;
  readonly user: string;
  readonly secret: RequiredSecret;
  /** The key of the password in that Secret. */
  readonly passwordKey: string;
}
