import { isBulk } from '../core/bulk.ts';
import { isTerminalJob } from '../core/jobs.ts';
import { bulk } from '../contracts/http/bulk.ts';
import { jobs } from '../contracts/http/jobs.ts';
import type { Job } from '../contracts/job.ts';
import { EXIT } from './command.ts';
import type { CliContext } from './context.ts';
import { followJob, stateOf } from './follow.ts';
import { cellText, table } from './text/table.ts';
import { paint, statusColor } from './text/paint.ts';
import { createProgress } from './text/progress.ts';
import { safeJson } from './text/safe.ts';
import { duration, plural } from './text/words.ts';

/** Troubles told while the job runs; the rest is in its log. */
const MOST_NOTES = 20;
const MOST_FAILED = 10;

/**
 * Shows a job until it is over, then how it ended. Resolves with 0, or the exit code of a job that is failed, partial or cancelled.
 * `log`: every line of its log, not only the troubles.
 */
export async function watchJob(context: CliContext, jobId: string, options: { log?: boolean } = {}): Promise<number> {
  let job = await readJob(context, jobId);
  if (!isTerminalJob(job.status) || options.log === true) {
    if (!(await follow(context, job, options.log === true))) return EXIT.interrupted;
    job = await readJob(context, jobId);
  }
  context.out.write(context.json ? `${safeJson(job)}\n` : await summary(context, job));
  if (job.status === 'failed') return EXIT.job_failed;
  if (job.status === 'cancelled') return EXIT.job_cancelled;
  return job.partial ? EXIT.job_partial : EXIT.ok;
}

/** False where Ctrl-C ended it. */
async function follow(context: CliContext, job: Job, everything: boolean): Promise<boolean> {
  const progress = createProgress(context.err, Date.parse(job.started_at ?? job.created_at), nounOf(job));
  let notes = 0;
  for (const { reason, advice } of job.waiting_for ?? []) progress.note(`${reason} ${advice}`);
  progress.update(stateOf(job));
  try {
    await followJob(context, job.job_id, {
      progress: (state) => progress.update(state),
      note: (line) => progress.note(line),
      log(level, message) {
        if (everything) return progress.note(`${level.padEnd(5)} ${message}`);
        if (level !== 'warn' && level !== 'error') return;
        notes += 1;
        if (notes <= MOST_NOTES) progress.note(message);
        if (notes === MOST_NOTES) progress.note(`… more: cairn jobs log ${job.job_id} --level warn,error`);
      },
    });
    return true;
  } catch (error) {
    if (!context.signal.aborted) throw error;
    progress.close();
    context.err.write(`Stopped watching. The job goes on: cairn jobs watch ${job.job_id}, cairn jobs cancel ${job.job_id}\n`);
    return false;
  } finally {
    progress.close();
  }
}

/** @throws AppError `not_found` */
export async function readJob({ client, signal }: CliContext, id: string): Promise<Job> {
  const { body } = await client().call(jobs.getJob, { params: { id }, signal });
  // 304 answers only a request that names a version.
  if (body === undefined) throw new TypeError('a job without a body');
  return body;
}

async function summary(context: CliContext, job: Job): Promise<string> {
  const { out } = context;
  const status = paint(out, statusColor(job.partial ? 'partial' : job.status), job.partial ? 'completed, partial' : job.status);
  const seconds = (Date.parse(job.completed_at ?? job.created_at) - Date.parse(job.started_at ?? job.created_at)) / 1000;
  const counts = `${job.completed_devices} completed, ${job.failed_devices} failed, ${job.cancelled_devices} cancelled`;
  const lines = [
    `${job.type} ${job.job_id}: ${status}`,
    `${plural(job.total_devices, nounOf(job))}: ${counts}, in ${duration(seconds)}`,
    // Of a job with devices the message is the line above.
    ...[job.total_devices === 0 ? job.message : null, job.error].filter((text) => text !== null).map(cellText),
  ];
  return `${lines.join('\n')}\n${job.failed_devices === 0 ? '' : await (isBulk(job.type) ? failedItems : failed)(context, job)}`;
}

const nounOf = (job: Job): string => (isBulk(job.type) ? 'target' : 'device');

async function failedItems({ client, signal, out }: CliContext, job: Job): Promise<string> {
  const query = { state: 'failed', limit: MOST_FAILED } as const;
  const { body } = await client().call(bulk.listBulkItems, { params: { id: job.job_id }, query, signal });
  const columns = [
    { head: 'FAILED', of: (row: (typeof body.items)[number]) => row.name },
    { head: 'MESSAGE', of: (row: (typeof body.items)[number]) => row.message },
  ];
  const more = body.next_cursor === null ? '' : `… all of them: cairn jobs items ${job.job_id} --state failed\n`;
  return table(out, body.items, columns, '') + more;
}

async function failed({ client, signal, out }: CliContext, job: Job): Promise<string> {
  const query = { status: 'failed', limit: MOST_FAILED } as const;
  const { body } = await client().call(jobs.listJobDevices, { params: { id: job.job_id }, query, signal });
  const columns = [
    { head: 'FAILED', of: (row: (typeof body.items)[number]) => row.device_name },
    { head: 'OUTCOME', of: (row: (typeof body.items)[number]) => row.outcome, whole: true as const },
    { head: 'ERROR', of: (row: (typeof body.items)[number]) => row.error },
  ];
  const more = body.next_cursor === null ? '' : `… all of them: cairn jobs devices ${job.job_id} --status failed\n`;
  return table(out, body.items, columns, '') + more;
}
