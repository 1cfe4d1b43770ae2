import { isCancellation } from '@temporalio/workflow';
import type { JobPlan } from '../core/activities.ts';
import { topology } from './options.ts';

/** The snapshot at the end of a job that asked for one. Returns what went wrong with it, for the job to tell. */
export async function takeSnapshot(jobId: string, plan: JobPlan): Promise<string | null> {
  if (!plan.snapshot) return null;
  try {
    await topology.snapshotTopology({ job_id: jobId });
    return null;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return `the topology snapshot could not be taken: ${error instanceof Error ? error.message : String(error)}`;
  }
}
