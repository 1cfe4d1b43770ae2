import { invalid } from '../../core/errors.ts';
import type { users } from '../../contracts/http/users.ts';
import type { UserPatch } from '../../contracts/user.ts';
import { changeUser, deleteUser, findUser, insertUser, listUsers, type UserFields, type UserRow } from '../../stores/users.ts';
import { CURSORS, decodeCursor, pageOf } from '../cursor.ts';
import type { Handlers } from '../endpoint.ts';
import { notFound } from '../problems.ts';

const told = ({ id, name, role, groups, enabled }: UserRow) => ({ id, name, role, groups, enabled });

/** @throws AppError `validation_failed` */
function checkSubject({ oidc_issuer: issuer, oidc_subject: subject }: Pick<UserFields, 'oidc_issuer' | 'oidc_subject'>): void {
  if ((issuer === null) === (subject === null)) return;
  throw invalid(issuer === null ? '/oidc_issuer' : '/oidc_subject', 'is needed with the other one');
}

/** What an admin sets is not overwritten by the next token. */
function changed(current: UserRow, patch: UserPatch): Partial<UserFields> {
  const { oidc_issuer = current.oidc_issuer, oidc_subject = current.oidc_subject } = patch;
  checkSubject({ oidc_issuer, oidc_subject });
  const settled = patch.role !== undefined || patch.groups !== undefined;
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
  return { ...(settled ? { follows_claims: false } : {}), ...given };
}

export const userHandlers: Handlers<typeof users> = {
  async listUsers({ deps, query: { limit, cursor } }) {
    const rows = await listUsers(deps.database, decodeCursor(CURSORS.name, cursor)?.[0] ?? null, limit + 1);
    return { status: 200, body: pageOf(rows, limit, (row) => [row.name]) };
  },
  async createUser({ deps, body, audit }) {
    checkSubject(body);
    const user = await insertUser(deps.database, body);
    audit.detail = told(user);
    return { status: 201, body: user, headers: { Location: `/api/users/${user.id}` } };
  },
  async getUser({ deps, params }) {
    const user = await findUser(deps.database, params.id);
    if (user === null) throw notFound('user', params.id);
    return { status: 200, body: user };
  },
  async updateUser({ deps, params, body, audit }) {
    const user = await changeUser(deps.database, params.id, (current) => changed(current, body));
    if (user === null) throw notFound('user', params.id);
    audit.detail = { ...told(user), fields: Object.keys(body) };
    return { status: 200, body: user };
  },
  async deleteUser({ deps, params }) {
    if (!(await deleteUser(deps.database, params.id))) throw notFound('user', params.id);
    return { status: 204 };
  },
};
