import { randomBytes } from 'node:crypto';
import { msNumberToTs, tsToMs } from '@temporalio/common/lib/time.js';
import { AppError, invalid } from '../../core/errors.ts';
import { JOBS_QUEUE } from '../../core/queues.ts';
import { PREVIEW_PREFIX, SCHEDULE_WORKFLOW, type CalendarRange, type Timing } from '../../core/schedules.ts';
import { cronTimes } from '../../contracts/cron.ts';
import type { SchedulePreview } from '../../contracts/schedule.ts';
import type { LaunchDeps } from '../launch.ts';
import { clockChanges, clockOf, isDue, localTime } from './clock.ts';
import { callTemporal } from './temporal.ts';
import { toTemporal } from './timing.ts';

type Deps = Pick<LaunchDeps, 'temporal' | 'namespace' | 'log'>;

const YEAR_MS = 366 * 86_400_000;
/** A 29 February that is a Sunday comes every 28 years, or 40. */
const HORIZON_MS = 50 * YEAR_MS;
/** A scratch schedule that is older was left behind by a process that died. */
const STALE_MS = 60_000;
const NAMED = 3;

/** Up to 1,000 times after `from` and until `to`, epoch milliseconds. */
type ListTimes = (from: number, to: number) => Promise<number[]>;

/** The next times of a spec that is not stored, and what people should know about them. */
export async function previewTimes(deps: Deps, timing: Timing, count: number): Promise<SchedulePreview> {
  const now = Date.now();
  return withScratch(deps, timing, async (list) => {
    const times = (await list(now, now + HORIZON_MS)).slice(0, count);
    const clock = clockOf(timing.time_zone);
    const few = times.length === 0 ? 'is no time' : `are only ${times.length} times`;
    return {
      times: times.map((at) => ({ utc: new Date(at).toISOString(), ...localTime(clock, at) })),
      notes: [
        ...(times.length < count ? [`there ${few} still to come`] : []),
        ...(await clockNotes(timing, now, list)),
        ...timing.cron.filter(bindsBothDays).map((cron) => `"${cron}" is due only where day of month and day of week both match`),
        ...(timing.jitter === 0 ? [] : [`each run starts up to ${timing.jitter} s after its time (jitter)`]),
      ],
    };
  });
}

/** @throws AppError `validation_failed` for a spec that Temporal refuses, or that is never due */
export async function requireTimes(deps: Deps, timing: Timing): Promise<void> {
  const now = Date.now();
  const times = await withScratch(deps, timing, (list) => list(now, now + HORIZON_MS));
  if (times.length === 0) throw invalid('/spec', 'has no time that is still to come');
}

/** Lets `work` ask Temporal for times, without jitter, of a scratch schedule that never starts anything and does not stay. */
async function withScratch<T>(deps: Deps, timing: Timing, work: (list: ListTimes) => Promise<T>): Promise<T> {
  await sweep(deps);
  const { temporal, namespace } = deps;
  const scheduleId = `${PREVIEW_PREFIX}${Date.now()}-${randomBytes(6).toString('hex')}`;
  const action = { type: 'startWorkflow', workflowType: SCHEDULE_WORKFLOW, taskQueue: JOBS_QUEUE, args: [] } as const;
  const spec = toTemporal({ ...timing, jitter: 0 });
  try {
    await callTemporal(deps, () => temporal.schedule.create({ scheduleId, spec, action, state: { paused: true } }));
    return await work(async (from, to) => {
      const range = { startTime: msNumberToTs(from), endTime: msNumberToTs(to) };
      const request = { namespace, scheduleId, ...range };
      const found = await callTemporal(deps, () => temporal.workflowService.listScheduleMatchingTimes(request));
      if (found === null) throw new AppError('internal', 'A scratch schedule was removed while it was in use.');
      return found.startTime.map(tsToMs).filter((at) => at > from && at <= to);
    });
  } finally {
    await remove(deps, scheduleId);
  }
}

async function remove(deps: Deps, scheduleId: string): Promise<void> {
  try {
    await callTemporal(deps, () => deps.temporal.schedule.getHandle(scheduleId).delete());
  } catch (error) {
    deps.log.warn(
      { err: error, temporal_schedule: scheduleId },
      'a scratch schedule could not be removed; the next preview does it',
    );
  }
}

/** Removes what a process left behind that died within a preview. Paused, it does no harm until then. */
async function sweep(deps: Deps): Promise<void> {
  await callTemporal(deps, async () => {
    for await (const { scheduleId } of deps.temporal.schedule.list({ query: `ScheduleId STARTS_WITH '${PREVIEW_PREFIX}'` })) {
      const born = Number(scheduleId.slice(PREVIEW_PREFIX.length).split('-')[0]);
      if (scheduleId.startsWith(PREVIEW_PREFIX) && Date.now() - born > STALE_MS) await remove(deps, scheduleId);
    }
  });
}

function bindsBothDays(cron: string): boolean {
  const { day_of_month, day_of_week } = cronTimes(cron);
  const binds = ([range]: CalendarRange[], high: number): boolean =>
    range !== undefined && (range.end - range.start < high || range.step !== 1);
  return binds(day_of_month, 30) && binds(day_of_week, 6);
}

/**
 * What Temporal makes of the changes of the clocks within a year. It is asked and not believed: where an hour comes twice, server
 * 1.29 runs both in New York and one in Berlin, and may take a time after it for one of the spec.
 */
async function clockNotes(timing: Timing, now: number, list: ListTimes): Promise<string[]> {
  const times = [...timing.calendar, ...timing.cron.map(cronTimes)];
  if (times.length === 0) return [];
  const clock = clockOf(timing.time_zone);
  const due = (wall: number): boolean => times.some((one) => isDue(one, wall));
  const notes: string[] = [];
  for (const { at, before, after } of clockChanges(clock, now, now + YEAR_MS)) {
    const walls: number[] = [];
    for (let wall = at + Math.min(before, after); wall < at + Math.max(before, after); wall += 1000)
      if (due(wall)) walls.push(wall);
    const day = `${new Date(at + before).toISOString().slice(0, 10)} in ${timing.time_zone}`;
    if (after > before) {
      if (walls.length > 0) notes.push(`${day}: the clocks go forward, ${named(walls)} does not exist and is skipped`);
      continue;
    }
    const back = before - after;
    const around = await list(at - back - 1, at + 2 * back);
    const runs = around.filter((run) => run < at + back).length;
    const strays = around.map((run) => run + clock.offset(run)).filter((wall) => !due(wall));
    if (walls.length > 0)
      notes.push(`${day}: the clocks go back, ${named(walls)} comes twice and is due ${timesOf(runs, walls.length)}`);
    if (strays.length > 0 && timing.interval.length === 0)
      notes.push(`${day}: the clocks go back, and Temporal runs at ${named(strays)} too`);
  }
  return notes;
}

/** How often each of so many times is run where the hour comes twice. */
function timesOf(runs: number, times: number): string {
  if (runs === 2 * times) return 'twice';
  return runs === times ? 'once' : `${runs} of ${2 * times} times`;
}

/** Times of the wall clock, a few of them by name. */
function named(walls: number[]): string {
  const texts = walls.slice(0, NAMED).map((wall) => new Date(wall).toISOString().slice(11, 19).replace(/:00$/, ''));
  return walls.length > NAMED ? `${texts.join(', ')} and ${walls.length - NAMED} more` : texts.join(', ');
}
