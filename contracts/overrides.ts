import { z } from 'zod';

type Bare<F> =
  F extends z.ZodDefault<infer Inner extends z.core.SomeType>
    ? z.ZodOptional<Inner>
    : F extends z.core.SomeType
      ? z.ZodOptional<F>
      : never;

/** The same fields, each of which may be left out, and nothing filled in for what is. */
export type Overrides<S> =
  S extends z.ZodObject<infer Shape> ? z.ZodObject<{ [K in keyof Shape]: Bare<Shape[K]> }, z.core.$strict> : never;

/** A schema of what is laid over other values before the whole is checked. */
export function overridesOf<S extends z.ZodObject>(schema: S): Overrides<S> {
  const fields = Object.entries<z.core.SomeType>(schema.shape).map(([name, field]) => [
    name,
    z.optional(field instanceof z.ZodDefault ? field.unwrap() : field),
  ]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the fields were mapped as the type says
  return z.strictObject(Object.fromEntries(fields)) as unknown as Overrides<S>;
}
