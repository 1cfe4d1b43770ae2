import { randomUUID } from 'node:crypto';
import { idOrNull, selectList } from './columns.ts';
import { refuseInUse } from './credentials.ts';
import type { Database } from './database.ts';
import { groupInScope, type Scope } from './scope.ts';
import { explainConstraints } from './write-errors.ts';

type Has = Pick<Database, 'sql'>;

export interface GroupFields {
  name: string;
  queue_id: string;
  /** Logins per second; null = no limit. */
  login_rate: number | null;
  max_sessions: number | null;
}

export interface GroupRow extends GroupFields {
  id: string;
  created_at: string;
  updated_at: string;
}

const FIELDS = ['name', 'queue_id', 'login_rate', 'max_sessions'] as const satisfies (keyof GroupFields)[];
const COLUMNS = selectList('collection_groups', ['id', ...FIELDS], ['created_at', 'updated_at']);

export async function listGroups({ sql }: Has, scope: Scope, after: string | null, limit: number): Promise<GroupRow[]> {
  return sql<GroupRow[]>`select ${sql.unsafe(COLUMNS)} from collection_groups
    where ${groupInScope(sql, scope, 'id')} ${after === null ? sql`` : sql`and name > ${after}`} order by name limit ${limit}`;
}

export async function findGroup({ sql }: Has, scope: Scope, reference: string): Promise<GroupRow | null> {
  const rows = await sql<GroupRow[]>`select ${sql.unsafe(COLUMNS)} from collection_groups
    where (id = ${idOrNull(reference)} or name = ${reference}) and ${groupInScope(sql, scope, 'id')} limit 1`;
  return rows[0] ?? null;
}

/** @throws AppError `conflict` for a name or queue that is taken */
export async function insertGroup({ sql }: Has, fields: GroupFields): Promise<GroupRow> {
  const rows = await explainConstraints(
    () => sql<GroupRow[]>`insert into collection_groups ${sql({ id: randomUUID(), ...fields }, 'id', ...FIELDS)}
      returning ${sql.unsafe(COLUMNS)}`,
  );
  return rows[0]!;
}

/**
 * Sets the fields that are given. Null if there is no such group in scope.
 * @throws AppError `conflict` for a name or queue that is taken
 */
export async function changeGroup(
  { sql }: Has,
  scope: Scope,
  reference: string,
  fields: Partial<GroupFields>,
): Promise<GroupRow | null> {
  const { name = null, queue_id = null, login_rate, max_sessions } = fields;
  const rows = await explainConstraints(
    () => sql<
      GroupRow[]
    >`update collection_groups set name = coalesce(${name}::text, name), queue_id = coalesce(${queue_id}::text, queue_id),
        login_rate = case when ${login_rate !== undefined} then ${login_rate ?? null}::float8 else login_rate end,
        max_sessions = case when ${max_sessions !== undefined} then ${max_sessions ?? null}::integer else max_sessions end,
        updated_at = now()
      where (id = ${idOrNull(reference)} or name = ${reference}) and ${groupInScope(sql, scope, 'id')} returning ${sql.unsafe(COLUMNS)}`,
  );
  return rows[0] ?? null;
}

/**
 * False if there is no such group.
 * @throws AppError `conflict` while a device is in it
 */
export async function deleteGroup({ sql }: Has, reference: string): Promise<boolean> {
  return sql.begin(async (tx) => {
    const [row] = await tx<{ id: string }[]>`select id from collection_groups
      where id = ${idOrNull(reference)} or name = ${reference} limit 1 for update`;
    if (row === undefined) return false;
    await refuseInUse(tx, 'collection_group', row.id);
    await tx`delete from collection_groups where id = ${row.id}`;
    return true;
  });
}
