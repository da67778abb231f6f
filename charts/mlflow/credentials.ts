/** MLflow's logins, as files of the formats that libpq and boto3 read. */
import { RequiredSecret, secretText } from '../lib/secret';
import type { BucketKey } from '../object-store/bucket';
import type { DatabaseConnection } from '../postgresql/connection';

/** The service of libpq that has the password. */
export const PG_SERVICE = 'mlflow';
/** The keys of the two Secrets, which are the names of the files. */
export const DATABASE_KEY = 'pg_service.conf';
export const S3_KEY = 'credentials';

export function databaseLogin(namespace: string, { password }: DatabaseConnection): RequiredSecret {
  return new RequiredSecret({
    namespace,
    name: 'mlflow-database',
    purpose: "MLflow's login to PostgreSQL, as a libpq service file",
    data: { [DATABASE_KEY]: secretText`[${PG_SERVICE}]\npassword=${password}\n` },
  });
}

export function objectStoreKey(namespace: string, { accessKeyId, secretAccessKey }: BucketKey): RequiredSecret {
  return new RequiredSecret({
    namespace,
    name: 'mlflow-object-store',
    purpose: "MLflow's key to the object store, as an AWS credentials file",
    data: {
      [S3_KEY]: secretText`[default]\naws_access_key_id=${accessKeyId}\naws_secret_access_key=${secretAccessKey}\n`,
    },
  });
}
