import { ROLES } from '../../core/roles.ts';
import { me } from '../../contracts/http/me.ts';
import { users } from '../../contracts/http/users.ts';
import type { AnswerOf } from '../../contracts/endpoint.ts';
import type { Arg, Option } from '../command.ts';
import { wrong, type Given } from '../given.ts';
import { list, request } from '../request.ts';
import { groupsOf, groupsText } from '../text/groups.ts';
import { cellText } from '../text/table.ts';
import { time } from '../text/words.ts';

type User = AnswerOf<typeof users.getUser>;

const USER: Arg = { name: 'user', about: 'name or id', completes: 'user' };
export const GROUPS: Option = {
  name: 'groups',
  value: 'groups',
  many: true,
  about: 'collection groups whose devices may be seen, `none`, or `all`',
  completes: 'group',
};
const OPTIONS: readonly Option[] = [
  { name: 'role', value: 'role', about: 'what he may do', choices: ROLES },
  GROUPS,
  { name: 'email', value: 'address', about: 'for people; nothing is sent there' },
  { name: 'oidc-issuer', value: 'address', about: '`iss` of the OIDC tokens that are his; `none` for no tokens' },
  { name: 'oidc-subject', value: 'text', about: '`sub` of the OIDC tokens that are his; `none` for no tokens' },
];

const orNull = (text: string | undefined): string | null | undefined => (text === 'none' ? null : text);

const fields = (given: Given) => ({
  role: given.choice('role', ROLES),
  groups: groupsOf(given.list('groups')),
  email: orNull(given.text('email')),
  oidc_issuer: orNull(given.text('oidc-issuer')),
  oidc_subject: orNull(given.text('oidc-subject')),
});

const told = ({ name, role, groups, enabled }: User): string =>
  `${cellText(name)} has the role ${role} and sees ${groupsText(groups)}${enabled ? '' : '; he is disabled'}\n`;

const enable = (verb: 'enable' | 'disable', about: string) =>
  request({
    name: `users ${verb}`,
    about,
    args: [USER],
    endpoint: users.updateUser,
    input: (given) => ({ params: { id: given.need('user') }, body: { enabled: verb === 'enable' } }),
    show: ({ name }) => `${verb}d ${cellText(name)}\n`,
  });

export const userCommands = [
  list({
    name: 'users list',
    about: 'list users by name',
    page: ({ client, signal }, _, at) => client().call(users.listUsers, { query: at, signal }),
    columns: [
      { head: 'NAME', of: (row) => row.name, whole: true },
      { head: 'ROLE', of: (row) => row.role },
      { head: 'GROUPS', of: (row) => groupsText(row.groups) },
      { head: 'ENABLED', of: (row) => (row.enabled ? 'yes' : 'no') },
      { head: 'SIGNS IN BY', of: (row) => (row.oidc_subject === null ? 'API tokens' : 'OIDC') },
      { head: 'LAST SEEN (UTC)', of: (row) => time(row.last_seen_at) ?? 'never' },
    ],
    empty: 'No users.',
  }),
  request({
    name: 'users create',
    about: 'make a user',
    args: [{ name: 'name', about: 'name of the new user' }],
    options: OPTIONS,
    endpoint: users.createUser,
    input: (given) => ({
      body: { ...fields(given), name: given.need('name'), role: given.choice('role', ROLES) ?? wrong('--role', 'is missing') },
    }),
    show: told,
  }),
  request({
    name: 'users change',
    about: 'change a user; it holds from the next request on',
    args: [USER],
    options: [{ name: 'name', value: 'name', about: 'a new name' }, ...OPTIONS],
    endpoint: users.updateUser,
    input: (given) => ({ params: { id: given.need('user') }, body: { ...fields(given), name: given.text('name') } }),
    show: told,
  }),
  enable('disable', 'refuse every token of a user at once'),
  enable('enable', 'let a user in again'),
  request({
    name: 'users delete',
    about: 'delete a user and the tokens of his',
    args: [USER],
    endpoint: users.deleteUser,
    input: (given) => ({ params: { id: given.need('user') } }),
    show: (_, __, given) => `deleted ${given.need('user')}\n`,
  }),
  request({
    name: 'whoami',
    about: 'who one is here, and what one may',
    endpoint: me.getMe,
    input: () => ({}),
    show: ({ name, role, groups, via, token, expires_at }) => {
      const by = { admin_token: 'the first token', token: `the token ${cellText(token?.name ?? '')}`, oidc: 'an OIDC token' }[
        via
      ];
      return `${cellText(name)}, role ${role}, sees ${groupsText(groups)}, by ${by}${expires_at === null ? '' : ` until ${time(expires_at)} UTC`}\n`;
    },
  }),
];
