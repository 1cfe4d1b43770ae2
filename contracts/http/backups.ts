import { z } from 'zod';
import { Backup, BackupDiff, backupStatus, BackupText } from '../backup.ts';
import { DeviceCollectRequest } from '../collect.ts';
import { priority } from '../discover.ts';
import { defineEndpoint } from '../endpoint.ts';
import { flag, id, idParams, outcome, page, pageQuery, reference, timestamp, yesNo } from '../fields.ts';
import { Job } from '../job.ts';

const tag = 'Configurations';
const secretText = 'It may hold secrets: operator.';
const RunningConfig = z
  .object({
    success: z.boolean(),
    output: z.string().nullable(),
    outcome: outcome.nullable().describe('Of the last attempt; null if there was none, or it is not over'),
    error: z.string().nullable(),
    cached: z.boolean(),
    collected_at: timestamp.nullable(),
    job_id: id.nullable(),
  })
  .meta({ id: 'RunningConfig' });
const between = { since: timestamp.optional().describe('At or after'), until: timestamp.optional().describe('At or before') };

export const backups = {
  collectDevice: defineEndpoint({
    method: 'POST',
    path: '/api/devices/{id}/collect',
    summary: 'Back up the configuration of one device now; 409 where it is busy',
    tag,
    role: 'operator',
    audit: 'device.collect',
    starts: true,
    params: idParams,
    body: DeviceCollectRequest.omit({ device_id: true }).extend({ priority }).optional(),
    responses: { 202: Job },
    problems: ['not_found', 'conflict', 'device_busy'],
  }),
  listBackups: defineEndpoint({
    method: 'GET',
    path: '/api/devices/{id}/backups',
    summary: 'History of the configuration of a device, the newest first',
    tag,
    role: 'viewer',
    audit: null,
    params: idParams,
    query: z.strictObject({
      ...pageQuery,
      changed: yesNo.optional().describe('true: only new versions'),
      status: backupStatus.optional(),
      ...between,
    }),
    responses: { 200: page(Backup) },
    problems: ['not_found'],
  }),
  getBackup: defineEndpoint({
    method: 'GET',
    path: '/api/devices/{id}/backups/{task_identifier}',
    summary: 'The text of a configuration as text/plain, or with what is known of it as JSON',
    description: `\`latest\` names the newest version. ${secretText}`,
    tag,
    role: 'operator',
    audit: null,
    params: z.strictObject({ id: reference, task_identifier: reference }),
    responses: { 200: { media: 'text/plain', description: 'The text, or what is known of it', json: BackupText } },
    problems: ['not_found', 'artifact_missing', 'artifact_store_unavailable'],
  }),
  diffBackups: defineEndpoint({
    method: 'GET',
    path: '/api/devices/{id}/backups/{task_identifier}/diff/{other}',
    summary: 'Difference of two configurations, unified as text/plain, or by section as JSON',
    description: `Lines that change by themselves are left out unless \`volatile=true\`. ${secretText}`,
    tag,
    role: 'operator',
    audit: null,
    params: z.strictObject({ id: reference, task_identifier: reference, other: reference }),
    query: z.strictObject({
      volatile: flag(false),
      context: z.coerce.number().int().min(0).max(100_000).default(3).describe('Unchanged lines around each change'),
    }),
    responses: { 200: { media: 'text/plain', description: 'The difference', json: BackupDiff } },
    problems: ['not_found', 'artifact_missing', 'artifact_store_unavailable'],
  }),
  runningConfig: defineEndpoint({
    method: 'GET',
    path: '/api/devices/{id}/running-config',
    summary: 'The configuration of a device, from the newest version or asked now',
    description: `Asking the device starts a job. 202: the wait is over and the job goes on. ${secretText}`,
    tag,
    role: 'operator',
    audit: 'device.query',
    params: idParams,
    query: z.strictObject({
      use_textfsm: flag(true).describe('Of no effect: a configuration is text'),
      cached: flag(false).describe('true: the newest version; else the device is asked'),
      wait: z.coerce.number().int().min(0).max(300).default(60).describe('Seconds to wait for the device'),
    }),
    responses: { 200: RunningConfig, 202: RunningConfig },
    problems: ['not_found', 'conflict', 'artifact_missing', 'artifact_store_unavailable'],
  }),
  listChanges: defineEndpoint({
    method: 'GET',
    path: '/api/backups/changes',
    summary: 'New versions of all devices, the newest first',
    tag,
    role: 'viewer',
    audit: null,
    query: z.strictObject({ ...pageQuery, ...between, group: reference.optional().describe('Id or name of a collection group') }),
    responses: { 200: page(Backup) },
    problems: ['not_found'],
  }),
};
