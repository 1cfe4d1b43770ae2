import { z } from 'zod';
import { JOB_TYPES, type JobType } from '../core/jobs.ts';
import { priority } from './discover.ts';
import { reference } from './fields.ts';
import { overridesOf, type Overrides } from './overrides.ts';
import { TASKS } from './tasks.ts';

type AllParams = { [T in JobType]: Overrides<(typeof TASKS)[T]['params']> };

/** What a job is told of each type, with nothing required and nothing filled in: a preset may tell the rest. */
export const PARAMS = Object.fromEntries(
  JOB_TYPES.map((type) => [type, overridesOf<z.ZodObject>(TASKS[type].params)]),
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made from the catalogue, type by type
) as unknown as AllParams;

const shared = {
  preset: reference
    .optional()
    .describe(
      'Id or name of a preset of this type; a selection of devices or any other field told here replaces that of the preset',
    ),
  priority: priority.unwrap().optional().describe('0 (last) to 10 (first); that of the preset, or 5, unless told'),
};
const about = 'As GET /api/tasks tells for the type; required without a preset';

const job = <T extends JobType>(type: T) =>
  z.strictObject({ type: z.literal(type), params: PARAMS[type].optional().describe(about), ...shared });
const task = <T extends JobType>(type: T) =>
  z.strictObject({ task_type: z.literal(type), params: PARAMS[type].optional().describe(about), ...shared });

type JobsOf<T extends readonly JobType[]> = { -readonly [I in keyof T]: ReturnType<typeof job<T[I]>> };
type TasksOf<T extends readonly JobType[]> = { -readonly [I in keyof T]: ReturnType<typeof task<T[I]>> };

/** The body of POST /api/jobs: one variant for each row of the catalogue. */
export const NewJob = z
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- in the order of the types
  .discriminatedUnion('type', JOB_TYPES.map((type) => job(type)) as unknown as JobsOf<typeof JOB_TYPES>)
  .meta({ id: 'NewJob' });

/** The body of POST /api/tasks/launch. */
export const NewTask = z
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- in the order of the types
  .discriminatedUnion('task_type', JOB_TYPES.map((type) => task(type)) as unknown as TasksOf<typeof JOB_TYPES>)
  .meta({ id: 'NewTask' });
