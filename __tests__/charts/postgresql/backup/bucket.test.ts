/** Copies of dumps in a bucket, by the script that the Jobs run, with folders in place of the bucket. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dumps } from '../../../support/dumps';
import { describePython, SCRIPT_TIMEOUT } from '../../../support/scripts';

jest.setTimeout(SCRIPT_TIMEOUT);

/** MLflow's image has it; the machine of a developer may not. */
const canEncrypt = spawnSync('python3', ['-c', 'import cryptography']).status === 0;
const NAME = 'wines-20260131T030000Z';
const OLDER = 'wines-20260130T030000Z';

describePython('a copy of a dump', () => {
  let dumps: Dumps;
  let empty: Dumps;
  let bucket: string;
  beforeEach(() => {
    dumps = new Dumps();
    empty = new Dumps();
    bucket = mkdtempSync(join(tmpdir(), 'ml-platform-bucket-'));
    for (const name of [OLDER, NAME]) dumped(name, `content of ${name}`);
  });
  afterEach(() => {
    dumps.remove();
    empty.remove();
    rmSync(bucket, { recursive: true });
  });

  const dumped = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(dumps.folder, `${name}.dump`), content);
    writeFileSync(join(dumps.folder, `${name}.census`), `census of ${name}`);
    writeFileSync(join(dumps.folder, `${name}.sha256`), `digests of ${name}`);
  };
  const remove = (name: string) => {
    for (const file of of(name)) rmSync(join(dumps.folder, file));
  };
  const objects = () => (existsSync(join(bucket, 'some')) ? readdirSync(join(bucket, 'some')).sort() : []);
  const of = (name: string, ending = '') => [`${name}.census`, `${name}.dump${ending}`, `${name}.sha256`];

  test('is put once, whatever was not put before', async () => {
    expect((await dumps.copy('put', bucket)).output).toBe(
      `put ${OLDER}.dump into ${bucket}\nput ${NAME}.dump into ${bucket}\n`,
    );
    expect(objects()).toEqual([...of(OLDER), ...of(NAME)]);
    expect(await dumps.copy('put', bucket)).toMatchObject({ status: 0, output: '' });
  });

  test('is put into another bucket as well', async () => {
    await dumps.copy('put', bucket);
    const other = join(bucket, 'other');
    expect((await dumps.copy('put', other)).output).toContain(`put ${NAME}.dump into ${other}`);
  });

  test('is not put of a dump that is not complete', async () => {
    rmSync(join(dumps.folder, `${NAME}.sha256`));
    await dumps.copy('put', bucket);
    expect(objects()).toEqual(of(OLDER));
  });

  test.each([
    ['the newest', {}, NAME],
    ['the one that is asked for', { DUMP: OLDER }, OLDER],
  ])('is got: %s', async (_, env, name) => {
    await dumps.copy('put', bucket);
    expect(await empty.copy('get', bucket, env)).toMatchObject({ status: 0, output: `got ${name}.dump\n` });
    expect(empty.files).toEqual([`${name}.census`, `${name}.dump`, `${name}.sha256`, `${name}.stored`]);
    expect(readFileSync(empty.newest('.dump'), 'utf8')).toBe(`content of ${name}`);
  });

  test('is not fetched where the dump is there', async () => {
    expect((await dumps.copy('get', bucket, { DUMP: NAME })).output).toBe(`${NAME}.dump is there\n`);
  });

  test('is complete only with its digests, which are put last', async () => {
    await dumps.copy('put', bucket);
    rmSync(join(bucket, 'some', `${NAME}.sha256`));
    expect((await empty.copy('get', bucket)).output).toBe(`got ${OLDER}.dump\n`);
  });

  test.each([
    ['none', {}, `${'$BUCKET'} has no dump of wines; the newest that it has: none\n`],
    [
      'not the one that is asked for',
      { DUMP: 'wines-x' },
      `${'$BUCKET'} has no dump wines-x; the newest that it has: none\n`,
    ],
  ])('that is not in the bucket is said: %s', async (_, env, expected) => {
    const { status, output } = await empty.copy('get', bucket, env);
    expect([status, output]).toEqual([1, expected.replace('$BUCKET', bucket)]);
    expect(empty.files).toEqual([]);
  });

  (canEncrypt ? describe : describe.skip)('that is encrypted', () => {
    // Sizes about a block of the cipher and about a part that is read.
    test.each([0, 15, 16, 2 ** 20, 2 ** 20 + 17])('comes back as it was, of %d bytes', async (size) => {
      const content = Buffer.alloc(size, 'abc');
      remove(OLDER);
      dumped(NAME, content);
      await dumps.copy('put', bucket, {}, 'secret key\n');
      expect(objects()).toEqual(of(NAME, '.enc'));
      expect((await empty.copy('get', bucket, {}, 'secret key\n')).output).toBe(`got ${NAME}.dump\n`);
      expect(readFileSync(empty.newest('.dump')).equals(content)).toBe(true);
    });

    test('is read by openssl, too', async () => {
      await dumps.copy('put', bucket, {}, 'secret key');
      const file = join(bucket, 'some', `${NAME}.dump.enc`);
      expect(readFileSync(file, 'latin1')).not.toContain('content');
      const options = ['enc', '-d', '-aes-256-cbc', '-pbkdf2', '-iter', '600000', '-md', 'sha256'];
      const plain = execFileSync('openssl', [...options, '-pass', 'pass:secret key', '-in', file], {
        encoding: 'utf8',
      });
      expect(plain).toBe(`content of ${NAME}`);
    });

    test.each([
      ['with another key', 'another', 'does not open with this key: is it the key that it was made with?'],
      ['with an empty one', '', 'has no key'],
      ['without one', undefined, `${NAME}.dump is encrypted, and there is no key`],
    ])('does not open %s', async (_, key, expected) => {
      await dumps.copy('put', bucket, {}, 'secret key');
      const { status, output } = await empty.copy('get', bucket, {}, key);
      expect([status, output]).toEqual([1, expect.stringContaining(expected)]);
      expect(empty.files.filter((name) => name.endsWith('.dump'))).toEqual([]);
    });
  });
});
