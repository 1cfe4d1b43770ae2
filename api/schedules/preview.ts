import { randomBytes } from 'node:crypto';
import { msNumberToTs, tsToMs } from '@temporalio/common/lib/time.js';
import { invalid } from '../../core/errors.ts';
import { JOBS_QUEUE } from '../../core/queues.ts';
import { PREVIEW_PREFIX, SCHEDULE_WORKFLOW, type Timing } from '../../core/schedules.ts';
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

/** The next times of a spec that is not stored, and what people should know about them. */
export async function previewTimes(deps: Deps, timing: Timing, count: number): Promise<SchedulePreview> {
  const now = Date.now();
  const all = await nextTimes(deps, timing, now);
  const clock = clockOf(timing.time_zone);
  return {
    times: all.slice(0, count).map((at) => ({ utc: new Date(at).toISOString(), ...localTime(clock, at) })),
    notes: notesOn(timing, now, Math.min(all.length, count), count),
  };
}

/** @throws AppError `validation_failed` for a spec that Temporal refuses, or that is never due */
export async function requireTimes(deps: Deps, timing: Timing): Promise<void> {
  const times = await nextTimes(deps, timing, Date.now());
  if (times.length === 0) throw invalid('/spec', 'has no time that is still to come');
}

/** Up to 1,000 times after `from`, without jitter; asked of a scratch schedule that never starts anything. */
async function nextTimes(deps: Deps, timing: Timing, from: number): Promise<number[]> {
  await sweep(deps);
  const scheduleId = `${PREVIEW_PREFIX}${Date.now()}-${randomBytes(6).toString('hex')}`;
  const action = { type: 'startWorkflow', workflowType: SCHEDULE_WORKFLOW, taskQueue: JOBS_QUEUE, args: [] } as const;
  try {
    await callTemporal(deps, () =>
      deps.temporal.schedule.create({ scheduleId, spec: toTemporal({ ...timing, jitter: 0 }), action, state: { paused: true } }),
    );
    const startTime = msNumberToTs(from);
    const endTime = msNumberToTs(from + HORIZON_MS);
    const { namespace } = deps;
    const found = await callTemporal(deps, () =>
      deps.temporal.workflowService.listScheduleMatchingTimes({ namespace, scheduleId, startTime, endTime }),
    );
    return (found?.startTime ?? []).map(tsToMs).filter((at) => at > from);
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

function notesOn(timing: Timing, now: number, found: number, asked: number): string[] {
  const notes: string[] = [];
  if (found === 0) notes.push('there is no time that is still to come');
  else if (found < asked) notes.push(`there are only ${found} times that are still to come`);
  notes.push(...clockNotes(timing, now));
  for (const cron of timing.cron) {
    const { day_of_month, day_of_week } = cronTimes(cron);
    const bound = ([range]: { start: number; end: number; step: number }[], low: number, high: number): boolean =>
      range === undefined || range.start !== low || range.end < high || range.step !== 1;
    if (bound(day_of_month, 1, 31) && bound(day_of_week, 0, 6))
      notes.push(`"${cron}" is due only where day of month and day of week both match`);
  }
  if (timing.jitter > 0) notes.push(`each run starts up to ${timing.jitter} s after its time (jitter)`);
  return notes;
}

/** What the changes of the clocks within a year do to times of the wall clock. Intervals do not mind. */
function clockNotes(timing: Timing, now: number): string[] {
  const times = [...timing.calendar, ...timing.cron.map(cronTimes)];
  if (times.length === 0) return [];
  return clockChanges(clockOf(timing.time_zone), now, now + YEAR_MS).flatMap(({ at, before, after }) => {
    const [first, last] = [at + Math.min(before, after), at + Math.max(before, after)];
    const due: string[] = [];
    for (let wall = first; wall < last; wall += 1000) {
      if (times.some((one) => isDue(one, wall))) due.push(new Date(wall).toISOString().slice(11, 19).replace(/:00$/, ''));
    }
    if (due.length === 0) return [];
    const named = due.length > NAMED ? `${due.slice(0, NAMED).join(', ')} and ${due.length - NAMED} more` : due.join(', ');
    const day = new Date(at + before).toISOString().slice(0, 10);
    const which = `${day} in ${timing.time_zone}`;
    return after > before
      ? [`${which}: the clocks go forward, ${named} does not exist and is skipped`]
      : [`${which}: the clocks go back, ${named} comes twice and is due twice`];
  });
}
