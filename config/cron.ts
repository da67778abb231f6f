/** The schedule of a CronJob: the field, and what makes a schedule right. */
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

/** A schedule as a CronJob takes it: the five fields of robfig/cron's standard parser, or one of its names. */
export const cron = (example: string) =>
  z
    .string()
    .refine(isCron, {
      error: 'must be a cron schedule: minute (0-59), hour (0-23), day (1-31), month (1-12), weekday (0-6)',
    })
    .meta({ examples: [example] });

function isCron(text: string): boolean {
  if (/^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/.test(text)) return true;
  const fields = text.split(/ +/);
  return (
    fields.length === CRON_FIELDS.length && CRON_FIELDS.every((range, index) => isCronField(fields[index] ?? '', range))
  );
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
