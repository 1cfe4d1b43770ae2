import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { line, page, pageQuery, timestamp } from '../fields.ts';
import { role } from '../user.ts';

const AuditEvent = z
  .object({
    id: z.int(),
    at: timestamp.describe('When the call was decided, or began to act'),
    actor: z.string().describe('`anonymous` where no valid token was shown'),
    role: role.nullable(),
    action: z.string(),
    method: z.string(),
    path: z.string(),
    status: z
      .string()
      .describe(
        'HTTP status that was answered; `pending`: the call acts outside the database and has not ended, or its process died',
      ),
    request_id: z.string(),
    detail: z.record(z.string(), z.unknown()).describe('Names, ids and error codes; `token` where a user came with an API token'),
  })
  .meta({ id: 'AuditEvent' });

export const audit = {
  listAudit: defineEndpoint({
    method: 'GET',
    path: '/api/audit',
    summary: 'List who changed what, newest first, also what was refused',
    tag: 'Audit',
    role: 'admin',
    allDevices: true,
    audit: null,
    query: z.strictObject({
      ...pageQuery,
      actor: line(255).optional(),
      action: line(255).optional().describe('device.create, token.delete, …'),
      status: z
        .string()
        .regex(/^([1-5]\d\d|pending)$/, 'must be an HTTP status or `pending`')
        .optional(),
      path: line(2000).optional().describe('What the path begins with: /api/devices'),
      since: timestamp.optional(),
      until: timestamp.optional().describe('Before this moment'),
    }),
    responses: { 200: page(AuditEvent) },
  }),
};
