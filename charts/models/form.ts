/** What callers send to a model, as people see it: the columns with units and ranges, and the meaning of the answer. */
import { z } from 'zod';
import { type Origin, problem } from '../../config/problems';
import type { Form, FormInput } from '../frontend/form';
import type { LockEntry, SignatureColumn } from './lock';

/** MLflow's column types that a form can ask for. */
export const COLUMN_TYPES = ['boolean', 'integer', 'long', 'float', 'double', 'string', 'datetime'] as const;
const NUMERIC: readonly string[] = ['integer', 'long', 'float', 'double'];

const label = (example: string) =>
  z
    .string()
    .refine((value) => /^[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u.test(value), { error: 'must be 1 to 100 printable characters' })
    .meta({ examples: [example] });
const number = (example: number) => z.number({ error: 'must be a number' }).meta({ examples: [example] });
const scalar = z.union([z.string(), z.number(), z.boolean()], { error: 'must be text, a number, true or false' });

const inputSchema = z
  .strictObject({
    name: label('fixed acidity').describe("The column's name in the training data"),
    type: z
      .enum(COLUMN_TYPES, { error: `must be one of ${COLUMN_TYPES.join(', ')}` })
      .optional()
      .meta({ examples: ['double'] })
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
  .superRefine((input, context) => {
    const { min, max, step, choices } = input;
    const fault = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message, params: { complete: true } });
    if (min !== undefined && max !== undefined && min >= max)
      fault('min', `is ${min}, not less than max, which is ${max}`);
    if (step !== undefined && step <= 0) fault('step', `is ${step}; it must be more than 0, such as 0.1`);
    if (typeof input.default === 'number') {
      if (min !== undefined && input.default < min)
        fault('default', `is ${input.default}, less than min, which is ${min}`);
      if (max !== undefined && input.default > max)
        fault('default', `is ${input.default}, more than max, which is ${max}`);
    }
    if (choices && new Set(choices).size < choices.length) fault('choices', 'names a value twice; remove one');
    if (choices && input.default !== undefined && !choices.includes(input.default as string | number)) {
      fault('default', `is ${JSON.stringify(input.default)}, which is not one of choices`);
    }
  })
  .meta({ examples: [{ name: 'fixed acidity', unit: 'g/dm³', min: 0, max: 20 }] });

export const formSchema = z
  .strictObject({
    title: label('Wine quality').optional().describe("Heading of the page; the model's name where absent"),
    inputs: z
      .array(inputSchema, { error: 'must be a list' })
      .default([])
      .meta({ examples: [[{ name: 'fixed acidity' }]] })
      .describe('The columns, in order; a locked model takes names, types and order from its signature'),
    output: z
      .strictObject({
        label: label('Quality').default('Prediction').describe('What the answer is'),
        unit: label('points').optional().describe('Unit of the answer'),
        min: number(0).optional().describe('Worst answer, shown in red'),
        max: number(10).optional().describe('Best answer, shown in green'),
      })
      .prefault({})
      .describe('The answer'),
  })
  .superRefine(({ inputs, output: { min, max } }, context) => {
    if (min !== undefined && max !== undefined && min >= max) {
      context.addIssue({
        code: 'custom',
        path: ['output', 'min'],
        message: `is ${min}, not less than max, which is ${max}`,
        params: { complete: true },
      });
    }
    const names = inputs.map(({ name }) => name);
    names.forEach((name, index) => {
      if (names.indexOf(name) < index) {
        context.addIssue({
          code: 'custom',
          path: ['inputs', index, 'name'],
          message: `is "${name}", like an input before it; remove one`,
          params: { complete: true },
        });
      }
    });
  })
  .prefault({})
  .describe('How the front end asks for the columns and shows the answer');

export type FormSettings = z.output<typeof formSchema>;

/**
 * The form of a model: the columns of its signature, or of its file where it has none, dressed as the file says.
 * @returns undefined where neither names a column
 */
export function completeForm(
  file: string | Origin,
  model: { readonly name: string; readonly form: FormSettings },
  entry: LockEntry | undefined,
  problems: string[],
): Form | undefined {
  const { title = model.name, inputs: described, output } = model.form;
  const columns = columnsOf(entry) ?? described.map(({ name, type = 'double' }) => ({ name, type, required: true }));
  const settings = new Map(described.map((input, index) => [input.name, { index, ...input }]));
  const names = columns.map(({ name }) => name);
  for (const { index, name, type } of settings.values()) {
    const column = columns.find((candidate) => candidate.name === name);
    const path = ['form', 'inputs', index];
    if (!column) {
      problems.push(
        problem(file, [...path, 'name'], `is "${name}", which is no column of the signature: ${names.join(', ')}`),
      );
    } else if (type !== undefined && type !== column.type) {
      problems.push(problem(file, [...path, 'type'], `is ${type}, but the signature says ${column.type}; remove it`));
    }
  }
  if (columns.length === 0) return undefined;
  const inputs = columns.map(({ name, type, required, example }: SignatureColumn & { name: string }): FormInput => {
    const { index, type: _, ...look } = settings.get(name) ?? { index: 0, name };
    problems.push(...lookProblems(file, index, type, look));
    const start = look.default ?? (suits(example, type, look) ? example : undefined);
    return { ...look, name, type, required, ...(start === undefined ? {} : { default: start }) };
  });
  return { title, inputs, output };
}

type Look = Omit<FormSettings['inputs'][number], 'type'>;

/** The columns of a signature that a form can ask for; undefined for tensors and for what has no signature. */
function columnsOf(entry: LockEntry | undefined): (SignatureColumn & { name: string })[] | undefined {
  const inputs = entry?.signature?.inputs ?? [];
  const asked: readonly string[] = COLUMN_TYPES;
  const columns = inputs.flatMap((input) =>
    input.name !== undefined && input.shape === undefined && asked.includes(input.type)
      ? [{ ...input, name: input.name }]
      : [],
  );
  return columns.length > 0 && columns.length === inputs.length ? columns : undefined;
}

/** Settings that do not go with the type of a column. */
function lookProblems(file: string | Origin, index: number, type: string, look: Look): string[] {
  const { name, min, max, step, choices = [] } = look;
  const fault = (field: string, text: string) => [problem(file, ['form', 'inputs', index, field], text)];
  const limits = Object.entries({ min, max, step }).filter(([, value]) => value !== undefined);
  if (!NUMERIC.includes(type) && limits[0])
    return fault(limits[0][0], `is for numbers, and "${name}" is a ${type}; remove it`);
  if (type === 'boolean' && look.choices)
    return fault('choices', `is not for a boolean, which "${name}" is; remove it`);
  const start: [string, unknown][] = look.default === undefined ? [] : [['default', look.default]];
  const wrong = [...limits, ...start, ...choices.map((value): [string, unknown] => ['choices', value])].find(
    ([, value]) => !isOfType(value, type),
  );
  return wrong ? fault(wrong[0], `has ${JSON.stringify(wrong[1])}, which is no ${type}`) : [];
}

/** Whether an example can be what the form starts with. */
const suits = (value: unknown, type: string, { min = -Infinity, max = Infinity, choices }: Look) =>
  isOfType(value, type) &&
  (typeof value !== 'number' || (value >= min && value <= max)) &&
  (choices === undefined || choices.includes(value as string | number));

/** The values that frontend/README.md allows for a type. */
function isOfType(value: unknown, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31;
  // Browsers count no further.
  if (type === 'long') return Number.isSafeInteger(value);
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'datetime') return typeof value === 'string' && isDatetime(value);
  return typeof value === (type === 'string' ? 'string' : 'number');
}

/** ISO 8601 without a time zone, in the years that a nanosecond timestamp of pandas can hold. */
function isDatetime(text: string): boolean {
  const [, date = '', time] = /^(\d{4}-\d{2}-\d{2})(?:[T ](.*))?$/.exec(text) ?? [];
  const year = Number(date.slice(0, 4));
  const isTime = time === undefined || z.iso.time().safeParse(time).success;
  return z.iso.date().safeParse(date).success && isTime && year >= 1678 && year <= 2261;
}
