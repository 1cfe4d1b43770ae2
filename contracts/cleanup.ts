import { z } from 'zod';
import { KEEP_LEAST, RETENTION, type CleanupRequest, type RetentionName } from '../core/cleanup.ts';

const told = (fallback: number | null): string => (fallback === null ? 'all are kept unless told' : `${fallback} unless told`);

type Fields = { [K in RetentionName]: z.ZodOptional<z.ZodNullable<z.ZodInt>> } & {
  [K in keyof typeof KEEP_LEAST]: z.ZodOptional<z.ZodInt>;
};

const entries = [
  ...Object.entries(RETENTION).map(([name, { low, high, about, fallback }]) => [
    name,
    z
      .int()
      .min(low)
      .max(high)
      .nullable()
      .optional()
      .describe(`${about}. Null keeps them for ever; ${told(fallback)}`),
  ]),
  ...Object.entries(KEEP_LEAST).map(([name, { low, high, about, fallback }]) => [
    name,
    z
      .int()
      .min(low)
      .max(high)
      .optional()
      .describe(`${about}; ${told(fallback)}`),
  ]),
];
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made from the tables, name by name
const fields = Object.fromEntries(entries) as Fields;

/** Parameters of a `maintenance.cleanup` job. */
export const CleanupTask = z
  .strictObject({
    dry_run: z.boolean().default(false).describe('Tells what would be removed, and removes nothing'),
    ...fields,
    job_time_limit: z.int().min(1).max(604_800).optional().describe('Seconds; 3600 unless told: the next run goes on'),
  })
  .refine(
    ({ versions_keep, versions_least }) =>
      typeof versions_keep !== 'number' || versions_keep >= (versions_least ?? KEEP_LEAST.versions_least.fallback),
    { path: ['versions_keep'], error: 'must not be less than versions_least (2 unless told)' },
  )
  .meta({ id: 'CleanupTask' }) satisfies z.ZodType<CleanupRequest>;
