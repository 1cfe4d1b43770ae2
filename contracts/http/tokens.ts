import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { idParams, page, pageQuery } from '../fields.ts';
import { NewToken, Token, TokenInput, TokenPatch } from '../token.ts';

const tag = 'Tokens';

const item = { path: '/api/tokens/{id}', tag, role: 'admin', allDevices: true, params: idParams } as const;

export const tokens = {
  listTokens: defineEndpoint({
    method: 'GET',
    path: '/api/tokens',
    summary: 'List API tokens by name, without their secrets',
    tag,
    role: 'admin',
    allDevices: true,
    audit: null,
    query: z.strictObject(pageQuery),
    responses: { 200: page(Token) },
  }),
  createToken: defineEndpoint({
    method: 'POST',
    path: '/api/tokens',
    summary: 'Make an API token; its secret is answered once',
    description: 'Of a user, or of a service. Users make tokens of their own by POST /api/me/tokens.',
    tag,
    role: 'admin',
    allDevices: true,
    audit: 'token.create',
    body: TokenInput,
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
    summary: 'Change an API token; it holds from the next request on',
    audit: 'token.update',
    body: TokenPatch,
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
