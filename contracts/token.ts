import { z } from 'zod';
import { id, reference, timestamp } from './fields.ts';
import { groupReferences, identityName, namedGroups, role } from './user.ts';

const own = {
  name: identityName,
  role: role.describe('The most it allows: never more than its user may'),
  expires_at: timestamp
    .refine((text) => Date.parse(text) > Date.now(), 'must be in the future')
    .nullable()
    .describe('null = never'),
};
const groups = groupReferences.describe(
  'Ids or names of the collection groups whose devices it may see; null = those of its user, or all devices',
);
const fields = {
  ...own,
  user: reference.nullable().describe('Id or name of the user whose it is; null = a service'),
  groups,
};

export const TokenInput = z
  .strictObject({
    ...fields,
    expires_at: own.expires_at.default(null),
    user: fields.user.default(null),
    groups: groups.default(null),
  })
  .meta({ id: 'TokenInput' });
export const TokenPatch = z.strictObject(fields).partial().meta({ id: 'TokenPatch' });
export const OwnTokenInput = z
  .strictObject({ ...own, role: own.role.optional(), expires_at: own.expires_at.optional(), groups: groups.default(null) })
  .meta({ id: 'OwnTokenInput' });

export const Token = z
  .object({
    id,
    name: z.string(),
    role,
    user: z.object({ id, name: z.string() }).nullable().describe('Whose it is; null = a service'),
    groups: namedGroups,
    created_by: z.string(),
    created_at: timestamp,
    expires_at: timestamp.nullable(),
    last_used_at: timestamp.nullable().describe('To the minute'),
  })
  .meta({ id: 'Token' });

export const NewToken = z
  .object({ ...Token.shape, secret: z.string().describe('The bearer token; shown here and never again') })
  .meta({ id: 'NewToken' });
