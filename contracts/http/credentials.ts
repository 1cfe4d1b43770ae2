import { z } from 'zod';
import { SECRET_NAMES } from '../../core/device.ts';
import { defineEndpoint } from '../endpoint.ts';
import { SecretReference } from '../secret-reference.ts';
import { id, idParams, line, name, page, pageQuery, timestamp } from '../fields.ts';

const tag = 'Credentials';
const value = z
  .string()
  .min(1)
  .max(64 * 1024)
  .describe('Write-only');
const secret = z
  .union([value, SecretReference], {
    error: 'must be a text, null, or a reference: {from: env, name}, {from: file, path} or {from: vault, path, field}',
  })
  .nullable();

const fields = {
  name,
  username: line(255).nullable(),
  password: secret,
  private_key: secret,
  passphrase: secret,
  enable_password: secret,
  token: secret,
};

const Input = z.strictObject({ ...z.strictObject(fields).partial().shape, name }).meta({ id: 'CredentialInput' });
const Patch = z.strictObject(fields).partial().meta({ id: 'CredentialPatch' });

const Credential = z
  .object({
    id,
    name: z.string(),
    username: z.string().nullable(),
    secrets: z.array(z.enum(SECRET_NAMES)).describe('Which secrets are set; their values are never read back'),
    references: z
      .partialRecord(z.enum(SECRET_NAMES), SecretReference)
      .nullable()
      .describe(
        'Secrets that are kept elsewhere and read by a worker just before each login; null where they cannot be decrypted',
      ),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Credential' });

const item = { path: '/api/credentials/{id}', tag, params: idParams, problems: ['not_found', 'conflict'] } as const;

export const credentials = {
  listCredentials: defineEndpoint({
    method: 'GET',
    path: '/api/credentials',
    summary: 'List credentials by name, without their secrets',
    tag,
    role: 'viewer',
    audit: null,
    query: z.strictObject(pageQuery),
    responses: { 200: page(Credential) },
  }),
  createCredential: defineEndpoint({
    method: 'POST',
    path: '/api/credentials',
    summary: 'Add a credential',
    tag,
    role: 'admin',
    allDevices: true,
    audit: 'credential.create',
    body: Input,
    responses: { 201: Credential },
    problems: ['conflict'],
  }),
  getCredential: defineEndpoint({
    ...item,
    method: 'GET',
    summary: 'Read a credential, by id or name, without its secrets',
    role: 'viewer',
    audit: null,
    responses: { 200: Credential },
  }),
  replaceCredential: defineEndpoint({
    ...item,
    method: 'PUT',
    summary: 'Replace a credential; secrets that are left out are removed',
    role: 'admin',
    allDevices: true,
    audit: 'credential.update',
    body: Input,
    responses: { 200: Credential },
  }),
  updateCredential: defineEndpoint({
    ...item,
    method: 'PATCH',
    summary: 'Rotate some secrets of a credential; null removes one, what is left out stays',
    role: 'admin',
    allDevices: true,
    audit: 'credential.update',
    body: Patch,
    responses: { 200: Credential },
  }),
  deleteCredential: defineEndpoint({
    ...item,
    method: 'DELETE',
    summary: 'Remove a credential that no device uses',
    role: 'admin',
    allDevices: true,
    audit: 'credential.delete',
    responses: { 204: null },
  }),
};
