import { z } from 'zod';
import { BulkItem, BulkPreview, DevicesBulk, JobsBulk } from '../bulk.ts';
import { defineEndpoint } from '../endpoint.ts';
import { ITEM_STATES } from '../../core/bulk.ts';
import { idParams, page, pageQuery, severalOf } from '../fields.ts';
import { Job } from '../job.ts';

const started = { 202: Job } as const;
const about =
  'Answers a job of type `jobs.bulk` or `devices.bulk`. Its targets are chosen when it is made; what became of each is in its items, and ' +
  'how many are done in its counts of devices. With `dry_run` nothing is started.';

export const bulk = {
  bulkJobs: defineEndpoint({
    method: 'POST',
    path: '/api/jobs/bulk',
    summary: 'Cancel, pause, resume, retry or re-prioritise many jobs, as a job of its own',
    description: about,
    tag: 'Jobs',
    role: 'operator',
    audit: 'job.bulk',
    starts: true,
    body: JobsBulk,
    example: { action: 'retry', filter: { status: 'failed', within: '24h' }, dry_run: true },
    responses: { 200: BulkPreview, 202: Job },
  }),
  bulkDevices: defineEndpoint({
    method: 'POST',
    path: '/api/devices/bulk',
    summary: 'Change or delete many devices, as a job of its own',
    description: about,
    tag: 'Devices',
    role: 'operator',
    audit: 'device.bulk',
    starts: true,
    body: DevicesBulk,
    example: { action: 'add_tag', tag: 'edge', filter: { site: 'north' }, dry_run: true },
    responses: { 200: BulkPreview, 202: Job },
  }),
  listBulkItems: defineEndpoint({
    method: 'GET',
    path: '/api/jobs/{id}/items',
    summary: 'List the targets of a bulk job, in the order in which they are done; any other job has none',
    tag: 'Jobs',
    role: 'viewer',
    audit: null,
    params: idParams,
    query: z.strictObject({ ...pageQuery, state: severalOf(ITEM_STATES).optional().describe('One or several') }),
    responses: { 200: page(BulkItem) },
    problems: ['not_found'],
  }),
  cancelCollectionGroup: defineEndpoint({
    method: 'POST',
    path: '/api/collection-groups/{id}/cancel',
    summary: 'Cancel the devices of a group in every open job',
    description:
      'A job that is only for devices of the group is cancelled as a whole; any other goes on with the rest. Jobs that start later are ' +
      'not touched: pause the group first where none shall. Answers a `jobs.bulk` job.',
    tag: 'Collection groups',
    role: 'operator',
    audit: 'collection_group.cancel',
    starts: true,
    params: idParams,
    responses: started,
    problems: ['not_found'],
  }),
  cancelSystem: defineEndpoint({
    method: 'POST',
    path: '/api/system/cancel',
    summary: 'Cancel every open job',
    description:
      'Jobs that start later are not touched: pause the system first where none shall. Answers a `jobs.bulk` job, which is the only ' +
      'one that goes on.',
    tag: 'Holds',
    role: 'admin',
    allDevices: true,
    audit: 'system.cancel',
    starts: true,
    responses: started,
  }),
};
