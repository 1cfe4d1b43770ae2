import { msNumberToTs, tsToMs } from '@temporalio/common/lib/time.js';
import { invalid } from '../../core/errors.ts';
import { temporalScheduleId, type Overlap } from '../../core/schedules.ts';
import { withSchedule, type ScheduleRow } from '../../stores/schedules.ts';
import type { LaunchDeps } from '../launch.ts';
import { callTemporal, handleOf, toPolicy } from './temporal.ts';
import { missing } from './write.ts';

type Deps = Pick<LaunchDeps, 'database' | 'temporal' | 'namespace'>;

/** Runs that one backfill may start. */
const MOST_RUNS = 100;
const A_SECOND_MS = 1000;

/** @throws AppError `conflict` where Temporal has no such schedule */
async function told<T>(deps: Deps, row: ScheduleRow, call: () => Promise<T>): Promise<T> {
  const answer = await callTemporal(deps, async () => ({ value: await call() }));
  if (answer === null) throw missing(row);
  return answer.value;
}

export const pause = (deps: Deps, row: ScheduleRow, note: string): Promise<void> =>
  told(deps, row, () => handleOf(deps, row.id).pause(note));

export const unpause = (deps: Deps, row: ScheduleRow, note: string): Promise<void> =>
  told(deps, row, () => handleOf(deps, row.id).unpause(note));

/**
 * Starts a run now. Without `overlap` that of the schedule holds, where the SDK would take `allow_all`. Temporal names a run by
 * its second and loses a second one of the same name, so that the next trigger waits until this one's second is over.
 */
export async function trigger(deps: Deps, row: ScheduleRow, overlap: Overlap | undefined): Promise<void> {
  await withSchedule(deps.database, row.id, async () => {
    await told(deps, row, async () => {
      const handle = handleOf(deps, row.id);
      await handle.trigger(overlap === undefined ? (await handle.describe()).policies.overlap : toPolicy(overlap));
    });
    await new Promise((resolve) => setTimeout(resolve, A_SECOND_MS));
  });
}

/**
 * Starts the runs that were due from `start` to `end`. Returns how many these are.
 * @throws AppError `validation_failed` where there is none, or too many
 */
export async function backfill(
  deps: Deps,
  row: ScheduleRow,
  { start, end, overlap }: { start: string; end: string; overlap: Overlap },
): Promise<number> {
  const [from, to] = [Date.parse(start), Date.parse(end)];
  if (to > Date.now()) throw invalid('/end', 'must not be in the future');
  if (from > to) throw invalid('/end', 'must not be before start');
  const runs = await told(deps, row, () => countTimes(deps, row, from, to));
  if (runs === 0) throw invalid('/start', 'begins a time in which the schedule was never due');
  if (runs > MOST_RUNS) throw invalid('/start', `begins a time of more than ${MOST_RUNS} runs`);
  const range = { start: new Date(from), end: new Date(to), overlap: toPolicy(overlap) };
  await told(deps, row, () => handleOf(deps, row.id).backfill(range));
  return runs;
}

/** Temporal lists what is after the start; a backfill also takes what is due at it. */
async function countTimes(deps: Deps, row: ScheduleRow, from: number, to: number): Promise<number> {
  const answer = await deps.temporal.workflowService.listScheduleMatchingTimes({
    namespace: deps.namespace,
    scheduleId: temporalScheduleId(row.id),
    startTime: msNumberToTs(from - 1),
    endTime: msNumberToTs(to),
  });
  return answer.startTime.map(tsToMs).filter((at) => at >= from && at <= to).length;
}
