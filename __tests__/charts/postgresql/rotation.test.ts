/** The init script with a real PostgreSQL: at first, and again when its Secret has other passwords. */
import initScript from '../../../charts/postgresql/init.sh';
import { describePostgres, Postgres } from '../../support/postgres';
import { runScript } from '../../support/scripts';

jest.setTimeout(180_000);

describePostgres('the init script', () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await Postgres.start();
  });
  afterAll(() => server?.stop());

  const run = (master: string, password: string) =>
    runScript({
      script: initScript,
      files: { master, password },
      env: {
        ...server.env,
        POSTGRES_USER: 'postgres',
        POSTGRES_PASSWORD_FILE: '$RUN/master',
        APP_DATABASE: 'wines',
        APP_SCHEMA: 'cellar',
        APP_OWNER: 'cellar_owner',
        APP_USER: 'sommelier',
        APP_PASSWORD_FILE: '$RUN/password',
      },
    });
  const superuser = (password: string) => server.ask('postgres', password, 'postgres', 'select 1');
  const application = (password: string) => server.ask('sommelier', password, 'wines', 'select current_user');

  test('gives both roles the passwords of their files, and again when those have changed', async () => {
    expect(await run('first', 'one')).toMatchObject({ status: 0, output: '' });
    expect([superuser('first'), application('one')]).toEqual(['1', 'cellar_owner']);

    expect(await run(`sec'ond "$x`, `t'wo`)).toMatchObject({ status: 0, output: '' });
    expect([superuser(`sec'ond "$x`), application(`t'wo`)]).toEqual(['1', 'cellar_owner']);
    expect([superuser('first'), application('one')]).toEqual([undefined, undefined]);
  });

  test.each([
    ['the superuser', '', 'new'],
    ['the application', 'new', ''],
  ])('changes nothing where the password of %s is empty', async (_, master, password) => {
    await run('kept', 'kept too');
    const { status, output } = await run(master, password);
    expect(status).not.toBe(0);
    expect(output).toContain('a password file is missing or empty');
    expect([superuser('kept'), application('kept too')]).toEqual(['1', 'cellar_owner']);
  });
});
