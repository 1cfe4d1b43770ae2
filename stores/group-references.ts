import { AppError } from '../core/errors.ts';
import type { Sql } from './database.ts';

/** A collection group that somebody is bound to; its name is null where the group is deleted: it then opens nothing. */
export interface NamedGroup {
  id: string;
  name: string | null;
}

/**
 * Ids of collection groups given by id or name; null stays null. They cannot be deleted until the transaction is over.
 * @throws AppError `validation_failed` that names each that is none
 */
export async function groupIds(sql: Sql, references: readonly string[] | null): Promise<string[] | null> {
  if (references === null) return null;
  const found = await sql<{ id: string; name: string }[]>`select id, name from collection_groups
    where name = any(${[...references]}::text[]) or id::text = any(${references.map((one) => one.toLowerCase())}::text[]) for share`;
  const known = new Map(found.flatMap(({ id, name }) => [[id, id] as const, [name, id] as const]));
  const ids = references.map((one) => known.get(one) ?? known.get(one.toLowerCase()));
  const errors = ids.flatMap((id, index) =>
    id === undefined ? [{ pointer: `/groups/${index}`, detail: 'is no collection group' }] : [],
  );
  if (errors.length > 0) throw new AppError('validation_failed', `${errors[0]!.pointer} is no collection group.`, { errors });
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/** SQL that gives the `groups` of a row as a JSON array of `NamedGroup`, by name; for `sql.unsafe`, so only with names of ours. */
export function namedGroups(alias: string): string {
  return `case when ${alias}.groups is null then null else (
    select coalesce(json_agg(json_build_object('id', g.id, 'name', c.name) order by c.name, g.id), '[]'::json)
    from unnest(${alias}.groups) as g(id) left join collection_groups c on c.id = g.id) end as "groups"`;
}

/** Groups by name, those that are deleted last; null stays null. */
export async function nameGroups(sql: Sql, ids: readonly string[] | null): Promise<NamedGroup[] | null> {
  if (ids === null || ids.length === 0) return ids === null ? null : [];
  return sql<NamedGroup[]>`select g.id, c.name from unnest(${[...ids]}::uuid[]) as g(id)
    left join collection_groups c on c.id = g.id order by c.name, g.id`;
}

/** The groups that are in both; null is all. */
export function bothGroups(a: readonly string[] | null, b: readonly string[] | null): string[] | null {
  if (a === null) return b === null ? null : [...b];
  return b === null ? [...a] : a.filter((id) => b.includes(id));
}
