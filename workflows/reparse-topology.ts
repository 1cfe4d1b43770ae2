import { runFleet, type FleetInput } from './fleet.ts';
import { takeSnapshot } from './take-snapshot.ts';

/** Job type `topology.reparse`: parse the stored output of each device again, then take a snapshot of the network. */
export async function reparseTopology(input: FleetInput): Promise<void> {
  await runFleet(input, {
    run: (activities, batch) => activities.reparseDevices(batch),
    afterwards: (plan) => takeSnapshot(input.job_id, plan),
  });
}
