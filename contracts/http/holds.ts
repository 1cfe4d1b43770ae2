import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { flag, id, idParams, line, reference, timestamp } from '../fields.ts';

const tag = 'Holds';

const Hold = z
  .object({
    id,
    kind: z.enum(['pause', 'maintenance']),
    group_id: id.nullable().describe('null: the whole system'),
    group_name: z.string().nullable(),
    reason: z.string(),
    starts_at: timestamp,
    ends_at: timestamp.nullable().describe('null: until it is removed'),
    created_by: z.string(),
    created_at: timestamp,
    active: z.boolean(),
  })
  .meta({ id: 'Hold' });

const pause = z.strictObject({ reason: line(500).default('paused by hand') }).optional();
const problems = ['not_found', 'conflict'] as const;

export const holds = {
  listHolds: defineEndpoint({
    method: 'GET',
    path: '/api/holds',
    summary: 'What keeps devices from being logged in to: pauses of a group or of everything, maintenance windows',
    tag,
    role: 'viewer',
    audit: null,
    query: z.strictObject({ all: flag(false).describe('true: also those that are over') }),
    responses: { 200: z.object({ items: z.array(Hold) }) },
  }),
  createHold: defineEndpoint({
    method: 'POST',
    path: '/api/holds',
    summary: 'Pause a group or everything, or plan a maintenance window',
    description:
      'Paused devices wait: running ones finish the data kind they are in and go back to `pending`. In a maintenance window devices are ' +
      'skipped and told as `locked`.',
    tag,
    role: 'operator',
    audit: 'hold.create',
    body: z.strictObject({
      kind: z.enum(['pause', 'maintenance']),
      group: reference.optional().describe('Id or name of a collection group; the whole system unless told'),
      reason: line(500),
      starts_at: timestamp.optional().describe('Now unless told'),
      ends_at: timestamp.optional().describe('Until it is removed unless told'),
    }),
    responses: { 201: Hold },
    problems: ['not_found'],
  }),
  deleteHold: defineEndpoint({
    method: 'DELETE',
    path: '/api/holds/{id}',
    summary: 'Lift a pause, or take a maintenance window back',
    tag,
    role: 'operator',
    audit: 'hold.delete',
    params: idParams,
    responses: { 204: null },
    problems: ['not_found'],
  }),
  pauseCollectionGroup: defineEndpoint({
    method: 'POST',
    path: '/api/collection-groups/{id}/pause',
    summary: 'Log in to no device of a group until it is resumed',
    tag: 'Collection groups',
    role: 'operator',
    audit: 'collection_group.pause',
    params: idParams,
    body: pause,
    responses: { 202: Hold },
    problems: ['not_found'],
  }),
  resumeCollectionGroup: defineEndpoint({
    method: 'POST',
    path: '/api/collection-groups/{id}/resume',
    summary: 'Let the jobs of a group go on',
    tag: 'Collection groups',
    role: 'operator',
    audit: 'collection_group.resume',
    params: idParams,
    responses: { 202: z.object({ message: z.string() }) },
    problems,
  }),
  pauseSystem: defineEndpoint({
    method: 'POST',
    path: '/api/system/pause',
    allDevices: true,
    summary: 'Log in to no device until the system is resumed; jobs wait',
    tag,
    role: 'admin',
    audit: 'system.pause',
    body: pause,
    responses: { 202: Hold },
  }),
  resumeSystem: defineEndpoint({
    method: 'POST',
    path: '/api/system/resume',
    allDevices: true,
    summary: 'Let all jobs go on',
    tag,
    role: 'admin',
    audit: 'system.resume',
    responses: { 202: z.object({ message: z.string() }) },
    problems: ['conflict'],
  }),
};
