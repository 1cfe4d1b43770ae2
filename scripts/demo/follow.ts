import type { Client } from '../../api/client.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import type { Job } from '../../contracts/job.ts';
import { isTerminalJob } from '../../core/jobs.ts';
import { progressBar } from './render.ts';

const POLL_MS = 200;

/** Draws the progress of a job until it is over. */
export async function follow(client: Client, jobId: string, redraw: (text: string) => void): Promise<Job> {
  for (;;) {
    const { body: job } = await client.call(jobs.getJob, { params: { id: jobId } });
    const done = job.completed_devices + job.failed_devices + job.cancelled_devices;
    redraw(`${progressBar(done, job.total_devices)}, ${job.running_devices} running, ${job.failed_devices} failed`);
    if (isTerminalJob(job.status)) return job;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
