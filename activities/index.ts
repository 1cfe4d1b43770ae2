import type {
  CleanupActivities,
  DeviceActivities,
  InventoryActivities,
  JobActivities,
  ScheduledJobActivities,
} from '../core/activities.ts';
import { createCleanupActivities } from './cleanup.ts';
import type { CleanupDeps } from './cleanup/deps.ts';
import { createDeviceActivities } from './devices.ts';
import type { FleetDeps } from './fleet/deps.ts';
import { createInventoryActivities, type InventoryDeps } from './inventory.ts';
import { createJobActivities } from './jobs.ts';
import { createScheduledJobActivities } from './scheduled-jobs.ts';
import { createTopologyActivities } from './topology.ts';

/** Activities of the `cairn-jobs` queue. */
export function jobActivities(
  deps: CleanupDeps & InventoryDeps,
): JobActivities & ScheduledJobActivities & CleanupActivities & InventoryActivities {
  return {
    ...createJobActivities(deps),
    ...createTopologyActivities(deps),
    ...createScheduledJobActivities(deps),
    ...createCleanupActivities(deps),
    ...createInventoryActivities(deps),
  };
}

/** Activities of the collector queues. */
export function deviceActivities(deps: FleetDeps): DeviceActivities {
  return createDeviceActivities(deps);
}
