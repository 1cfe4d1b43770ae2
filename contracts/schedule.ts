import { z } from 'zod';
import { JOB_STATUSES, JOB_TYPES, type JobType } from '../core/jobs.ts';
import { DEFAULT_CATCH_UP, OVERLAPS, SCHEDULED_PRIORITY } from '../core/schedules.ts';
import { priority } from './discover.ts';
import { id, name, timestamp } from './fields.ts';
import { ScheduleSpec, SpecInput, seconds } from './schedule-spec.ts';
import { TASKS } from './tasks.ts';

const DAY = 86_400;

const overlap = z
  .enum(OVERLAPS)
  .describe(
    'What happens when a run is due and the job of the one before is not over; `cancel_other` lets it close its sessions',
  );
const note = z
  .string()
  .trim()
  .max(1000)
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');

const fields = {
  name,
  priority: priority.unwrap(),
  spec: SpecInput,
  overlap,
  catch_up: seconds(10, 365 * DAY).describe(
    'A run that was missed (Temporal was down) is made up for if it is no later than this',
  ),
  pause_on_failure: z.boolean().describe('Whether a run whose job fails pauses the schedule'),
  paused: z.boolean(),
  note,
};

const defaults = {
  priority: fields.priority
    .default(SCHEDULED_PRIORITY)
    .describe('0 (last) to 10 (first); below that of a job that people wait for'),
  overlap: overlap.default('skip'),
  catch_up: fields.catch_up.default(DEFAULT_CATCH_UP),
  pause_on_failure: fields.pause_on_failure.default(false),
  paused: fields.paused.default(false),
  note: note.optional(),
};

const variant = <T extends JobType>(type: T) =>
  z.strictObject({ type: z.literal(type), params: TASKS[type].params, ...fields, ...defaults });
type VariantsOf<T extends readonly JobType[]> = { -readonly [I in keyof T]: ReturnType<typeof variant<T[I]>> };

/** A plan and its times. `params` are those of POST /api/jobs for the type; devices are chosen anew at each run. */
export const NewSchedule = z
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- in the order of the types
  .discriminatedUnion('type', JOB_TYPES.map((type) => variant(type)) as unknown as VariantsOf<typeof JOB_TYPES>)
  .meta({ id: 'NewSchedule' });
export type NewSchedule = z.output<typeof NewSchedule>;

/** `params` replaces the parameters and is checked by the type of the schedule; `spec` replaces all times. */
export const SchedulePatch = z
  .strictObject({ ...fields, params: z.record(z.string(), z.unknown()) })
  .partial()
  .meta({ id: 'SchedulePatch' });
export type SchedulePatch = z.output<typeof SchedulePatch>;

export const NoteBody = z.strictObject({ note: note.optional() }).meta({ id: 'ScheduleNote' });
export const TriggerBody = z.strictObject({ overlap: overlap.optional() }).meta({ id: 'ScheduleTrigger' });
export const BackfillBody = z
  .strictObject({
    start: timestamp.describe('Runs that were due at or after'),
    end: timestamp.describe('… and at or before'),
    overlap: overlap.default('buffer_all'),
  })
  .meta({ id: 'ScheduleBackfill' });
export const PreviewBody = z
  .strictObject({ spec: SpecInput, count: z.int().min(1).max(100).default(10) })
  .meta({ id: 'SchedulePreviewInput' });

const count = z.int().min(0);

/** A schedule with its state in Temporal and its jobs. */
export const Schedule = z
  .object({
    id,
    name: z.string(),
    type: z.enum(JOB_TYPES),
    params: z.record(z.string(), z.unknown()),
    priority: z.int(),
    owner: z.string(),
    groups: z.array(id).readonly().nullable().describe('Collection groups that its runs choose devices from; null: all devices'),
    spec: ScheduleSpec.nullable().describe('null where Temporal has none (`missing`)'),
    overlap: z.enum(OVERLAPS).nullable(),
    catch_up: count.nullable().describe('Seconds'),
    pause_on_failure: z.boolean().nullable(),
    state: z.enum(['active', 'paused', 'missing', 'exhausted']),
    note: z.string().nullable(),
    problem: z.string().nullable().describe('Why the next run will fail, or there will be none'),
    next_runs: z.array(timestamp).describe('At most 10; as if not paused'),
    last_runs: z
      .array(
        z.object({
          scheduled_at: timestamp.nullable(),
          started_at: timestamp.nullable(),
          job_id: id,
          status: z.enum(JOB_STATUSES),
        }),
      )
      .describe('At most 10, the newest first'),
    missed_catch_up: count.describe('Runs that were missed and too old to be made up for'),
    skipped_overlap: count.describe('Runs that were skipped because the one before was not over'),
    running: z.array(id).describe('Jobs that are not over'),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Schedule' });
export type Schedule = z.output<typeof Schedule>;

export const SchedulePreview = z
  .object({
    times: z.array(z.object({ utc: timestamp, local: z.string(), offset: z.string() })),
    notes: z.array(z.string()),
  })
  .meta({ id: 'SchedulePreview' });
export type SchedulePreview = z.output<typeof SchedulePreview>;
