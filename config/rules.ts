/** Rules about several fields of a schema, which stand beside that schema. */
import type * as z from 'zod';
import type { Fault } from './problems';

/** Rules in the form that superRefine() takes. A fault's path starts at the value that the rules are about. */
export function rules<T>(faultsOf: (value: T) => readonly Fault[]) {
  return (value: T, context: z.RefinementCtx): void => {
    for (const { path, message } of faultsOf(value)) {
      // A complete message needs no example of a good value after it.
      context.addIssue({ code: 'custom', path: [...path], message, params: { complete: true } });
    }
  };
}
