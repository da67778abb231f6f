/** Schedules: of a CronJob, and of CloudNativePG, which counts seconds too. */
import { z } from 'zod';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const CRON_FIELDS: readonly { min: number; max: number; names?: readonly string[] }[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];
const SECONDS = { min: 0, max: 59 };

/** A schedule as a CronJob takes it: the five fields of robfig/cron's standard parser, or one of its names. */
export const cron = (example: string) =>
  z
    .string()
    .refine(isCron, {
      error: 'must be a cron schedule: minute (0-59), hour (0-23), day (1-31), month (1-12), weekday (0-6)',
    })
    .meta({ examples: [example] });

/**
 * A schedule as CloudNativePG takes it: six fields, the first of them seconds. Five would be read as if the weekday were
 * missing, and run at other times.
 */
export const cronWithSeconds = (example: string) =>
  z
    .string()
    .refine((text) => hasFields(text, [SECONDS, ...CRON_FIELDS]), {
      error:
        'must be a schedule of six fields: second (0-59), minute (0-59), hour (0-23), day (1-31), month (1-12), weekday (0-6)',
    })
    .meta({ examples: [example] });

function isCron(text: string): boolean {
  return /^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/.test(text) || hasFields(text, CRON_FIELDS);
}

function hasFields(text: string, ranges: typeof CRON_FIELDS): boolean {
  const fields = text.split(/ +/);
  return fields.length === ranges.length && ranges.every((range, index) => isCronField(fields[index] ?? '', range));
}

/** A list of: * or ?, a value or a range; each with a step if need be. */
function isCronField(text: string, { min, max, names = [] }: (typeof CRON_FIELDS)[number]): boolean {
  const value = (word: string) => {
    const index = names.indexOf(word.toLowerCase());
    return index >= 0 ? index + min : /^\d+$/.test(word) ? Number(word) : Number.NaN;
  };
  return text.split(',').every((part) => {
    const match = /^(?:[*?]|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
    if (!match) return false;
    const [, from, to, step] = match;
    const first = from === undefined ? min : value(from);
    const last = to === undefined ? first : value(to);
    return first >= min && last <= max && first <= last && (step === undefined || Number(step) > 0);
  });
}
