import { audit } from '../../contracts/http/audit.ts';
import { list } from '../request.ts';
import { time } from '../text/words.ts';

export const auditCommands = [
  list({
    name: 'audit',
    about: 'who changed what, newest first, also what was refused',
    options: [
      { name: 'actor', value: 'name', about: 'who: a user, or a token without one' },
      { name: 'action', value: 'action', about: 'what: device.create, token.delete, …' },
      { name: 'status', value: 'status', about: 'how it was answered: an HTTP status, or `pending`' },
      { name: 'path', value: 'path', about: 'what the path begins with: /api/devices' },
      { name: 'since', value: 'time', about: 'RFC 3339, or 2h, 7d back from now' },
      { name: 'until', value: 'time', about: 'the same; before this moment' },
    ],
    page: ({ client, signal }, given, at) =>
      client().call(audit.listAudit, {
        query: {
          ...at,
          actor: given.text('actor'),
          action: given.text('action'),
          status: given.text('status'),
          path: given.text('path'),
          since: given.time('since', -1),
          until: given.time('until', -1),
        },
        signal,
      }),
    columns: [
      { head: 'AT (UTC)', of: (row) => time(row.at) },
      { head: 'ACTOR', of: (row) => row.actor },
      { head: 'ACTION', of: (row) => row.action },
      { head: 'STATUS', of: (row) => row.status },
      { head: 'PATH', of: (row) => row.path, whole: true },
    ],
    empty: 'No events.',
  }),
];
