import type { CleanupStepName } from '../../core/cleanup.ts';
import { failedBackups, unchangedBackups } from './backups.ts';
import { webhookDeliveries } from './deliveries.ts';
import { jobLog, jobs } from './jobs.ts';
import type { CleanupStep } from './step.ts';
import { auditEvents, deadLetters, deviceLocks, factSets, idempotencyKeys, topologySnapshots } from './tables.ts';
import { versions } from './versions.ts';

/** The steps that remove rows. Caches and outputs are not among them: they go with their device. */
export const ROW_STEPS = {
  jobs,
  job_log: jobLog,
  fact_sets: factSets,
  topology_snapshots: topologySnapshots,
  audit_events: auditEvents,
  webhook_deliveries: webhookDeliveries,
  idempotency_keys: idempotencyKeys,
  dead_letters: deadLetters,
  device_locks: deviceLocks,
  failed_backups: failedBackups,
  unchanged_backups: unchangedBackups,
  versions,
} as const satisfies Record<Exclude<CleanupStepName, 'publish' | 'artifacts' | 'maintain'>, CleanupStep>;

export type RowStepName = keyof typeof ROW_STEPS;

export const isRowStep = (name: string): name is RowStepName => Object.hasOwn(ROW_STEPS, name);
