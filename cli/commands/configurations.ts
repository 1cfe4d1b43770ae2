import { backups } from '../../contracts/http/backups.ts';
import { search } from '../../contracts/http/search.ts';
import type { Backup } from '../../contracts/backup.ts';
import { AppError } from '../../core/errors.ts';
import type { Arg } from '../command.ts';
import type { CliContext } from '../context.ts';
import type { Given } from '../given.ts';
import { list, request, text } from '../request.ts';
import { paintDiff, statusColor } from '../text/paint.ts';
import { cellText, table } from '../text/table.ts';
import { time } from '../text/words.ts';

const DEVICE: Arg = { name: 'device', about: 'name or id', completes: 'device' };
const LATEST = 'latest';

/** The two versions to compare: the last two, one and the newest, or the two that are told. */
async function versionsOf({ client, signal }: CliContext, given: Given): Promise<[string, string]> {
  const [a, b] = [given.text('a'), given.text('b')];
  if (a !== undefined) return [a, b ?? LATEST];
  const id = given.need('device');
  const { body } = await client().call(backups.listBackups, { params: { id }, query: { changed: 'true', limit: 2 }, signal });
  const [newest, before] = body.items;
  if (newest === undefined || before === undefined)
    throw new AppError(
      'not_found',
      `${id} has ${newest === undefined ? 'no version' : 'one version'}: there is nothing to compare`,
    );
  return [before.task_identifier, newest.task_identifier];
}

export const configurationCommands = [
  list({
    name: 'history',
    about: 'list the collected configurations of a device, the newest first',
    args: [DEVICE],
    options: [
      { name: 'changed', about: 'only new versions' },
      { name: 'since', value: 'time', about: 'at or after: RFC 3339, or 30m, 2h, 7d ago' },
      { name: 'until', value: 'time', about: 'at or before' },
    ],
    page: ({ client, signal }, given, at) =>
      client().call(backups.listBackups, {
        params: { id: given.need('device') },
        query: {
          ...at,
          ...(given.flag('changed') ? { changed: 'true' } : {}),
          since: given.time('since', -1),
          until: given.time('until', -1),
        },
        signal,
      }),
    columns: [
      { head: 'VERSION', of: (row: Backup) => row.task_identifier, whole: true },
      { head: 'TIME (UTC)', of: (row) => time(row.timestamp), whole: true },
      { head: 'STATUS', of: (row) => row.status, color: (row) => statusColor(row.status) },
      { head: 'CHANGED', of: (row) => (row.changed ? `+${row.lines_added} -${row.lines_removed}` : '') },
      { head: 'BYTES', of: (row) => row.bytes, right: true },
      { head: 'BY', of: (row) => row.changed_by ?? row.actor },
      {
        head: 'PROBLEM',
        of: (row) => (row.suspicious ? 'suspicious' : row.log.findLast(({ level }) => level === 'error')?.message),
      },
    ],
    empty: 'Nothing was collected yet.',
  }),
  text({
    name: 'show-config',
    about: 'print a configuration, the newest unless told',
    args: [DEVICE, { name: 'version', about: 'as `history` names it', optional: true }],
    fetch: async ({ client, signal }, given, headers) => {
      const params = { id: given.need('device'), task_identifier: given.text('version') ?? LATEST };
      return (await client().call(backups.getBackup, { params, headers, signal })).body;
    },
  }),
  text({
    name: 'diff',
    about: 'what changed between two configurations of a device, the last two versions unless told',
    args: [
      DEVICE,
      { name: 'a', about: 'as `history` names it', optional: true },
      { name: 'b', about: 'the newest unless told', optional: true },
    ],
    options: [
      { name: 'context', value: 'lines', about: 'unchanged lines around each change (default 3)' },
      { name: 'volatile', about: 'also lines that change by themselves' },
    ],
    fetch: async (context, given, headers) => {
      const [task_identifier, other] = await versionsOf(context, given);
      const { body } = await context.client().call(backups.diffBackups, {
        params: { id: given.need('device'), task_identifier, other },
        query: { context: given.number('context'), ...(given.flag('volatile') ? { volatile: 'true' } : {}) },
        headers,
        signal: context.signal,
      });
      return body;
    },
    paint: paintDiff,
  }),
  request({
    name: 'search',
    about: 'find a MAC address, an address, a prefix, a name, or a text in the newest configurations',
    args: [{ name: 'text', about: 'MAC addresses in any notation; prefixes in CIDR form' }],
    options: [{ name: 'limit', value: 'count', about: 'most of each kind (default 50)' }],
    endpoint: search.search,
    input: (given) => ({ query: { q: given.need('text'), limit: given.number('limit') } }),
    show({ items, incomplete }, screen) {
      const found = table(
        screen,
        items,
        [
          { head: 'KIND', of: (row) => row.kind },
          { head: 'DEVICE', of: (row) => row.device_name },
          { head: 'INTERFACE', of: (row) => row.interface },
          { head: 'VLAN', of: (row) => row.vlan, right: true },
          { head: 'LINE', of: (row) => row.line, right: true },
          { head: 'MATCH', of: (row) => row.match },
        ],
        'Nothing found.',
      );
      return (
        found + incomplete.map(({ part, reason }) => `not searched to its end: ${cellText(part)}: ${cellText(reason)}\n`).join('')
      );
    },
  }),
];
