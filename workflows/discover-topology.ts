import { runFleet, type FleetInput } from './fleet.ts';
import { takeSnapshot } from './take-snapshot.ts';

/** Job type `topology.discover`: collect the facts of each device, then take a snapshot of the network. */
export async function discoverTopology(input: FleetInput): Promise<void> {
  await runFleet(input, {
    run: (activities, batch) => activities.discoverDevices(batch),
    afterwards: (plan) => takeSnapshot(input.job_id, plan),
  });
}
