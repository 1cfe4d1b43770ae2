import { z } from 'zod';
import { OUTCOMES } from '../core/outcome.ts';

const CONTROL = /[\u0000-\u001f\u007f]/;
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** One line of text, trimmed, 1 to `max` characters. */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((text) => !CONTROL.test(text), 'must be one line without control characters')
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');

/** A name that people give; never shaped like an id, so that both can stand in one place. */
export const name = line(255).refine((text) => !UUID.test(text), 'must not look like an id');

/** No `transform`: JSON Schema has none, and so parameters could not be documented. */
export const uuid = z.string().regex(UUID, 'must be a UUID').toLowerCase();

/** An id in an answer. */
export const id = z.guid();

export const timestamp = z.iso.datetime({ offset: true, error: 'must be an RFC 3339 time, e.g. 2027-01-31T12:00:00Z' });

/** An id or a unique name, in a path or a list. */
export const reference = line(255);

export const idParams = z.strictObject({ id: reference });

/** A boolean in a query. */
export const yesNo = z.stringbool({ truthy: ['true', '1', 'yes'], falsy: ['false', '0', 'no'] });
export const flag = (fallback: boolean) => yesNo.default(fallback);

/** One or several values in a query: repeated, or with commas between them. */
export const severalOf = <const V extends readonly [string, ...string[]]>(values: V) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [given].flat().flatMap((text) => text.split(',')))
    .pipe(z.array(z.enum(values)).min(1).max(50));

export const outcome = z.enum(OUTCOMES);
export const deviceOutcome = z.enum([...OUTCOMES, 'partial']);

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(1000).optional(),
};

/** A list answer; `next_cursor` is null on the last page. */
export const page = <S extends z.ZodType>(item: S) => z.object({ items: z.array(item), next_cursor: z.string().nullable() });
