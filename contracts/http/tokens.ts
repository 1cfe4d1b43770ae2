import { z } from 'zod';
import { ROLES } from '../../core/roles.ts';
import { defineEndpoint } from '../endpoint.ts';
import { id, idParams, name, page, pageQuery, timestamp } from '../fields.ts';

const tag = 'Tokens';

const fields = {
  name: name.refine((text) => text !== 'admin', '`admin` is the name of the first token'),
  role: z.enum(ROLES),
  expires_at: timestamp
    .refine((text) => Date.parse(text) > Date.now(), 'must be in the future')
    .nullable()
    .describe('null = never'),
};

const Input = z.strictObject({ ...fields, expires_at: fields.expires_at.default(null) }).meta({ id: 'TokenInput' });
const Patch = z.strictObject(fields).partial().meta({ id: 'TokenPatch' });

const Token = z
  .object({
    id,
    name: z.string(),
    role: z.enum(ROLES),
    created_by: z.string(),
    created_at: timestamp,
    expires_at: timestamp.nullable(),
    last_used_at: timestamp.nullable().describe('To the minute'),
  })
  .meta({ id: 'Token' });

const NewToken = z
  .object({ ...Token.shape, secret: z.string().describe('The bearer token; shown here and never again') })
  .meta({ id: 'NewToken' });

const item = { path: '/api/tokens/{id}', tag, role: 'admin', params: idParams } as const;

export const tokens = {
  listTokens: defineEndpoint({
    method: 'GET',
    path: '/api/tokens',
    summary: 'List API tokens by name, without their secrets',
    tag,
    role: 'admin',
    audit: null,
    query: z.strictObject(pageQuery),
    responses: { 200: page(Token) },
  }),
  createToken: defineEndpoint({
    method: 'POST',
    path: '/api/tokens',
    summary: 'Make an API token; its secret is answered once',
    tag,
    role: 'admin',
    audit: 'token.create',
    body: Input,
    responses: { 201: NewToken },
    problems: ['conflict'],
  }),
  getToken: defineEndpoint({
    ...item,
    method: 'GET',
    summary: 'Read an API token, by id or name, without its secret',
    audit: null,
    responses: { 200: Token },
    problems: ['not_found'],
  }),
  updateToken: defineEndpoint({
    ...item,
    method: 'PATCH',
    summary: 'Change name, role or expiry of an API token',
    audit: 'token.update',
    body: Patch,
    responses: { 200: Token },
    problems: ['not_found', 'conflict'],
  }),
  deleteToken: defineEndpoint({
    ...item,
    method: 'DELETE',
    summary: 'Revoke an API token at once',
    audit: 'token.delete',
    responses: { 204: null },
    problems: ['not_found'],
  }),
};
