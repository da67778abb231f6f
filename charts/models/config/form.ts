/** The schema of `form`: the columns that callers send to a model, with units and ranges, and the meaning of the answer. */
import * as z from 'zod';
import { oneOf, scalar } from '../../../config/fields';
import type { Fault } from '../../../config/problems';
import { rules } from '../../../config/rules';
import { section } from '../../../config/section';

/** MLflow's column types that a form can ask for. */
export const COLUMN_TYPES = ['boolean', 'integer', 'long', 'float', 'double', 'string', 'datetime'] as const;

const label = (example: string) =>
  z
    .string()
    .refine((value) => /^[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u.test(value), { error: 'must be 1 to 100 printable characters' })
    .meta({ examples: [example] });
const number = (example: number) => z.number({ error: 'must be a number' }).meta({ examples: [example] });

const inputSchema = z
  .strictObject({
    name: label('fixed acidity').describe("The column's name in the training data"),
    type: oneOf(COLUMN_TYPES, 'double')
      .optional()
      .describe("MLflow's column type; that of the signature, or double where there is none"),
    unit: label('g/dm³').optional().describe('Unit of measurement'),
    min: number(0).optional().describe('Least value that makes sense'),
    max: number(20).optional().describe('Greatest value that makes sense'),
    step: number(0.1).optional().describe('Step of the slider'),
    default: scalar
      .optional()
      .meta({ examples: [7.4] })
      .describe("What the form starts with; the column's value in the input example where there is one"),
    choices: z
      .array(z.union([z.string(), z.number()]), { error: 'must be a list of texts or numbers' })
      .min(1, { error: 'must be a list of texts or numbers' })
      .optional()
      .meta({ examples: [['red', 'white']] })
      .describe('The values to choose from'),
  })
  .superRefine(rules((input) => [...rangeFaults(input), ...choiceFaults(input)]))
  .meta({ examples: [{ name: 'fixed acidity', unit: 'g/dm³', min: 0, max: 20 }] });

export const formSchema = section(
  z
    .strictObject({
      title: label('Wine quality').optional().describe("Heading of the page; the model's name where absent"),
      inputs: z
        .array(inputSchema, { error: 'must be a list' })
        .default([])
        .meta({ examples: [[{ name: 'fixed acidity' }]] })
        .describe('The columns, in order; a locked model takes names, types and order from its signature'),
      output: section(
        z.strictObject({
          label: label('Quality').default('Prediction').describe('What the answer is'),
          unit: label('points').optional().describe('Unit of the answer'),
          min: number(0).optional().describe('Worst answer, shown in red'),
          max: number(10).optional().describe('Best answer, shown in green'),
        }),
      ).describe('The answer'),
    })
    .superRefine(rules((form) => [...outputFaults(form), ...sameNameFaults(form)])),
).describe('How the front end asks for the columns and shows the answer');

export type FormSettings = z.output<typeof formSchema>;

interface Range {
  readonly min?: number;
  readonly max?: number;
}

function rangeFaults({ min, max, step, default: start }: Range & { step?: number; default?: unknown }): Fault[] {
  const faults = orderFaults({ min, max }, []);
  if (step !== undefined && step <= 0) {
    faults.push({ path: ['step'], message: `is ${step}; it must be more than 0, such as 0.1` });
  }
  if (typeof start !== 'number') return faults;
  if (min !== undefined && start < min) {
    faults.push({ path: ['default'], message: `is ${start}, less than min, which is ${min}` });
  }
  if (max !== undefined && start > max) {
    faults.push({ path: ['default'], message: `is ${start}, more than max, which is ${max}` });
  }
  return faults;
}

function choiceFaults({ choices, default: start }: { choices?: unknown[]; default?: unknown }): Fault[] {
  const faults: Fault[] = [];
  if (!choices) return faults;
  if (new Set(choices).size < choices.length) {
    faults.push({ path: ['choices'], message: 'names a value twice; remove one' });
  }
  if (start !== undefined && !choices.includes(start)) {
    faults.push({ path: ['default'], message: `is ${JSON.stringify(start)}, which is not one of choices` });
  }
  return faults;
}

const outputFaults = ({ output }: { output: Range }) => orderFaults(output, ['output']);

function orderFaults({ min, max }: Range, path: readonly string[]): Fault[] {
  if (min === undefined || max === undefined || min < max) return [];
  return [{ path: [...path, 'min'], message: `is ${min}, not less than max, which is ${max}` }];
}

function sameNameFaults({ inputs }: { inputs: readonly { name: string }[] }): Fault[] {
  const names = inputs.map(({ name }) => name);
  return names.flatMap((name, index) =>
    names.indexOf(name) < index
      ? [{ path: ['inputs', index, 'name'], message: `is "${name}", like an input before it; remove one` }]
      : [],
  );
}
