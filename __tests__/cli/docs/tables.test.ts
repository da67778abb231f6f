/** The tables of the documents: what a row says, and where a table is put. */
import * as z from 'zod';
import { Credential, RequiredSecret, secretText } from '../../../charts/lib/secret';
import { configurationTable, insertTable, secretsTable } from '../../../cli/docs/tables';
import { inputSchema } from '../../../config/json-schema';

describe('the table of a schema', () => {
  const tableOf = (shape: z.core.$ZodLooseShape) =>
    configurationTable(inputSchema(z.strictObject(shape)))
      .split('\n')
      .slice(2, -1);

  test.each<[string, z.ZodType, string]>([
    ['a text with a default', z.string().default('x').describe('Means x'), '| `field` | text | `"x"` | Means x |'],
    ['a number', z.int().default(3).describe('Means 3'), '| `field` | number | `3` | Means 3 |'],
    ['a choice', z.enum(['a', 'b']).default('a').describe('One'), '| `field` | `a`, `b` | `"a"` | One |'],
    ['a list', z.array(z.string()).default([]).describe('Many'), '| `field` | list of texts | `[]` | Many |'],
    ['a required field', z.string().describe('Must be'), '| `field` | text | required | Must be |'],
    ['a pipe', z.string().default('a|b').describe('c | d'), '| `field` | text | `"a\\|b"` | c \\| d |'],
    [
      'an optional field, with its example',
      z
        .string()
        .optional()
        .meta({ examples: ['such'] })
        .describe('May be'),
      '| `field` | text |  | May be, such as `"such"` |',
    ],
  ])('has a row for %s', (_, field, row) => {
    expect(tableOf({ field })).toEqual([row]);
  });

  test('names a field inside another by its path', () => {
    const inner = z.strictObject({ b: z.string().default('').describe('Inner') });
    expect(tableOf({ a: inner.prefault({}) })).toEqual(['| `a.b` | text | `""` | Inner |']);
  });
});

describe('a table in a text', () => {
  const place = 'before\n<!-- x: written by "npm run docs" -->\nold\n<!-- end of x -->\nafter\n';

  test('takes the place of the old one, whatever characters it has', () => {
    const text = place.replace('old\n', () => '| $& $1 |\n');
    expect(insertTable('x.md', place, 'x', '| $& $1 |\n')).toBe(text);
    expect(insertTable('x.md', text, 'x', '| $& $1 |\n')).toBe(text);
  });

  test.each([
    ['is missing', 'text'],
    ['has no end', place.replace('<!-- end of x -->', '')],
    ['is another’s', place.replaceAll(' x', ' y')],
  ])('is refused where its place %s', (_, text) => {
    expect(() => insertTable('x.md', text, 'x', '')).toThrow('x.md: has no place for the table "x"');
  });
});

test('the table of Secrets names each with its keys and never a value', () => {
  const text = secretText`fixed-x${new Credential('ID_X', 'opens x')}`;
  const secret = new RequiredSecret({
    namespace: 'space-x',
    name: 'name-x',
    purpose: 'For x',
    data: { a: text, b: text },
  });
  const [, , row, ...rest] = secretsTable([secret]).split('\n');
  expect(row).toBe('| space-x | `name-x` | `a`, `b` | For x |');
  expect(rest).toEqual(['']);
});
