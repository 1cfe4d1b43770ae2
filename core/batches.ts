export const MAX_BATCH_SIZE = 50;

/** Devices per batch: `clamp(ceil(devices / 50), 1, 50)`, so that up to 50 devices are one activity each (DESIGN section 4). */
export function batchSize(devices: number): number {
  return Math.min(MAX_BATCH_SIZE, Math.max(1, Math.ceil(devices / 50)));
}

/** Temporal's priority keys run from 1 (first) to 5; ours from 10 (first) to 0. */
export function priorityKey(priority: number): number {
  return Math.min(5, Math.max(1, 5 - Math.floor((priority * 5) / 11)));
}

/** Batches read from the plan at a time. */
export const PLAN_PAGE = 200;
