import { OUTCOMES } from '../../core/outcome.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import { BULK_OPTIONS, runBulk } from '../bulk.ts';
import type { Command } from '../command.ts';
import { keyOf, priorityOf } from '../selection.ts';
import { start } from '../start.ts';
import { table } from '../text/table.ts';
import { plural } from '../text/words.ts';
import { jobFilterOptions, jobSelection, namesOne } from './bulk.ts';
import { JOB } from './jobs.ts';

const STATUSES = ['completed', 'failed', 'cancelled'] as const;
const ALL_OUTCOMES = [...OUTCOMES, 'partial'] as const;

const retryOne = start({
  name: 'jobs retry',
  about: 'start a finished job again, for the devices that failed or were cancelled unless told otherwise',
  args: [JOB],
  options: [
    { name: 'status', value: 'status', about: 'devices with one of these', many: true, choices: STATUSES },
    { name: 'outcome', value: 'outcome', about: 'devices with one of these', many: true, choices: ALL_OUTCOMES },
    { name: 'dry-run', about: 'only tell which devices it would be' },
  ],
  endpoint: jobs.retryJob,
  input: (given) => ({
    params: { id: given.need('job') },
    body: {
      status: given.choices('status', STATUSES),
      outcome: given.choices('outcome', ALL_OUTCOMES),
      dry_run: given.flag('dry-run'),
      ...priorityOf(given),
    },
    ...keyOf(given),
  }),
  jobOf: (answer) => ('job_id' in answer ? answer.job_id : null),
  show(answer, { out }) {
    const left =
      answer.skipped_devices === 0 ? '' : `${plural(answer.skipped_devices, 'device')} left out: deleted or disabled\n`;
    if ('job_id' in answer) return `retry of ${plural(answer.total_devices, 'device')} started: ${answer.job_id}\n${left}`;
    const columns = [
      { head: 'DEVICE', of: (row: (typeof answer.items)[number]) => row.device_name },
      { head: 'STATUS', of: (row: (typeof answer.items)[number]) => row.status },
      { head: 'OUTCOME', of: (row: (typeof answer.items)[number]) => row.outcome },
      { head: 'ERROR', of: (row: (typeof answer.items)[number]) => row.error },
    ];
    return `it would be ${plural(answer.devices, 'device')}\n${table(out, answer.items, columns, 'No devices.')}${left}`;
  },
});

/** Of one job as ever; without it, of many: `--status` and `--outcome` are those of devices in both. */
export const retryCommands: Command[] = [
  {
    ...retryOne,
    about: `${retryOne.about}; without a job, all finished ones that the options find and nobody has retried`,
    args: [{ ...JOB, optional: true }],
    options: [
      ...(retryOne.options ?? []),
      ...jobFilterOptions('job-status'),
      ...BULK_OPTIONS.filter(({ name }) => name === 'yes' || name === 'limit'),
    ],
    run(context, given) {
      const selection = jobSelection(given, 'job-status');
      if (namesOne(given, selection)) return retryOne.run(context, given);
      const [status, outcome] = [given.choices('status', STATUSES), given.choices('outcome', ALL_OUTCOMES)];
      const retry = status === undefined && outcome === undefined ? {} : { retry: { status, outcome } };
      return runBulk(context, given, { noun: 'job', body: { action: 'retry', ...selection, ...retry, ...priorityOf(given) } });
    },
  },
];
