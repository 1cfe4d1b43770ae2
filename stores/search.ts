import { likeAnywhere } from './columns.ts';
import type { Database, Sql } from './database.ts';

/** Something that a search found on a device. */
export interface Found {
  kind: 'device' | 'mac' | 'arp' | 'interface' | 'neighbor' | 'route';
  device_id: string;
  device_name: string;
  interface: string | null;
  /** What matched, as the device tells it. */
  match: string;
  vlan: number | null;
  vrf: string | null;
}

/** What a search text means (`classifyQuery`). */
export type SearchFor =
  | { kind: 'mac'; mac: string }
  | { kind: 'address'; address: string }
  | { kind: 'prefix'; prefix: string }
  | { kind: 'name'; name: string };

type Finder = (sql: Sql, limit: number) => Promise<Found[]>;

const ROUTE_TABLES = ['static_routes', 'ospf_routes', 'bgp_routes'];

function byMac(mac: string): Record<string, Finder> {
  return {
    mac: (
      sql,
      limit,
    ) => sql`select 'mac' as kind, d.id as device_id, d.name as device_name, r.interface, r.mac as match, r.vlan, null as vrf
      from mac_entries r join devices d on d.id = r.device_id where r.mac = ${mac} order by d.name limit ${limit}`,
    interface: (
      sql,
      limit,
    ) => sql`select 'interface' as kind, d.id as device_id, d.name as device_name, r.name as interface, r.mac as match,
      null as vlan, r.vrf from interfaces r join devices d on d.id = r.device_id where r.mac = ${mac} order by d.name limit ${limit}`,
    arp: (
      sql,
      limit,
    ) => sql`select 'arp' as kind, d.id as device_id, d.name as device_name, r.interface, r.address || ' ' || r.mac as match,
      null as vlan, r.vrf from arp_entries r join devices d on d.id = r.device_id where r.mac = ${mac} order by d.name limit ${limit}`,
    neighbor: (
      sql,
      limit,
    ) => sql`select 'neighbor' as kind, d.id as device_id, d.name as device_name, r.local_interface as interface,
      coalesce(r.neighbor_name || ' ', '') || r.chassis_id as match, null as vlan, null as vrf
      from lldp_neighbors r join devices d on d.id = r.device_id where r.chassis_id = ${mac} order by d.name limit ${limit}`,
  };
}

function byAddress(address: string): Record<string, Finder> {
  return {
    device: (
      sql,
      limit,
    ) => sql`select 'device' as kind, id as device_id, name as device_name, null as interface, host as match, null as vlan,
      null as vrf from devices where host = ${address} order by name limit ${limit}`,
    interface: (
      sql,
      limit,
    ) => sql`select 'interface' as kind, d.id as device_id, d.name as device_name, r.name as interface, a.address as match,
      null as vlan, r.vrf from interfaces r join devices d on d.id = r.device_id, unnest(r.addresses) as a(address)
      where split_part(a.address, '/', 1) = ${address} order by d.name limit ${limit}`,
    arp: (sql, limit) => sql`select 'arp' as kind, d.id as device_id, d.name as device_name, r.interface,
      r.address || coalesce(' ' || r.mac, '') as match, null as vlan, r.vrf
      from arp_entries r join devices d on d.id = r.device_id where r.address = ${address} order by d.name limit ${limit}`,
    neighbor: (sql, limit) => neighbors(sql, sql`r.neighbor_address = ${address}`, limit),
  };
}

function byPrefix(prefix: string): Record<string, Finder> {
  const routes =
    (table: string): Finder =>
    (sql, limit) =>
      sql`select 'route' as kind, d.id as device_id, d.name as device_name, r.interface,
      r.network || coalesce(' via ' || r.next_hop, '') as match, null as vlan, r.vrf
      from ${sql.unsafe(table)} r join devices d on d.id = r.device_id where r.network = ${prefix} order by d.name limit ${limit}`;
  return {
    ...Object.fromEntries(ROUTE_TABLES.map((table) => [table, routes(table)])),
    interface: (
      sql,
      limit,
    ) => sql`select 'interface' as kind, d.id as device_id, d.name as device_name, r.name as interface, a.address as match,
      null as vlan, r.vrf from interfaces r join devices d on d.id = r.device_id, unnest(r.addresses) as a(address)
      where a.address::inet <<= ${prefix}::inet order by d.name limit ${limit}`,
  };
}

function byName(name: string): Record<string, Finder> {
  const pattern = likeAnywhere(name);
  return {
    device: (
      sql,
      limit,
    ) => sql`select 'device' as kind, id as device_id, name as device_name, null as interface, name as match, null as vlan,
      null as vrf from devices where name ilike ${pattern} or host ilike ${pattern} order by name limit ${limit}`,
    interface: (sql, limit) => sql`select 'interface' as kind, d.id as device_id, d.name as device_name, r.name as interface,
      coalesce(r.description, r.name) as match, null as vlan, r.vrf from interfaces r join devices d on d.id = r.device_id
      where r.description ilike ${pattern} order by d.name limit ${limit}`,
    neighbor: (sql, limit) => neighbors(sql, sql`r.neighbor_name ilike ${pattern}`, limit),
  };
}

function neighbors(sql: Sql, where: ReturnType<Sql>, limit: number): Promise<Found[]> {
  return sql`select distinct 'neighbor' as kind, d.id as device_id, d.name as device_name, r.local_interface as interface,
      concat_ws(' ', r.neighbor_name, r.neighbor_interface, r.neighbor_address) as match, null as vlan, null as vrf
    from (select device_id, local_interface, neighbor_name, neighbor_interface, neighbor_address from lldp_neighbors
          union all select device_id, local_interface, neighbor_name, neighbor_interface, neighbor_address from cdp_neighbors) r
    join devices d on d.id = r.device_id where ${where} order by device_name limit ${limit}`;
}

function findersOf(wanted: SearchFor): Record<string, Finder> {
  if (wanted.kind === 'mac') return byMac(wanted.mac);
  if (wanted.kind === 'address') return byAddress(wanted.address);
  return wanted.kind === 'prefix' ? byPrefix(wanted.prefix) : byName(wanted.name);
}

/** PostgreSQL: the statement took longer than its time. */
const OUT_OF_TIME = '57014';

/**
 * Searches the caches, at most `limit` of each kind. `incomplete` names the parts that were not done in `timeoutMs`: what they hold is
 * not known, which is not the same as nothing.
 */
export async function searchCaches(
  { sql }: Pick<Database, 'sql'>,
  wanted: SearchFor,
  limit: number,
  timeoutMs: number,
): Promise<{ items: Found[]; incomplete: string[] }> {
  const items: Found[] = [];
  const incomplete: string[] = [];
  for (const [name, find] of Object.entries(findersOf(wanted))) {
    try {
      const found = await sql.begin('read only', async (tx) => {
        await tx`select set_config('statement_timeout', ${String(timeoutMs)}, true)`;
        return find(tx, limit);
      });
      items.push(...found);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === OUT_OF_TIME)) throw error;
      incomplete.push(name);
    }
  }
  return { items, incomplete };
}
