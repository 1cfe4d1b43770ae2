import type { z } from 'zod';
import type { JobType } from '../core/jobs.ts';
import { DevicesBulkTask, JobsBulkTask } from './bulk.ts';
import { CleanupTask } from './cleanup.ts';
import { DeviceCollectRequest, FleetCollectRequest } from './collect.ts';
import { DiscoverRequest } from './discover.ts';
import { InventorySyncTask } from './inventory.ts';

/** The catalogue: what each job type is for and what it may be told. */
export const TASKS = {
  'topology.discover': {
    name: 'Topology discovery',
    description: 'Logs in to each device once, collects the data kinds asked for, caches them and builds the topology',
    params: DiscoverRequest,
  },
  'topology.reparse': {
    name: 'Parse again',
    description: 'Parses the stored raw output of each device again, with the templates of today; logs in to no device',
    params: DiscoverRequest,
  },
  'device.collect': {
    name: 'Configuration of one device',
    description: 'Fetches the configuration of one device, proves it complete and keeps it as a version where it changed',
    params: DeviceCollectRequest,
  },
  'fleet.collect': {
    name: 'Configuration backup',
    description: 'Fetches the configuration of each device, proves it complete and keeps it as a version where it changed',
    params: FleetCollectRequest,
  },
  'inventory.sync': {
    name: 'Inventory sync',
    description:
      'Reads devices from NetBox, Nautobot, a CSV table or a JSON document, and makes those of Cairn agree with them; for admins',
    params: InventorySyncTask,
  },
  'maintenance.cleanup': {
    name: 'Cleanup',
    description: 'Removes what is older than its rules say, and what nothing refers to in the artifact store; for admins',
    params: CleanupTask,
  },
  'jobs.bulk': {
    name: 'Many jobs at once',
    description: 'Cancels, pauses, resumes, retries or re-prioritises each job of a filter, which are chosen when it is made',
    params: JobsBulkTask,
  },
  'devices.bulk': {
    name: 'Many devices at once',
    description: 'Changes or deletes each device of a filter, which are chosen when it is made; logs in to no device',
    params: DevicesBulkTask,
  },
} as const satisfies Record<JobType, { name: string; description: string; params: z.ZodType }>;
