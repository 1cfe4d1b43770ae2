import { sleep } from '@temporalio/workflow';
import { actOnMany as rightActOnMany, type BulkInput } from '../../workflows/act-on-many.ts';
import { cleanUp as rightCleanUp } from '../../workflows/cleanup.ts';
import { discoverTopology as right } from '../../workflows/discover-topology.ts';
import type { FleetInput } from '../../workflows/fleet.ts';
import { scheduledJob as rightScheduledJob } from '../../workflows/scheduled-job.ts';
import { syncInventory as rightSyncInventory } from '../../workflows/sync-inventory.ts';

/** What must not happen to running jobs: a step more, and not behind `patched()`. */
export async function discoverTopology(input: FleetInput): Promise<void> {
  await sleep('1 second');
  await right(input);
}

export async function actOnMany(input: BulkInput): Promise<void> {
  await sleep('1 second');
  await rightActOnMany(input);
}

export async function cleanUp(input: { job_id: string }): Promise<void> {
  await sleep('1 second');
  await rightCleanUp(input);
}

export async function scheduledJob(input: { schedule_id: string }): Promise<void> {
  await sleep('1 second');
  await rightScheduledJob(input);
}

export async function syncInventory(input: { job_id: string }): Promise<void> {
  await sleep('1 second');
  await rightSyncInventory(input);
}

export { reparseTopology } from '../../workflows/reparse-topology.ts';
