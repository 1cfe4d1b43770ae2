import type { CalendarField, CalendarRange, CalendarTimes } from '../core/schedules.ts';

/** What the values of a field may be, as Temporal reads it (temporalio/temporal, service/worker/scheduler/calendar.go). */
interface FieldRule {
  name: string;
  low: number;
  high: number;
  /** Values by name; the first three letters are enough. */
  names?: { first: number; list: readonly string[] };
}

const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const WEEKDAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');

/** The fields of a calendar; a cron expression knows Sunday also as 7. */
export const FIELD_RULES: Record<CalendarField, FieldRule> = {
  second: { name: 'second', low: 0, high: 59 },
  minute: { name: 'minute', low: 0, high: 59 },
  hour: { name: 'hour', low: 0, high: 23 },
  day_of_month: { name: 'day of month', low: 1, high: 31 },
  month: { name: 'month', low: 1, high: 12, names: { first: 1, list: MONTHS } },
  day_of_week: { name: 'day of week', low: 0, high: 6, names: { first: 0, list: WEEKDAYS } },
  year: { name: 'year', low: 2000, high: 2100 },
};

const { second, minute, hour, day_of_month, month, day_of_week, year } = FIELD_RULES;
const FIVE = [minute, hour, day_of_month, month, { ...day_of_week, high: 7 }];
const FIELDS: Record<number, FieldRule[]> = { 5: FIVE, 6: [...FIVE, year], 7: [second, ...FIVE, year] };

const MACROS: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** A macro such as `@daily` written out; any other expression as it is. */
export function plainCron(expression: string): string {
  return MACROS[expression.trim()] ?? expression.trim();
}

/**
 * What is wrong with a cron expression of 5 to 7 fields (`minute hour day-of-month month day-of-week [year]`, seven with the second
 * first), or null. Both day fields must match, unlike in crontab(5).
 */
export function cronProblem(expression: string): string | null {
  const text = plainCron(expression);
  if (/^(CRON_)?TZ=/i.test(text)) return 'must not name a time zone: use time_zone';
  if (text.startsWith('@every')) return 'must not be @every: use interval';
  if (text.includes('#')) return 'must not hold a comment';
  const parts = text.split(/\s+/);
  const fields = FIELDS[parts.length];
  if (fields === undefined) return 'must have 5 to 7 fields: [second] minute hour day-of-month month day-of-week [year]';
  for (const [index, field] of fields.entries()) {
    const wrong = parts[index]!.split(',').find((item) => rangeOf(item, field) === null);
    if (wrong !== undefined) return `has a ${field.name} that is not possible: ${wrong || 'nothing'}`;
  }
  return null;
}

/** The times of an expression that `cronProblem` finds no fault with. */
export function cronTimes(expression: string): CalendarTimes {
  const parts = plainCron(expression).split(/\s+/);
  const ranges = (FIELDS[parts.length] ?? FIVE).map((field, index) =>
    parts[index]!.split(',').flatMap((item) => rangeOf(item, field) ?? []),
  );
  const [first = [], ...rest] = parts.length === 7 ? ranges : [[{ start: 0, end: 0, step: 1 }], ...ranges];
  const [
    minutes = [],
    hours = [],
    days = [],
    months = [],
    weekdays = [],
    years = [{ start: year.low, end: year.high, step: 1 }],
  ] = rest;
  // 7 is Sunday too.
  const sundays = weekdays.some(({ start, end, step }) => end === 7 && (7 - start) % step === 0);
  return {
    second: first,
    minute: minutes,
    hour: hours,
    day_of_month: days,
    month: months,
    day_of_week: sundays ? [...weekdays, { start: 0, end: 0, step: 1 }] : weekdays,
    year: years,
    comment: null,
  };
}

/** `*`, a value or a range, each with a step or without; null where it is none of these, or out of the bounds of its field. */
export function rangeOf(item: string, field: FieldRule): CalendarRange | null {
  const [range = '', stepText, ...more] = item.split('/');
  if (more.length > 0 || (stepText !== undefined && !/^\d{1,4}$/.test(stepText))) return null;
  const step = Number(stepText ?? 1);
  if (step === 0) return null;
  if (range === '*') return { start: field.low, end: field.high, step };
  const [first = '', last, ...others] = range.split('-');
  if (others.length > 0) return null;
  const start = valueOf(first, field);
  // A value with a step stands for the rest of the field, as in crontab(5).
  const end = last !== undefined ? valueOf(last, field) : stepText === undefined ? start : field.high;
  return start === null || end === null || start > end ? null : { start, end, step };
}

function valueOf(text: string, { low, high, names }: FieldRule): number | null {
  if (names !== undefined && /^[a-z]{3,}$/i.test(text)) {
    const index = names.list.findIndex((name) => name.startsWith(text.toLowerCase()));
    return index < 0 ? null : names.first + index;
  }
  const value = /^\d{1,4}$/.test(text) ? Number(text) : -1;
  return value >= low && value <= high ? value : null;
}
