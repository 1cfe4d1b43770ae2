import type { ScheduleDescription } from '@temporalio/client';
import { dueTimeOf } from '../../core/schedules.ts';
import type { Schedule } from '../../contracts/schedule.ts';
import { scopeNow } from '../../stores/owner-scope.ts';
import { openRuns, scheduleRuns, type ScheduleRow, type ScheduleRun } from '../../stores/schedules.ts';
import { selectionProblem } from '../../stores/selection-problem.ts';
import type { LaunchDeps } from '../launch.ts';
import { describeSchedule, fromPolicy } from './temporal.ts';
import { fromTemporal } from './timing.ts';

/** Runs, and next times, that an answer holds. */
const LAST = 10;
/** Schedules that Temporal is asked about at once. */
const AT_ONCE = 10;

const MISSING =
  'Temporal has no schedule for this plan: it was removed there, or ended more than a week ago; send spec to set it up again, or delete it';
const EXHAUSTED = 'no time is left at which it is due';

/** Joins the plans with what Temporal knows of them and with their jobs. */
export async function viewSchedules(deps: Pick<LaunchDeps, 'database' | 'temporal'>, rows: ScheduleRow[]): Promise<Schedule[]> {
  const ids = rows.map((row) => row.id);
  const [runs, open] = await Promise.all([scheduleRuns(deps.database, ids, LAST), openRuns(deps.database, ids)]);
  const views: Schedule[] = [];
  for (let first = 0; first < rows.length; first += AT_ONCE) {
    const some = rows.slice(first, first + AT_ONCE).map(async (row) => {
      const [known, problem] = await Promise.all([
        describeSchedule(deps, row.id),
        scopeNow(deps.database, row).then((scope) => selectionProblem(deps.database, scope, row.type, row.params)),
      ]);
      const mine = ({ schedule_id }: { schedule_id: string }): boolean => schedule_id === row.id;
      return view(row, known, problem, runs.filter(mine), open.filter(mine));
    });
    views.push(...(await Promise.all(some)));
  }
  return views;
}

export async function viewSchedule(deps: Pick<LaunchDeps, 'database' | 'temporal'>, row: ScheduleRow): Promise<Schedule> {
  const [view] = await viewSchedules(deps, [row]);
  return view!;
}

function view(
  row: ScheduleRow,
  known: ScheduleDescription | null,
  problem: string | null,
  runs: ScheduleRun[],
  open: { job_id: string }[],
): Schedule {
  const next = (known?.info.nextActionTimes ?? []).slice(0, LAST).map((time) => time.toISOString());
  const state = known === null ? 'missing' : known.state.paused ? 'paused' : next.length === 0 ? 'exhausted' : 'active';
  return {
    ...row,
    params: { ...row.params },
    spec: known === null ? null : fromTemporal(known.spec),
    overlap: known === null ? null : fromPolicy(known.policies.overlap),
    catch_up: known === null ? null : known.policies.catchupWindow / 1000,
    pause_on_failure: known === null ? null : known.policies.pauseOnFailure,
    state,
    note: known?.state.note || null,
    problem:
      known === null ? MISSING : problem !== null ? `${problem}: the next run will fail` : next.length === 0 ? EXHAUSTED : null,
    next_runs: next,
    last_runs: runs.map(({ origin, started_at, job_id, status }) => ({
      scheduled_at: origin === null ? null : dueTimeOf(origin),
      started_at,
      job_id,
      status,
    })),
    missed_catch_up: known?.info.numActionsMissedCatchupWindow ?? 0,
    skipped_overlap: known?.info.numActionsSkippedOverlap ?? 0,
    running: open.map((run) => run.job_id),
  };
}
