/** What the operator runs in a new database, with a real PostgreSQL. */
import { type ApplicationRoles, roleStatements } from '../../../charts/postgresql/roles';
import { describePostgres, Postgres } from '../../support/postgres';

jest.setTimeout(180_000);

const ROLES: ApplicationRoles = {
  database: 'wines',
  schema: 'cellar',
  owner: 'cellar_owner',
  user: 'sommelier',
  reader: 'taster',
};

describePostgres('the roles of a cluster', () => {
  let server: Postgres;
  const admin = (database: string, sql: string) => server.ask('postgres', 'master', database, sql);
  const application = (sql: string) => server.ask('sommelier', 'one', 'wines', sql);

  beforeAll(async () => {
    server = await Postgres.start();
    // What the operator does before and after: the login owns the database at first, and gets its password last.
    server.execute('postgres', "ALTER ROLE postgres PASSWORD 'master'", 'CREATE ROLE sommelier LOGIN');
    server.execute('postgres', 'CREATE DATABASE wines OWNER sommelier');
    server.execute('wines', ...roleStatements(ROLES));
    server.execute('postgres', "ALTER ROLE sommelier PASSWORD 'one'", "ALTER ROLE taster LOGIN PASSWORD 'two'");
    server.execute('postgres', 'GRANT pg_read_all_data TO taster');
    server.execute('postgres', "CREATE ROLE gauge LOGIN PASSWORD 'three' IN ROLE pg_monitor");
    server.execute('postgres', "CREATE ROLE stranger LOGIN PASSWORD 'four'");
  });
  afterAll(() => server?.stop());

  test('let the login act as the owner of the schema, whose tables belong to the owner', () => {
    expect(application('select current_user || current_schema()')).toBe('cellar_ownercellar');
    expect(application('create table bottles (n int)')).toBeDefined();
    expect(admin('wines', "select tableowner from pg_tables where tablename = 'bottles'")).toBe('cellar_owner');
  });

  test.each([
    ['drop the database', 'drop database wines'],
    ['make a table in schema public', 'create table public.t (n int)'],
    ['make a role', 'create role r'],
    ['make a schema', 'create schema s'],
  ])('do not let it %s', (_, sql) => {
    expect(() => application(sql)).toThrow(/permission denied|must be owner/);
  });

  test('let what measures in, and see no data', () => {
    expect(server.ask('gauge', 'three', 'wines', 'select count(*) from pg_stat_replication')).toBe('0');
    expect(() => server.ask('gauge', 'three', 'wines', 'select * from cellar.bottles')).toThrow(/permission denied/);
  });

  test('let nobody else in', () => {
    expect(() => server.ask('stranger', 'four', 'wines', 'select 1')).toThrow(/permission denied/);
  });

  test('let the reader read everything and change nothing', () => {
    expect(server.ask('taster', 'two', 'wines', 'select count(*) from cellar.bottles')).toBe('0');
    const write = () => server.ask('taster', 'two', 'wines', 'insert into cellar.bottles values (1)');
    expect(write).toThrow(/permission denied/);
  });
});
