import { z } from 'zod';
import { priority } from './discover.ts';
import { deviceOutcome, id } from './fields.ts';
import { deviceStatus, Job } from './job.ts';

/** Which devices of a finished job are asked for again. */
export const RetryRequest = z
  .strictObject({
    status: z
      .array(z.enum(['completed', 'failed', 'cancelled']))
      .min(1)
      .optional()
      .describe('Devices with one of these; failed and cancelled where neither status nor outcome is told'),
    outcome: z.array(deviceOutcome).min(1).optional().describe('Devices with one of these; with a status, both must hold'),
    dry_run: z.boolean().default(false).describe('Only tells which devices it would be'),
    priority: priority.unwrap().optional().describe('That of the job unless told'),
  })
  .meta({ id: 'RetryRequest' });
export type RetryRequest = z.output<typeof RetryRequest>;

const skipped = {
  skipped: z
    .array(z.object({ device_id: id, device_name: z.string(), reason: z.string() }))
    .describe('The first 100 devices that were deleted since or are disabled'),
  skipped_devices: z.int().min(0),
};

/** The new job, and what it leaves out. */
export const RetriedJob = z.object({ ...Job.shape, ...skipped }).meta({ id: 'RetriedJob' });

export const RetryPreview = z
  .object({
    devices: z.int().min(0),
    by_outcome: z.partialRecord(deviceOutcome, z.int().min(1)),
    items: z
      .array(
        z.object({
          device_id: id,
          device_name: z.string(),
          status: deviceStatus,
          outcome: deviceOutcome.nullable(),
          error: z.string().nullable(),
        }),
      )
      .describe('The first 100'),
    ...skipped,
  })
  .meta({ id: 'RetryPreview' });
