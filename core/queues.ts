/** Task queues. Device activities are never on the workflow's queue (DESIGN section 3). */
export const JOBS_QUEUE = 'cairn-jobs';
export const COLLECTOR_QUEUE = 'collector';

/** The queue of a device: that of its collection group, else the common one. */
export function collectorQueue(queueId: string | null): string {
  return queueId === null ? COLLECTOR_QUEUE : `${COLLECTOR_QUEUE}.group.${queueId}`;
}
