import type { tokens } from '../../contracts/http/tokens.ts';
import { changeToken, deleteToken, findToken, insertToken, listTokens, type TokenRow } from '../../stores/tokens.ts';
import { requireAllGroups } from '../auth.ts';
import { CURSORS, decodeCursor, pageOf } from '../cursor.ts';
import type { Handlers } from '../endpoint.ts';
import { notFound } from '../problems.ts';

const told = ({ id, name, role, user, groups }: TokenRow) => ({ id, name, role, user: user?.name ?? null, groups });

export const tokenHandlers: Handlers<typeof tokens> = {
  async listTokens({ deps, principal, query: { limit, cursor } }) {
    requireAllGroups(principal);
    const rows = await listTokens(deps.database, decodeCursor(CURSORS.name, cursor)?.[0] ?? null, limit + 1);
    return {
      status: 200,
      body: pageOf(
        rows,
        limit,
        (row) => [row.name],
        (row) => row,
      ),
    };
  },
  async createToken({ deps, body, principal, audit }) {
    requireAllGroups(principal);
    const token = await insertToken(deps.database, body, principal.name);
    audit.detail = told(token);
    return { status: 201, body: token, headers: { Location: `/api/tokens/${token.id}` } };
  },
  async getToken({ deps, principal, params }) {
    requireAllGroups(principal);
    const token = await findToken(deps.database, params.id);
    if (token === null) throw notFound('token', params.id);
    return { status: 200, body: token };
  },
  async updateToken({ deps, principal, params, body, audit }) {
    requireAllGroups(principal);
    const token = await changeToken(deps.database, params.id, body);
    if (token === null) throw notFound('token', params.id);
    audit.detail = { ...told(token), fields: Object.keys(body) };
    return { status: 200, body: token };
  },
  async deleteToken({ deps, principal, params }) {
    requireAllGroups(principal);
    if (!(await deleteToken(deps.database, params.id))) throw notFound('token', params.id);
    return { status: 204 };
  },
};
