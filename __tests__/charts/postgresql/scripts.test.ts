/** The init script of PostgreSQL, with stand-ins for its programs; the loop runs them with the real ones. */
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
