import { setTimeout as sleep } from 'node:timers/promises';
import { isConnectionError } from '../../stores/database.ts';
import { LEASE_SECONDS, returnDevices } from '../../stores/device-locks.ts';
import type { BatchDevice } from '../../stores/plan-batches.ts';
import type { FleetDeps } from './deps.ts';
import type { Taken } from './lock-keeper.ts';
import type { BatchRun } from './run-device.ts';

const BUSY_MS = 500;

/**
 * Gets a device a place under the session limit and its lock, waiting for both; while it waits for the lock it holds no place.
 * Null where it is not to be started any more; else why it is left alone: its circuit is open, or the holder that outlasted
 * `lock_wait`.
 */
export async function takeDevice(
  deps: FleetDeps,
  run: BatchRun,
  device: BatchDevice,
): Promise<{ grant: Taken; leave: () => void } | { left: 'locked' | 'circuit_open'; why: string } | null> {
  // Limits of a group are about logins.
  const group = run.work.login ? device.group : null;
  const wish = {
    job_id: run.job_id,
    device_id: device.device_id,
    holder: `job ${run.job_id} on ${deps.workerName}`,
    group_id: group?.id ?? null,
    login: run.work.login,
  };
  const began = Date.now();
  for (;;) {
    const leave = await enter(deps, run);
    if (leave === null) return null;
    let kept = false;
    try {
      const grant = await takeOrWaitForDatabase(deps, run, () => deps.locks.take(wish, group, run.priority));
      if (grant?.gone) return null;
      if (grant?.hold === 'pause') return null;
      if (grant?.hold === 'maintenance') return { left: 'locked', why: `the device is ${grant.hold_why}` };
      if (grant?.circuit) return { left: 'circuit_open', why: grant.circuit };
      if (grant && grant.token !== null) {
        deps.metrics.lockWait((Date.now() - began) / 1000);
        if (!(await itsTurn(deps, run, { ...wish, token: grant.token }, grant.wait_ms))) return null;
        kept = true;
        return { grant, leave };
      }
      // A lock of this very job is that of an attempt which died: its lease ends soon.
      const patience = grant?.held_job_id === run.job_id ? LEASE_SECONDS * 2 : run.params.lock_wait;
      if (grant !== null && Date.now() - began >= patience * 1000)
        return { left: 'locked', why: `the device is held by ${grant.held_by ?? 'another session'}` };
    } finally {
      if (!kept) leave();
    }
    await sleep(BUSY_MS, undefined, { signal: run.signal });
  }
}

/** Waits for the login that the group's rate allows. False, with the lock given back, where the job was stopped meanwhile. */
async function itsTurn(
  deps: FleetDeps,
  run: BatchRun,
  held: { job_id: string; device_id: string; token: number },
  waitMs: number,
): Promise<boolean> {
  if (waitMs === 0) return true;
  deps.metrics.loginWait(waitMs / 1000);
  await sleep(waitMs, undefined, { signal: run.signal }).catch(() => undefined);
  if (run.mayStart()) return true;
  await returnDevices(deps.database, [{ ...held, due_ms: 0, error: null }]);
  return false;
}

async function enter(deps: FleetDeps, run: BatchRun): Promise<(() => void) | null> {
  const leave = await deps.gate.enter(run.signal, run);
  if (run.mayStart()) return leave;
  leave();
  return null;
}

/** A database that is away is waited for: the device has not been touched yet. */
async function takeOrWaitForDatabase<T>(deps: FleetDeps, run: BatchRun, take: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await take();
    } catch (error) {
      if (!isConnectionError(error)) throw error;
      deps.log.warn({ err: error }, 'taking a device waits for the database');
      await sleep(1000, undefined, { signal: run.signal });
    }
  }
}
