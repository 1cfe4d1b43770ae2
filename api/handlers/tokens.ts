import type { tokens } from '../../contracts/http/tokens.ts';
import { changeToken, deleteToken, findToken, insertToken, listTokens, type TokenRow } from '../../stores/tokens.ts';
import { CURSORS, decodeCursor, pageOf } from '../cursor.ts';
import type { Handlers } from '../endpoint.ts';
import { notFound } from '../problems.ts';

const told = ({ id, name, role, user, groups }: TokenRow) => ({ id, name, role, user: user?.name ?? null, groups });

export const tokenHandlers: Handlers<typeof tokens> = {
  async listTokens({ deps, query: { limit, cursor } }) {
    const rows = await listTokens(deps.database, decodeCursor(CURSORS.name, cursor)?.[0] ?? null, limit + 1);
    return { status: 200, body: pageOf(rows, limit, (row) => [row.name]) };
  },
  async createToken({ deps, body, principal, audit }) {
    const token = await insertToken(deps.database, body, principal.name);
    audit.detail = told(token);
    return { status: 201, body: token, headers: { Location: `/api/tokens/${token.id}` } };
  },
  async getToken({ deps, params }) {
    const token = await findToken(deps.database, params.id);
    if (token === null) throw notFound('token', params.id);
    return { status: 200, body: token };
  },
  async updateToken({ deps, params, body, audit }) {
    const token = await changeToken(deps.database, params.id, body);
    if (token === null) throw notFound('token', params.id);
    audit.detail = { ...told(token), fields: Object.keys(body) };
    return { status: 200, body: token };
  },
  async deleteToken({ deps, params }) {
    if (!(await deleteToken(deps.database, params.id))) throw notFound('token', params.id);
    return { status: 204 };
  },
};
