import { z } from 'zod';
import type { JobKind } from '../core/facts.ts';
import { JOB_STATUSES, JOB_TYPES } from '../core/jobs.ts';
import { deviceOutcome, id, outcome, timestamp } from './fields.ts';
import { DeviceData } from './records.ts';

const count = z.int().min(0);
const percentage = z.number().min(0).max(100);
export const jobStatus = z.enum(JOB_STATUSES);
export const deviceStatus = z.enum(['pending', 'in_progress', 'completed', 'failed', 'cancelled']);

/** Devices of a job that nobody can start, because no worker serves their queue. */
const WaitingFor = z
  .object({
    queue: z.string(),
    group: z.string().nullable().describe('The collection group; null for the queues that every worker serves'),
    devices: count,
    reason: z.string(),
    advice: z.string(),
  })
  .meta({ id: 'WaitingFor' });
export type WaitingFor = z.output<typeof WaitingFor>;

export const Job = z
  .object({
    job_id: id,
    type: z.enum(JOB_TYPES),
    status: jobStatus,
    partial: z.boolean().describe('Whether anything asked for is missing'),
    message: z.string().nullable(),
    params: z.record(z.string(), z.unknown()),
    owner: z.string(),
    priority: z.int(),
    total_devices: count.describe('This and the other counts: of a bulk job, of its targets'),
    pending_devices: count,
    running_devices: count,
    completed_devices: count,
    failed_devices: count,
    cancelled_devices: count,
    progress_percentage: percentage,
    eta_seconds: z.number().nullable().describe('At the pace so far; null where there is none yet'),
    created_at: timestamp,
    started_at: timestamp.nullable(),
    completed_at: timestamp.nullable(),
    error: z.string().nullable(),
    retry_of: id.nullable(),
    schedule_id: z.string().nullable(),
    waiting_for: z.array(WaitingFor).optional().describe('Of a single job: what waits for a worker that is not there'),
    temporal: z.object({
      workflow_id: z.string(),
      run_id: z.string().nullable(),
      url: z.string().nullable().describe('In the Temporal Web UI'),
    }),
  })
  .meta({ id: 'Job' });
export type Job = z.output<typeof Job>;

const KindState = z.object({ outcome, rows: count, duration_ms: count, error: z.string().nullable() }).meta({ id: 'KindState' });
const perKind = <S extends z.ZodType>(schema: S) =>
  z
    .object({
      static_routes: schema,
      ospf_routes: schema,
      bgp_routes: schema,
      mac_table: schema,
      arp: schema,
      interfaces: schema,
      cdp_neighbors: schema,
      lldp_neighbors: schema,
      configuration: schema,
    } satisfies Record<JobKind, S>)
    .partial();

export const JobDevice = z
  .object({
    device_id: id,
    device_name: z.string(),
    status: deviceStatus,
    outcome: deviceOutcome.nullable(),
    error: z.string().nullable(),
    attempts: count,
    current_task: z.string().nullable(),
    progress_percentage: percentage,
    kinds: perKind(KindState),
    started_at: timestamp.nullable(),
    completed_at: timestamp.nullable(),
  })
  .meta({ id: 'JobDevice' });
export type JobDevice = z.output<typeof JobDevice>;

export const JobLogLine = z
  .object({
    id: z.string().describe('Also the id of the event in the stream'),
    at: timestamp,
    event: z.string(),
    level: z.string(),
    message: z.string(),
    device_id: id.nullable(),
    data: z.unknown(),
  })
  .meta({ id: 'JobLogLine' });

/** The classic progress answer. */
export const DiscoverProgress = z
  .object({
    job_id: id,
    status: jobStatus,
    total_devices: count,
    completed_devices: count,
    failed_devices: count,
    progress_percentage: percentage,
    devices: z.array(
      JobDevice.pick({
        device_id: true,
        device_name: true,
        status: true,
        progress_percentage: true,
        current_task: true,
        error: true,
        started_at: true,
        completed_at: true,
      }),
    ),
    devices_cursor: z.string().nullable().describe('For the devices after these; null if there are none'),
    started_at: timestamp.nullable(),
    completed_at: timestamp.nullable(),
    error: z.string().nullable(),
  })
  .meta({ id: 'DiscoverProgress' });

/** The classic result; `outcomes` tells of every device and kind, `devices_data` holds what was answered. */
export const DiscoverResult = z
  .object({
    job_id: id,
    status: jobStatus,
    total_devices: count,
    successful_devices: count,
    failed_devices: count,
    devices_data: z.record(z.string(), DeviceData),
    errors: z.record(z.string(), z.string()),
    outcomes: z.record(z.string(), perKind(outcome)),
    duration_seconds: z.number(),
  })
  .meta({ id: 'DiscoverResult' });

/** What a started discovery answers: the same shape, still empty. */
export const DiscoverStarted = DiscoverResult.partial({ outcomes: true }).meta({ id: 'DiscoverStarted' });
