import { isCancellation } from '@temporalio/workflow';
import { runFleet, type FleetInput } from './fleet.ts';
import { topology } from './options.ts';

/** Job type `topology.discover`: collect the facts of each device, then take a snapshot of the network. */
export async function discoverTopology(input: FleetInput): Promise<void> {
  await runFleet(input, {
    run: (activities, batch) => activities.discoverDevices(batch),
    async afterwards(plan) {
      if (!plan.snapshot) return null;
      try {
        await topology.snapshotTopology({ job_id: input.job_id });
        return null;
      } catch (error) {
        if (isCancellation(error)) throw error;
        return `the topology snapshot could not be taken: ${error instanceof Error ? error.message : String(error)}`;
      }
    },
  });
}
