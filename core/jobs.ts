import type { BulkParams } from './bulk.ts';
import type { CleanupParams } from './cleanup.ts';
import type { JobKind } from './facts.ts';
import type { InventoryRequest } from './inventory.ts';
import type { Role } from './roles.ts';

export const JOB_TYPES = [
  'topology.discover',
  'topology.reparse',
  'device.collect',
  'fleet.collect',
  'inventory.sync',
  'maintenance.cleanup',
  'jobs.bulk',
  'devices.bulk',
] as const;
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

/** The workflow of each job type. */
export const JOB_WORKFLOWS = {
  'topology.discover': 'discoverTopology',
  'topology.reparse': 'reparseTopology',
  'device.collect': 'collectDevices',
  'fleet.collect': 'collectDevices',
  'inventory.sync': 'syncInventory',
  'maintenance.cleanup': 'cleanUp',
  'jobs.bulk': 'actOnMany',
  'devices.bulk': 'actOnMany',
} as const satisfies Record<JobType, string>;

/** The least role that may start a job of a type; one that removes history, or shows a credential to an address, is for admins. */
export const JOB_ROLES = {
  'topology.discover': 'operator',
  'topology.reparse': 'operator',
  'device.collect': 'operator',
  'fleet.collect': 'operator',
  'inventory.sync': 'admin',
  'maintenance.cleanup': 'admin',
  'jobs.bulk': 'operator',
  'devices.bulk': 'operator',
} as const satisfies Record<JobType, Role>;

/** The validated parameters of a job, as its row keeps them. No secret is ever one of them. */
export interface JobParams {
  kinds: JobKind[];
  cache_results: boolean;
  /** Whether a topology snapshot is taken at the end. */
  snapshot: boolean;
  /** Seconds. */
  device_time_limit: number;
  command_time_limit: number;
  job_time_limit: number;
  /** Seconds that a device held by another job is waited for. */
  lock_wait: number;
  /** Name of the collector; null takes that of the transport. */
  collector?: string | null;
  /** Who changed the configuration, as the message that started the job tells. */
  changed_by?: string | null;
  /** Of `inventory.sync`. */
  inventory?: InventoryRequest;
  /** Of `maintenance.cleanup`. */
  cleanup?: CleanupParams;
  /** Of `jobs.bulk` and `devices.bulk`. */
  bulk?: BulkParams;
}

/** Seconds; what a request that tells none gets. */
export const DEFAULT_LIMITS = { device_time_limit: 300, command_time_limit: 30, job_time_limit: 1800, lock_wait: 60 };
const LONG_JOB = 86_400;
/** Up to here a job has the short time limit. */
const SHORT_JOB_DEVICES = 100;

export type Limits = { [K in keyof typeof DEFAULT_LIMITS]?: number | undefined };

/** The limits of a job for so many devices. */
export function limitsOf(request: Limits, devices: number): typeof DEFAULT_LIMITS {
  return {
    device_time_limit: request.device_time_limit ?? DEFAULT_LIMITS.device_time_limit,
    command_time_limit: request.command_time_limit ?? DEFAULT_LIMITS.command_time_limit,
    job_time_limit: request.job_time_limit ?? (devices <= SHORT_JOB_DEVICES ? DEFAULT_LIMITS.job_time_limit : LONG_JOB),
    lock_wait: request.lock_wait ?? DEFAULT_LIMITS.lock_wait,
  };
}

/** Names of the signals and queries of every job workflow. */
export const PAUSE_SIGNAL = 'pause';
export const RESUME_SIGNAL = 'resume';
/** Carries the Temporal priority key, 1 (first) to 5, of the batches from then on. */
export const PRIORITY_SIGNAL = 'priority';
/** Carries a queue and a reason: the devices of the job on that queue are cancelled, the others go on. */
export const DROP_SIGNAL = 'drop';
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
