import { ROLES } from '../../core/roles.ts';
import { tokens } from '../../contracts/http/tokens.ts';
import { list, request } from '../request.ts';
import { cellText } from '../text/table.ts';
import { time } from '../text/words.ts';

export const tokenCommands = [
  list({
    name: 'tokens list',
    about: 'list API tokens by name, without their secrets',
    page: ({ client, signal }, _, at) => client().call(tokens.listTokens, { query: at, signal }),
    columns: [
      { head: 'NAME', of: (row) => row.name, whole: true },
      { head: 'ROLE', of: (row) => row.role },
      { head: 'CREATED BY', of: (row) => row.created_by },
      { head: 'CREATED (UTC)', of: (row) => time(row.created_at) },
      { head: 'EXPIRES (UTC)', of: (row) => time(row.expires_at) ?? 'never' },
      { head: 'LAST USED (UTC)', of: (row) => time(row.last_used_at) ?? 'never' },
    ],
    empty: 'No tokens.',
  }),
  request({
    name: 'tokens create',
    about: 'make an API token; its secret is printed once',
    args: [{ name: 'name', about: 'name of the new token' }],
    options: [
      { name: 'role', value: 'role', about: 'what it may do', choices: ROLES },
      { name: 'expires', value: 'time', about: 'RFC 3339, or 12h, 90d from now; never unless told' },
    ],
    endpoint: tokens.createToken,
    input: (given) => {
      given.need('role');
      return {
        body: {
          name: given.need('name'),
          role: given.choice('role', ROLES) ?? 'viewer',
          expires_at: given.time('expires', 1) ?? null,
        },
      };
    },
    show: ({ secret, name, role, expires_at }) =>
      `${secret}\n${cellText(name)} is a token of the role ${role}${expires_at === null ? '' : ` until ${time(expires_at)} UTC`}. It is not shown again.\n`,
  }),
  request({
    name: 'tokens revoke',
    about: 'revoke an API token at once',
    // Not called `token`: that is the option with which it calls.
    args: [{ name: 'name', about: 'name or id', completes: 'token' }],
    endpoint: tokens.deleteToken,
    input: (given) => ({ params: { id: given.need('name') } }),
    show: (_, __, given) => `revoked ${given.need('name')}\n`,
  }),
];
