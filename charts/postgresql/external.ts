/** A database that the platform does not run: a managed service, or a server of another team. */
import { type GivenAuthority, givenAuthority } from '../certificates/authority';
import type { ExternalServer } from '../lib/endpoint';
import { Credential, RequiredSecret, secretText } from '../lib/secret';
import type { DatabaseAdmin, DatabaseConnection, ServerCheck } from './connection';
import { applicationConnections } from './connections';

export interface ExternalDatabaseProps {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** @default - the one that the server has set for the user */
  readonly schema?: string;
  readonly sslMode: 'disable' | 'require' | 'verify-ca' | 'verify-full';
  /** An object in the namespace of each client. @default - the public authorities, where something is checked */
  readonly authority?: GivenAuthority;
  /** Connections that the user may have at a time. */
  readonly maxConnections: number;
  /** Addresses that the server may have; any where empty. */
  readonly cidrs: readonly string[];
}

const PASSWORD_KEY = 'password';

export class ExternalDatabase {
  /** The connection for MLflow. */
  readonly mlflow: DatabaseConnection<ExternalServer>;

  constructor(props: ExternalDatabaseProps) {
    const { host, port, cidrs, database, schema, user, maxConnections } = props;
    this.mlflow = {
      endpoint: { host, port, cidrs },
      check: checkOf(props),
      database,
      ...(schema && { schema }),
      user,
      password: new Credential('MLFLOW_DB_PASSWORD', `the password of ${user} at ${host}`, 'given'),
      connections: applicationConnections({ kind: 'external', maxConnections }),
    };
  }

  /** The same login for what copies the database, with its password in a Secret of that namespace. */
  admin(namespace: string): DatabaseAdmin<ExternalServer> {
    const { endpoint, check, database, schema = 'public', user, password } = this.mlflow;
    const secret = new RequiredSecret({
      namespace,
      name: 'external-database',
      purpose: 'The login to the database outside, for what copies it',
      data: { [PASSWORD_KEY]: secretText`${password}` },
    });
    return { endpoint, check, database, schema, user, secret, passwordKey: secret.key(PASSWORD_KEY) };
  }
}

function checkOf({ sslMode, authority }: ExternalDatabaseProps): ServerCheck {
  if (sslMode === 'disable' || sslMode === 'require') return { sslMode };
  return { sslMode, authority: givenAuthority(authority) };
}
