import { condition, setCurrentDetails } from '@temporalio/workflow';
import type { Control } from './control.ts';
import { jobs } from './options.ts';

/** Waits while a job is paused, and has its row say so. Answers with the milliseconds for which its time stood still. */
export async function waitWhilePaused(job_id: string, control: Control): Promise<number> {
  if (!control.paused && !control.asked) return 0;
  const since = Date.now();
  while (control.paused) {
    control.asked = false;
    control.progress.phase = 'paused';
    setCurrentDetails('**paused**');
    await jobs.setJobStatus({ job_id, status: 'paused', message: 'paused' });
    await condition(() => control.asked);
  }
  control.asked = false;
  await jobs.setJobStatus({ job_id, status: 'in_progress', message: 'resumed' });
  return Date.now() - since;
}
