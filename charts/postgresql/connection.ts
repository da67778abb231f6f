/** What others need to know of a database, wherever it runs. */
import type { Server } from '../lib/endpoint';
import type { Credential, RequiredSecret } from '../lib/secret';

/** How a client reaches a database and logs in, except for the password's place in its own namespace. */
export interface DatabaseConnection<S extends Server = Server> {
  readonly endpoint: S;
  readonly database: string;
  readonly user: string;
  readonly password: Credential;
  /** How many connections the application may have at a time, all its processes together. */
  readonly connections: number;
}

/** The superuser's login, for what runs in the server's own namespace. */
export interface DatabaseAdmin<S extends Server = Server> {
  readonly endpoint: S;
  readonly database: string;
  /** Where the application's tables are. */
  readonly schema: string;
  readonly user: string;
  readonly secret: RequiredSecret;
  /** The key of the password in that Secret. */
  readonly passwordKey: string;
}
