import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../core/errors.ts';
import { NewSchedule } from '../../contracts/schedule.ts';
import { findSchedule } from '../../stores/schedules.ts';
import { UNSCOPED } from '../../stores/scope.ts';
import type { ApiDeps } from '../deps.ts';
import { createSchedule } from './write.ts';

export const MAINTENANCE = 'maintenance';
const HOUR = 3600;
const JITTER = 300;
const RETRY_MS = 5_000;

/**
 * Creates the hourly cleanup where there is no schedule of its name. It is a schedule like any other: an admin may change its
 * parameters, or pause it; one that is deleted comes back with the next start. Returns whether it was created.
 * @throws whatever `createSchedule` throws while Temporal or the database is away
 */
export async function ensureMaintenanceSchedule(deps: ApiDeps): Promise<boolean> {
  if ((await findSchedule(deps.database, UNSCOPED, MAINTENANCE)) !== null) return false;
  // The first run is an hour from now, and installations that share a host do not clean at once.
  const offset = Math.floor(Date.now() / 1000) % HOUR;
  const plan = NewSchedule.parse({
    name: MAINTENANCE,
    type: 'maintenance.cleanup',
    params: {},
    priority: 0,
    spec: { interval: [{ every: HOUR, offset }], jitter: JITTER },
    note: 'Removes what is old; its parameters say how old.',
  });
  try {
    await createSchedule(deps, UNSCOPED, plan);
    return true;
  } catch (error) {
    // Another process was faster.
    if (error instanceof AppError && error.code === 'conflict') return false;
    throw error;
  }
}

/** The same at the start of the API: tried until it works or the process ends. */
export async function keepMaintenanceSchedule(deps: ApiDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      if (await ensureMaintenanceSchedule(deps)) deps.log.info('created the hourly cleanup (schedule "maintenance")');
      return;
    } catch (error) {
      if (signal.aborted) return;
      deps.log.warn({ err: error }, 'the hourly cleanup could not be scheduled yet');
    }
    await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
}
