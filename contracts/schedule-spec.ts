import { z } from 'zod';
import { CALENDAR_FIELDS, CRON_MARK, type CalendarField, type CalendarRange, type Timing } from '../core/schedules.ts';
import { cronProblem, FIELD_RULES, rangeOf } from './cron.ts';
import { line, timestamp } from './fields.ts';

const DAY = 86_400;
const DURATION = /^(?=\d)(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9})s)?$/;
const NO_DURATION = 'must be whole seconds or a text such as 30s, 15m, 1h, 1d';
const MOST = 20;

/** `1h30m` as seconds; null where it is no such text. */
function durationOf(text: string): number | null {
  const parts = DURATION.exec(text.trim());
  if (parts === null) return null;
  const [days = 0, hours = 0, minutes = 0, rest = 0] = parts.slice(1).map((part) => Number(part ?? 0));
  return days * DAY + hours * 3600 + minutes * 60 + rest;
}

/** Whole seconds, or a text such as `30s`, `15m`, `1h30m`, `1d`; seconds after that. */
export const seconds = (low: number, high: number) =>
  z.union([z.int(), z.string().max(40)], { error: NO_DURATION }).transform((value, context) => {
    const told = typeof value === 'number' ? value : durationOf(value);
    if (told !== null && told >= low && told <= high) return told;
    const message = told === null ? NO_DURATION : `must be ${low} to ${high} seconds`;
    context.addIssue({ code: 'custom', message, input: value });
    return z.NEVER;
  });

/** One or a list of them; one alone is told as number 0 of the list. */
const oneOrMany = <S extends z.ZodType>(item: S) =>
  z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(item).min(1).max(MOST)).optional();

const cron = z
  .string()
  .max(180)
  .superRefine((text, context) => {
    const message = cronProblem(text);
    if (message !== null) context.addIssue({ code: 'custom', message, input: text });
  });

const interval = z
  .strictObject({ every: seconds(1, 366 * DAY), offset: seconds(0, 366 * DAY).default(0) })
  .refine(({ every, offset }) => offset < every, { path: ['offset'], error: 'must be less than every' });

/** A number, a text such as `1-5`, `0-59/15`, `mon-fri` or `*`, or a list of these. */
function calendarField(field: CalendarField) {
  const rule = FIELD_RULES[field];
  const item = z
    .union([z.int(), z.string().max(100)], { error: 'must be a number or a text' })
    .transform((value, context): CalendarRange[] => {
      const items = String(value).split(',');
      const ranges = items.flatMap((one) => rangeOf(one.trim(), rule) ?? []);
      if (ranges.length === items.length) return ranges;
      const example = rule.names === undefined ? `${rule.low}-${rule.high}/2` : rule.names.list.slice(1, 3).join('-');
      context.addIssue({
        code: 'custom',
        message: `must be ${rule.low} to ${rule.high}, a range such as ${example}, or *`,
        input: value,
      });
      return z.NEVER;
    });
  return oneOrMany(item).transform((ranges) => ranges?.flat());
}

const calendarFields = {
  second: calendarField('second').describe('0 unless told'),
  minute: calendarField('minute').describe('0 unless told'),
  hour: calendarField('hour').describe('0 unless told'),
  day_of_month: calendarField('day_of_month'),
  month: calendarField('month'),
  day_of_week: calendarField('day_of_week').describe('0 is Sunday; both day fields must match'),
  year: calendarField('year'),
} satisfies Record<CalendarField, z.ZodType>;

const ANY = (field: CalendarField): CalendarRange[] => {
  if (field === 'second' || field === 'minute' || field === 'hour') return [{ start: 0, end: 0, step: 1 }];
  return [{ start: FIELD_RULES[field].low, end: FIELD_RULES[field].high, step: 1 }];
};

const calendar = z
  .strictObject({
    ...calendarFields,
    comment: line(150)
      .refine((text) => !text.startsWith(CRON_MARK), `must not begin with "${CRON_MARK}"`)
      .optional(),
  })
  .refine((fields) => CALENDAR_FIELDS.some((field) => fields[field] !== undefined), 'must have at least one field')
  .transform(({ comment, ...fields }) => {
    const { second, minute, hour, day_of_month, month, day_of_week, year } = fields;
    const told = { second, minute, hour, day_of_month, month, day_of_week, year };
    const ranges = (field: CalendarField) => told[field] ?? ANY(field);
    return {
      second: ranges('second'),
      minute: ranges('minute'),
      hour: ranges('hour'),
      day_of_month: ranges('day_of_month'),
      month: ranges('month'),
      day_of_week: ranges('day_of_week'),
      year: ranges('year'),
      comment: comment ?? null,
    };
  });

/** A name that the time zone database knows. Offsets are none: they know no daylight saving time. */
export function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(text)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** When a schedule is due. */
export const SpecInput = z
  .strictObject({
    cron: oneOrMany(cron).describe(
      '`minute hour day-of-month month day-of-week [year]`, with seven fields the second first, or @daily …; one or a list',
    ),
    interval: oneOrMany(interval).describe('Every so often, counted from 1970-01-01 00:00 UTC plus the offset; one or a list'),
    calendar: oneOrMany(calendar).describe(
      'Times of the wall clock, e.g. {"hour": 2, "minute": 30, "day_of_week": "mon-fri"}; one or a list',
    ),
    time_zone: z
      .string()
      .max(100)
      .refine(isTimeZone, 'must be a name of the IANA time zone database, e.g. Europe/Berlin')
      .default('UTC')
      .describe('Of cron and calendar. A time that the clocks skip is skipped; one that comes twice fires twice'),
    jitter: seconds(0, DAY).default(0).describe('Each run starts up to so much later'),
    start_at: timestamp.optional(),
    end_at: timestamp.optional(),
  })
  .refine(
    ({ cron, interval, calendar }) => [cron, interval, calendar].some((part) => part !== undefined),
    'must have at least one of cron, interval, calendar',
  )
  .refine(({ start_at, end_at }) => start_at === undefined || end_at === undefined || Date.parse(start_at) < Date.parse(end_at), {
    path: ['end_at'],
    error: 'must be after start_at',
  })
  .transform(({ cron = [], interval = [], calendar = [], start_at = null, end_at = null, ...rest }): Timing => ({
    cron: cron.map((text) => text.trim().replaceAll(/\s+/g, ' ')),
    interval,
    calendar,
    ...rest,
    start_at,
    end_at,
  }))
  .meta({ id: 'ScheduleSpecInput' });

const fieldText = z.array(z.union([z.int(), z.string()]));

/** The same as it is answered: lists throughout, seconds; it may be sent again as it is. */
export const ScheduleSpec = z
  .object({
    cron: z.array(z.string()).optional(),
    interval: z.array(z.object({ every: z.int(), offset: z.int() })).optional(),
    calendar: z
      .array(
        z.object({
          second: fieldText,
          minute: fieldText,
          hour: fieldText,
          day_of_month: fieldText,
          month: fieldText,
          day_of_week: fieldText,
          year: fieldText,
          comment: z.string().optional(),
        }),
      )
      .optional(),
    time_zone: z.string(),
    jitter: z.int(),
    start_at: timestamp.optional(),
    end_at: timestamp.optional(),
  })
  .meta({ id: 'ScheduleSpec' });
export type ScheduleSpec = z.output<typeof ScheduleSpec>;
