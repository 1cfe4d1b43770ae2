/** Batches of a job that end at nearly the same time are reported at the same time: each report alone costs the job a workflow task. */
export interface BatchEnds {
  /** A batch begins. */
  enter(jobId: string): {
    /** Resolves together with the other batches of the job that are over, at once where none is left that is not: then with true. */
    together(): Promise<boolean>;
    leave(): void;
  };
}

/** So long the first one waits for others. */
const HOLD_MS = 300;

interface Batches {
  running: number;
  over: ((all: boolean) => void)[];
  timer: NodeJS.Timeout | null;
}

export function createBatchEnds(): BatchEnds {
  const jobs = new Map<string, Batches>();

  function release(job: Batches): void {
    if (job.timer !== null) clearTimeout(job.timer);
    job.timer = null;
    const all = job.over.length >= job.running;
    for (const report of job.over.splice(0)) report(all);
  }

  return {
    enter(jobId) {
      const job = jobs.get(jobId) ?? { running: 0, over: [], timer: null };
      jobs.set(jobId, job);
      job.running += 1;
      return {
        together: () =>
          new Promise((resolve) => {
            job.over.push(resolve);
            if (job.over.length >= job.running) release(job);
            else job.timer ??= setTimeout(release, HOLD_MS, job);
          }),
        leave() {
          job.running -= 1;
          if (job.over.length >= job.running) release(job);
          if (job.running === 0) jobs.delete(jobId);
        },
      };
    },
  };
}
