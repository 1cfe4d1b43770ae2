import type {
  BulkActivities,
  CleanupActivities,
  DeviceActivities,
  InventoryActivities,
  JobActivities,
  ScheduledJobActivities,
} from '../core/activities.ts';
import { beating } from './beating.ts';
import { createBulkActivities } from './bulk.ts';
import { createCleanupActivities } from './cleanup.ts';
import type { CleanupDeps } from './cleanup/deps.ts';
import { createDeviceActivities } from './devices.ts';
import type { Logger } from '../runtime/log.ts';
import type { FleetDeps } from './fleet/deps.ts';
import { createInventoryActivities, type InventoryDeps } from './inventory.ts';
import { createJobActivities } from './jobs.ts';
import { createScheduledJobActivities } from './scheduled-jobs.ts';
import { createTopologyActivities } from './topology.ts';

/** Activities of the `cairn-jobs` queue. */
export function jobActivities(
  deps: CleanupDeps & InventoryDeps & { log: Logger },
): JobActivities & ScheduledJobActivities & CleanupActivities & InventoryActivities & BulkActivities {
  return {
    ...beating({ ...createJobActivities(deps), ...createTopologyActivities(deps) }),
    ...beating(createScheduledJobActivities(deps)),
    ...beating(createCleanupActivities(deps)),
    ...beating(createInventoryActivities(deps)),
    ...beating(createBulkActivities(deps)),
  };
}

/** Activities of the collector queues. */
export function deviceActivities(deps: FleetDeps): DeviceActivities {
  return createDeviceActivities(deps);
}
