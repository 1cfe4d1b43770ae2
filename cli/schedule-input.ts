import { JOB_TYPES } from '../core/jobs.ts';
import { OVERLAPS } from '../core/schedules.ts';
import type { BodyIn } from '../contracts/endpoint.ts';
import type { schedules } from '../contracts/http/schedules.ts';
import type { Option } from './command.ts';
import type { CliContext } from './context.ts';
import { wrong, type Given } from './given.ts';
import { priorityOf, selectionOf, SELECTORS } from './selection.ts';

type NewSchedule = BodyIn<(typeof schedules)['createSchedule']>;

/** When a schedule is due. */
export const SPEC_OPTIONS = [
  {
    name: 'cron',
    value: 'text',
    about: '"minute hour day-of-month month day-of-week" or @daily; several times for several',
    many: true,
  },
  { name: 'every', value: 'duration', about: 'every so often: 30m, 6h, 1d; several times for several', many: true },
  { name: 'time-zone', value: 'name', about: 'of cron, such as Europe/Berlin; UTC unless told' },
  { name: 'jitter', value: 'duration', about: 'each run starts up to so much later' },
] as const satisfies Option[];

export const SCHEDULE_OPTIONS = [
  { name: 'file', value: 'file', about: 'the whole schedule as JSON (- is standard input)', completes: 'file' },
  { name: 'type', value: 'type', about: 'type of its jobs, fleet.collect unless told', choices: JOB_TYPES },
  { name: 'params', value: 'json', about: 'parameters of its jobs, besides the devices' },
  { name: 'devices', value: 'device', about: 'name or id; several times for several', many: true, completes: 'device' },
  ...SELECTORS,
  ...SPEC_OPTIONS,
  { name: 'overlap', value: 'policy', about: 'what happens with a job that still runs', choices: OVERLAPS },
  { name: 'catch-up', value: 'duration', about: 'a missed run is made up for if it is no later than this' },
  { name: 'pause-on-failure', about: 'a run whose job fails pauses the schedule' },
  { name: 'paused', about: 'begin paused' },
  { name: 'note', value: 'text', about: 'a word on it' },
  { name: 'priority', value: '0-10', about: '0 (last) to 10 (first)' },
] as const satisfies Option[];

/** The API says what is missing or does not go together. */
export function specOf(given: Given) {
  return {
    cron: given.list('cron'),
    interval: given.list('every')?.map((every) => ({ every })),
    time_zone: given.text('time-zone'),
    jitter: given.text('jitter'),
  };
}

/** The body of POST /api/schedules, not yet checked: the API does that. @throws AppError where JSON is none */
export async function newSchedule(given: Given, { read }: CliContext): Promise<NewSchedule> {
  const file = given.text('file');
  const name = given.text('name');
  if (file !== undefined) {
    const body = objectIn('--file', await read(file));
    return unchecked(name === undefined ? body : { ...body, name });
  }
  const params = given.text('params');
  return unchecked({
    name: name ?? wrong('name', 'is missing'),
    type: given.choice('type', JOB_TYPES) ?? 'fleet.collect',
    params: { ...(params === undefined ? {} : objectIn('--params', params)), ...selectionOf(given) },
    spec: specOf(given),
    overlap: given.choice('overlap', OVERLAPS),
    catch_up: given.text('catch-up'),
    pause_on_failure: given.flag('pause-on-failure'),
    paused: given.flag('paused'),
    note: given.text('note'),
    ...priorityOf(given),
  });
}

function objectIn(field: string, text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    wrong(field, `is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : wrong(field, 'must be a JSON object');
}

function unchecked(body: object): NewSchedule {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a person wrote it, and the API answers what is wrong
  return body as NewSchedule;
}
