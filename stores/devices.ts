import { randomUUID } from 'node:crypto';
import { AppError, invalid } from '../core/errors.ts';
import type { TransportName } from '../core/device.ts';
import { idOrNull, isUuid, selectList } from './columns.ts';
import type { Database, Sql } from './database.ts';
import { deviceConditions, type DeviceFilter } from './device-filter.ts';
import { credentialInScope, deviceInScope, OWN_GROUP, seesGroup, type Scope } from './scope.ts';
import { explainConstraints } from './write-errors.ts';

type Has = Pick<Database, 'sql'>;

/** What people say of a device. */
export interface DeviceFields {
  name: string;
  host: string;
  port: number;
  platform: string;
  transport: TransportName;
  credential_id: string | null;
  collection_group_id: string | null;
  jump_device_id: string | null;
  site: string | null;
  tags: string[];
  enabled: boolean;
  external_id: string | null;
  host_key: string | null;
}

/** Times are RFC 3339. */
export interface DeviceRow extends DeviceFields {
  id: string;
  created_at: string;
  updated_at: string;
  /** The inventory source that owns it; null: made by hand. */
  source: string | null;
  /** RFC 3339; since when its source gives it no more. */
  vanished_at: string | null;
}

export const DEVICE_FIELDS = [
  'name',
  'host',
  'port',
  'platform',
  'transport',
  'credential_id',
  'collection_group_id',
  'jump_device_id',
  'site',
  'tags',
  'enabled',
  'external_id',
  'host_key',
] as const satisfies (keyof DeviceFields)[];

export const DEVICE_COLUMNS = selectList(
  'devices',
  ['id', ...DEVICE_FIELDS, 'source'],
  ['created_at', 'updated_at', 'vanished_at'],
);

/** Devices by name, after the name `after`. */
export async function listDevices(
  { sql }: Has,
  scope: Scope,
  filter: DeviceFilter,
  after: string | null,
  limit: number,
): Promise<DeviceRow[]> {
  return sql<DeviceRow[]>`
    select ${sql.unsafe(DEVICE_COLUMNS)} from devices
    where ${deviceInScope(sql, scope, 'devices')}
      ${after === null ? sql`` : sql`and name > ${after}`}
      ${deviceConditions(sql, filter)}
    order by name limit ${limit}`;
}

/** One device by id or name; null if there is none in scope. */
export async function findDevice({ sql }: Has, scope: Scope, reference: string): Promise<DeviceRow | null> {
  const rows = await sql<DeviceRow[]>`select ${sql.unsafe(DEVICE_COLUMNS)} from devices
    where (id = ${idOrNull(reference)} or name = ${reference}) and ${deviceInScope(sql, scope, 'devices')} limit 1`;
  return rows[0] ?? null;
}

/**
 * @throws AppError `conflict` for a name or id that is taken, `validation_failed` for a credential, group or jump host that is
 * not there in scope.
 */
export async function insertDevice({ sql }: Has, scope: Scope, id: string | undefined, fields: DeviceFields): Promise<DeviceRow> {
  return explainConstraints(() =>
    sql.begin(async (tx) => {
      const deviceId = id ?? randomUUID();
      await checkReferences(tx, scope, deviceId, fields, null);
      const rows = await tx<DeviceRow[]>`insert into devices ${tx({ id: deviceId, ...fields }, 'id', ...DEVICE_FIELDS)}
        returning ${tx.unsafe(DEVICE_COLUMNS)}`;
      return rows[0]!;
    }),
  );
}

/**
 * Changes one device under its row lock: `change` gets what it is and gives what it shall be. Null if there is none in scope.
 * @throws as `insertDevice`, and what `change` throws
 */
export async function changeDevice(
  { sql }: Has,
  scope: Scope,
  reference: string,
  change: (current: DeviceRow) => DeviceFields,
): Promise<DeviceRow | null> {
  return explainConstraints(() =>
    sql.begin(async (tx) => {
      const found = await tx<DeviceRow[]>`select ${tx.unsafe(DEVICE_COLUMNS)} from devices
        where (id = ${idOrNull(reference)} or name = ${reference}) and ${deviceInScope(tx, scope, 'devices')} limit 1 for update`;
      const current = found[0];
      if (current === undefined) return null;
      const fields = change(current);
      await checkReferences(tx, scope, current.id, fields, current);
      const rows = await tx<DeviceRow[]>`update devices set ${tx(fields, ...DEVICE_FIELDS)}, updated_at = now()
        where id = ${current.id} returning ${tx.unsafe(DEVICE_COLUMNS)}`;
      return rows[0]!;
    }),
  );
}

