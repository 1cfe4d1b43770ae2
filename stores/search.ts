import { likeAnywhere } from './columns.ts';
import type { Database, Sql } from './database.ts';
import { deviceInScope, type Scope } from './scope.ts';

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

/** `mine`: that the device `d` is in scope. */
type Finder = (sql: Sql, mine: ReturnType<typeof deviceInScope>, limit: number) => Promise<Found[]>;

const ROUTE_TABLES = ['static_routes', 'ospf_routes', 'bgp_routes'];

function byMac(mac: string): Record<string, Finder> {
  return {
    mac: (
      sql,
      mine,
      limit,
    ) => sql`select 'mac' as kind, d.id as device_id, d.name as device_name, r.interface, r.mac as match, r.vlan, null as vrf
      from mac_entries r join devices d on d.id = r.device_id where r.mac = ${mac} and ${mine} order by d.name limit ${limit}`,
    interface: (
      sql,
      mine,
      limit,
    ) => sql`select 'interface' as kind, d.id as device_id, d.name as device_name, r.name as interface, r.mac as match,
      null as vlan, r.vrf from interfaces r join devices d on d.id = r.device_id where r.mac = ${mac} and ${mine} order by d.name limit ${limit}`,
    arp: (
      sql,
      mine,
      limit,
    ) => sql`select 'arp' as kind, d.id as device_id, d.name as device_name, r.interface, r.address || ' ' || r.mac as match,
      null as vlan, r.vrf from arp_entries r join devices d on d.id = r.device_id where r.mac = ${mac} and ${mine} order by d.name limit ${limit}`,
    neighbor: (
      sql,
      mine,
      limit,
    ) => sql`select 'neighbor' as kind, d.id as device_id, d.name as device_name, r.local_interface as interface,
      coalesce(r.neighbor_name || ' ', '') || r.chassis_id as match, null as vlan, null as vrf
      from lldp_neighbors r join devices d on d.id = r.device_id where r.chassis_id = ${mac} and ${mine} order by d.name limit ${limit}`,
  };
}

function byAddress(address: string): Record<string, Finder> {
  return {
    device: (
      sql,
      mine,
      limit,
    ) => sql`select 'device' as kind, d.id as device_id, d.name as device_name, null as interface, d.host as match, null as vlan,
      null as vrf from devices d where d.host = ${address} and ${mine} order by name limit ${limit}`,
    interface: (
      sql,
      mine,
      limit,
    ) => sql`select 'interface' as kind, d.id as device_id, d.name as device_name, r.name as interface, a.address as match,
      null as vlan, r.vrf from interfaces r join devices d on d.id = r.device_id, unnest(r.addresses) as a(address)
      where split_part(a.address, '/', 1) = ${address} and ${mine} order by d.name limit ${limit}`,
    arp: (sql, mine, limit) => sql`select 'arp' as kind, d.id as device_id, d.name as device_name, r.interface,
      r.address || coalesce(' ' || r.mac, '') as match, null as vlan, r.vrf
      from arp_entries r join devices d on d.id = r.device_id where r.address = ${address} and ${mine} order by d.name limit ${limit}`,
    neighbor: (sql, mine, limit) => neighbors(sql, sql`r.neighbor_address = ${address} and ${mine}`, limit),
  };
}

function byPrefix(prefix: string): Record<string, Finder> {
  const routes =
    (table: string): Finder =>
    (sql, mine, limit) =>
      sql`select 'route' as kind, d.id as device_id, d.name as device_name, r.interface,
      r.network || coalesce(' via ' || r.next_hop, '') as match, null as vlan, r.vrf
      from ${sql.unsafe(table)} r join devices d on d.id = r.device_id where r.network = ${prefix} and ${mine} order by d.name limit ${limit}`;
  return {
    ...Object.fromEntries(ROUTE_TABLES.map((table) => [table, routes(table)])),
    interface: (
      sql,
      mine,
      limit,
    ) => sql`select 'interface' as kind, d.id as device_id, d.name as device_name, r.name as interface, a.address as match,
      null as vlan, r.vrf from interfaces r join devices d on d.id = r.device_id, unnest(r.addresses) as a(address)
      where a.address::inet <<= ${prefix}::inet and ${mine} order by d.name limit ${limit}`,
  };
}

function byName(name: string): Record<string, Finder> {
  const pattern = likeAnywhere(name);
  return {
    device: (
      sql,
      mine,
      limit,
    ) => sql`select 'device' as kind, d.id as device_id, d.name as device_name, null as interface, d.name as match, null as vlan,
      null as vrf from devices d where (d.name ilike ${pattern} or d.host ilike ${pattern}) and ${mine} order by name limit ${limit}`,
    interface: (
      sql,
      mine,
      limit,
    ) => sql`select 'interface' as kind, d.id as device_id, d.name as device_name, r.name as interface,
      coalesce(r.description, r.name) as match, null as vlan, r.vrf from interfaces r join devices d on d.id = r.device_id
      where r.description ilike ${pattern} and ${mine} order by d.name limit ${limit}`,
    neighbor: (sql, mine, limit) => neighbors(sql, sql`r.neighbor_name ilike ${pattern} and ${mine}`, limit),
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
 * Searches the caches of the devices in scope, at most `limit` of each kind. `incomplete` names the parts that were not done in `timeoutMs`: what they hold is
 * not known, which is not the same as nothing.
 */
export async function searchCaches(
  { sql }: Pick<Database, 'sql'>,
  scope: Scope,
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
        return find(tx, deviceInScope(tx, scope, 'd'), limit);
      });
      items.push(...found);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === OUT_OF_TIME)) throw error;
      incomplete.push(name);
    }
  }
  return { items, incomplete };
}
