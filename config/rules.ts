/** Rules about several fields of a schema, which stand beside that schema. */
import type * as z from 'zod';
import type { Fault } from './problems';

/**
 * Rules in the form that superRefine() takes. A fault's path starts at the value that the rules are about.
 *
 * They are asked only where each field is good by itself. zod hands on what a field has refused, and a rule would count with
 * it, or advise by it.
 */
export function rules<T>(faultsOf: (value: T) => readonly Fault[]) {
  return (value: T, context: z.RefinementCtx): void => {
    if (context.issues.some((issue) => !isOfRules(issue))) return;
    for (const { path, message } of faultsOf(value)) {
      // A complete message needs no example of a good value after it.
      context.addIssue({ code: 'custom', path: [...path], message, params: { complete: true } });
    }
  };
}

/** Whether rules have said this, and no field of its own value. */
const isOfRules = (issue: z.core.$ZodRawIssue) => issue.code === 'custom' && issue.params?.complete === true;
