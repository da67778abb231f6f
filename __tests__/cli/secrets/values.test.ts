/** The file of a user's own values: each line is read, or refused. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readValues } from '../../../cli/secrets/values';

const folder = mkdtempSync(join(tmpdir(), 'ml-platform-'));
const file = join(folder, 'own.env');
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string | Buffer) {
  writeFileSync(file, text);
  return Object.fromEntries(readValues(file, 'DOOR_KEY'));
}

describe('a line gives a value', () => {
  test.each<[string, string]>([
    ['as it is', 'DOOR_KEY=a-b.c~d+e=f'],
    ['in double quotes', 'DOOR_KEY="a-b.c~d+e=f"'],
    ['in single quotes', "DOOR_KEY='a-b.c~d+e=f'"],
    ['as a shell would export it', 'export DOOR_KEY=a-b.c~d+e=f'],
    ['with spaces around it', '  DOOR_KEY = a-b.c~d+e=f  '],
    ['with a comment behind it', 'DOOR_KEY=a-b.c~d+e=f # new since May'],
    ['among empty lines and comments', '\n# The door\n\nDOOR_KEY=a-b.c~d+e=f\n'],
    ['in a file of Windows', '\ufeff# The door\r\nDOOR_KEY=a-b.c~d+e=f\r\n'],
  ])('%s', (_, text) => {
    expect(read(text)).toEqual({ DOOR_KEY: 'a-b.c~d+e=f' });
  });

  test('with a "#", which is part of it in quotes', () => {
    expect(read('DOOR_KEY="a#b # c"')).toEqual({ DOOR_KEY: 'a#b # c' });
  });

  test('of nothing, which is for others to refuse', () => {
    expect(read('DOOR_KEY=')).toEqual({ DOOR_KEY: '' });
  });
});

describe('a line is refused, and not shown', () => {
  test.each<[string, string | Buffer]>([
    ['as in YAML', 'DOOR_KEY: canary-0123456789'],
    ['without a value', 'canary-0123456789'],
    ['without a name', '=canary-0123456789'],
    ['of another encoding', Buffer.from('DOOR_KEY=canary-0123456789', 'utf16le')],
    ['of bytes', Buffer.from([0xff, 0x00, 0x80])],
    ['with a quote that does not end', 'DOOR_KEY="canary-0123456789'],
    ['with more behind the quotes', 'DOOR_KEY="canary"-0123456789'],
    ['with a "#" that may be part of the value', 'DOOR_KEY=canary#0123456789'],
  ])('%s', (_, line) => {
    const refusal = `${file}: line 1: is not NAME=value, such as DOOR_KEY=own-value.0123456789; a value with a "#" or a space stands in quotes`;
    expect(() => read(line)).toThrow(new Error(refusal));
  });

  test('that gives a name again', () => {
    const again = `${file}: line 3: gives DOOR_KEY again, as line 1 does; keep one`;
    expect(() => read('DOOR_KEY=canary-1\n\nDOOR_KEY=canary-2')).toThrow(new Error(again));
  });

  test('together with all others', () => {
    expect(() => read('one\nDOOR_KEY=canary-1\ntwo')).toThrow(/line 1: .*\n.*line 3: /);
  });
});

test('a folder in place of the file is refused with its name', () => {
  expect(() => readValues(folder, 'DOOR_KEY')).toThrow(`${folder}: cannot be read: `);
});
