import type { DeviceActivities, JobActivities, ScheduledJobActivities } from '../core/activities.ts';
import type { Database } from '../stores/database.ts';
import { createDeviceActivities } from './devices.ts';
import type { FleetDeps } from './fleet/deps.ts';
import type { Publisher } from './fleet/publisher.ts';
import { createJobActivities } from './jobs.ts';
import { createScheduledJobActivities } from './scheduled-jobs.ts';
import { createTopologyActivities } from './topology.ts';

/** Activities of the `cairn-jobs` queue. */
export function jobActivities(deps: { database: Database; publisher: Publisher }): JobActivities & ScheduledJobActivities {
  return { ...createJobActivities(deps), ...createTopologyActivities(deps), ...createScheduledJobActivities(deps) };
}

/** Activities of the collector queues. */
export function deviceActivities(deps: FleetDeps): DeviceActivities {
  return createDeviceActivities(deps);
}
