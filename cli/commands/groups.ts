import { collectionGroups } from '../../contracts/http/collection-groups.ts';
import { holds } from '../../contracts/http/holds.ts';
import type { Arg } from '../command.ts';
import { list, request } from '../request.ts';
import { statusColor } from '../text/paint.ts';
import { cellText } from '../text/table.ts';

const GROUP: Arg = { name: 'group', about: 'name or id', completes: 'group' };

export const groupCommands = [
  list({
    name: 'groups list',
    about: 'list collection groups, and whether a worker serves them',
    page: ({ client, signal }, _, at) => client().call(collectionGroups.listCollectionGroups, { query: at, signal }),
    columns: [
      { head: 'NAME', of: (row) => row.name, whole: true },
      { head: 'QUEUE', of: (row) => row.queue_id },
      { head: 'STATE', of: (row) => row.state, color: (row) => statusColor(row.state) },
      { head: 'WORKERS', of: (row) => row.workers, right: true },
      { head: 'LOGINS/S', of: (row) => row.login_rate, right: true },
      { head: 'SESSIONS', of: (row) => row.max_sessions, right: true },
      { head: 'ADVICE', of: (row) => row.advice },
    ],
    empty: 'No collection groups.',
  }),
  request({
    name: 'groups pause',
    about: 'log in to no device of a group until it is resumed',
    args: [GROUP],
    options: [{ name: 'reason', value: 'text', about: 'why' }],
    endpoint: holds.pauseCollectionGroup,
    input: (given) => ({ params: { id: given.need('group') }, body: { reason: given.text('reason') } }),
    show: (hold) => `paused ${cellText(hold.group_name)}: ${cellText(hold.reason)}\n`,
  }),
  request({
    name: 'groups resume',
    about: 'let the jobs of a group go on',
    args: [GROUP],
    endpoint: holds.resumeCollectionGroup,
    input: (given) => ({ params: { id: given.need('group') } }),
    show: ({ message }) => `${cellText(message)}\n`,
  }),
];
