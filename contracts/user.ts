import { z } from 'zod';
import { ROLES } from '../core/roles.ts';
import { id, line, name, reference, timestamp } from './fields.ts';

export const role = z.enum(ROLES);

/** `admin` is the first token, which is no row, and `anonymous` whoever shows no valid one. */
export const identityName = name
  .refine((text) => text !== 'admin', '`admin` is the name of the first token')
  .refine((text) => text !== 'anonymous', '`anonymous` is who shows no valid token');

/** Collection groups as they are given. */
export const groupReferences = z
  .array(reference)
  .max(1000)
  .nullable()
  .describe('Ids or names of the collection groups whose devices may be seen; null = all devices, those without a group too');

/** Collection groups as they are answered. */
export const namedGroups = z
  .array(z.object({ id, name: z.string().nullable().describe('null: the group is deleted, and opens nothing') }))
  .nullable()
  .describe('Collection groups whose devices may be seen; null = all devices');

const fields = {
  name: identityName.describe('Owner of what the user starts, actor of what he does'),
  email: line(255).nullable(),
  role,
  groups: groupReferences,
  enabled: z.boolean().describe('false: each of his tokens is refused at once'),
  oidc_issuer: line(1000).nullable().describe('`iss` of his OIDC tokens; together with oidc_subject'),
  oidc_subject: line(255).nullable().describe('`sub` of his OIDC tokens'),
  follows_claims: z
    .boolean()
    .describe('Role and groups follow the claims of his OIDC tokens; setting role or groups ends it unless told otherwise'),
};

export const UserInput = z
  .strictObject({
    ...fields,
    email: fields.email.default(null),
    groups: fields.groups.default(null),
    enabled: fields.enabled.default(true),
    oidc_issuer: fields.oidc_issuer.default(null),
    oidc_subject: fields.oidc_subject.default(null),
    follows_claims: fields.follows_claims.default(false),
  })
  .meta({ id: 'UserInput' });
export const UserPatch = z.strictObject(fields).partial().meta({ id: 'UserPatch' });
export type UserPatch = z.output<typeof UserPatch>;

export const User = z
  .object({
    id,
    name: z.string(),
    email: z.string().nullable(),
    role,
    groups: namedGroups,
    enabled: z.boolean(),
    oidc_issuer: z.string().nullable(),
    oidc_subject: z.string().nullable(),
    follows_claims: z.boolean(),
    created_at: timestamp,
    updated_at: timestamp,
    last_seen_at: timestamp.nullable().describe('To the minute'),
  })
  .meta({ id: 'User' });
