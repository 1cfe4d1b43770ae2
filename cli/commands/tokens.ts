import { ROLES } from '../../core/roles.ts';
import { me } from '../../contracts/http/me.ts';
import { tokens } from '../../contracts/http/tokens.ts';
import type { AnswerOf } from '../../contracts/endpoint.ts';
import type { Option } from '../command.ts';
import { list, request } from '../request.ts';
import { groupsOf, groupsText } from '../text/groups.ts';
import { cellText, type Column } from '../text/table.ts';
import { time } from '../text/words.ts';
import { GROUPS } from './users.ts';

type Token = AnswerOf<typeof tokens.getToken>;

const COLUMNS: readonly Column<Token>[] = [
  { head: 'NAME', of: (row) => row.name, whole: true },
  { head: 'ROLE', of: (row) => row.role },
  { head: 'USER', of: (row) => row.user?.name ?? '-' },
  { head: 'GROUPS', of: (row) => (row.groups === null && row.user !== null ? 'of the user' : groupsText(row.groups)) },
  { head: 'CREATED BY', of: (row) => row.created_by },
  { head: 'CREATED (UTC)', of: (row) => time(row.created_at) },
  { head: 'EXPIRES (UTC)', of: (row) => time(row.expires_at) ?? 'never' },
  { head: 'LAST USED (UTC)', of: (row) => time(row.last_used_at) ?? 'never' },
];
const NAME = { name: 'name', about: 'name of the new token' };
const ROLE: Option = { name: 'role', value: 'role', about: 'what it may do', choices: ROLES };
const EXPIRES: Option = { name: 'expires', value: 'time', about: 'RFC 3339, or 12h, 90d from now' };
// Not called `token`: that is the option with which it calls.
const TOKEN = { name: 'name', about: 'name or id', completes: 'token' } as const;

const told = ({ secret, name, role, expires_at }: AnswerOf<typeof tokens.createToken>): string =>
  `${secret}\n${cellText(name)} is a token of the role ${role}${expires_at === null ? '' : ` until ${time(expires_at)} UTC`}. It is not shown again.\n`;

export const tokenCommands = [
  list({
    name: 'tokens list',
    about: 'list API tokens by name, without their secrets',
    page: ({ client, signal }, _, at) => client().call(tokens.listTokens, { query: at, signal }),
    columns: COLUMNS,
    empty: 'No tokens.',
  }),
  request({
    name: 'tokens create',
    about: 'make an API token; its secret is printed once',
    args: [NAME],
    options: [
      ROLE,
      { name: 'user', value: 'user', about: 'whose it is, who bounds what it may; a service’s unless told', completes: 'user' },
      GROUPS,
      { ...EXPIRES, about: `${EXPIRES.about}; never unless told` },
    ],
    endpoint: tokens.createToken,
    input: (given) => {
      given.need('role');
      return {
        body: {
          name: given.need('name'),
          role: given.choice('role', ROLES) ?? 'viewer',
          user: given.text('user') ?? null,
          groups: groupsOf(given.list('groups')) ?? null,
          expires_at: given.time('expires', 1) ?? null,
        },
      };
    },
    show: told,
  }),
  request({
    name: 'tokens revoke',
    about: 'revoke an API token at once',
    args: [TOKEN],
    endpoint: tokens.deleteToken,
    input: (given) => ({ params: { id: given.need('name') } }),
    show: (_, __, given) => `revoked ${given.need('name')}\n`,
  }),
  list({
    name: 'my-tokens list',
    about: 'list the API tokens of one’s own user',
    page: ({ client, signal }, _, at) => client().call(me.listMyTokens, { query: at, signal }),
    columns: COLUMNS,
    empty: 'No tokens of yours.',
  }),
  request({
    name: 'my-tokens create',
    about: 'make an API token of one’s own user; its secret is printed once',
    args: [NAME],
    options: [ROLE, GROUPS, EXPIRES],
    endpoint: me.createMyToken,
    input: (given) => ({
      body: {
        name: given.need('name'),
        role: given.choice('role', ROLES),
        groups: groupsOf(given.list('groups')) ?? null,
        expires_at: given.time('expires', 1),
      },
    }),
    show: told,
  }),
  request({
    name: 'my-tokens revoke',
    about: 'revoke an API token of one’s own user at once',
    args: [{ ...TOKEN, completes: 'my-token' }],
    endpoint: me.deleteMyToken,
    input: (given) => ({ params: { id: given.need('name') } }),
    show: (_, __, given) => `revoked ${given.need('name')}\n`,
  }),
];
