import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { id, idParams, name, page, pageQuery, timestamp } from '../fields.ts';

const tag = 'Collection groups';

const fields = {
  name,
  queue_id: z
    .string()
    .max(100)
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'must be letters, digits, `.`, `_` and `-`')
    .describe('Workers that name it in CAIRN_GROUPS serve the group'),
  login_rate: z.number().min(0.01).max(10_000).nullable().describe('Logins per second over all workers; null = no limit'),
  max_sessions: z.int().min(1).max(100_000).nullable().describe('Sessions at once over all workers; null = no limit'),
};

const Input = z
  .strictObject({ ...fields, login_rate: fields.login_rate.default(null), max_sessions: fields.max_sessions.default(null) })
  .meta({ id: 'CollectionGroupInput' });
const Patch = z.strictObject(fields).partial().meta({ id: 'CollectionGroupPatch' });

const CollectionGroup = z
  .object({
    id,
    ...fields,
    name: z.string(),
    queue_id: z.string(),
    workers: z.int().min(0).nullable().describe('Worker processes that asked for its devices in the last minute; null = unknown'),
    state: z
      .enum(['served', 'no_worker', 'unknown'])
      .describe('Whether a worker serves the group; unknown while Temporal is away'),
    advice: z.string().nullable().describe('What to do about it'),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'CollectionGroup' });

const item = { path: '/api/collection-groups/{id}', tag, params: idParams, problems: ['not_found', 'conflict'] } as const;

export const collectionGroups = {
  listCollectionGroups: defineEndpoint({
    method: 'GET',
    path: '/api/collection-groups',
    summary: 'List collection groups by name',
    tag,
    role: 'viewer',
    audit: null,
    query: z.strictObject(pageQuery),
    responses: { 200: page(CollectionGroup) },
  }),
  createCollectionGroup: defineEndpoint({
    method: 'POST',
    path: '/api/collection-groups',
    summary: 'Add a collection group',
    tag,
    role: 'admin',
    allDevices: true,
    audit: 'collection_group.create',
    body: Input,
    example: { name: 'Berlin', queue_id: 'berlin', login_rate: 5 },
    responses: { 201: CollectionGroup },
    problems: ['conflict'],
  }),
  getCollectionGroup: defineEndpoint({
    ...item,
    method: 'GET',
    summary: 'Read a collection group, by id or name',
    role: 'viewer',
    audit: null,
    responses: { 200: CollectionGroup },
  }),
  replaceCollectionGroup: defineEndpoint({
    ...item,
    method: 'PUT',
    summary: 'Replace a collection group',
    role: 'admin',
    audit: 'collection_group.update',
    body: Input,
    example: { name: 'Berlin', queue_id: 'berlin', login_rate: 5 },
    responses: { 200: CollectionGroup },
  }),
  updateCollectionGroup: defineEndpoint({
    ...item,
    method: 'PATCH',
    summary: 'Change some fields of a collection group; what runs already stays on its queue',
    role: 'admin',
    audit: 'collection_group.update',
    body: Patch,
    responses: { 200: CollectionGroup },
  }),
  deleteCollectionGroup: defineEndpoint({
    ...item,
    method: 'DELETE',
    summary: 'Remove a collection group that no device is in',
    role: 'admin',
    allDevices: true,
    audit: 'collection_group.delete',
    responses: { 204: null },
  }),
};
