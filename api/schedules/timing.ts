import type {
  CalendarSpec,
  CalendarSpecDescription,
  ScheduleSpec as TemporalSpec,
  ScheduleSpecDescription,
} from '@temporalio/client';
import { CRON_MARK, type CalendarRange, type CalendarTimes, type Timing } from '../../core/schedules.ts';
import { FIELD_RULES, plainCron } from '../../contracts/cron.ts';
import type { ScheduleSpec } from '../../contracts/schedule-spec.ts';

const MONTHS = [
  'JANUARY',
  'FEBRUARY',
  'MARCH',
  'APRIL',
  'MAY',
  'JUNE',
  'JULY',
  'AUGUST',
  'SEPTEMBER',
  'OCTOBER',
  'NOVEMBER',
  'DECEMBER',
] as const;
const WEEKDAYS = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const;

/** In Temporal's terms. An expression is kept in the comment of the calendar that Temporal makes of it. */
export function toTemporal(timing: Timing): TemporalSpec {
  const { cron, interval, calendar, time_zone, jitter, start_at, end_at } = timing;
  return {
    cronExpressions: cron.map((text) => `${plainCron(text)} # ${CRON_MARK}${text}`),
    intervals: interval.map(({ every, offset }) => ({ every: every * 1000, offset: offset * 1000 })),
    calendars: calendar.map(toCalendar),
    timezone: time_zone,
    jitter: jitter * 1000,
    ...(start_at === null ? {} : { startAt: new Date(start_at) }),
    ...(end_at === null ? {} : { endAt: new Date(end_at) }),
  };
}

function toCalendar(times: CalendarTimes): CalendarSpec {
  const named =
    <T>(names: readonly T[], first: number) =>
    ({ start, end, step }: CalendarRange) => ({ start: names[start - first]!, end: names[end - first]!, step });
  return {
    second: times.second,
    minute: times.minute,
    hour: times.hour,
    dayOfMonth: times.day_of_month,
    month: times.month.map(named(MONTHS, 1)),
    dayOfWeek: times.day_of_week.map(named(WEEKDAYS, 0)),
    year: times.year,
    ...(times.comment === null ? {} : { comment: times.comment }),
  };
}

/** As the API answers it. */
export function fromTemporal(spec: ScheduleSpecDescription): ScheduleSpec {
  const crons = (spec.calendars ?? []).flatMap(({ comment }) =>
    comment?.startsWith(CRON_MARK) ? [comment.slice(CRON_MARK.length)] : [],
  );
  const calendars = (spec.calendars ?? []).filter(({ comment }) => comment?.startsWith(CRON_MARK) !== true).map(fromCalendar);
  const intervals = (spec.intervals ?? []).map(({ every, offset }) => ({ every: every / 1000, offset: (offset ?? 0) / 1000 }));
  return {
    ...(crons.length === 0 ? {} : { cron: crons }),
    ...(intervals.length === 0 ? {} : { interval: intervals }),
    ...(calendars.length === 0 ? {} : { calendar: calendars }),
    time_zone: spec.timezone || 'UTC',
    jitter: (spec.jitter ?? 0) / 1000,
    ...(spec.startAt === undefined ? {} : { start_at: spec.startAt.toISOString() }),
    ...(spec.endAt === undefined ? {} : { end_at: spec.endAt.toISOString() }),
  };
}

function fromCalendar(spec: CalendarSpecDescription) {
  const text = (field: keyof typeof FIELD_RULES, ranges: CalendarRange[]): (number | string)[] => {
    const { low, high } = FIELD_RULES[field];
    if (ranges.length === 0) return ['*'];
    return ranges.map(({ start, end, step }) => {
      if (start === end) return start;
      const range = start === low && end === high ? '*' : `${start}-${end}`;
      return step === 1 ? range : `${range}/${step}`;
    });
  };
  const numbered =
    <T>(names: readonly T[], first: number) =>
    ({ start, end, step }: { start: T; end: T; step: number }) => ({
      start: names.indexOf(start) + first,
      end: names.indexOf(end) + first,
      step,
    });
  return {
    second: text('second', spec.second),
    minute: text('minute', spec.minute),
    hour: text('hour', spec.hour),
    day_of_month: text('day_of_month', spec.dayOfMonth),
    month: text('month', spec.month.map(numbered(MONTHS, 1))),
    day_of_week: text('day_of_week', spec.dayOfWeek.map(numbered(WEEKDAYS, 0))),
    year: text('year', spec.year),
    ...(spec.comment ? { comment: spec.comment } : {}),
  };
}
