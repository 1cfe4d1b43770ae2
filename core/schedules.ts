import type { StartingJob } from './job-start.ts';

/** What happens when a run is due and the one before is not over. */
export const OVERLAPS = ['skip', 'buffer_one', 'buffer_all', 'cancel_other', 'terminate_other', 'allow_all'] as const;
export type Overlap = (typeof OVERLAPS)[number];

/** Below the 5 of a job that a person waits for. */
export const SCHEDULED_PRIORITY = 3;
/** Seconds after its time within which a run that was missed is still made up for. */
export const DEFAULT_CATCH_UP = 600;

export const SCHEDULE_WORKFLOW = 'scheduledJob';
const PREFIX = 'cairn-schedule-';
/** Schedules of this name only serve to ask Temporal for times; none lives longer than that. */
export const PREVIEW_PREFIX = 'cairn-preview-';

/** The id of the Temporal schedule, and what the ids of its runs begin with. */
export function temporalScheduleId(scheduleId: string): string {
  return `${PREFIX}${scheduleId}`;
}

/**
 * Names one run for good: its workflow id alone would not do, for a time that is backfilled has the same one again. Temporal
 * ends the workflow id with the time that the run was due.
 */
export function originOf(run: { workflowId: string; firstExecutionRunId: string }): string {
  return `${run.workflowId}/${run.firstExecutionRunId}`;
}

/** When the run was due, RFC 3339 UTC to the second; null where `origin` is not of a schedule. */
export function dueTimeOf(origin: string): string | null {
  return /^cairn-schedule-.*-(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\/[^/]+$/.exec(origin)?.[1] ?? null;
}

/** Temporal keeps a cron expression only as a calendar; how the comment of that begins, before the expression. */
export const CRON_MARK = 'cron: ';

export const CALENDAR_FIELDS = ['second', 'minute', 'hour', 'day_of_month', 'month', 'day_of_week', 'year'] as const;
export type CalendarField = (typeof CALENDAR_FIELDS)[number];

/** From `start` to `end`, both included, every `step`. */
export interface CalendarRange {
  start: number;
  end: number;
  step: number;
}

/** Times of the wall clock: those where each field is in one of its ranges. Months from 1, weekdays from Sunday = 0. */
export type CalendarTimes = Record<CalendarField, CalendarRange[]> & { comment: string | null };

/** When a schedule is due. Seconds; at least one of `cron`, `interval`, `calendar` is there. */
export interface Timing {
  cron: string[];
  /** Counted from 1970-01-01 00:00 UTC. */
  interval: { every: number; offset: number }[];
  calendar: CalendarTimes[];
  /** IANA name, of `cron` and `calendar`. */
  time_zone: string;
  jitter: number;
  /** RFC 3339; null = no bound. */
  start_at: string | null;
  end_at: string | null;
}

/** What the run of a schedule is given. */
export interface ScheduleInput {
  schedule_id: string;
}

/** The job that a run of a schedule has created. */
export interface ScheduledJob extends StartingJob {
  job_id: string;
  /** Why the job failed before it began; null for one that can run. */
  problem: string | null;
}
