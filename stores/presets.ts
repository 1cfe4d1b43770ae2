import { randomUUID } from 'node:crypto';
import type { JobType } from '../core/jobs.ts';
import { idOrNull, selectList } from './columns.ts';
import type { Database } from './database.ts';
import { ownInScope, type Scope } from './scope.ts';
import { storableJson } from './storable-text.ts';
import { explainConstraints } from './write-errors.ts';

type Has = Pick<Database, 'sql'>;

export interface PresetFields {
  name: string;
  type: JobType;
  /** As they were given: nothing is filled in. */
  params: Record<string, unknown>;
  priority: number;
}

export interface PresetRow extends PresetFields {
  id: string;
  owner: string;
  created_at: string;
  updated_at: string;
}

const COLUMNS = selectList('presets', ['id', 'name', 'type', 'params', 'priority', 'owner'], ['created_at', 'updated_at']);

/** By name, after the name `after`. */
export async function listPresets(
  { sql }: Has,
  scope: Scope,
  type: JobType | undefined,
  after: string | null,
  limit: number,
): Promise<PresetRow[]> {
  return sql<PresetRow[]>`select ${sql.unsafe(COLUMNS)} from presets where ${ownInScope(sql, scope, 'presets')}
    ${type === undefined ? sql`` : sql`and type = ${type}`} ${after === null ? sql`` : sql`and name > ${after}`}
    order by name limit ${limit}`;
}

/** By id or name; null if there is none in scope. */
export async function findPreset({ sql }: Has, scope: Scope, reference: string): Promise<PresetRow | null> {
  const rows = await sql<PresetRow[]>`select ${sql.unsafe(COLUMNS)} from presets
    where (id = ${idOrNull(reference)} or name = ${reference}) and ${ownInScope(sql, scope, 'presets')} limit 1`;
  return rows[0] ?? null;
}

/** @throws AppError `conflict` for a name that is taken */
export async function insertPreset({ sql }: Has, scope: Scope, fields: PresetFields): Promise<PresetRow> {
  const { name, type, params, priority } = fields;
  const rows = await explainConstraints(
    () => sql<PresetRow[]>`insert into presets (id, name, type, params, priority, owner, groups)
      values (${randomUUID()}, ${name}, ${type}, ${storableJson(params)}::text::jsonb, ${priority}, ${scope.name},
        ${scope.groups === null ? null : [...scope.groups]}::uuid[])
      returning ${sql.unsafe(COLUMNS)}`,
  );
  return rows[0]!;
}

/**
 * Sets the fields that are given. Null if there is no such preset.
 * @throws AppError `conflict` for a name that is taken
 */
export async function changePreset({ sql }: Has, id: string, fields: Partial<PresetFields>): Promise<PresetRow | null> {
  const { name = null, type = null, params, priority = null } = fields;
  const json = params === undefined ? null : storableJson(params);
  const rows = await explainConstraints(
    () => sql<PresetRow[]>`update presets set name = coalesce(${name}::text, name), type = coalesce(${type}::text, type),
        params = coalesce(${json}::text::jsonb, params), priority = coalesce(${priority}::integer, priority), updated_at = now()
      where id = ${id} returning ${sql.unsafe(COLUMNS)}`,
  );
  return rows[0] ?? null;
}

/** False if there is no such preset in scope. */
export async function deletePreset({ sql }: Has, scope: Scope, reference: string): Promise<boolean> {
  const rows = await sql`delete from presets
    where (id = ${idOrNull(reference)} or name = ${reference}) and ${ownInScope(sql, scope, 'presets')} returning id`;
  return rows.length > 0;
}
