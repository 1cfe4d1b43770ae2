import { isCancellation } from '@temporalio/workflow';
import { runFleet, type FleetInput } from './fleet.ts';
import { atOnce } from './options.ts';

/** Job types `device.collect` and `fleet.collect`: back up the configuration of each device. */
export async function collectDevices(input: FleetInput): Promise<void> {
  await runFleet(input, {
    run: (activities, batch) => activities.collectDevices(batch),
    afterwards: () => publish(input),
  });
}

/** What a killed worker stored and did not show yet. The texts are safe by then; what cannot be shown is told, and swept later. */
async function publish(input: FleetInput): Promise<string | null> {
  try {
    await atOnce(input, (short) => short.publishVersions({ job_id: input.job_id }));
    return null;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return `the versions are stored, but the artifact store does not show them yet: ${error instanceof Error ? error.message : String(error)}`;
  }
}
