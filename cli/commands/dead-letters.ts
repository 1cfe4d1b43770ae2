import { deadLetters } from '../../contracts/http/dead-letters.ts';
import type { Arg, Command } from '../command.ts';
import { keyOf, priorityOf, START_OPTIONS } from '../selection.ts';
import { list, request } from '../request.ts';
import { statusColor } from '../text/paint.ts';
import { table } from '../text/table.ts';
import { plural, time } from '../text/words.ts';

const FINGERPRINT: Arg = { name: 'fingerprint', about: 'as the list names the group', completes: 'fingerprint' };
const STATES = ['open', 'replayed', 'resolved', 'ignored'] as const;

const settle = (verb: 'resolve' | 'ignore' | 'reopen', about: string, done: string): Command =>
  request({
    name: `dead-letters ${verb}`,
    about,
    args: [FINGERPRINT],
    endpoint: deadLetters[`${verb}DeadLetters`],
    input: (given) => ({ params: { fingerprint: given.need('fingerprint') } }),
    show: ({ letters, fingerprint }) => `${fingerprint}: ${plural(letters, 'letter')} ${done}\n`,
  });

export const deadLetterCommands: Command[] = [
  request({
    name: 'dead-letters list',
    about: 'devices that failed for good, grouped by their error, the largest group first',
    options: [
      { name: 'state', value: 'state', about: 'open unless told', choices: STATES },
      { name: 'limit', value: 'count', about: 'at most so many groups (default 100)' },
    ],
    endpoint: deadLetters.listDeadLetters,
    input: (given) => ({ query: { state: given.choice('state', STATES), limit: given.number('limit') } }),
    show: ({ items }, screen) =>
      table(
        screen,
        items,
        [
          { head: 'FINGERPRINT', of: (row) => row.fingerprint, whole: true },
          { head: 'OUTCOME', of: (row) => row.outcome, color: (row) => statusColor(row.outcome) },
          { head: 'DEVICES', of: (row) => row.devices, right: true },
          { head: 'LAST (UTC)', of: (row) => time(row.last_seen) },
          { head: 'EXAMPLE', of: (row) => row.examples[0]?.device_name },
          { head: 'ERROR', of: (row) => row.error },
        ],
        'No dead letters.',
      ),
  }),
  list({
    name: 'dead-letters show',
    about: 'list the devices of one group, the newest first',
    args: [FINGERPRINT],
    page: ({ client, signal }, given, query) =>
      client().call(deadLetters.listDeadLettersOfGroup, { params: { fingerprint: given.need('fingerprint') }, query, signal }),
    columns: [
      { head: 'DEVICE', of: (row) => row.device_name },
      { head: 'STATE', of: (row) => row.state },
      { head: 'TIME (UTC)', of: (row) => time(row.created_at) },
      { head: 'JOB', of: (row) => row.job_id, whole: true },
      { head: 'ERROR', of: (row) => row.error },
    ],
    empty: 'No dead letters.',
  }),
  request({
    name: 'dead-letters replay',
    about: 'start the devices of a group again',
    args: [FINGERPRINT],
    options: [
      { name: 'limit', value: 'count', about: 'most devices (default 1000)' },
      { name: 'jitter', value: 'seconds', about: 'the devices begin spread over so long' },
      ...START_OPTIONS.filter(({ name }) => name !== 'wait'),
    ],
    endpoint: deadLetters.replayDeadLetters,
    input: (given) => ({
      body: {
        fingerprint: given.need('fingerprint'),
        limit: given.number('limit'),
        jitter_seconds: given.number('jitter'),
        ...priorityOf(given),
      },
      ...keyOf(given),
    }),
    show: ({ devices, jobs }) =>
      `${plural(devices, 'device')} started again\n${jobs.map(({ type, job_id }) => `${type}: ${job_id}\n`).join('')}`,
  }),
  settle('resolve', 'settle a group: the error is dealt with', 'resolved'),
  settle('ignore', 'ignore a group, also what comes of it later', 'ignored'),
  settle('reopen', 'ignore a group no more', 'reopened'),
];
