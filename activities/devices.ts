import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import type { BatchInput, BatchResult, DeviceActivities } from '../core/activities.ts';
import { MAX_BATCH_SIZE } from '../core/batches.ts';
import type { JobStatus } from '../core/jobs.ts';
import { batchRemainder, loadBatch, type Batch } from '../stores/plan-batches.ts';
import type { FleetDeps } from './fleet/deps.ts';
import { runDevice, type BatchRun } from './fleet/run-device.ts';
import { traceDevice } from './fleet/trace-device.ts';

/** Less than the worker's throttle and than 3 s (DESIGN section 4): most batches are over before the first one, which costs the server 3 ms. */
const HEARTBEAT_MS = 2_400;

/** Device activities: each runs the devices of one batch at once, as far as the worker's session limit goes. */
export function createDeviceActivities(deps: FleetDeps): DeviceActivities {
  return {
    discoverDevices: (input) => runBatch(deps, input, { type: 'topology.discover', login: true, collect: deps.collect }),
    collectDevices: (input) =>
      runBatch(deps, input, { type: 'fleet.collect', login: true, collect: deps.backUp }, (all) =>
        deps.publisher.publishSoon(input.job_id, all),
      ),
    reparseDevices: (input) => runBatch(deps, input, { type: 'topology.reparse', login: false, collect: deps.reparse }),
  };
}

/** `over` is told at the end of the batch whether all others of the job that run here are over as well. */
async function runBatch(
  deps: FleetDeps,
  input: BatchInput,
  work: BatchRun['work'],
  over: (all: boolean) => void = () => undefined,
): Promise<BatchResult> {
  const context = Context.current();
  const heart = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
  const end = deps.ends.enter(input.job_id);
  try {
    const batch = await loadBatch(deps.database, input.job_id, input.batch);
    if (batch === null) throw ApplicationFailure.nonRetryable(`job ${input.job_id} is not in the database`, 'not_found');
    if (!isOneTooMany(deps, batch)) await runDevices(deps, input, batch, work, context.cancellationSignal);
    // A worker that ends hands its devices back; whatever else was asked for is answered as a cancellation.
    if (context.cancellationSignal.aborted && !deps.stopping()) throw new CancelledFailure('the batch was cancelled');
    const rest = await batchRemainder(deps.database, input.job_id, input.batch);
    over(rest.left === 0 && !context.cancellationSignal.aborted && (await end.together()));
    const counts = await deps.watch.counts(input.job_id);
    return {
      done: batch.devices.length - rest.left,
      left: rest.left,
      retry_after_ms: rest.left === 0 ? null : Math.max(0, Math.ceil(rest.due_ms ?? 0)),
      counts,
    };
  } finally {
    end.leave();
    clearInterval(heart);
  }
}

/**
 * A batch that came although the process is full, because one of a higher priority was looked for (`demandSlots`), goes back if
 * as many devices wait as the pollers of a queue bring at most when there is room: others may have the time for it.
 */
function isOneTooMany({ gate }: FleetDeps, { priority }: Batch): boolean {
  return gate.waitingFrom(priority) > gate.demand().limit / 4 + 4 * MAX_BATCH_SIZE;
}

async function runDevices(
  deps: FleetDeps,
  input: BatchInput,
  batch: Batch,
  work: BatchRun['work'],
  cancelled: AbortSignal,
): Promise<void> {
  const abort = new AbortController();
  const end = (reason: string): void => abort.abort(new Error(reason));
  cancelled.addEventListener('abort', () => end('cancelled'), { once: true });
  const job = deps.watch.enter(input.job_id, batch.status, (status) => {
    if (OVER.includes(status)) end(`the job is ${status}`);
  });
  try {
    if (OVER.includes(batch.status)) return;
    const mustStop = (): boolean => deps.stopping() || PAUSED.includes(job.status());
    // A batch is of one group. Whether a device of a held one may start is asked with its lock, which puts it off.
    const group = batch.devices[0]?.group?.id ?? null;
    const ids = work.login ? batch.devices.flatMap((device) => [device.credential_id, device.jump?.credential_id ?? null]) : [];
    const run: BatchRun = {
      job_id: input.job_id,
      params: batch.params,
      owner: batch.owner,
      priority: batch.priority,
      work,
      signal: abort.signal,
      shouldStop: () => mustStop() || (work.login && deps.watch.isHeld(group)),
      mayStart: () => !abort.signal.aborted && !mustStop() && Date.now() < input.soft_deadline,
      credentials: await deps.openCredentials([...new Set(ids.filter((id) => id !== null))]),
    };
    const due = batch.devices.filter((device) => device.due_ms <= 0);
    const parent = deps.traces?.spanOf(Context.current()) ?? null;
    const traced = deps.traces === null || parent === null ? null : { tracing: deps.traces.tracing, parent };
    const one = traced === null ? runDevice : traceDevice.bind(null, traced);
    const ends = await Promise.allSettled(due.map((device) => one(deps, run, device)));
    const faults = ends.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    if (faults.length > 0 && !abort.signal.aborted) throw faults[0];
  } finally {
    job.leave();
  }
}

const OVER: JobStatus[] = ['cancelling', 'cancelled', 'completed', 'failed'];
const PAUSED: JobStatus[] = ['pausing', 'paused'];
