import { AppError, invalid } from '../../core/errors.ts';
import { roleAllows } from '../../core/roles.ts';
import type { me } from '../../contracts/http/me.ts';
import { groupIds, nameGroups } from '../../stores/group-references.ts';
import { deleteToken, insertToken, listTokens } from '../../stores/tokens.ts';
import type { Identity } from '../auth.ts';
import { CURSORS, decodeCursor, pageOf } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import type { Call, Handlers } from '../endpoint.ts';
import { notFound } from '../problems.ts';

type NewToken = Call<(typeof me)['createMyToken']>['body'];

const userOf = ({ userId: id, name }: Identity) => (id === null ? null : { id, name });

/** A token of one's own never opens more, nor longer, than the one that asks for it. */
async function within(deps: ApiDeps, principal: Identity, { name, role = principal.role, groups, expires_at }: NewToken) {
  if (!roleAllows(principal.role, role)) throw invalid('/role', `must be at most ${principal.role}, as of the token that asks`);
  const ids = (await groupIds(deps.database.sql, groups)) ?? principal.groups;
  const foreign = principal.groups !== null && ids !== null && ids.some((id) => !principal.groups!.includes(id));
  if (foreign) throw invalid('/groups', 'must be among those of the token that asks');
  const last = principal.via === 'token' ? principal.expiresAt : null;
  const until = expires_at === undefined ? last : expires_at;
  if (last !== null && (until === null || Date.parse(until) > Date.parse(last)))
    throw invalid('/expires_at', `must be at most ${last}, when the token that asks ends`);
  return { name, role, groups: ids === null ? null : [...ids], expires_at: until };
}

export const meHandlers: Handlers<typeof me> = {
  async getMe({ deps, principal }) {
    const { name, role, via, token, expiresAt: expires_at } = principal;
    if (via === 'none') throw new AppError('unauthenticated', 'Nobody is nobody.');
    const groups = await nameGroups(deps.database.sql, principal.groups);
    return { status: 200, body: { name, role, groups, user: userOf(principal), via, token, expires_at } };
  },
  async listMyTokens({ deps, principal: { userId }, query: { limit, cursor } }) {
    const after = decodeCursor(CURSORS.name, cursor)?.[0] ?? null;
    const rows = userId === null ? [] : await listTokens(deps.database, after, limit + 1, userId);
    return { status: 200, body: pageOf(rows, limit, (row) => [row.name]) };
  },
  async createMyToken({ deps, body, principal, audit }) {
    if (principal.userId === null)
      throw new AppError('forbidden', 'This token is of no user: an admin makes tokens of services (POST /api/tokens).');
    const fields = { ...(await within(deps, principal, body)), user: principal.userId };
    const token = await insertToken(deps.database, fields, principal.name);
    audit.detail = { id: token.id, name: token.name, role: token.role, groups: token.groups };
    return { status: 201, body: token, headers: { Location: `/api/tokens/${token.id}` } };
  },
  async deleteMyToken({ deps, params, principal: { userId } }) {
    if (userId === null || !(await deleteToken(deps.database, params.id, userId))) throw notFound('token of yours', params.id);
    return { status: 204 };
  },
};
