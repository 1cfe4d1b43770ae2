import type { JobStatus, JobType } from './jobs.ts';

/** Job types that act on jobs or devices; each target is a row of `bulk_items`. */
export const BULK_TYPES = ['jobs.bulk', 'devices.bulk'] as const satisfies JobType[];
export type BulkType = (typeof BULK_TYPES)[number];

export const isBulk = (type: JobType): type is BulkType => BULK_TYPES.some((one) => one === type);

/** What can be done to many jobs, with the states of a job that it makes sense in: a filter chooses only those. */
export const JOB_ACTIONS = {
  cancel: ['pending', 'in_progress', 'pausing', 'paused'],
  pause: ['pending', 'in_progress'],
  resume: ['pausing', 'paused'],
  retry: ['cancelled', 'completed', 'failed'],
  priority: ['pending', 'in_progress', 'pausing', 'paused', 'cancelling'],
} as const satisfies Record<string, JobStatus[]>;
export type JobAction = keyof typeof JOB_ACTIONS;

export const DEVICE_ACTIONS = ['enable', 'disable', 'set_group', 'set_credential', 'add_tag', 'remove_tag', 'delete'] as const;
export type DeviceAction = (typeof DEVICE_ACTIONS)[number];

/** As `GET /api/jobs` takes it; times are RFC 3339. */
export interface BulkJobFilter {
  type?: readonly JobType[] | undefined;
  status?: readonly JobStatus[] | undefined;
  owner?: string | undefined;
  schedule_id?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  device_id?: string | undefined;
  group?: string | undefined;
}

/** As `GET /api/devices` takes it. */
export interface BulkDeviceFilter {
  q?: string | undefined;
  group?: string | undefined;
  tag?: string | undefined;
  site?: string | undefined;
  platform?: string | undefined;
  enabled?: boolean | undefined;
}

/** Which devices of a job a retry is for; those that failed or were cancelled where neither is told. */
export interface BulkRetry {
  status?: readonly ('completed' | 'failed' | 'cancelled')[] | undefined;
  outcome?: readonly string[] | undefined;
}

/** A filter as a request tells it: one value may stand for a list, and `within` for a time. */
export type BulkFilterRequest = Omit<BulkJobFilter, 'type' | 'status'> &
  BulkDeviceFilter & {
    type?: JobType | readonly JobType[] | undefined;
    status?: JobStatus | readonly JobStatus[] | undefined;
    /** `30m`, `12h`, `7d`: created in this time before now. */
    within?: string | undefined;
  };

/** What a request for a bulk job tells besides a selection of devices; of `jobs.bulk` and `devices.bulk` together. */
export interface BulkRequest {
  action?: JobAction | DeviceAction | undefined;
  filter?: BulkFilterRequest | undefined;
  job_ids?: string[] | undefined;
  retry?: BulkRetry | undefined;
  priority?: number | undefined;
  limit?: number | undefined;
  collection_group?: string | null | undefined;
  credential?: string | null | undefined;
}

/** What the row of a bulk job keeps: everything that was relative or a name is fixed. */
export interface BulkParams {
  action: JobAction | DeviceAction;
  /** Null where the targets were named one by one, or are all there are. */
  filter: BulkJobFilter | BulkDeviceFilter | null;
  /** Targets that were named; they are rows of `bulk_items` then, and not kept here. */
  named: number | null;
  /** A filter that finds more than this starts nothing. */
  limit: number;
  retry: BulkRetry | null;
  priority: number | null;
  tag: string | null;
  collection_group: { id: string; name: string } | null;
  credential: { id: string; name: string } | null;
  /** Of the cancel of a collection group: other devices of a job go on. */
  only_queue: string | null;
  /** For whom it is done: what he may see, and what he may start. */
  by: { name: string; role: 'viewer' | 'operator' | 'admin'; groups: readonly string[] | null };
}

/** Most targets unless told, and at all. */
export const BULK_LIMIT = { fallback: 10_000, most: 100_000 };
/** Targets that can be named one by one. */
export const MOST_NAMED = 1000;

const UNIT_S: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };
export const WITHIN = /^[1-9]\d{0,5}[smhd]$/;

/** Seconds of `30m`, `12h`, `7d`. */
export function withinSeconds(text: string): number {
  return Number(text.slice(0, -1)) * (UNIT_S[text.slice(-1)] ?? 0);
}

/** States of a target: `running` is one that somebody is at, or was when he died. */
export const ITEM_STATES = ['pending', 'running', 'done', 'skipped', 'failed', 'cancelled'] as const;
export type ItemState = (typeof ITEM_STATES)[number];

/** What became of the targets so far. */
export interface BulkCounts {
  total: number;
  pending: number;
  running: number;
  done: number;
  skipped: number;
  failed: number;
  cancelled: number;
}
