import { AppError } from '../core/errors.ts';

const UNIT_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What a person typed, by the names of the arguments and options of the command. */
export type Given = ReturnType<typeof readGiven>;

/** Readers of arguments and options; what is not as it must be is an AppError `validation_failed` that names the option. */
export function readGiven(values: Record<string, unknown>) {
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    text,
    /** Of a required argument. */
    need: (name: string): string => text(name) ?? wrong(`--${name}`, 'is missing'),
    flag: (name: string): boolean => values[name] === true,
    /** Of one that may be given several times, or with commas between; undefined where it is not given. */
    list: (name: string): string[] | undefined => {
      const value: unknown = values[name];
      return Array.isArray(value) && value.length > 0 ? value.map(String) : undefined;
    },
    number(name: string): number | undefined {
      const value = text(name);
      if (value === undefined) return undefined;
      return /^\d{1,9}$/.test(value) ? Number(value) : wrong(`--${name}`, 'must be a whole number');
    },
    choice<const C extends readonly string[]>(name: string, choices: C): C[number] | undefined {
      const value = text(name);
      return value === undefined ? undefined : oneOf(name, value, choices);
    },
    choices<const C extends readonly string[]>(name: string, choices: C): C[number][] | undefined {
      const value: unknown = values[name];
      if (!Array.isArray(value) || value.length === 0) return undefined;
      return value.flatMap((one) => String(one).split(',')).map((one) => oneOf(name, one.trim(), choices));
    },
    /** A time as RFC 3339; `2h` and the like count from now, back (-1) or ahead (1). */
    time(name: string, direction: -1 | 1): string | undefined {
      const value = text(name);
      if (value === undefined) return undefined;
      const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(value) ?? [];
      if (count === undefined || unit === undefined) return value;
      return new Date(Date.now() + direction * Number(count) * (UNIT_MS[unit] ?? 0)).toISOString();
    },
  };
}

function oneOf<const C extends readonly string[]>(name: string, value: string, choices: C): C[number] {
  return choices.find((choice) => choice === value) ?? wrong(`--${name}`, `must be one of ${choices.join(', ')}`);
}

/** @throws AppError `validation_failed` */
export function wrong(field: string, detail: string): never {
  throw new AppError('validation_failed', `${field} ${detail}`, { errors: [{ pointer: field, detail }] });
}
