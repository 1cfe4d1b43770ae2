/** A rule that removes: null keeps for ever. */
interface RetentionRule {
  fallback: number | null;
  low: number;
  high: number;
  about: string;
}

const days = (fallback: number | null, about: string): RetentionRule => ({ fallback, low: 1, high: 36_500, about });

/** What a cleanup removes, with what a request that tells nothing gets. `…_days` count from the moment that is named. */
export const RETENTION = {
  jobs_completed_days: days(90, 'Completed jobs, with their devices, outcomes and log; days since they ended'),
  jobs_failed_days: days(180, 'Failed jobs, likewise'),
  jobs_cancelled_days: days(90, 'Cancelled jobs, likewise'),
  job_log_days: days(30, 'The log of jobs that are over; days since they ended'),
  snapshots_days: days(90, 'Topology snapshots; days since they were taken'),
  audit_days: days(365, 'Audit events; days since they happened'),
  deliveries_days: days(30, 'Deliveries of webhooks that are delivered or given up; days since they were due'),
  dead_letters_days: days(90, 'Dead letters that are settled; days since then'),
  backups_failed_days: days(90, 'Collections that failed; the newest collection of a device always stays'),
  backups_unchanged_days: days(90, 'Collections that found no change; the newest good one of a device always stays'),
  versions_keep: { fallback: null, low: 1, high: 1_000_000, about: 'Versions of each device' },
  versions_days: days(null, 'Versions; days since the next one replaced them'),
  versions_bytes: {
    fallback: null,
    low: 0,
    high: Number.MAX_SAFE_INTEGER,
    about: 'Size of all versions of all devices together; the oldest go first',
  },
} as const satisfies Record<string, RetentionRule>;

/** What always stays, whatever the rules say. */
export const KEEP_LEAST = {
  snapshots_least: { fallback: 10, low: 2, high: 1_000_000, about: 'This many topology snapshots stay, whatever their age' },
  versions_least: {
    fallback: 2,
    low: 1,
    high: 1_000_000,
    about: 'This many versions of each device stay, whatever their age and size; the newest one always does',
  },
} as const;

export type RetentionName = keyof typeof RETENTION;

/** What the row of a `maintenance.cleanup` job keeps. */
export type CleanupParams = { dry_run: boolean } & { [K in RetentionName]: number | null } & {
  [K in keyof typeof KEEP_LEAST]: number;
};

/** The same as a request tells it. */
export type CleanupRequest = { [K in keyof CleanupParams]?: CleanupParams[K] | undefined };

const isRule = (name: string): boolean => Object.hasOwn(RETENTION, name) || Object.hasOwn(KEEP_LEAST, name);

/** The parameters with whatever was not told filled in. */
export function cleanupParams(request: CleanupRequest): CleanupParams {
  const rules = Object.entries({ ...RETENTION, ...KEEP_LEAST }).map(([name, { fallback }]) => [name, fallback]);
  const told = Object.entries(request).filter(([name, value]) => (name === 'dry_run' || isRule(name)) && value !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every name of the tables, and no other
  return { dry_run: false, ...Object.fromEntries([...rules, ...told]) } as CleanupParams;
}

/** What a cleanup does, in this order: what a step frees, a later one sees. Each is one or more activities. */
export const CLEANUP_STEPS = [
  'publish',
  'jobs',
  'job_log',
  'fact_sets',
  'topology_snapshots',
  'audit_events',
  'webhook_deliveries',
  'idempotency_keys',
  'dead_letters',
  'device_locks',
  'failed_backups',
  'unchanged_backups',
  'versions',
  'artifacts',
  'maintain',
] as const;
export type CleanupStepName = (typeof CLEANUP_STEPS)[number];

/** A text that no row refers to is left alone this long: its row may be on its way. */
export const SWEEP_GRACE_MS = 3_600_000;
/** A lease that ran out this long ago is nobody's any more. */
export const STALE_LOCK_MS = 3_600_000;

/** How many, by what: rows by their table, texts as `artifacts`. */
export type CleanupCounts = Record<string, number>;

export function addCounts(sum: CleanupCounts, more: CleanupCounts): CleanupCounts {
  const added = { ...sum };
  for (const [name, n] of Object.entries(more)) added[name] = (added[name] ?? 0) + n;
  return added;
}