/**
 * False if there is no such device in scope.
 * @throws AppError `conflict` while it is the jump host of another one, which is named where it is in scope
 */
export async function deleteDevice({ sql }: Has, scope: Scope, reference: string): Promise<boolean> {
  return sql.begin(async (tx) => {
    const [device] = await tx<{ id: string; reached: boolean; named: string | null }[]>`
      select d.id, exists (select 1 from devices o where o.jump_device_id = d.id) as reached,
        (select min(o.name) from devices o where o.jump_device_id = d.id and ${deviceInScope(tx, scope, 'o')}) as named
      from devices d where (d.id = ${idOrNull(reference)} or d.name = ${reference}) and ${deviceInScope(tx, scope, 'd')} limit 1 for update`;
    if (device === undefined) return false;
    if (device.reached)
      throw new AppError(
        'conflict',
        `The device is the jump host of ${device.named ?? 'another device'}; give that one another way first.`,
      );
    await tx`delete from devices where id = ${device.id}`;
    return true;
  });
}

/** What is new in `fields` must be there and in scope; what stays as it was is not asked again. */
async function checkReferences(
  tx: Sql,
  scope: Scope,
  id: string,
  { jump_device_id: jump, credential_id: credential, collection_group_id: group }: DeviceFields,
  before: DeviceFields | null,
): Promise<void> {
  if (!seesGroup(scope, group)) throw invalid('/collection_group_id', group === null ? OWN_GROUP : 'is no collection group');
  if (jump !== null && (jump === id || jump !== before?.jump_device_id || scope.groups === null)) {
    const [found] = await tx<{ id: string }[]>`select d.id from devices d
      where d.id = ${jump} and ${deviceInScope(tx, scope, 'd')} for share`;
    const detail = jump === id ? 'must be another device' : found === undefined ? 'is no device' : null;
    if (detail !== null) throw invalid('/jump_device_id', detail);
  }
  if (scope.groups === null || credential === null || credential === before?.credential_id) return;
  const [used] = await tx`select c.id from credentials c where c.id = ${credential} and ${credentialInScope(tx, scope, 'c')}`;
  if (used === undefined) throw invalid('/credential_id', 'is no credential');
}

/** A device as a job needs it. */
export interface DeviceChoice {
  id: string;
  name: string;
  enabled: boolean;
  queue_id: string | null;
}

/** The devices that these ids or names mean, in no order; what is not there, or not in scope, is left out. */
export async function chooseDevices({ sql }: Has, scope: Scope, references: string[]): Promise<DeviceChoice[]> {
  const ids = references.filter((reference) => isUuid(reference));
  return sql<DeviceChoice[]>`
    select d.id, d.name, d.enabled, g.queue_id from devices d left join collection_groups g on g.id = d.collection_group_id
    where (d.id = any(${ids}::uuid[]) or d.name = any(${references}::text[])) and ${deviceInScope(sql, scope, 'd')}`;
}

/** All enabled devices in scope, of one group, one site or with one tag where told, by name. */
export async function selectDevices(
  { sql }: Has,
  scope: Scope,
  by: { group_id?: string | undefined; tag?: string | undefined; site?: string | undefined },
  limit: number | null = null,
): Promise<DeviceChoice[]> {
  return sql<DeviceChoice[]>`
    select d.id, d.name, d.enabled, g.queue_id from devices d left join collection_groups g on g.id = d.collection_group_id
    where d.enabled and ${deviceInScope(sql, scope, 'd')}
      ${by.group_id === undefined ? sql`` : sql`and d.collection_group_id = ${by.group_id}`}
      ${by.tag === undefined ? sql`` : sql`and d.tags @> array[${by.tag}]::text[]`}
      ${by.site === undefined ? sql`` : sql`and d.site = ${by.site}`}
    order by d.name limit ${limit}`;
}
