import { KINDS, type Kind, type Records } from '../core/facts.ts';
import type { Database } from './database.ts';

/** A device with those of its cached facts that a topology is made of. */
export interface NetworkRow {
  id: string;
  name: string;
  host: string;
  platform: string;
  site: string | null;
  facts: { [K in Kind]?: { records: Records[K][]; collected_at: string } };
}

/**
 * Every device with its interfaces, neighbours, the MAC addresses that belong to a known interface, and the distinct next hops
 * of its routes that are an interface's address: what identity and links need, without the big tables.
 */
export async function loadNetwork({ sql }: Pick<Database, 'sql'>): Promise<NetworkRow[]> {
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const devices = await tx<Omit<NetworkRow, 'facts'>[]>`select id, name, host, platform, site from devices order by name`;
    const kinds = await tx<{ device_id: string; kind: Kind; collected_at: Date }[]>`
      select device_id, kind, collected_at from device_kinds where collected_at is not null`;
    const byId = new Map(devices.map((device): [string, NetworkRow] => [device.id, { ...device, facts: {} }]));
    for (const row of kinds) {
      const device = byId.get(row.device_id);
      if (device) device.facts[row.kind] = { records: [], collected_at: row.collected_at.toISOString() };
    }
    for (const kind of KINDS) {
      const query = QUERIES[kind];
      if (query === undefined) continue;
      await tx.unsafe<({ device_id: string } & Record<string, unknown>)[]>(query).cursor(5000, (rows) => {
        for (const { device_id, ...record } of rows) {
          const records: unknown[] | undefined = byId.get(device_id)?.facts[kind]?.records;
          records?.push(record);
        }
      });
    }
    return [...byId.values()];
  });
}

const NEIGHBOR = 'device_id, local_interface, neighbor_name, neighbor_interface, neighbor_address, platform, capabilities';

/** Only next hops that are an interface's address: no other says anything about a link, and of them a BGP table has very many. */
const nextHops = (table: string, extra: string): string => `
  select distinct on (device_id, next_hop, interface) device_id, network, next_hop, interface, distance, metric, vrf, selected, ${extra}
  from ${table} where selected and next_hop in (select split_part(a.address, '/', 1) from interfaces, unnest(addresses) as a(address))
  order by device_id, next_hop, interface, position`;

/** The rows of each kind, as records of `core/facts.ts`. */
const QUERIES: { [K in Kind]?: string } = {
  interfaces:
    'select device_id, name, description, admin_status, oper_status, mac, addresses, mtu, speed, vrf from interfaces order by device_id, position',
  cdp_neighbors: `select ${NEIGHBOR} from cdp_neighbors order by device_id, position`,
  lldp_neighbors: `select ${NEIGHBOR}, chassis_id from lldp_neighbors order by device_id, position`,
  mac_table: `select distinct m.device_id, m.mac, m.vlan, m.interface, m.type from mac_entries m
    where m.mac in (select mac from interfaces where mac is not null) order by m.device_id, m.mac`,
  static_routes: nextHops('static_routes', 'blackhole'),
  ospf_routes: nextHops('ospf_routes', 'route_type, area'),
  bgp_routes: nextHops('bgp_routes', 'as_path, local_pref, origin'),
};
