import type * as z from 'zod';

/**
 * A section that a file may leave out: then it is what the schema makes of an empty one.
 *
 * It is made once. With prefault() zod would check the empty section anew for each of thousands of models, and each would
 * keep its own copy.
 */
export function section<S extends z.ZodObject>(schema: S) {
  let empty: z.output<S> | undefined;
  return schema.default(() => {
    empty ??= frozen(schema.parse({}, { jitless: true }));
    return empty as z.core.util.NoUndefined<z.output<S>>;
  });
}

/** What many share, nobody may change. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const child of Object.values(value)) frozen(child);
  return Object.freeze(value);
}
