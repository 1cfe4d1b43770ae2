import { CancelledFailure, Context } from '@temporalio/activity';
import type { CleanupActivities, CleanSlice } from '../core/activities.ts';
import { CLEANUP_STEPS, cleanupParams, type CleanupCounts } from '../core/cleanup.ts';
import { isTerminalJob } from '../core/jobs.ts';
import { beginCleanup } from '../stores/cleanup/begin.ts';
import { cleanupResult, tellCleanup, tellStepDone, type CleanupLine } from '../stores/cleanup/log.ts';
import { isRowStep } from '../stores/cleanup/steps.ts';
import { endJob, readJobState } from '../stores/job-state.ts';
import type { CleanupDeps, StepRun } from './cleanup/deps.ts';
import { publishAll } from './cleanup/publish.ts';
import { cleanRows } from './cleanup/rows.ts';
import { sweepArtifacts, type Swept } from './cleanup/sweep.ts';
import { saysCounts, saysResult } from './cleanup/words.ts';

const BEAT_MS = 2_000;
/** Missing texts that are named in the log. */
const NAMED = 10;

/** The parts of a `maintenance.cleanup` job. All are idempotent. */
export function createCleanupActivities(deps: CleanupDeps): CleanupActivities {
  const { database } = deps;

  return {
    async beginCleanup({ job_id }) {
      const { held_by } = await beginCleanup(database, job_id);
      const job = await readJobState(database, job_id);
      const runnable = job !== null && !isTerminalJob(job.status) && job.params.cleanup !== undefined;
      return {
        runnable,
        held_by,
        paused: job?.status === 'pausing' || job?.status === 'paused',
        deadline: (job?.started_at ?? new Date()).getTime() + (job?.params.job_time_limit ?? 0) * 1000,
        steps: runnable ? [...CLEANUP_STEPS] : [],
      };
    },

    async cleanStep({ job_id, step, after, counted }): Promise<CleanSlice> {
      const run = await stepRun(deps, job_id);
      return withBeat(async () => {
        if (isRowStep(step)) return cleanRows(deps, run, { step, after, counted });
        const counts = await otherStep(deps, run, step);
        return { done: true, after: null, counted: counts };
      });
    },

    async finishCleanup({ job_id, end, troubles, rest }) {
      const job = await readJobState(database, job_id);
      if (job === null || isTerminalJob(job.status)) return job?.status ?? 'cancelled';
      for (const { step, error } of troubles) {
        const message = `${step}: ${error}`;
        await tellCleanup(database, job_id, { level: 'error', message, data: { step, problem: true } });
      }
      const { counts, problems } = await cleanupResult(database, job_id);
      const left = end === 'time_limit' ? [`the time limit of the job was reached before ${rest.join(', ')}`] : [];
      const all = [...problems, ...left];
      const told = all.length > 1 ? `${all[0]} (and ${all.length - 1} more)` : (all[0] ?? null);
      const failed = troubles.length > 0 && troubles.length === CLEANUP_STEPS.length;
      return endJob(database, job_id, {
        status: end === 'cancelled' ? 'cancelled' : null,
        rest: { status: 'cancelled', outcome: 'cancelled', error: 'the cleanup is over' },
        error: told,
        whole: {
          status: end === 'cancelled' ? 'cancelled' : failed ? 'failed' : 'completed',
          partial: end === 'cancelled' || all.length > 0,
          message: saysResult(counts, all.length, job.params.cleanup?.dry_run === true),
          data: { counts, problems: all.length },
        },
      });
    },

    async skipCleanup({ job_id, held_by }) {
      const message = `nothing was done: another cleanup, job ${held_by}, is not over`;
      return endJob(database, job_id, {
        status: 'cancelled',
        rest: { status: 'cancelled', outcome: 'cancelled', error: message },
        error: null,
        whole: { status: 'cancelled', partial: false, message, data: { held_by } },
      });
    },
  };
}

async function stepRun({ database }: CleanupDeps, jobId: string): Promise<StepRun> {
  const job = await readJobState(database, jobId);
  if (job?.params.cleanup === undefined) throw new Error(`job ${jobId} is no cleanup`);
  const context = Context.current();
  return {
    job_id: jobId,
    // A rule that came after the job was written has its default.
    scope: { database, params: cleanupParams(job.params.cleanup), now: job.started_at ?? new Date() },
    beat() {
      if (!context.cancellationSignal.aborted) return;
      const reason: unknown = context.cancellationSignal.reason;
      // Of all reasons only this one is the end of the job: a worker that ends leaves the rest to the next one.
      if (reason instanceof CancelledFailure && reason.message === 'CANCELLED') throw reason;
      throw new Error('the worker ends');
    },
  };
}

/** Heartbeats while `work` waits for a database or a store. */
async function withBeat<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), BEAT_MS);
  context.heartbeat();
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

async function otherStep(deps: CleanupDeps, run: StepRun, step: string): Promise<CleanupCounts> {
  const { database, store } = deps;
  const dry = run.scope.params.dry_run;
  const done = (message: string, counts: CleanupCounts, data: object = {}): Promise<void> =>
    tellStepDone(database, run.job_id, { level: 'info', message: `${step}: ${message}`, data: { step, counts, ...data } });
  if (step === 'publish') {
    const counts = await publishAll(deps, run);
    await done(`${saysCounts(counts)}${dry ? ' to come' : ''}`, counts);
    return counts;
  }
  if (step === 'artifacts') {
    const swept = await sweepArtifacts(deps, run);
    if (swept.missing.texts > 0) await tellCleanup(database, run.job_id, missingLine(swept));
    const { missing: _missing, ...data } = swept;
    const foreign =
      swept.foreign && swept.listed > 0 ? ': no collection refers to any, so this may be the store of another database' : '';
    const kept = swept.kept === 0 ? foreign : `; ${swept.kept} stay in the history of the store`;
    const most = dry && store.kind === 'git' ? 'at most ' : '';
    const what = `${most}${swept.removed} of ${swept.listed} texts, which no row refers to, ${dry ? 'would be removed' : 'removed'}`;
    await done(`${what} (${swept.removed_bytes} of ${swept.bytes} bytes)${kept}`, { artifacts: swept.removed }, data);
    return { artifacts: swept.removed };
  }
  if (step !== 'maintain') throw new Error(`no worker of this version knows the step ${step}`);
  const told = dry ? null : await store.maintain();
  if (told === null) return {};
  await tellCleanup(database, run.job_id, { level: 'warn', message: `maintain: ${told}`, data: { step, problem: true } });
  return {};
}

function missingLine({ missing }: Swept): CleanupLine {
  const some = missing.some.slice(0, NAMED).map((text) => `${text.device_name} ${text.task_identifier}`);
  const more = missing.texts > some.length ? `, and ${missing.texts - some.length} more` : '';
  const message = `artifacts: the store has lost ${missing.texts} texts that ${missing.rows} collections refer to: ${some.join(', ')}${more}`;
  return { level: 'error', message, data: { step: 'artifacts', problem: true, ...missing, some: missing.some.slice(0, NAMED) } };
}
