import { OVERLAPS } from '../../core/schedules.ts';
import { schedules } from '../../contracts/http/schedules.ts';
import type { Schedule } from '../../contracts/schedule.ts';
import type { Arg } from '../command.ts';
import type { Screen } from '../context.ts';
import { list, request } from '../request.ts';
import { newSchedule, specOf, SCHEDULE_OPTIONS, SPEC_OPTIONS } from '../schedule-input.ts';
import { keyOf, START_OPTIONS } from '../selection.ts';
import { statusColor } from '../text/paint.ts';
import { cellText, record, table } from '../text/table.ts';
import { time } from '../text/words.ts';

const SCHEDULE: Arg = { name: 'schedule', about: 'name or id', completes: 'schedule' };
const NOTE = { name: 'note', value: 'text', about: 'why' } as const;
const OVERLAP = {
  name: 'overlap',
  value: 'policy',
  about: 'what happens with a job that still runs',
  choices: OVERLAPS,
} as const;

function showSchedule(row: Schedule, screen: Screen): string {
  const { id, name, type, state, owner, priority, note, problem, overlap, spec } = row;
  return record(screen, {
    id,
    name,
    type,
    state,
    cron: spec?.cron,
    every: spec?.interval?.map(({ every }) => `${every} s`),
    calendar: spec?.calendar === undefined ? null : JSON.stringify(spec.calendar),
    time_zone: spec?.time_zone,
    params: JSON.stringify(row.params),
    overlap,
    catch_up: row.catch_up === null ? null : `${row.catch_up} s`,
    pause_on_failure: row.pause_on_failure,
    owner,
    priority,
    note,
    problem,
    next_runs: row.next_runs
      .slice(0, 3)
      .map(time)
      .filter((text) => text !== null),
    last_job: row.last_runs[0] === undefined ? null : `${row.last_runs[0].job_id} ${row.last_runs[0].status}`,
    running: row.running,
    skipped: row.skipped_overlap,
    missed: row.missed_catch_up,
  });
}

const pausing = (verb: 'pause' | 'unpause', about: string) =>
  request({
    name: `schedules ${verb}`,
    about,
    args: [SCHEDULE],
    options: [NOTE],
    endpoint: schedules[`${verb}Schedule`],
    input: (given) => ({ params: { id: given.need('schedule') }, body: { note: given.text('note') } }),
    show: ({ name, state }) => `${cellText(name)}: ${state}\n`,
  });

export const scheduleCommands = [
  list({
    name: 'schedules list',
    about: 'list schedules by name, with their next run',
    page: ({ client, signal }, _, at) => client().call(schedules.listSchedules, { query: at, signal }),
    columns: [
      { head: 'NAME', of: (row: Schedule) => row.name, whole: true },
      { head: 'TYPE', of: (row) => row.type },
      { head: 'STATE', of: (row) => row.state, color: (row) => statusColor(row.state) },
      { head: 'NEXT RUN (UTC)', of: (row) => (row.state === 'active' ? time(row.next_runs[0]) : null) },
      { head: 'LAST JOB', of: (row) => row.last_runs[0]?.status, color: (row) => statusColor(row.last_runs[0]?.status) },
      { head: 'PROBLEM', of: (row) => row.problem },
    ],
    empty: 'No schedules.',
  }),
  request({
    name: 'schedules show',
    about: 'show one schedule',
    args: [SCHEDULE],
    endpoint: schedules.getSchedule,
    input: (given) => ({ params: { id: given.need('schedule') } }),
    show: showSchedule,
  }),
  request({
    name: 'schedules create',
    about: 'add a schedule: by options, or whole from a JSON file as POST /api/schedules takes it',
    args: [{ name: 'name', about: 'name of the new schedule; may stand in the file', optional: true }],
    options: SCHEDULE_OPTIONS,
    endpoint: schedules.createSchedule,
    input: async (given, context) => ({ body: await newSchedule(given, context) }),
    show: showSchedule,
  }),
  pausing('pause', 'pause a schedule; a job that runs goes on'),
  pausing('unpause', 'let a paused schedule go on'),
  request({
    name: 'schedules trigger',
    about: 'start a run now, also of a paused schedule',
    args: [SCHEDULE],
    options: [OVERLAP, ...START_OPTIONS.filter(({ name }) => name === 'idempotency-key')],
    endpoint: schedules.triggerSchedule,
    input: (given) => ({
      params: { id: given.need('schedule') },
      body: { overlap: given.choice('overlap', OVERLAPS) },
      ...keyOf(given),
    }),
    show: ({ name, running }) =>
      `${cellText(name)}: triggered${running.length === 0 ? '' : `, running: ${running.join(', ')}`}\n`,
  }),
  request({
    name: 'schedules delete',
    about: 'remove a schedule; its jobs stay',
    args: [SCHEDULE],
    endpoint: schedules.deleteSchedule,
    input: (given) => ({ params: { id: given.need('schedule') } }),
    show: (_, __, given) => `deleted ${given.need('schedule')}\n`,
  }),
  request({
    name: 'schedules preview',
    about: 'list the next times of a schedule that is not stored',
    options: [...SPEC_OPTIONS, { name: 'count', value: 'count', about: 'so many (default 10)' }],
    endpoint: schedules.previewSchedule,
    input: (given) => ({ body: { spec: specOf(given), count: given.number('count') } }),
    show: ({ times, notes }, screen) =>
      table(
        screen,
        times,
        [
          { head: 'LOCAL', of: (row) => row.local },
          { head: 'OFFSET', of: (row) => row.offset },
          { head: 'UTC', of: (row) => time(row.utc) },
        ],
        'It is never due.',
      ) + notes.map((note) => `${cellText(note)}\n`).join(''),
  }),
];
