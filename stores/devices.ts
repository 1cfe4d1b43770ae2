import { randomUUID } from 'node:crypto';
import { AppError } from '../core/errors.ts';
import type { TransportName } from '../core/device.ts';
import { idOrNull, isUuid, likeAnywhere, selectList } from './columns.ts';
import type { Database, Sql } from './database.ts';
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

export interface DeviceFilter {
  q?: string | undefined;
  /** Id or name. */
  group?: string | undefined;
  tag?: string | undefined;
  site?: string | undefined;
  platform?: string | undefined;
  enabled?: boolean | undefined;
}

/** Devices by name, after the name `after`. */
export async function listDevices({ sql }: Has, filter: DeviceFilter, after: string | null, limit: number): Promise<DeviceRow[]> {
  const { q, group, tag, site, platform, enabled } = filter;
  const pattern = q === undefined ? null : likeAnywhere(q);
  return sql<DeviceRow[]>`
    select ${sql.unsafe(DEVICE_COLUMNS)} from devices
    where true
      ${after === null ? sql`` : sql`and name > ${after}`}
      ${pattern === null ? sql`` : sql`and (name ilike ${pattern} or host ilike ${pattern})`}
      ${tag === undefined ? sql`` : sql`and tags @> array[${tag}]::text[]`}
      ${site === undefined ? sql`` : sql`and site = ${site}`}
      ${platform === undefined ? sql`` : sql`and platform = ${platform}`}
      ${enabled === undefined ? sql`` : sql`and enabled = ${enabled}`}
      ${group === undefined ? sql`` : sql`and collection_group_id in (select g.id from collection_groups g where g.id = ${idOrNull(group)} or g.name = ${group})`}
    order by name limit ${limit}`;
}

/** One device by id or name; null if there is none. */
export async function findDevice({ sql }: Has, reference: string): Promise<DeviceRow | null> {
  const rows = await sql<DeviceRow[]>`select ${sql.unsafe(DEVICE_COLUMNS)} from devices
    where id = ${idOrNull(reference)} or name = ${reference} limit 1`;
  return rows[0] ?? null;
}

/**
 * @throws AppError `conflict` for a name or id that is taken, `validation_failed` for a credential, group or jump host that is
 * not there.
 */
export async function insertDevice({ sql }: Has, id: string | undefined, fields: DeviceFields): Promise<DeviceRow> {
  return explainConstraints(() =>
    sql.begin(async (tx) => {
      const deviceId = id ?? randomUUID();
      await checkJump(tx, deviceId, fields);
      const rows = await tx<DeviceRow[]>`insert into devices ${tx({ id: deviceId, ...fields }, 'id', ...DEVICE_FIELDS)}
        returning ${tx.unsafe(DEVICE_COLUMNS)}`;
      return rows[0]!;
    }),
  );
}

/**
 * Changes one device under its row lock: `change` gets what it is and gives what it shall be. Null if there is none.
 * @throws as `insertDevice`, and what `change` throws
 */
export async function changeDevice(
  { sql }: Has,
  reference: string,
  change: (current: DeviceRow) => DeviceFields,
): Promise<DeviceRow | null> {
  return explainConstraints(() =>
    sql.begin(async (tx) => {
      const found = await tx<DeviceRow[]>`select ${tx.unsafe(DEVICE_COLUMNS)} from devices
        where id = ${idOrNull(reference)} or name = ${reference} limit 1 for update`;
      const current = found[0];
      if (current === undefined) return null;
      const fields = change(current);
      await checkJump(tx, current.id, fields);
      const rows = await tx<DeviceRow[]>`update devices set ${tx(fields, ...DEVICE_FIELDS)}, updated_at = now()
        where id = ${current.id} returning ${tx.unsafe(DEVICE_COLUMNS)}`;
      return rows[0]!;
    }),
  );
}

/**
 * False if there is no such device.
 * @throws AppError `conflict` while it is the jump host of another one
 */
export async function deleteDevice({ sql }: Has, reference: string): Promise<boolean> {
  return sql.begin(async (tx) => {
    const [device] = await tx<{ id: string; reached: string | null }[]>`
      select d.id, (select min(o.name) from devices o where o.jump_device_id = d.id) as reached
      from devices d where d.id = ${idOrNull(reference)} or d.name = ${reference} limit 1 for update`;
    if (device === undefined) return false;
    if (device.reached !== null)
      throw new AppError('conflict', `The device is the jump host of ${device.reached}; give that one another way first.`);
    await tx`delete from devices where id = ${device.id}`;
    return true;
  });
}

async function checkJump(tx: Sql, id: string, { jump_device_id: jump }: DeviceFields): Promise<void> {
  if (jump === null) return;
  const [found] = await tx<{ id: string }[]>`select id from devices where id = ${jump} for share`;
  const detail = jump === id ? 'must be another device' : found === undefined ? 'is no device' : null;
  if (detail === null) return;
  throw new AppError('validation_failed', `jump_device_id ${detail}.`, { errors: [{ pointer: '/jump_device_id', detail }] });
}

/** A device as a job needs it. */
export interface DeviceChoice {
  id: string;
  name: string;
  enabled: boolean;
  queue_id: string | null;
}

/** The devices that these ids or names mean, in no order; what is not there is left out. */
export async function chooseDevices({ sql }: Has, references: string[]): Promise<DeviceChoice[]> {
  const ids = references.filter((reference) => isUuid(reference));
  return sql<DeviceChoice[]>`
    select d.id, d.name, d.enabled, g.queue_id from devices d left join collection_groups g on g.id = d.collection_group_id
    where d.id = any(${ids}::uuid[]) or d.name = any(${references}::text[])`;
}

/** All enabled devices, of one group, one site or with one tag where told, by name. */
export async function selectDevices(
  { sql }: Has,
  by: { group_id?: string | undefined; tag?: string | undefined; site?: string | undefined },
  limit: number | null = null,
): Promise<DeviceChoice[]> {
  return sql<DeviceChoice[]>`
    select d.id, d.name, d.enabled, g.queue_id from devices d left join collection_groups g on g.id = d.collection_group_id
    where d.enabled
      ${by.group_id === undefined ? sql`` : sql`and d.collection_group_id = ${by.group_id}`}
      ${by.tag === undefined ? sql`` : sql`and d.tags @> array[${by.tag}]::text[]`}
      ${by.site === undefined ? sql`` : sql`and d.site = ${by.site}`}
    order by d.name limit ${limit}`;
}
