import { recordRun, type JobState } from '../job-state.ts';
import type { SteerDeps } from './deps.ts';

/** Starts the workflow of a stored job, or finds it started. Throws what the engine throws. */
export async function startWorkflow(
  { database, engine }: Pick<SteerDeps, 'database' | 'engine'>,
  job: Pick<JobState, 'id' | 'type' | 'owner' | 'priority' | 'total_devices'>,
  deviceName: string | null = null,
): Promise<void> {
  const { id, type, owner, priority, total_devices } = job;
  await recordRun(database, id, await engine.start({ id, type, owner, priority, total_devices, device_name: deviceName }));
}
