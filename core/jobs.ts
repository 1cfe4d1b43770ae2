import type { Kind } from './facts.ts';

export const JOB_TYPES = ['topology.discover', 'topology.reparse'] as const;
export type JobType = (typeof JOB_TYPES)[number];

export const JOB_STATUSES = [
  'pending',
  'in_progress',
  'pausing',
  'paused',
  'cancelling',
  'cancelled',
  'completed',
  'failed',
] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

export const TERMINAL_JOB_STATUSES = ['cancelled', 'completed', 'failed'] as const satisfies JobStatus[];

export function isTerminalJob(status: JobStatus): boolean {
  return (TERMINAL_JOB_STATUSES as readonly JobStatus[]).includes(status);
}

/** From which states each control is legal; anything else answers 409. */
export const LEGAL_FROM = {
  pause: ['pending', 'in_progress'],
  resume: ['pausing', 'paused'],
  cancel: ['pending', 'in_progress', 'pausing', 'paused'],
} as const satisfies Record<string, JobStatus[]>;
export type JobControl = keyof typeof LEGAL_FROM;

/** The validated parameters of a discovery, as the job row keeps them. No secret is ever one of them. */
export interface DiscoverParams {
  kinds: Kind[];
  cache_results: boolean;
  /** Whether a topology snapshot is taken at the end. */
  snapshot: boolean;
  /** Seconds. */
  device_time_limit: number;
  command_time_limit: number;
  job_time_limit: number;
  /** Seconds that a device held by another job is waited for. */
  lock_wait: number;
}

/** Names of the signals and queries of every job workflow. */
export const PAUSE_SIGNAL = 'pause';
export const RESUME_SIGNAL = 'resume';
export const PROGRESS_QUERY = 'progress';

/** What the `progress` query answers. Counts are read from rows by the last activity that looked. */
export interface JobProgress {
  phase: 'starting' | 'collecting' | 'pausing' | 'paused' | 'finishing' | 'cancelling' | 'done';
  batches: { total: number; done: number; running: number; waiting: number };
  counts: DeviceCounts;
}

export interface DeviceCounts {
  total: number;
  pending: number;
  running: number;
  completed: number;
  failed: number;
  cancelled: number;
}

/** Search attributes of every job workflow; all of type Keyword. */
export const SEARCH_ATTRIBUTES = ['CairnJobType', 'CairnOwner', 'CairnGroup', 'CairnDevice'] as const;
