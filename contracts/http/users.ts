import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { idParams, page, pageQuery } from '../fields.ts';
import { User, UserInput, UserPatch } from '../user.ts';

const tag = 'Users';
const item = { path: '/api/users/{id}', tag, role: 'admin', allDevices: true, params: idParams } as const;

export const users = {
  listUsers: defineEndpoint({
    method: 'GET',
    path: '/api/users',
    summary: 'List users by name',
    tag,
    role: 'admin',
    allDevices: true,
    audit: null,
    query: z.strictObject(pageQuery),
    responses: { 200: page(User) },
  }),
  createUser: defineEndpoint({
    method: 'POST',
    path: '/api/users',
    summary: 'Make a user',
    description:
      'He signs in by OIDC (oidc_issuer and oidc_subject), or with API tokens of his own (POST /api/tokens with user).',
    tag,
    role: 'admin',
    allDevices: true,
    audit: 'user.create',
    body: UserInput,
    example: { name: 'alice', role: 'operator', groups: ['berlin'] },
    responses: { 201: User },
    problems: ['conflict'],
  }),
  getUser: defineEndpoint({
    ...item,
    method: 'GET',
    summary: 'Read a user, by id or name',
    audit: null,
    responses: { 200: User },
    problems: ['not_found'],
  }),
  updateUser: defineEndpoint({
    ...item,
    method: 'PATCH',
    summary: 'Change a user; it holds from the next request on',
    audit: 'user.update',
    body: UserPatch,
    responses: { 200: User },
    problems: ['not_found', 'conflict'],
  }),
  deleteUser: defineEndpoint({
    ...item,
    method: 'DELETE',
    summary: 'Delete a user and the tokens of his',
    description:
      'Who may sign in by OIDC comes again with the next token, where unknown subjects become users: rather disable him.',
    audit: 'user.delete',
    responses: { 204: null },
    problems: ['not_found'],
  }),
};
