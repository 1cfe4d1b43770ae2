import { z } from 'zod';
import { SETTINGS } from './settings.ts';

/** Variables that hold secrets of devices begin so; those of Cairn itself that do too are no secrets to refer to. */
const SECRET_PREFIX = 'CAIRN_SECRET_';
const settings = Object.keys(SETTINGS).filter((name) => name.startsWith(SECRET_PREFIX));
const VARIABLE = new RegExp(`^(?!${SECRET_PREFIX}KEY|(?:${settings.join('|')})$)${SECRET_PREFIX}[A-Z0-9_]{1,200}$`);
/** Absolute, without `.`, `..` and empty parts. */
const FILE = /^(?:\/(?!\.{1,2}(?:\/|$))[^/\u0000-\u001f\u007f]+)+$/;
/** As `vault read` takes it, with the mount; the second part of a KV v2 path is `data`. */
const VAULT_PATH = /^(?!\.{1,2}(?:\/|$))[\w.@+=~ -]+(?:\/(?!\.{1,2}(?:\/|$))[\w.@+=~ -]+)+$/;
const FIELD = /^[^\u0000-\u001f\u007f]+$/;

const Env = z.strictObject({
  from: z.literal('env'),
  name: z
    .string()
    .regex(VARIABLE, `must begin with ${SECRET_PREFIX}, go on with A-Z, 0-9 and _, and name no setting of Cairn`)
    .describe('Variable in the environment of the workers'),
});
const File = z.strictObject({
  from: z.literal('file'),
  path: z
    .string()
    .max(1000)
    .regex(FILE, 'must be an absolute path without . and ..')
    .describe('File on the workers, in a folder of CAIRN_SECRET_FILES'),
});
const Vault = z.strictObject({
  from: z.literal('vault'),
  path: z
    .string()
    .max(500)
    .regex(VAULT_PATH, 'must be a path like secret/data/lab (KV version 2) or kv/lab (version 1)')
    .describe('With the mount, and for KV version 2 with its data part: secret/data/lab'),
  field: z.string().max(200).regex(FIELD, 'must be the name of a field').describe('Field of the secret'),
});

/** Where a secret is kept instead of in Cairn; a worker reads it just before each login. */
export const SecretReference = z.discriminatedUnion('from', [Env, File, Vault]).meta({ id: 'SecretReference' });
