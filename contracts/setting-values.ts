import { z } from 'zod';
import { ROLES } from '../core/roles.ts';

const SECRET_KEY_BYTES = 32;
const GROUP = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

export interface Setting<S extends z.ZodType> {
  schema: S;
  /** What a valid value is; ends the sentence "<NAME> must be …". */
  must: string;
  /** What it is for: one line of `.env.example` and of the docs. */
  about: string;
  /** As a person would write it; null where it is computed or absent. */
  default: string | null;
  /** Its value is never shown, not even in the message that refuses it. */
  secret?: true;
}

export const setting = <S extends z.ZodType>(row: Setting<S>): Setting<S> => row;

export const whole = (low: number, high: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((value) => value >= low && value <= high);

export const url = (schemes: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol));

export const text = z.string();

/** 32 bytes, written as 64 hexadecimal digits or as base64; null if it is neither. */
function decodeKey(value: string): Buffer | null {
  const bytes = /^[0-9a-f]{64}$/i.test(value)
    ? Buffer.from(value, 'hex')
    : /^[A-Za-z0-9+/_-]{43}=?$/.test(value)
      ? Buffer.from(value, 'base64')
      : null;
  return bytes?.length === SECRET_KEY_BYTES ? bytes : null;
}

/** Values separated by commas. */
const listed = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

export const secretKey = z
  .string()
  .refine((value) => decodeKey(value) !== null)
  .transform((value) => decodeKey(value) ?? Buffer.alloc(0));

/** Keys as above, separated by commas. */
export const secretKeys = listed
  .refine((parts) => parts.every((part) => decodeKey(part) !== null))
  .transform((parts) => parts.map((part) => decodeKey(part) ?? Buffer.alloc(0)));

export const folders = listed.refine((parts) => parts.every((part) => /^\/./.test(part)));

export const yesNo = z.enum(['true', 'false']).transform((value) => value === 'true');

export const listOf = (item: z.ZodType<string, string>) =>
  z
    .string()
    .transform((value) => [...new Set(value.split(',').map((part) => part.trim()))].filter((part) => part !== ''))
    .pipe(z.array(item));

/** As a browser writes it: scheme, host and port, nothing more. */
export const origin = z
  .string()
  .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) && new URL(value).origin === value);

export const proxy = z.union([z.literal('loopback'), z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

export const groups = z
  .string()
  .transform((value) => [...new Set(value.split(',').map((name) => name.trim()))].filter((name) => name !== ''))
  .refine((names) => names.every((name) => GROUP.test(name)));

/** HTTPS, or HTTP to this host: what is read from there decides who one is. */
export const secureUrl = z.string().refine((text) => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, search, hash, username } = new URL(text);
  const local = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return (protocol === 'https:' || (protocol === 'http:' && local)) && search + hash + username === '';
});

/** `value=role` pairs: what each value of a claim means. */
export const rolesOf = z
  .string()
  .transform((value) => value.split(',').map((pair) => pair.split('=').map((part) => part.trim())))
  .pipe(z.array(z.tuple([z.string().min(1), z.enum(ROLES)])))
  .transform((pairs) => new Map(pairs));
