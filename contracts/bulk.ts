import { z } from 'zod';
import { BULK_LIMIT, DEVICE_ACTIONS, ITEM_STATES, JOB_ACTIONS, MOST_NAMED, WITHIN, type JobAction } from '../core/bulk.ts';
import { JOB_STATUSES, JOB_TYPES } from '../core/jobs.ts';
import { deviceOutcome, id, line, reference, timestamp, uuid } from './fields.ts';

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the table
const JOB_ACTION_NAMES = Object.keys(JOB_ACTIONS) as [JobAction, ...JobAction[]];
const several = <const V extends readonly [string, ...string[]]>(values: V) =>
  z.union([z.enum(values), z.array(z.enum(values)).min(1).max(50)]);

/** What `GET /api/jobs` takes, in a body. */
const JobsFilter = z
  .strictObject({
    type: several(JOB_TYPES).optional().describe('One or several'),
    status: several(JOB_STATUSES).optional().describe('One or several'),
    owner: line(255).optional(),
    schedule_id: uuid.optional().describe('Started by this schedule'),
    since: timestamp.optional().describe('Created at or after'),
    until: timestamp.optional().describe('Created before'),
    within: z
      .string()
      .regex(WITHIN, 'must be like 30m, 12h or 7d')
      .optional()
      .describe('Created at most so long before now, instead of since: 30m, 12h, 7d'),
    device_id: reference.optional().describe('Jobs with this device (id or name)'),
    group: reference.optional().describe('Jobs with devices on the queue of this collection group (id or name)'),
  })
  .refine(notEmpty, 'must have a condition; all: true means every one')
  .refine(({ since, within }) => since === undefined || within === undefined, {
    path: ['within'],
    error: 'cannot be combined with since',
  })
  .meta({ id: 'JobsFilter' });

/** What `GET /api/devices` takes, in a body. */
const DevicesFilter = z
  .strictObject({
    q: line(255).optional().describe('Part of the name or the host'),
    group: reference.optional().describe('Id or name of a collection group'),
    tag: line(100).optional(),
    site: line(255).optional(),
    platform: line(64).optional(),
    enabled: z.boolean().optional(),
  })
  .refine(notEmpty, 'must have a condition; all: true means every one')
  .meta({ id: 'DevicesFilter' });

function notEmpty(filter: object): boolean {
  return Object.values(filter).some((value) => value !== undefined);
}

const all = z.literal(true).optional().describe('Instead of a filter: every one');
const limit = z
  .int()
  .min(1)
  .max(BULK_LIMIT.most)
  .optional()
  .describe(`A filter that finds more than this starts nothing; ${BULK_LIMIT.fallback} unless told`);
const job_time_limit = z.int().min(1).max(604_800).optional().describe('Seconds; 86400 unless told');

const jobFields = {
  action: z.enum(JOB_ACTION_NAMES),
  filter: JobsFilter.optional().describe('The jobs that it finds now and that the action makes sense for'),
  job_ids: z.array(uuid).min(1).max(MOST_NAMED).optional().describe('Instead of a filter: these'),
  all,
  retry: z
    .strictObject({
      status: z
        .array(z.enum(['completed', 'failed', 'cancelled']))
        .min(1)
        .optional(),
      outcome: z.array(deviceOutcome).min(1).optional(),
    })
    .optional()
    .describe('Of the action retry: which devices of each job, as in POST /api/jobs/{id}/retry'),
  priority: z
    .int()
    .min(0)
    .max(10)
    .optional()
    .describe('Of the action priority, 0 (last) to 10 (first); of retry, that of the new jobs'),
  limit,
  job_time_limit,
};

const deviceFields = {
  action: z.enum(DEVICE_ACTIONS),
  filter: DevicesFilter.optional().describe('The devices that it finds now'),
  device_ids: z.array(uuid).min(1).max(MOST_NAMED).optional().describe('Instead of a filter: these'),
  all,
  tag: line(100)
    .refine((text) => !/[,;]/.test(text), 'must not hold a comma or a semicolon')
    .optional()
    .describe('Of add_tag and remove_tag'),
  collection_group: reference.nullable().optional().describe('Of set_group: id or name; null takes the devices out of theirs'),
  credential: reference.nullable().optional().describe('Of set_credential: id or name; null takes it away'),
  limit,
  job_time_limit,
};

/** Which field an action needs; nobody else may have it. */
const NEEDS = {
  priority: ['priority', 'retry'],
  retry: ['retry'],
  tag: ['add_tag', 'remove_tag'],
  collection_group: ['set_group'],
  credential: ['set_credential'],
} as const;
const MUST = {
  priority: ['priority'],
  tag: NEEDS.tag,
  collection_group: NEEDS.collection_group,
  credential: NEEDS.credential,
} as const;

function check(value: Record<string, unknown>, context: z.RefinementCtx): void {
  const told = (field: string): boolean => value[field] !== undefined;
  const issue = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
  const ways = ['filter', 'job_ids', 'device_ids', 'all'].filter(told);
  if (ways.length === 0) issue('filter', 'is required, or a list of ids, or all');
  for (const way of ways.slice(1)) issue(way, `cannot be combined with ${ways[0]}`);
  const among = (actions: readonly string[]): boolean => actions.some((action) => action === value['action']);
  for (const [field, actions] of Object.entries(NEEDS))
    if (told(field) && !among(actions)) issue(field, `is not for the action ${String(value['action'])}`);
  for (const [field, actions] of Object.entries(MUST))
    if (!told(field) && among(actions)) issue(field, 'is required for this action');
}

/** Parameters of a `jobs.bulk` job. */
export const JobsBulkTask = z.strictObject(jobFields).superRefine(check).meta({ id: 'JobsBulkTask' });
/** Parameters of a `devices.bulk` job. */
export const DevicesBulkTask = z.strictObject(deviceFields).superRefine(check).meta({ id: 'DevicesBulkTask' });

const dry_run = z.boolean().default(false).describe('Only tells how many it would be, and the first of them');
/** Bodies of POST /api/jobs/bulk and POST /api/devices/bulk. */
export const JobsBulk = z
  .strictObject({ ...jobFields, dry_run })
  .superRefine(check)
  .meta({ id: 'JobsBulk' });
export const DevicesBulk = z
  .strictObject({ ...deviceFields, dry_run })
  .superRefine(check)
  .meta({ id: 'DevicesBulk' });

const itemState = z.enum(ITEM_STATES);

/** What a bulk job would do. */
export const BulkPreview = z
  .object({
    action: z.string(),
    total: z.int().min(0).describe('Targets that it would act on'),
    items: z.array(z.object({ target_id: id, name: z.string(), status: z.string().nullable() })).describe('The first 100'),
  })
  .meta({ id: 'BulkPreview' });

export const BulkItem = z
  .object({
    position: z.int().min(0),
    target_id: id.describe('Of a job or a device'),
    name: z.string(),
    state: itemState,
    message: z.string().nullable().describe('What was done, or why not'),
    completed_at: timestamp.nullable(),
  })
  .meta({ id: 'BulkItem' });
export type BulkItem = z.output<typeof BulkItem>;
