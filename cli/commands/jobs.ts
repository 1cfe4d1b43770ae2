import { JOB_STATUSES, JOB_TYPES } from '../../core/jobs.ts';
import { OUTCOMES } from '../../core/outcome.ts';
import type { Job, JobDevice } from '../../contracts/job.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import type { Arg, Command } from '../command.ts';
import type { Screen } from '../context.ts';
import { JOB_FILTER, jobFilter } from '../filters.ts';
import { list, request } from '../request.ts';
import { statusColor } from '../text/paint.ts';
import { record } from '../text/table.ts';
import { duration, time } from '../text/words.ts';
import { watchJob } from '../watch.ts';

export const JOB: Arg = { name: 'job', about: 'id of a job', completes: 'job' };
const DEVICE_STATUSES = ['pending', 'in_progress', 'completed', 'failed', 'cancelled'] as const;
const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

const statusOf = (job: Job): string => (job.partial ? `${job.status}, partial` : job.status);
const colorOf = (job: Job) => statusColor(job.partial ? 'partial' : job.status);

function showJob(job: Job, screen: Screen): string {
  const { job_id, type, owner, priority, message, error, retry_of, schedule_id } = job;
  return record(screen, {
    job_id,
    type,
    status: statusOf(job),
    progress: `${job.progress_percentage} %`,
    devices: job.total_devices,
    pending: job.pending_devices,
    running: job.running_devices,
    completed: job.completed_devices,
    failed: job.failed_devices,
    cancelled: job.cancelled_devices,
    to_go: job.eta_seconds === null ? null : duration(job.eta_seconds),
    message,
    error,
    owner,
    priority,
    created_at: time(job.created_at),
    started_at: time(job.started_at),
    completed_at: time(job.completed_at),
    retry_of,
    schedule_id,
    temporal: job.temporal.url,
  });
}

export const jobCommands: Command[] = [
  list({
    name: 'jobs list',
    about: 'list jobs, the newest first',
    options: [
      { name: 'status', value: 'status', about: 'only these (several times, or with commas)', many: true, choices: JOB_STATUSES },
      { name: 'type', value: 'type', about: 'only these (several times, or with commas)', many: true, choices: JOB_TYPES },
      ...JOB_FILTER,
    ],
    page: ({ client, signal }, given, at) =>
      client().call(jobs.listJobs, {
        query: {
          ...at,
          status: given.choices('status', JOB_STATUSES)?.join(','),
          type: given.choices('type', JOB_TYPES)?.join(','),
          ...jobFilter(given),
        },
        signal,
      }),
    columns: [
      { head: 'JOB', of: (job: Job) => job.job_id, whole: true },
      { head: 'TYPE', of: (job) => job.type },
      { head: 'STATUS', of: statusOf, color: colorOf },
      { head: 'DONE', of: (job) => `${Math.floor(job.progress_percentage)} %`, right: true },
      { head: 'DEVICES', of: (job) => job.total_devices, right: true },
      { head: 'FAILED', of: (job) => job.failed_devices, right: true },
      { head: 'OWNER', of: (job) => job.owner },
      { head: 'CREATED (UTC)', of: (job) => time(job.created_at) },
    ],
    empty: 'No jobs.',
  }),
  request({
    name: 'jobs show',
    about: 'show one job',
    args: [JOB],
    endpoint: jobs.getJob,
    input: (given) => ({ params: { id: given.need('job') } }),
    show: (job, screen) => (job === undefined ? '' : showJob(job, screen)),
  }),
  {
    name: 'jobs watch',
    about: 'follow a job to its end; exits by how it ended',
    args: [JOB],
    options: [{ name: 'log', about: 'every line of its log, not only the troubles' }],
    run: (context, given) => watchJob(context, given.need('job'), { log: given.flag('log') }),
  },
  list({
    name: 'jobs devices',
    about: 'list the devices of a job',
    args: [JOB],
    options: [
      { name: 'status', value: 'status', about: 'only these', choices: DEVICE_STATUSES },
      { name: 'outcome', value: 'outcome', about: 'only these', choices: [...OUTCOMES, 'partial'] },
    ],
    page: ({ client, signal }, given, at) =>
      client().call(jobs.listJobDevices, {
        params: { id: given.need('job') },
        query: {
          ...at,
          status: given.choice('status', DEVICE_STATUSES),
          outcome: given.choice('outcome', [...OUTCOMES, 'partial']),
        },
        signal,
      }),
    columns: [
      { head: 'DEVICE', of: (row: JobDevice) => row.device_name },
      { head: 'STATUS', of: (row) => row.status, color: (row) => statusColor(row.status) },
      { head: 'OUTCOME', of: (row) => row.outcome, color: (row) => statusColor(row.outcome) },
      { head: 'TRIES', of: (row) => row.attempts, right: true },
      { head: 'NOW', of: (row) => row.current_task },
      { head: 'ERROR', of: (row) => row.error },
    ],
    empty: 'No devices.',
  }),
  list({
    name: 'jobs log',
    about: 'list what happened in a job',
    args: [JOB],
    options: [
      { name: 'device', value: 'id', about: 'only about this device (its id)' },
      { name: 'level', value: 'level', about: 'only these (several times, or with commas)', many: true, choices: LEVELS },
    ],
    page: ({ client, signal }, given, at) =>
      client().call(jobs.listJobLog, {
        params: { id: given.need('job') },
        query: { ...at, device_id: given.text('device'), level: given.choices('level', LEVELS)?.join(',') },
        signal,
      }),
    columns: [
      { head: 'TIME (UTC)', of: (line) => time(line.at), whole: true },
      {
        head: 'LEVEL',
        of: (line) => line.level,
        color: (line) => (line.level === 'error' ? 'red' : line.level === 'warn' ? 'yellow' : null),
      },
      { head: 'MESSAGE', of: (line) => line.message },
    ],
    empty: 'No lines.',
  }),
];
