import { setTimeout as sleep } from 'node:timers/promises';
import { addCounts, type CleanupCounts } from '../../core/cleanup.ts';
import type { CleanSlice } from '../../core/activities.ts';
import { removedSoFar, tellCleanup, tellStepDone } from '../../stores/cleanup/log.ts';
import type { CleanupStep, Key, Removed } from '../../stores/cleanup/step.ts';
import { ROW_STEPS, type RowStepName } from '../../stores/cleanup/steps.ts';
import { isConnectionError } from '../../stores/database.ts';
import type { CleanupDeps, StepRun } from './deps.ts';
import { saysCounts } from './words.ts';

/** A part of a step runs this long, so that pause and cancel are heard, and a kill costs little. */
const SLICE_MS = 10_000;
/** Batches in a row that fail before a step is given up. */
const MOST_FAILURES = 3;
/** The database is left alone after a batch for as long as it took, within these bounds. */
const [LEAST_PAUSE_MS, MOST_PAUSE_MS] = [5, 1_000];

export type SliceInput = { step: RowStepName; after: Key | null; counted: CleanupCounts };

/**
 * Removes, or counts, rows of one step from `after` on, until there are none or the time of a slice is over. Each transaction leaves
 * its count in the log of the job, so that a killed run is counted as well.
 */
export async function cleanRows(deps: CleanupDeps, run: StepRun, input: SliceInput, sliceMs = SLICE_MS): Promise<CleanSlice> {
  const step: CleanupStep = ROW_STEPS[input.step];
  const { scope, job_id } = run;
  const rule = step.rule(scope.params);
  if (rule === null) return { done: true, after: null, counted: {} };
  const until = Date.now() + sliceMs;
  const removed: Removed = (tx, counts) =>
    tellCleanup({ sql: tx }, job_id, {
      level: 'debug',
      message: `${input.step}: ${saysCounts(counts)} deleted`,
      data: { step: input.step, removed: counts },
    });
  let { after, counted } = input;
  let failures = 0;
  do {
    run.beat();
    const page = await step.find(scope, after, step.page);
    if (scope.params.dry_run) counted = addCounts(counted, await step.count(scope, page.items));
    else failures = await removePage(deps, run, input.step, page.items, removed, failures);
    after = page.next;
  } while (after !== null && failures < MOST_FAILURES && Date.now() < until);
  if (after !== null && failures < MOST_FAILURES) return { done: false, after, counted };
  const counts = scope.params.dry_run ? counted : await removedSoFar(deps.database, job_id, input.step);
  await sayDone(deps, run, input.step, rule, counts);
  return { done: true, after: null, counted: counts };
}

async function sayDone(deps: CleanupDeps, run: StepRun, step: string, rule: string, counts: CleanupCounts): Promise<void> {
  const verb = run.scope.params.dry_run ? 'would be deleted' : 'deleted';
  const message = `${step}: ${saysCounts(counts)} ${verb} (${rule})`;
  await tellStepDone(deps.database, run.job_id, { level: 'info', message, data: { step, counts } });
}

/** Returns how many batches have failed in a row. A batch that cannot be removed is told, and costs only itself. */
async function removePage(
  deps: CleanupDeps,
  run: StepRun,
  name: RowStepName,
  items: Key[],
  removed: Removed,
  failuresBefore: number,
): Promise<number> {
  const step: CleanupStep = ROW_STEPS[name];
  let failures = failuresBefore;
  const size = Math.min(step.page, 1_000);
  for (let at = 0; at < items.length && failures < MOST_FAILURES; at += size) {
    const some = items.slice(at, at + size);
    let began = Date.now();
    try {
      for await (const _counts of step.remove(run.scope, some, removed)) {
        run.beat();
        await sleep(Math.min(MOST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, Date.now() - began)));
        began = Date.now();
      }
      failures = 0;
    } catch (error) {
      // Only what the database says of this batch: one that is away is waited for, and a cancel is one.
      if (!isDatabaseError(error) || isConnectionError(error)) throw error;
      failures += 1;
      deps.log.warn({ err: error, job_id: run.job_id, step: name }, 'a batch of a cleanup failed');
      const more = failures === MOST_FAILURES ? '; the step is given up after three in a row' : '';
      const message = `${name}: a batch of ${some.length} could not be deleted: ${error.message}${more}`;
      await tellCleanup(deps.database, run.job_id, { level: 'error', message, data: { step: name, problem: true } });
    }
  }
  return failures;
}

/** An answer of PostgreSQL: its code is five characters. */
function isDatabaseError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code);
}
