/** The form of a model: what its file says of the columns, joined with the signature that the lock has. */
import * as z from 'zod';
import { type Origin, problem } from '../../config/problems';
import type { Form, FormInput } from '../frontend/form';
import { COLUMN_TYPES, type FormSettings } from './config/form';
import type { LockEntry, SignatureColumn } from './lock';

/**
 * The form of a model: the columns of its signature, or of its file where it has none, as the file describes them.
 * @returns undefined where neither names a column
 */
export function completeForm(
  file: string | Origin,
  model: { readonly name: string; readonly form: FormSettings },
  entry: LockEntry | undefined,
  problems: string[],
): Form | undefined {
  const { title = model.name, inputs: described, output } = model.form;
  const columns: readonly Column[] =
    columnsOf(entry) ?? described.map(({ name, type = 'double' }) => ({ name, type, required: true }));
  problems.push(...signatureProblems(file, described, columns));
  if (columns.length === 0) return undefined;
  const settings = new Map(described.map((input, index) => [input.name, { index, ...input }]));
  const inputs = columns.map(({ name, type, required, example }): FormInput => {
    const { index, type: _, ...look } = settings.get(name) ?? { index: 0, name };
    problems.push(...lookProblems(file, index, type, look));
    const start = look.default ?? (suits(example, type, look) ? example : undefined);
    return { ...look, name, type, required, ...(start === undefined ? {} : { default: start }) };
  });
  return { title, inputs, output };
}

type Column = SignatureColumn & { readonly name: string };

/** Inputs that the signature has no column for, or a column of another type. */
function signatureProblems(
  file: string | Origin,
  described: FormSettings['inputs'],
  columns: readonly Column[],
): string[] {
  const names = columns.map(({ name }) => name);
  return described.flatMap(({ name, type }, index) => {
    const fault = (field: string, text: string) => [problem(file, ['form', 'inputs', index, field], text)];
    const column = columns.find((candidate) => candidate.name === name);
    if (!column) return fault('name', `is "${name}", which is no column of the signature: ${names.join(', ')}`);
    if (type === undefined || type === column.type) return [];
    return fault('type', `is ${type}, but the signature says ${column.type}; remove it`);
  });
}

type Look = Omit<FormSettings['inputs'][number], 'type'>;

/** The columns of a signature that a form can ask for; undefined for tensors and for what has no signature. */
function columnsOf(entry: LockEntry | undefined): Column[] | undefined {
  const inputs = entry?.signature?.inputs ?? [];
  const asked: readonly string[] = COLUMN_TYPES;
  const columns = inputs.flatMap((input) =>
    input.name !== undefined && input.shape === undefined && asked.includes(input.type)
      ? [{ ...input, name: input.name }]
      : [],
  );
  return columns.length > 0 && columns.length === inputs.length ? columns : undefined;
}

const NUMERIC: readonly string[] = ['integer', 'long', 'float', 'double'];

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
  // Larger whole numbers are not exact in a browser.
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
