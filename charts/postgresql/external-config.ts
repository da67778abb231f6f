/** The settings of a database that the platform does not run, with their defaults and rules. */
import * as z from 'zod';
import { cidr, hostName, matching, oneOf, port } from '../../config/fields';
import { rules } from '../../config/rules';
import { authorityField } from '../certificates/authority-config';
import { connectionsField } from './connections';
import { MAX_CONNECTIONS } from './memory';

/** What PostgreSQL takes without quotes, in any of its clients. */
const identifier = (example: string) =>
  matching(
    /^[a-z_][a-z0-9_-]*$/,
    63,
    'a name of lower-case letters, digits, "_" or "-" that starts with a letter',
    example,
  );

export const externalSchema = z
  .strictObject({
    kind: z.literal('external'),
    host: hostName('mlflow.abc123.eu-central-1.rds.amazonaws.com').describe(
      'Its DNS name, as its certificate has it; an address has no certificate',
    ),
    port: port(5432).default(5432).describe('Its port'),
    database: identifier('mlflow').default('mlflow').describe('The database, which exists'),
    user: identifier('mlflow').default('mlflow').describe("MLflow's user, which may make tables in it"),
    schema: identifier('mlflow')
      .optional()
      .describe("The schema of MLflow's tables, which exists; what the server has set for the user where absent"),
    sslMode: oneOf(['disable', 'require', 'verify-ca', 'verify-full'], 'verify-full')
      .default('verify-full')
      .describe("libpq's sslmode: whether the connection is by TLS, and what is checked of the server's certificate"),
    authority: authorityField('database-ca').describe(
      "Who has signed the server's certificate, in the namespace of MLflow; for verify-ca and verify-full",
    ),
    maxConnections: connectionsField(MAX_CONNECTIONS),
    cidrs: z
      .array(cidr('10.20.0.0/16'))
      .default([])
      .meta({ examples: [['10.20.0.0/16']] })
      .describe('Addresses that it may have; any address, at its port, where empty'),
  })
  .superRefine(
    rules(({ sslMode, authority }) => {
      const checks = sslMode === 'verify-ca' || sslMode === 'verify-full';
      if (checks && authority === undefined) {
        const message = `is required by sslMode: ${sslMode}; name who signs, such as {"configMap": "database-ca", "key": "ca.crt"}, or set sslMode: require`;
        return [{ path: ['authority'], message }];
      }
      return !checks && authority
        ? [
            {
              path: ['authority'],
              message: `checks nothing with sslMode: ${sslMode}; remove it, or set sslMode: verify-full`,
            },
          ]
        : [];
    }),
  );
