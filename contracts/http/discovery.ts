import { z } from 'zod';
import { DiscoverBody, LegacyDiscoverBody } from '../discover.ts';
import { defineEndpoint } from '../endpoint.ts';
import { id, reference } from '../fields.ts';
import { DiscoverProgress, DiscoverResult, DiscoverStarted, jobStatus } from '../job.ts';

const tag = 'Discovery';
const jobParams = z.strictObject({ job_id: reference });
const waitQuery = z.strictObject({
  wait: z.coerce.number().int().min(0).max(300).optional().describe('Seconds to wait, 60 unless told; also as `Prefer: wait=n`'),
});

const example = { device_ids: ['edge-1', 'edge-2'], include_mac_table: false };

export const discovery = {
  discoverAsync: defineEndpoint({
    method: 'POST',
    path: '/api/topology/discover-async',
    summary: 'Start a discovery',
    tag,
    role: 'operator',
    audit: 'discovery.start',
    starts: true,
    body: DiscoverBody,
    example,
    responses: { 202: DiscoverStarted },
  }),
  discoverSync: defineEndpoint({
    method: 'POST',
    path: '/api/topology/discover-sync',
    summary: 'Discover at most 5 devices and wait for the result; 202 and the job goes on when the wait is over',
    tag,
    role: 'operator',
    audit: 'discovery.start',
    starts: true,
    query: waitQuery,
    body: DiscoverBody,
    example,
    responses: { 200: DiscoverResult, 202: DiscoverResult },
  }),
  discover: defineEndpoint({
    method: 'POST',
    path: '/api/topology/discover',
    summary: 'Discover, in the background or waiting',
    tag,
    role: 'operator',
    audit: 'discovery.start',
    starts: true,
    query: waitQuery,
    body: LegacyDiscoverBody,
    example: { ...example, run_in_background: true },
    responses: { 200: DiscoverResult, 202: DiscoverStarted },
    deprecated: { since: 1_793_491_200, successor: '/api/topology/discover-async' },
  }),
  discoverProgress: defineEndpoint({
    method: 'GET',
    path: '/api/topology/discover/progress/{job_id}',
    summary: 'Progress of a discovery, with its first 1,000 devices',
    tag,
    role: 'viewer',
    audit: null,
    params: jobParams,
    query: z.strictObject({ devices_cursor: z.string().max(1000).optional() }),
    responses: { 200: DiscoverProgress, 304: null },
    problems: ['not_found'],
  }),
  discoverResult: defineEndpoint({
    method: 'GET',
    path: '/api/topology/discover/result/{job_id}',
    summary: 'What a discovery has found so far: records, errors, and the outcome of each device and kind',
    tag,
    role: 'viewer',
    audit: null,
    params: jobParams,
    responses: { 200: DiscoverResult },
    problems: ['not_found'],
  }),
  discoverCancel: defineEndpoint({
    method: 'DELETE',
    path: '/api/topology/discover/{job_id}',
    summary: 'Cancel a discovery',
    tag,
    role: 'operator',
    audit: 'job.cancel',
    params: jobParams,
    responses: { 200: z.object({ job_id: id, status: jobStatus, message: z.string() }) },
    problems: ['not_found', 'conflict', 'temporal_unavailable'],
  }),
};
