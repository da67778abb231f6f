/** Whatever stands in a field, what is wrong is said in a line that names the file. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import * as z from 'zod';
import { platformSchema } from '../../../charts/config';
import { isMapping } from '../../../charts/lib/mapping';
import { modelSchema } from '../../../charts/models/config';
import { validate } from '../../../config/read';

/** What people write by mistake, and what is good in one field and not in another. */
const ODD = [
  null,
  true,
  -1,
  99999,
  1e30,
  Number.NaN,
  '',
  'big',
  '1e30',
  'a b',
  '__proto__',
  'http://a.test:99999',
  'http://10.0.0.300/',
  '0 3 31 2 *',
  [],
  [null],
  {},
] as const;

/** They use every field. */
const EXAMPLES = 'examples/environments';
const examples = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).map((name) => join(EXAMPLES, name));
const documentsOf = (files: readonly string[]) => files.map((file) => load(readFileSync(file, 'utf8')));

/** Every way to put one odd value in the place of something, the whole first. */
function* changed(document: unknown): Iterable<unknown> {
  yield* ODD;
  if (Array.isArray(document))
    for (const [index, value] of document.entries()) for (const odd of changed(value)) yield document.with(index, odd);
  if (isMapping(document))
    for (const [key, value] of Object.entries(document))
      for (const odd of changed(value)) yield { ...document, [key]: odd };
}

/** @throws whatever is no fault of the file */
function linesWithoutFile(schema: z.ZodObject, documents: readonly unknown[]): string[] {
  const problems: string[] = [];
  for (const document of documents) for (const odd of changed(document)) validate(odd, 'a.yaml', schema, problems);
  return problems.filter((line) => !line.startsWith('a.yaml: '));
}

test('in a model file', () => {
  const models = documentsOf(examples.filter((file) => /\/models\/.*\.yaml$/.test(file)));
  expect(linesWithoutFile(modelSchema, models)).toEqual([]);
});

// Each section by itself: all of them take a hundred times as long.
test.each(Object.entries(platformSchema.shape))('in %s of platform.yaml', (name, section) => {
  const platforms = documentsOf(examples.filter((file) => file.endsWith('/platform.yaml'))) as object[];
  const sections = platforms.flatMap((platform) => (name in platform ? [{ [name]: Reflect.get(platform, name) }] : []));
  expect(linesWithoutFile(z.strictObject({ [name]: section }), [{}, ...sections])).toEqual([]);
});
