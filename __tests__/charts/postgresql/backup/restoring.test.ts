/** Dumps, their test and their restore with a real PostgreSQL, by the scripts that the Jobs run. */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync } from 'node:fs';
import { ask, Dumps, setUp, write } from '../../../support/dumps';
import { describePostgres, Postgres } from '../../../support/postgres';

jest.setTimeout(180_000);

describePostgres('a dump', () => {
  let server: Postgres;
  let dumps: Dumps;
  beforeAll(async () => {
    server = await Postgres.start();
    await setUp(server);
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    dumps = new Dumps();
    const { status, output } = await dumps.dump(server);
    expect([output, status]).toEqual([
      expect.stringMatching(/wrote wines-\d{8}T\d{6}Z\.dump: 3 tables, Alembic c0ffee\n$/),
      0,
    ]);
  });
  afterEach(() => dumps.remove());

  const failure = async (env: Record<string, string> = {}) => {
    const { status, output } = await dumps.test(server, env);
    expect(status).toBe(1);
    return output.trim().split('\n').at(-1);
  };
  /** The name of the dump as another time would give it. */
  const renamed = (time: string) => {
    for (const ending of ['.dump', '.census', '.sha256'])
      renameSync(dumps.newest(ending), dumps.newest(ending).replace(/\d{8}T\d{6}Z/, time));
    const digests = dumps.newest('.sha256');
    write(digests, readFileSync(digests, 'utf8').replace(/\d{8}T\d{6}Z/g, time));
  };
  /** The digests of files that were changed, as if the fault had been there when they were written. */
  const digestsAgain = () => {
    const text = readFileSync(dumps.newest('.sha256'), 'utf8').replace(/^\S+ {2}(.*)$/gm, (_, name: string) => {
      const digest = createHash('sha256')
        .update(readFileSync(`${dumps.folder}/${name}`))
        .digest('hex');
      return `${digest}  ${name}`;
    });
    write(dumps.newest('.sha256'), text);
  };
  const truncate = () => {
    const content = readFileSync(dumps.newest('.dump'));
    write(dumps.newest('.dump'), content.subarray(0, content.length - 200));
  };

  test('comes with what the database held, a line each', () => {
    const lines = readFileSync(dumps.newest('.census'), 'utf8').trim().split('\n');
    expect(lines.map((line) => line.replace(/ \d{10,}$/, ' <sum>'))).toEqual([
      'revision c0ffee',
      'table Metrics 500 <sum>',
      'table alembic_version 1 <sum>',
      'table experiments 3 <sum>',
      'sequence experiments_id_seq 3 true',
      'constraints 4',
      'indexes 3',
    ]);
  });

  test('passes its test', async () => {
    const { status, output } = await dumps.test(server);
    expect(output).toMatch(/^restored wines-\w+\.dump, 0 hours old: 3 tables, 504 rows, Alembic c0ffee, as dumped\n$/);
    expect(status).toBe(0);
  });

  test.each([
    ['an older one is complete, and the newest is truncated', truncate, /is not as it was written$/],
    [
      'it was truncated before its digest was made',
      () => {
        truncate();
        digestsAgain();
      },
      /cannot be (restored|read)$/,
    ],
    [
      'it is an empty file',
      () => {
        write(dumps.newest('.dump'), '');
        digestsAgain();
      },
      /cannot be read$/,
    ],
    [
      'it is years old',
      () => renamed('20200131T030000Z'),
      /the newest dump, wines-20200131T030000Z\.dump, is \d+ hours old, and 48 are allowed/,
    ],
    [
      'it holds less than the database did',
      () => {
        const census = readFileSync(dumps.newest('.census'), 'utf8');
        write(dumps.newest('.census'), census.replace('table Metrics 500', 'table Metrics 501'));
        digestsAgain();
      },
      /does not hold what it should$/,
    ],
    ['nobody knows what it should hold', () => rmSync(dumps.newest('.census')), /comes without what it should hold/],
    ['there is none', () => rmSync(dumps.newest('.dump')), /there is no dump of wines$/],
  ])('fails its test where %s', async (_, plant, expected) => {
    await plant();
    expect(await failure()).toMatch(expected);
  });

  test('fails its test where it is of another database', async () => {
    server.ask('postgres', "sec'ret", 'postgres', 'ALTER DATABASE wines RENAME TO beers');
    try {
      const other = await dumps.dump(server, { PGDATABASE: 'beers' });
      expect(other.status).toBe(0);
    } finally {
      server.ask('postgres', "sec'ret", 'postgres', 'ALTER DATABASE beers RENAME TO wines');
    }
    for (const ending of ['.dump', '.census']) {
      const [file = ''] = dumps.files.filter((name) => name.startsWith('beers') && name.endsWith(ending));
      write(dumps.newest(ending), readFileSync(`${dumps.folder}/${file}`));
    }
    digestsAgain();
    expect(await failure()).toMatch(/is of the database beers, not of wines$/);
  });

  test('of a database without tables is not kept', async () => {
    const before = dumps.files;
    const { status, output } = await dumps.dump(server, { APP_SCHEMA: 'public' });
    expect([status, output]).toEqual([1, expect.stringContaining('wines has no tables of MLflow in schema public')]);
    expect(dumps.files.filter((name) => !name.endsWith('.partial'))).toEqual(before);
  });

  test('brings back what was there, and keeps what came later beside it', async () => {
    ask(server, "INSERT INTO experiments (name) VALUES ('later')");
    try {
      const { status, output } = await dumps.restore(server);
      expect(output).toMatch(
        /restored wines-\w+\.dump: 3 tables, Alembic c0ffee, as dumped\nthe tables of before are in the schema cellar_before\n$/,
      );
      expect(status).toBe(0);
      const owners = "select string_agg(distinct tableowner, ' ') from pg_tables where schemaname = 'cellar'";
      expect(
        ['select count(*) from experiments', 'select count(*) from cellar_before.experiments', owners].map((query) =>
          ask(server, query),
        ),
      ).toEqual(['3', '4', 'cellar_owner']);
      // The sequence goes on where it was.
      expect(ask(server, "INSERT INTO experiments (name) VALUES ('next') RETURNING id")?.split('\n')[0]).toBe('4');
      expect((await dumps.restore(server)).output).toContain(
        'nothing was changed: wines still has a schema cellar_before',
      );
    } finally {
      server.ask('postgres', "sec'ret", 'wines', 'DROP SCHEMA IF EXISTS cellar_before CASCADE');
    }
  });

  test('that cannot be loaded changes nothing', async () => {
    truncate();
    digestsAgain();
    const { status, output } = await dumps.restore(server);
    expect([status, output]).toEqual([
      1,
      expect.stringMatching(/nothing was changed: wines-\w+\.dump cannot be loaded\n$/),
    ]);
    expect(ask(server, "select count(*) from pg_namespace where nspname = 'cellar_before'")).toBe('0');
    expect(Number(ask(server, 'select count(*) from experiments'))).toBeGreaterThan(0);
  });

  test('is not restored while the application is connected', async () => {
    const waiting = server.session('sommelier', "sec'ret", 'wines');
    try {
      await waiting.connected;
      expect((await dumps.restore(server)).output).toContain('nothing was changed: 1 connections of MLflow are open');
    } finally {
      waiting.end();
    }
  });

  test('moves to an empty server, with the same roles, and loses nothing', async () => {
    const other = await Postgres.start();
    try {
      await setUp(other, 'SELECT 1');
      const { status, output } = await dumps.restore(other);
      expect([status, output]).toEqual([
        0,
        expect.stringMatching(/^restored wines-\w+\.dump: 3 tables, Alembic c0ffee, as dumped\n$/),
      ]);
      const last = Number(ask(server, 'select last_value from experiments_id_seq'));
      const added = ask(other, "INSERT INTO experiments (name) VALUES ('new') RETURNING id")?.split('\n')[0];
      expect(Number(added)).toBe(last + 1);
    } finally {
      other.stop();
    }
  });

  test('is kept with the newest only, and takes nothing of others', async () => {
    for (const name of ['wines-20240101T000000Z', 'wines-20250101T000000Z', 'beers-20200101T000000Z'])
      for (const ending of ['.dump', '.census', '.sha256', '.stored']) write(`${dumps.folder}/${name}${ending}`, 'old');
    write(`${dumps.folder}/wines-20260101T000000Z.dump.partial`, 'half');
    const last = dumps.newest('.dump');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await dumps.dump(server)).status).toBe(0);
    const left = dumps.files.filter(
      (name) => name.endsWith('.dump') || name.endsWith('.partial') || name.endsWith('.stored'),
    );
    expect(left.map((name) => `${dumps.folder}/${name}`)).toEqual(
      [
        `${dumps.folder}/beers-20200101T000000Z.dump`,
        `${dumps.folder}/beers-20200101T000000Z.stored`,
        last,
        dumps.newest('.dump'),
      ].sort(),
    );
  });
});
