import { DEVICE_ACTIONS, ITEM_STATES, type DeviceAction } from '../../core/bulk.ts';
import { JOB_STATUSES, JOB_TYPES } from '../../core/jobs.ts';
import { bulk } from '../../contracts/http/bulk.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import { BULK_OPTIONS, runBulk } from '../bulk.ts';
import { EXIT, type Arg, type Command, type Option } from '../command.ts';
import type { CliContext } from '../context.ts';
import { DEVICE_FILTER, deviceFilter, JOB_FILTER, jobFilter } from '../filters.ts';
import { wrong, type Given } from '../given.ts';
import { list, request } from '../request.ts';
import { safeJson } from '../text/safe.ts';
import { statusColor } from '../text/paint.ts';
import { time } from '../text/words.ts';

const ONE_JOB: Arg = {
  name: 'job',
  about: 'id of a job; without it, all that the options find',
  optional: true,
  completes: 'job',
};

/** Which jobs; `--status` has another name where that means devices. */
export const jobFilterOptions = (status: string) =>
  [
    {
      name: status,
      value: 'status',
      about: 'jobs that are so (several times, or with commas)',
      many: true,
      choices: JOB_STATUSES,
    },
    { name: 'type', value: 'type', about: 'of these types (several times, or with commas)', many: true, choices: JOB_TYPES },
    ...JOB_FILTER,
    { name: 'all', about: 'every job' },
  ] as const satisfies Option[];

/** The filter that was typed, as the API takes it. */
export function jobSelection(given: Given, status = 'status') {
  const filter = {
    status: given.choices(status, JOB_STATUSES),
    type: given.choices('type', JOB_TYPES),
    ...jobFilter(given),
  };
  const told = Object.values(filter).some((value) => value !== undefined);
  return { ...(told ? { filter } : {}), ...(given.flag('all') ? { all: true as const } : {}) };
}

/** Whether one job is named; a name and a filter do not go together. */
export function namesOne(given: Given, selection: object): boolean {
  const one = given.text('job') !== undefined;
  if (one && Object.keys(selection).length > 0) wrong('job', 'cannot be combined with --all or a filter');
  return one;
}

async function one(
  context: CliContext,
  call: Promise<{ body: { job_id: string; status: string; priority: number } }>,
  word: 'status' | 'priority',
) {
  const { body } = await call;
  context.out.write(
    context.json ? `${safeJson(body)}\n` : `${body.job_id}: ${word === 'status' ? body.status : `priority ${body.priority}`}\n`,
  );
  return EXIT.ok;
}

const control = (verb: 'pause' | 'resume' | 'cancel', about: string): Command => ({
  name: `jobs ${verb}`,
  about,
  args: [ONE_JOB],
  options: [...jobFilterOptions('status'), ...BULK_OPTIONS],
  run(context, given) {
    const selection = jobSelection(given);
    if (!namesOne(given, selection)) return runBulk(context, given, { noun: 'job', body: { action: verb, ...selection } });
    const call = context.client().call(jobs[`${verb}Job`], { params: { id: given.need('job') }, signal: context.signal });
    return one(context, call, 'status');
  },
});

/** Which field an action of `devices bulk` takes its value in; null takes none. */
const VALUE = {
  enable: null,
  disable: null,
  set_group: 'collection_group',
  set_credential: 'credential',
  add_tag: 'tag',
  remove_tag: 'tag',
  delete: null,
} as const satisfies Record<DeviceAction, string | null>;

function valueOf(action: DeviceAction, value: string | undefined): object {
  const field = VALUE[action];
  if (field === null) return value === undefined ? {} : wrong('value', `is not for ${action}`);
  if (value === undefined) return wrong('value', `is missing: ${action} needs one`);
  return { [field]: value === '-' && field !== 'tag' ? null : value };
}

export const bulkCommands: Command[] = [
  control('pause', 'let the devices at work finish, and begin no more; of one job, or of many'),
  control('resume', 'let a paused job go on, or many'),
  control('cancel', 'end a job, or many; what was collected stays'),
  {
    name: 'jobs priority',
    about: 'change the priority of a job that is not over, or of many',
    args: [{ name: 'priority', about: '0 (last) to 10 (first)' }, ONE_JOB],
    options: [...jobFilterOptions('status'), ...BULK_OPTIONS],
    run(context, given) {
      const selection = jobSelection(given);
      const priority = given.number('priority') ?? 0;
      if (!namesOne(given, selection))
        return runBulk(context, given, { noun: 'job', body: { action: 'priority', priority, ...selection } });
      const input = { params: { id: given.need('job') }, body: { priority }, signal: context.signal };
      return one(context, context.client().call(jobs.updateJob, input), 'priority');
    },
  },
  list({
    name: 'jobs items',
    about: 'list the targets of a bulk job, and what became of each',
    args: [{ name: 'job', about: 'id of a job', completes: 'job' }],
    options: [
      { name: 'state', value: 'state', about: 'only these (several times, or with commas)', many: true, choices: ITEM_STATES },
    ],
    page: ({ client, signal }, given, at) =>
      client().call(bulk.listBulkItems, {
        params: { id: given.need('job') },
        query: { ...at, state: given.choices('state', ITEM_STATES)?.join(',') },
        signal,
      }),
    columns: [
      { head: 'TARGET', of: (row) => row.target_id, whole: true },
      { head: 'NAME', of: (row) => row.name },
      { head: 'STATE', of: (row) => row.state, color: (row) => statusColor(row.state === 'done' ? 'completed' : row.state) },
      { head: 'DONE (UTC)', of: (row) => time(row.completed_at) },
      { head: 'MESSAGE', of: (row) => row.message },
    ],
    empty: 'No targets.',
  }),
  request({
    name: 'groups cancel',
    about: 'cancel the devices of a group in every open job; jobs with others go on with those',
    args: [{ name: 'group', about: 'name or id', completes: 'group' }],
    endpoint: bulk.cancelCollectionGroup,
    input: (given) => ({ params: { id: given.need('group') } }),
    show: (job) => `cancel in ${job.total_devices} job(s) started: ${job.job_id}\n`,
  }),
  {
    name: 'devices bulk',
    about: 'change or delete many devices',
    args: [
      { name: 'action', about: DEVICE_ACTIONS.join(', ') },
      { name: 'value', about: 'the tag, or the name or id of the group or credential; - is none', optional: true },
    ],
    options: [...DEVICE_FILTER, { name: 'all', about: 'every device' }, ...BULK_OPTIONS],
    run(context, given) {
      const action = given.choice('action', DEVICE_ACTIONS) ?? wrong('action', 'is missing');
      const enabled = given.choice('enabled', ['yes', 'no']);
      const filter = {
        ...deviceFilter(given),
        enabled: enabled === undefined ? undefined : enabled === 'yes',
      };
      const selection = Object.values(filter).some((value) => value !== undefined) ? { filter } : {};
      const all = given.flag('all') ? { all: true as const } : {};
      const body = { action, ...selection, ...all, ...valueOf(action, given.text('value')) };
      return runBulk(context, given, { noun: 'device', body });
    },
  },
];
