import { CALENDAR_FIELDS, type CalendarField, type CalendarTimes } from '../../core/schedules.ts';

const DAY_MS = 86_400_000;

export interface Clock {
  /** Milliseconds that the wall clock is ahead of UTC at this moment. */
  offset(at: number): number;
}

/** The wall clock of an IANA time zone. */
export function clockOf(timeZone: string): Clock {
  const format = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return {
    offset(at) {
      const parts = new Map<string, number>(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
      const part = (name: string): number => parts.get(name) ?? 0;
      const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
      return wall - Math.floor(at / 1000) * 1000;
    },
  };
}

/** `2027-03-28T03:30:00` and `+02:00`. */
export function localTime(clock: Clock, at: number): { local: string; offset: string } {
  const ahead = clock.offset(at);
  const minutes = Math.abs(Math.round(ahead / 60_000));
  const two = (value: number): string => String(value).padStart(2, '0');
  return {
    local: new Date(at + ahead).toISOString().slice(0, 19),
    offset: `${ahead < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`,
  };
}

/** The clocks are put from `before` to `after` ahead of UTC, at this moment. Milliseconds. */
export interface ClockChange {
  at: number;
  before: number;
  after: number;
}

/** Every change of the clocks between two moments. */
export function clockChanges(clock: Clock, from: number, to: number): ClockChange[] {
  const changes: ClockChange[] = [];
  let before = clock.offset(from);
  for (let day = from + DAY_MS; day <= to; day += DAY_MS) {
    const after = clock.offset(day);
    if (after === before) continue;
    let [low, high] = [day - DAY_MS, day];
    while (high - low > 1000) {
      const middle = low + Math.floor((high - low) / 2);
      if (clock.offset(middle) === before) low = middle;
      else high = middle;
    }
    changes.push({ at: Math.floor(high / 1000) * 1000, before, after });
    before = after;
  }
  return changes;
}

const PARTS: Record<CalendarField, (wall: Date) => number> = {
  second: (wall) => wall.getUTCSeconds(),
  minute: (wall) => wall.getUTCMinutes(),
  hour: (wall) => wall.getUTCHours(),
  day_of_month: (wall) => wall.getUTCDate(),
  month: (wall) => wall.getUTCMonth() + 1,
  day_of_week: (wall) => wall.getUTCDay(),
  year: (wall) => wall.getUTCFullYear(),
};

/** Whether these times hold this one of the wall clock, told as if it were UTC. */
export function isDue(times: CalendarTimes, wall: number): boolean {
  const date = new Date(wall);
  return CALENDAR_FIELDS.every((field) => {
    const value = PARTS[field](date);
    return times[field].some(({ start, end, step }) => value >= start && value <= end && (value - start) % step === 0);
  });
}
