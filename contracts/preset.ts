import { z } from 'zod';
import { JOB_TYPES, type JobType } from '../core/jobs.ts';
import { priority } from './discover.ts';
import { id, name, timestamp } from './fields.ts';
import { PARAMS } from './new-job.ts';

const about = 'As for a job of the type; nothing is required, for whoever uses the preset may tell the rest';
const variant = <T extends JobType>(type: T) =>
  z.strictObject({ name, type: z.literal(type), params: PARAMS[type].describe(about), priority });
type VariantsOf<T extends readonly JobType[]> = { -readonly [I in keyof T]: ReturnType<typeof variant<T[I]>> };

export const PresetInput = z
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- in the order of the types
  .discriminatedUnion('type', JOB_TYPES.map((type) => variant(type)) as unknown as VariantsOf<typeof JOB_TYPES>)
  .meta({ id: 'PresetInput' });

/** The type stays what it is. */
export const PresetPatch = z
  .strictObject({ name, params: z.record(z.string(), z.unknown()).describe(about), priority: priority.unwrap() })
  .partial()
  .meta({ id: 'PresetPatch' });

export const Preset = z
  .object({
    id,
    name: z.string(),
    type: z.enum(JOB_TYPES),
    params: z.record(z.string(), z.unknown()),
    priority: z.int(),
    owner: z.string(),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Preset' });
