import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../core/errors.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import { takeDueChange, type DueChange } from '../../stores/change-triggers.ts';
import { UNSCOPED } from '../../stores/scope.ts';
import { launchRequest, type LaunchDeps } from '../launch.ts';

const EVERY_MS = 1000;
/** Above that of a schedule. */
const PRIORITY = 6;

export type CollectChangesDeps = LaunchDeps & { maxDevicesPerRequest: number; metrics: Metrics };

/**
 * Starts a collection for each device whose window is over, whichever process noted its change and whatever became of that one: any
 * number of processes may do so, each window gives one job.
 */
export function startCollectingChanges(deps: CollectChangesDeps): { stop(): Promise<void> } {
  const results = deps.metrics.counter('change_collections_total', 'Collections of changed devices', ['result']);
  const abort = new AbortController();

  async function collect(change: DueChange): Promise<void> {
    results.inc({ result: await launch(deps, change) });
  }

  async function loop(): Promise<void> {
    while (!abort.signal.aborted) {
      try {
        while (!abort.signal.aborted && (await takeDueChange(deps.database, collect)));
      } catch (error) {
        deps.log.warn({ err: error }, 'the collection of a changed device could not be started; trying again');
      }
      await sleep(EVERY_MS, undefined, { signal: abort.signal }).catch(() => undefined);
    }
  }

  const done = loop();
  return {
    async stop() {
      abort.abort();
      await done;
    },
  };
}

/** `refused`: the device is gone or disabled, and nothing is to be done. */
async function launch(deps: CollectChangesDeps, { device_id, changed_by, origin }: DueChange): Promise<'started' | 'refused'> {
  const wish = {
    type: 'device.collect',
    request: { device_id },
    priority: PRIORITY,
    owner: 'syslog',
    changed_by,
    origin,
  } as const;
  try {
    const { job_id } = await launchRequest(deps, UNSCOPED, wish);
    deps.log.info({ job_id, device_id, changed_by }, 'a changed device is collected');
    return 'started';
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'validation_failed') throw error;
    deps.log.warn({ device_id, reason: error.detail }, 'a changed device cannot be collected');
    return 'refused';
  }
}
