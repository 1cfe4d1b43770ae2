import type { Database } from './database.ts';
import { AppError } from '../core/errors.ts';
import { DEVICE_COLUMNS, DEVICE_FIELDS, type DeviceFields, type DeviceRow } from './devices.ts';
import { credentialInScope, deviceInScope, groupInScope, type Scope } from './scope.ts';

/** What the rows of an import speak of; read before they are judged, in the transaction that writes them. */
export interface ImportContext {
  /** Devices in scope that have one of the names, locked. */
  existing: Map<string, DeviceRow>;
  /** Names of devices that are not in scope. */
  taken: Set<string>;
  /** Whether the device with one of the ids is in scope. */
  devices: Map<string, boolean>;
  /** Ids by name, and by id itself, of those in scope. */
  credentials: Map<string, string>;
  groups: Map<string, string>;
}

export interface ImportWish {
  names: string[];
  device_ids: string[];
  /** Names and ids. */
  credentials: string[];
  groups: string[];
}

/**
 * Reads what the rows speak of, lets `judge` say which devices shall be, and writes those, all in one transaction. A device that is
 * not in scope is never written.
 * @throws AppError `conflict` where somebody else made a device of one of the names meanwhile
 */
export async function importDevices(
  { sql }: Pick<Database, 'sql'>,
  scope: Scope,
  wish: ImportWish,
  judge: (context: ImportContext) => ({ id: string } & DeviceFields)[],
): Promise<{ created: number; updated: number; items: { id: string; name: string }[] }> {
  return sql.begin(async (tx) => {
    const [existing, devices, credentials, groups] = await Promise.all([
      tx<
        (DeviceRow & { mine: boolean })[]
      >`select ${tx.unsafe(DEVICE_COLUMNS)}, (${deviceInScope(tx, scope, 'devices')}) as mine from devices where name = any(${wish.names}::text[]) order by name for update`,
      tx<{ id: string; mine: boolean }[]>`select d.id, (${deviceInScope(tx, scope, 'd')}) as mine from devices d
        where d.id = any(${wish.device_ids}::uuid[])`,
      tx<{ id: string; name: string }[]>`select c.id, c.name from credentials c
        where (c.name = any(${wish.credentials}::text[]) or c.id::text = any(${wish.credentials}::text[]))
          and ${credentialInScope(tx, scope, 'c')} for share of c`,
      tx<{ id: string; name: string }[]>`select id, name from collection_groups
        where (name = any(${wish.groups}::text[]) or id::text = any(${wish.groups}::text[])) and ${groupInScope(tx, scope, 'id')} for share`,
    ]);
    const rows = judge({
      existing: new Map(existing.filter((row) => row.mine).map((row) => [row.name, row])),
      taken: new Set(existing.filter((row) => !row.mine).map((row) => row.name)),
      devices: new Map(devices.map((row) => [row.id, row.mine])),
      credentials: new Map(credentials.flatMap((row) => [[row.name, row.id] as const, [row.id, row.id] as const])),
      groups: new Map(groups.flatMap((row) => [[row.name, row.id] as const, [row.id, row.id] as const])),
    });
    const changes = DEVICE_FIELDS.filter((field) => field !== 'name').map((field) => `${field} = excluded.${field}`);
    const columns = ['id', ...DEVICE_FIELDS].join(', ');
    const written = await tx<{ id: string; name: string; created: boolean }[]>`
      insert into devices (${tx.unsafe(columns)})
      select ${tx.unsafe(columns)} from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(
        id uuid, name text, host text, port integer, platform text, transport text, credential_id uuid, collection_group_id uuid,
        jump_device_id uuid, site text, tags text[], enabled boolean, external_id text, host_key text)
      order by name
      on conflict (name) do update set ${tx.unsafe(changes.join(', '))}, updated_at = now()
        where ${deviceInScope(tx, scope, 'devices')}
      returning id, name, (xmax = 0) as created`;
    if (written.length < rows.length)
      throw new AppError('conflict', 'A device of one of the names was made meanwhile; try again.');
    const byName = new Map(written.map((row) => [row.name, row]));
    return {
      created: written.filter((row) => row.created).length,
      updated: written.filter((row) => !row.created).length,
      items: rows.map(({ name }) => ({ id: byName.get(name)!.id, name })),
    };
  });
}
