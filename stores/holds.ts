import { randomUUID } from 'node:crypto';
import { idOrNull, rfc3339 } from './columns.ts';
import type { Database } from './database.ts';
import { groupInScope, type Scope } from './scope.ts';

type Has = Pick<Database, 'sql'>;

/** `pause`: devices wait until it is lifted. `maintenance`: in its time they are left alone, and told as `locked`. */
export type HoldKind = 'pause' | 'maintenance';

export interface Hold {
  id: string;
  kind: HoldKind;
  /** Null: the whole system. */
  group_id: string | null;
  group_name: string | null;
  reason: string;
  /** RFC 3339. */
  starts_at: string;
  /** Null: until it is removed. */
  ends_at: string | null;
  created_by: string;
  created_at: string;
  active: boolean;
}

const ACTIVE = 'h.starts_at <= now() and (h.ends_at is null or h.ends_at > now())';
const VIEW = `select h.id, h.kind, h.group_id, g.name as group_name, h.reason, ${rfc3339('h.starts_at')} as starts_at,
    ${rfc3339('h.ends_at')} as ends_at, h.created_by, ${rfc3339('h.created_at')} as created_at, (${ACTIVE}) as active
  from holds h left join collection_groups g on g.id = h.group_id`;

/** What holds the whole system holds everybody's devices. */
const heldInScope = (sql: Has['sql'], scope: Scope) => sql`(h.group_id is null or ${groupInScope(sql, scope, 'h.group_id')})`;

/** Those that are not over, or all, of groups in scope and of the whole system; the newest first. */
export async function listHolds({ sql }: Has, scope: Scope, all: boolean): Promise<Hold[]> {
  return sql<Hold[]>`${sql.unsafe(VIEW)} where ${heldInScope(sql, scope)}
    ${all ? sql`` : sql`and (h.ends_at is null or h.ends_at > now())`} order by h.created_at desc, h.id`;
}

export async function findHold({ sql }: Has, scope: Scope, id: string): Promise<Hold | null> {
  const rows = await sql<Hold[]>`${sql.unsafe(VIEW)} where h.id = ${idOrNull(id)} and ${heldInScope(sql, scope)}`;
  return rows[0] ?? null;
}

export interface NewHold {
  kind: HoldKind;
  group_id: string | null;
  reason: string;
  /** RFC 3339; now unless told. */
  starts_at: string | null;
  ends_at: string | null;
  created_by: string;
}

/** Returns it as it is stored. A second pause of the same group, or of the system, is the first one. */
export async function insertHold({ sql }: Has, hold: NewHold): Promise<Hold> {
  return sql.begin(async (tx) => {
    await tx`lock table holds in share row exclusive mode`;
    if (hold.kind === 'pause') {
      const [known] = await tx<Hold[]>`
        ${tx.unsafe(VIEW)} where h.kind = 'pause' and h.group_id is not distinct from ${hold.group_id}::uuid and ${tx.unsafe(ACTIVE)}`;
      if (known !== undefined) return known;
    }
    const id = randomUUID();
    await tx`insert into holds (id, kind, group_id, reason, starts_at, ends_at, created_by)
      values (${id}, ${hold.kind}, ${hold.group_id}, ${hold.reason}, coalesce(${hold.starts_at}::timestamptz, date_trunc('milliseconds', now())), ${hold.ends_at}, ${hold.created_by})`;
    const [made] = await tx<Hold[]>`${tx.unsafe(VIEW)} where h.id = ${id}`;
    return made!;
  });
}

export async function deleteHold({ sql }: Has, id: string): Promise<boolean> {
  const rows = await sql`delete from holds where id = ${idOrNull(id)} returning id`;
  return rows.length > 0;
}

/** Lifts the pauses of a group, or of the system; returns how many there were. */
export async function liftPauses({ sql }: Has, groupId: string | null): Promise<number> {
  const rows = await sql`delete from holds where kind = 'pause' and group_id is not distinct from ${groupId}::uuid returning id`;
  return rows.length;
}

/** What holds work now, for the workers that run it. */
export async function activeHolds({ sql }: Has): Promise<{ kind: HoldKind; group_id: string | null }[]> {
  return sql`select h.kind, h.group_id from holds h where ${sql.unsafe(ACTIVE)}`;
}
