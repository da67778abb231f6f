/** A database as MLflow has it, with the scripts that back it up, on a real PostgreSQL. */
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import bucketScript from '../../charts/postgresql/backup/bucket.py';
import censusScript from '../../charts/postgresql/backup/census.sh';
import dumpScript from '../../charts/postgresql/backup/dump.sh';
import restoreScript from '../../charts/postgresql/backup/restore.sh';
import restoreTestScript from '../../charts/postgresql/backup/restore-test.sh';
import initScript from '../../charts/postgresql/init.sh';
import { type Postgres, USER } from './postgres';
import { runScript, type ScriptResult } from './scripts';

/** Names that no default has. */
export const DATABASE = 'wines';
export const SCHEMA = 'cellar';
const PASSWORD = "sec'ret";

const TABLES = `
  CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
  INSERT INTO alembic_version VALUES ('c0ffee');
  CREATE TABLE experiments (id serial PRIMARY KEY, name text UNIQUE);
  INSERT INTO experiments (name) SELECT 'experiment ' || n FROM generate_series(1, 3) n;
  CREATE TABLE "Metrics" (experiment int REFERENCES experiments, value double precision, at timestamptz, note text);
  INSERT INTO "Metrics" SELECT 1 + n % 3, sqrt(n), to_timestamp(n), repeat('ü', 20) || n FROM generate_series(1, 500) n;
`;

/** Sets up the database as the server's init script does, with these tables. */
export async function setUp(server: Postgres, tables = TABLES): Promise<void> {
  const env = {
    ...server.env,
    POSTGRES_USER: 'postgres',
    POSTGRES_PASSWORD_FILE: '$RUN/master',
    APP_DATABASE: DATABASE,
    APP_SCHEMA: SCHEMA,
    APP_OWNER: 'cellar_owner',
    APP_USER: 'sommelier',
    APP_PASSWORD_FILE: '$RUN/password',
  };
  const { status, output } = await runScript({
    script: initScript,
    files: { master: PASSWORD, password: PASSWORD },
    env,
  });
  if (status !== 0) throw new Error(output);
  server.ask('sommelier', PASSWORD, DATABASE, tables);
}

/** Asks as the application does. */
export const ask = (server: Postgres, query: string) => server.ask('sommelier', PASSWORD, DATABASE, query);

/** A folder of dumps, and what the Jobs do with it. */
export class Dumps {
  readonly folder = mkdtempSync(join(tmpdir(), 'ml-platform-dumps-'));

  constructor() {
    if (USER.uid !== undefined) chownSync(this.folder, USER.uid, USER.uid);
    chmodSync(this.folder, 0o755);
  }

  /** The names of the files, sorted by time. */
  get files(): string[] {
    return readdirSync(this.folder).sort();
  }

  /** The path of the newest file with this ending. */
  newest(ending: string): string {
    return join(this.folder, this.files.filter((name) => name.endsWith(ending)).at(-1) ?? `none${ending}`);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  dump(server: Postgres, env: Record<string, string> = {}): Promise<ScriptResult> {
    return this.run(dumpScript, { ...server.env, PGUSER: 'postgres', PGDATABASE: DATABASE, KEEP: '2', ...env });
  }

  test(server: Postgres, env: Record<string, string> = {}): Promise<ScriptResult> {
    const own = { PATH: server.env.PATH ?? '', PGDATABASE: DATABASE, MAX_AGE_HOURS: '48', SCRATCH: '$RUN/scratch' };
    return this.run(restoreTestScript, { ...own, ...env });
  }

  restore(server: Postgres, env: Record<string, string> = {}): Promise<ScriptResult> {
    return this.run(restoreScript, { ...server.env, PGUSER: 'postgres', PGDATABASE: DATABASE, ...env });
  }

  /**
   * Puts dumps into a bucket, which is a folder, or gets one.
   * @param key of the encryption
   */
  copy(action: 'put' | 'get', bucket: string, env: Record<string, string> = {}, key?: string): Promise<ScriptResult> {
    return runScript({
      script: bucketScript,
      interpreter: 'python3',
      args: [action],
      files: {
        'lib/boto3/__init__.py': BOTO3,
        'lib/boto3/s3/__init__.py': '',
        'lib/boto3/s3/transfer.py': 'def TransferConfig(**options):\n    pass\n',
        'lib/botocore/__init__.py': '',
        'lib/botocore/config.py': 'def Config(**options):\n    pass\n',
        ...(key !== undefined && { key }),
      },
      env: {
        PYTHONPATH: '$RUN/lib',
        BUCKET: bucket,
        PREFIX: 'some/',
        PGDATABASE: DATABASE,
        BACKUP_FOLDER: this.folder,
        ADDRESSING_STYLE: 'path',
        ...(key !== undefined && { KEY_FILE: '$RUN/key' }),
        ...env,
      },
    });
  }

  private run(script: string, env: Record<string, string>): Promise<ScriptResult> {
    return runScript({
      script,
      files: { password: PASSWORD, 'scripts/census.sh': censusScript, 'scratch/empty': '' },
      env: {
        BACKUP_FOLDER: this.folder,
        APP_SCHEMA: SCHEMA,
        SCRIPTS: '$RUN/scripts',
        PASSWORD_FILE: '$RUN/password',
        ...env,
      },
      user: USER,
    });
  }
}

/** Writes a file that the scripts may read. */
export function write(path: string, content: string | Uint8Array): void {
  writeFileSync(path, content);
  if (USER.uid !== undefined) chownSync(path, USER.uid, USER.uid);
}

/** As much of boto3 as the script uses, with folders as buckets. */
const BOTO3 = `
import shutil
from pathlib import Path
from types import SimpleNamespace

class Body:
    def __init__(self, path):
        self.file = open(path, "rb")
    def read(self, size):
        return self.file.read(size)
    def iter_chunks(self, size):
        return iter(lambda: self.file.read(size), b"")

class Client:
    meta = SimpleNamespace(endpoint_url="http://s3.test")
    def path(self, bucket, key):
        path = Path(bucket, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path
    def upload_file(self, path, bucket, key, Config=None):
        shutil.copy(path, self.path(bucket, key))
    def upload_fileobj(self, file, bucket, key, Config=None):
        with open(self.path(bucket, key), "wb") as target:
            while data := file.read(7000):
                target.write(data)
    def download_file(self, bucket, key, path, Config=None):
        shutil.copy(self.path(bucket, key), path)
    def get_object(self, Bucket, Key):
        return {"Body": Body(self.path(Bucket, Key))}
    def get_paginator(self, _):
        return self
    def paginate(self, Bucket, Prefix):
        keys = [str(path.relative_to(Bucket)) for path in Path(Bucket).rglob("*") if path.is_file()]
        yield {"Contents": [{"Key": key} for key in keys if key.startswith(Prefix)]}
        yield {}

def client(service, config):
    return Client()
`;
