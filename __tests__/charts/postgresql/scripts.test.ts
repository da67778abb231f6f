/** The scripts of PostgreSQL, with stand-ins for its programs; the loop runs them with the real ones. */
import backupScript from '../../../charts/postgresql/backup.sh';
import initScript from '../../../charts/postgresql/init.sh';
import { runScript, SCRIPT_TIMEOUT, type ScriptResult } from '../../support/scripts';

jest.setTimeout(SCRIPT_TIMEOUT);

describe('the init script', () => {
  const psql = '#!/bin/sh\nprintf "%s\\n" "$@" >"$RUN/arguments"\ncat >"$RUN/sql"\n';
  const env = {
    POSTGRES_USER: 'boss',
    POSTGRES_PASSWORD_FILE: '$RUN/master',
    APP_DATABASE: 'wines',
    APP_SCHEMA: 'cellar',
    APP_OWNER: 'cellar_owner',
    APP_USER: 'sommelier',
    APP_PASSWORD_FILE: '$RUN/password',
  };
  const run = (variables: Record<string, string> = env) =>
    runScript({
      script: initScript,
      programs: { psql },
      files: { password: 'very-secret', master: 'very-secret too' },
      env: variables,
    });
  let result: ScriptResult;
  beforeAll(async () => {
    result = await run();
  });
  const statements = () => result.files.sql ?? '';

  test('runs as the superuser, and stops at the first error', () => {
    expect(result.status).toBe(0);
    const lines = result.files.arguments?.trimEnd().split('\n');
    expect(lines).toEqual(expect.arrayContaining(['--username=boss', '--no-psqlrc', '--set=ON_ERROR_STOP=1']));
  });

  test('gives psql the names that it is told', () => {
    const given = result.files.arguments?.match(/(?<=--set=)[a-z]+=.*/g);
    expect(given).toEqual([
      'superuser=boss',
      'database=wines',
      'schema=cellar',
      'owner=cellar_owner',
      'login=sommelier',
    ]);
  });

  test('has the password in no argument, no statement and no output, but in a file that psql reads', () => {
    expect(`${result.files.arguments}${statements()}${result.output}`).not.toContain('very-secret');
    expect(statements()).toContain('\\set password `cat "$APP_PASSWORD_FILE"`');
    expect(statements()).toContain('\\set superuser_password `cat "$POSTGRES_PASSWORD_FILE"`');
    expect(statements().indexOf("SET log_statement = 'none'")).toBeLessThan(
      statements().indexOf('\\set superuser_password'),
    );
  });

  test.each([
    ['makes an owner that never logs in', /ALTER ROLE :"owner" WITH NOLOGIN NOSUPERUSER/],
    [
      'makes a login that is no superuser',
      /ALTER ROLE :"login" WITH LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE/,
    ],
    ['makes the schema for the owner', 'CREATE SCHEMA IF NOT EXISTS :"schema" AUTHORIZATION :"owner"'],
    ['sets the search path', 'ALTER DATABASE :"database" SET search_path = :"schema"'],
    ['lets nobody create in schema public', 'REVOKE ALL ON SCHEMA public FROM PUBLIC'],
  ])('%s', (_, expected) => {
    expect(statements()).toMatch(expected);
  });

  test('creates only what is not there', () => {
    const creations = statements().match(/^(?!--).*CREATE (?:ROLE|DATABASE|SCHEMA)[^;]*?(?:\\gexec|;)/gm) ?? [];
    expect(creations).toHaveLength(4);
    expect(creations.filter((creation) => !creation.includes('NOT EXISTS'))).toEqual([]);
  });

  test.each(Object.keys(env))('does nothing without %s', async (name) => {
    const { [name]: _, ...others } = env as Record<string, string>;
    const { status, files } = await run(others);
    expect(status).not.toBe(0);
    expect(files.sql).toBeUndefined();
  });
});

describe('the backup script', () => {
  const programs = (restore = 'exit 0') => ({
    pg_dump:
      '#!/bin/sh\nfor argument; do case $argument in --file=*) file=${argument#--file=} ;; esac; done\n' +
      'echo "$PGDATABASE of $PGUSER at $PGHOST" >"$file"\necho "$* $PGPASSWORD" >"$RUN/dumped"\n',
    pg_restore: `#!/bin/sh\n[ -z "\${PGPASSWORD:-}" ] && ${restore}\n`,
  });
  const OLD = ['wines-20240101T000000Z.dump', 'wines-20250101T000000Z.dump', 'wines-20260101T000000Z.dump'];
  const run = (restore?: string) =>
    runScript({
      script: backupScript,
      programs: programs(restore),
      files: {
        password: 'very-secret',
        ...Object.fromEntries([...OLD, 'beers-20200101T000000Z.dump'].map((name) => [`dumps/${name}`, 'old'])),
        'dumps/wines-20250601T000000Z.dump.partial': 'half',
      },
      env: {
        PGHOST: 'host-x',
        PGUSER: 'boss',
        PGDATABASE: 'wines',
        PASSWORD_FILE: '$RUN/password',
        BACKUP_FOLDER: '$RUN/dumps',
        KEEP: '2',
      },
    });
  const dumps = ({ files }: ScriptResult) =>
    Object.keys(files).flatMap((path) => (path.startsWith('dumps/') ? [path.slice(6)] : []));

  test('keeps the newest dumps of its database, and touches no other', async () => {
    const result = await run();
    expect(result.status).toBe(0);
    const [newest] = dumps(result).filter((name) => name.startsWith('wines') && !OLD.includes(name));
    expect(newest).toMatch(/^wines-\d{8}T\d{6}Z\.dump$/);
    expect(dumps(result).sort()).toEqual(['beers-20200101T000000Z.dump', OLD[2], newest].sort());
    expect(result.files[`dumps/${newest}`]).toBe('wines of boss at host-x\n');
  });

  test('gives the password to pg_dump in a variable, and shows it nowhere', async () => {
    const { files, output } = await run();
    expect(files.dumped).toMatch(/^--format=custom --no-password --file=\S+ very-secret\n$/);
    expect(output).not.toContain('very-secret');
  });

  test('removes no dump, and names none, where the new one cannot be read back', async () => {
    const result = await run('exit 1');
    expect(result.status).not.toBe(0);
    expect(
      dumps(result)
        .filter((name) => name.endsWith('.dump'))
        .sort(),
    ).toEqual(['beers-20200101T000000Z.dump', ...OLD].sort());
  });
});
