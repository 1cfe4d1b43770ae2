import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { id, idParams, page, pageQuery, timestamp } from '../fields.ts';
import { NewToken, OwnTokenInput, Token } from '../token.ts';
import { namedGroups, role } from '../user.ts';

const tag = 'Me';

const Me = z
  .object({
    name: z.string().describe('Owner of what is started with this token'),
    role: role.describe('What this token allows now'),
    groups: namedGroups,
    user: z.object({ id, name: z.string() }).nullable().describe('null: the token is a service’s'),
    via: z.enum(['admin_token', 'token', 'oidc']).describe('The first token, an API token, or a JWT of the OIDC issuer'),
    token: z.object({ id, name: z.string() }).nullable().describe('The API token'),
    expires_at: timestamp.nullable().describe('Of the token; null = never'),
  })
  .meta({ id: 'Me' });

export const me = {
  getMe: defineEndpoint({
    method: 'GET',
    path: '/api/me',
    summary: 'Who one is, and what one may',
    tag,
    role: 'viewer',
    audit: null,
    responses: { 200: Me },
  }),
  listMyTokens: defineEndpoint({
    method: 'GET',
    path: '/api/me/tokens',
    summary: 'List the API tokens of one’s own user; a service has none',
    tag,
    role: 'viewer',
    audit: null,
    query: z.strictObject(pageQuery),
    responses: { 200: page(Token) },
  }),
  createMyToken: defineEndpoint({
    method: 'POST',
    path: '/api/me/tokens',
    summary: 'Make an API token of one’s own user; its secret is answered once',
    description:
      'Role and groups are at most, and unless told, those of the token that asks; so is its end, where an API token asks.',
    tag,
    role: 'viewer',
    audit: 'token.create',
    body: OwnTokenInput,
    responses: { 201: NewToken },
    problems: ['conflict'],
  }),
  deleteMyToken: defineEndpoint({
    method: 'DELETE',
    path: '/api/me/tokens/{id}',
    summary: 'Revoke an API token of one’s own user at once',
    tag,
    role: 'viewer',
    audit: 'token.delete',
    params: idParams,
    responses: { 204: null },
    problems: ['not_found'],
  }),
};
