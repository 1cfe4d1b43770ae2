import type { Database } from './database.ts';
import { DEVICE_COLUMNS, DEVICE_FIELDS, type DeviceFields, type DeviceRow } from './devices.ts';

/** What the rows of an import speak of; read before they are judged, in the transaction that writes them. */
export interface ImportContext {
  /** Devices that have one of the names, locked. */
  existing: Map<string, DeviceRow>;
  /** Names of the devices that have one of the ids. */
  devices: Map<string, string>;
  /** Ids by name, and by id itself. */
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

/** Reads what the rows speak of, lets `judge` say which devices shall be, and writes those, all in one transaction. */
export async function importDevices(
  { sql }: Pick<Database, 'sql'>,
  wish: ImportWish,
  judge: (context: ImportContext) => ({ id: string } & DeviceFields)[],
): Promise<{ created: number; updated: number; items: { id: string; name: string }[] }> {
  return sql.begin(async (tx) => {
    const [existing, devices, credentials, groups] = await Promise.all([
      tx<
        DeviceRow[]
      >`select ${tx.unsafe(DEVICE_COLUMNS)} from devices where name = any(${wish.names}::text[]) order by name for update`,
      tx<{ id: string; name: string }[]>`select id, name from devices where id = any(${wish.device_ids}::uuid[])`,
      tx<{ id: string; name: string }[]>`select id, name from credentials
        where name = any(${wish.credentials}::text[]) or id::text = any(${wish.credentials}::text[]) for share`,
      tx<{ id: string; name: string }[]>`select id, name from collection_groups
        where name = any(${wish.groups}::text[]) or id::text = any(${wish.groups}::text[]) for share`,
    ]);
    const rows = judge({
      existing: new Map(existing.map((row) => [row.name, row])),
      devices: new Map(devices.map((row) => [row.id, row.name])),
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
      returning id, name, (xmax = 0) as created`;
    const byName = new Map(written.map((row) => [row.name, row]));
    return {
      created: written.filter((row) => row.created).length,
      updated: written.filter((row) => !row.created).length,
      items: rows.map(({ name }) => ({ id: byName.get(name)!.id, name })),
    };
  });
}
