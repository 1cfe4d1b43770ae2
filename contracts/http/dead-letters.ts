import { z } from 'zod';
import { JOB_TYPES } from '../../core/jobs.ts';
import { defineEndpoint } from '../endpoint.ts';
import { id, outcome, page, pageQuery, timestamp } from '../fields.ts';

const tag = 'Dead letters';
const count = z.int().min(0);
const jobType = z.enum(JOB_TYPES);
const fingerprint = z.string().regex(/^[0-9a-f]{16}$/, 'must be the fingerprint of a group');
const params = z.strictObject({ fingerprint });
const state = z.enum(['open', 'replayed', 'resolved', 'ignored']);
const Example = z.object({ device_id: id, device_name: z.string(), job_id: id, error: z.string() });

const LetterGroup = z
  .object({
    fingerprint,
    outcome,
    error: z.string().describe('Without what differs between devices'),
    letters: count,
    devices: count,
    job_types: z.array(jobType),
    first_seen: timestamp,
    last_seen: timestamp,
    examples: z.array(Example),
  })
  .meta({ id: 'DeadLetterGroup' });

const Letter = z
  .object({
    id: z.int(),
    ...Example.shape,
    job_type: jobType,
    outcome,
    state,
    replay_job_id: id.nullable(),
    created_at: timestamp,
    settled_at: timestamp.nullable(),
  })
  .meta({ id: 'DeadLetter' });

const Settled = z.object({ fingerprint, letters: count });
const settle = { method: 'POST', tag, role: 'operator', params, responses: { 200: Settled }, problems: ['not_found'] } as const;

export const deadLetters = {
  listDeadLetters: defineEndpoint({
    method: 'GET',
    path: '/api/dead-letters',
    summary: 'Devices that failed for good, grouped by their error, the largest group first',
    tag,
    role: 'viewer',
    audit: null,
    query: z.strictObject({ state: state.default('open'), limit: z.coerce.number().int().min(1).max(1000).default(100) }),
    responses: { 200: z.object({ items: z.array(LetterGroup) }) },
  }),
  listDeadLettersOfGroup: defineEndpoint({
    method: 'GET',
    path: '/api/dead-letters/{fingerprint}',
    summary: 'The devices of one group, the newest first',
    tag,
    role: 'viewer',
    audit: null,
    params,
    query: z.strictObject(pageQuery),
    responses: { 200: page(Letter) },
    problems: ['not_found'],
  }),
  replayDeadLetters: defineEndpoint({
    method: 'POST',
    path: '/api/dead-letters/replay',
    summary: 'Start the devices of a group again: one job for each job type, with the parameters of the newest that failed',
    tag,
    role: 'operator',
    audit: 'dead_letters.replay',
    starts: true,
    body: z.strictObject({
      fingerprint,
      limit: z.int().min(1).max(100_000).default(1000).describe('Most devices'),
      jitter_seconds: z.int().min(0).max(3600).default(0).describe('The devices begin spread over so long'),
      priority: z.int().min(0).max(10).default(5),
    }),
    responses: { 202: z.object({ devices: count, jobs: z.array(z.object({ job_id: id, type: jobType, devices: count })) }) },
    problems: ['not_found', 'conflict'],
  }),
  resolveDeadLetters: defineEndpoint({
    ...settle,
    path: '/api/dead-letters/{fingerprint}/resolve',
    summary: 'Settle a group: the error is dealt with',
    audit: 'dead_letters.resolve',
  }),
  ignoreDeadLetters: defineEndpoint({
    ...settle,
    path: '/api/dead-letters/{fingerprint}/ignore',
    allDevices: true,
    summary: 'Ignore a group, also what comes of it later',
    audit: 'dead_letters.ignore',
  }),
  reopenDeadLetters: defineEndpoint({
    ...settle,
    path: '/api/dead-letters/{fingerprint}/reopen',
    allDevices: true,
    summary: 'Ignore a group no more',
    audit: 'dead_letters.reopen',
  }),
};
