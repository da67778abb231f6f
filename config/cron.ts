/** Schedules: of a CronJob, and of CloudNativePG, which counts seconds too. */
import * as z from 'zod';
import { withExample } from './fields';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const CRON_FIELDS: readonly { min: number; max: number; names?: readonly string[] }[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];
const WITH_SECONDS = [{ min: 0, max: 59 }, ...CRON_FIELDS];

/** A schedule as a CronJob takes it: the five fields of robfig/cron's standard parser, or one of its names. */
export const cron = (example: string) =>
  withExample(
    z.string().refine(isCron, {
      error: ({ input }) =>
        neverComes(String(input)) ??
        `must be a cron schedule${isCron(withoutSeconds(String(input))) ? ' without seconds, which a CronJob does not know' : ''}: minute (0-59), hour (0-23), day (1-31), month (1-12), weekday (0-6)`,
    }),
    example,
  );

/** The time zone of a schedule. */
export const timeZone = withExample(
  z.string().refine(isTimeZone, { error: 'must be a time zone of the IANA database' }),
  'Europe/Berlin',
);

const NAMED: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

/**
 * A schedule as CloudNativePG takes it: six fields, the first of them seconds. Five would be read as if the weekday were
 * missing, and run at other times.
 */
export const cronWithSeconds = (example: string) =>
  withExample(
    z.string().refine((text) => fieldsOf(text, WITH_SECONDS) !== undefined && neverComes(text) === undefined, {
      error: ({ input }) =>
        neverComes(String(input)) ??
        'must be a schedule of six fields: second (0-59), minute (0-59), hour (0-23), day (1-31), month (1-12), weekday (0-6)',
    }),
    example,
  );

const isCron = (text: string) => parse(text) !== undefined && neverComes(text) === undefined;

const MOST_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** What is said of a schedule on days that none of its months has; nothing where a day comes. */
function neverComes(text: string): string | undefined {
  const schedule = parse(text) ?? fieldsOf(text, WITH_SECONDS);
  if (!schedule || isEitherDay(schedule.texts)) return undefined;
  const [days = [], months = []] = schedule.values.slice(-3);
  const isThere = months.some((month) => Math.min(...days) <= (MOST_DAYS[month - 1] ?? 0));
  return isThere ? undefined : 'must be a schedule that comes: none of its months has such a day';
}

/** What six fields, as other software takes them, would be here. */
const withoutSeconds = (text: string) => text.replace(/^[\d*][\d*,/-]* +(?=(\S+ +){4}\S+$)/, '');

interface Schedule {
  readonly texts: readonly string[];
  /** The values of each field at which it is due. */
  readonly values: readonly (readonly number[])[];
}

const parse = (schedule: string) => fieldsOf(NAMED.get(schedule) ?? schedule, CRON_FIELDS);

function fieldsOf(schedule: string, ranges: typeof CRON_FIELDS): Schedule | undefined {
  const texts = schedule.split(/ +/);
  if (texts.length !== ranges.length) return undefined;
  const values = ranges.map((range, index) => valuesOf(texts[index] ?? '', range));
  return values.every((field) => field !== undefined) ? { texts, values } : undefined;
}

/** The values in a list of: * or ?, a value or a range; each with a step if need be. */
function valuesOf(text: string, { min, max, names = [] }: (typeof CRON_FIELDS)[number]): number[] | undefined {
  const value = (word: string) => {
    const index = names.indexOf(word.toLowerCase());
    return index >= 0 ? index + min : /^\d+$/.test(word) ? Number(word) : Number.NaN;
  };
  const values: number[] = [];
  for (const part of text.split(',')) {
    const match = /^(?:[*?]|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
    if (!match) return undefined;
    const [, from, to, step] = match;
    const first = from === undefined ? min : value(from);
    // A value with a step is the start of a range without an end.
    const last = to === undefined ? (from === undefined || step !== undefined ? max : first) : value(to);
    if (!(first >= min && last <= max && first <= last && (step === undefined || Number(step) > 0))) return undefined;
    for (let next = first; next <= last; next += Number(step ?? 1)) values.push(next);
  }
  return values;
}

/** With two leap days, from one to the other of which four years go by. */
const DAYS_IN_EIGHT_YEARS = 8 * 365 + 2;
const MINUTES_IN_A_DAY = 24 * 60;

/**
 * The longest time that a schedule leaves between two runs, in minutes; eight years where it is never due twice. Seconds, as
 * CloudNativePG counts them, are left out of account.
 *
 * @returns undefined where the text is no schedule
 */
export function longestGap(schedule: string): number | undefined {
  const parsed = parse(schedule) ?? parse(withoutSeconds(schedule));
  if (!parsed) return undefined;
  const [minutes = [], hours = []] = parsed.values;
  const times = hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute)).sort((a, b) => a - b);
  let gap = 0;
  let last: number | undefined;
  // Without dates, two weeks say all.
  const days = parsed.texts.slice(-3, -1).every((text) => text === '*') ? 15 : DAYS_IN_EIGHT_YEARS;
  for (let day = 0; day < days; day += 1) {
    if (!isDay(parsed, new Date(Date.UTC(2024, 0, 1 + day)))) continue;
    for (const time of times) {
      const now = day * MINUTES_IN_A_DAY + time;
      if (last !== undefined) gap = Math.max(gap, now - last);
      last = now;
    }
  }
  return gap === 0 ? DAYS_IN_EIGHT_YEARS * MINUTES_IN_A_DAY : gap;
}

/** With both a day and a weekday, either is enough. Source: dayMatches of robfig/cron, spec.go. */
const isEitherDay = (texts: readonly string[]) =>
  ![texts.at(-3), texts.at(-1)].some((text) => /(^|,)[*?]/.test(text ?? ''));

function isDay({ texts, values }: Schedule, date: Date): boolean {
  const [, , days = [], months = [], weekdays = []] = values;
  const ofMonth = days.includes(date.getUTCDate());
  const ofWeek = weekdays.includes(date.getUTCDay());
  return months.includes(date.getUTCMonth() + 1) && (isEitherDay(texts) ? ofMonth || ofWeek : ofMonth && ofWeek);
}

function isTimeZone(name: string): boolean {
  if (!/^[A-Z][\w+-]*(\/[A-Z][\w+-]*)*$/.test(name) || name === 'Local') return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
