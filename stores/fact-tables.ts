import type { Kind } from '../core/facts.ts';

/** Where the records of each kind are cached, and the columns as `json_to_recordset` reads them. */
export const FACT_TABLES = {
  static_routes: { table: 'static_routes', columns: route('blackhole boolean') },
  ospf_routes: { table: 'ospf_routes', columns: route('route_type text', 'area text') },
  bgp_routes: { table: 'bgp_routes', columns: route('as_path text', 'local_pref bigint', 'origin text') },
  mac_table: { table: 'mac_entries', columns: ['mac text', 'vlan integer', 'interface text', 'type text'] },
  arp: { table: 'arp_entries', columns: ['address text', 'mac text', 'interface text', 'vrf text'] },
  interfaces: {
    table: 'interfaces',
    columns: [
      'name text',
      'description text',
      'admin_status text',
      'oper_status text',
      'mac text',
      'addresses text[]',
      'mtu integer',
      'speed bigint',
      'vrf text',
    ],
  },
  cdp_neighbors: { table: 'cdp_neighbors', columns: neighbor() },
  lldp_neighbors: { table: 'lldp_neighbors', columns: neighbor('chassis_id text') },
} as const satisfies Record<Kind, { table: string; columns: readonly string[] }>;

function route(...more: string[]): string[] {
  return [
    'network text',
    'next_hop text',
    'interface text',
    'distance integer',
    'metric bigint',
    'vrf text',
    'selected boolean',
    ...more,
  ];
}

function neighbor(...more: string[]): string[] {
  return [
    'local_interface text',
    'neighbor_name text',
    'neighbor_interface text',
    'neighbor_address text',
    'platform text',
    'capabilities text[]',
    ...more,
  ];
}

/** Column names of a kind's table, quoted for SQL. */
export function columnNames(kind: Kind): string {
  return FACT_TABLES[kind].columns.map((column) => `"${column.split(' ')[0]}"`).join(', ');
}

/** The column definition list of a kind for `json_to_recordset`. */
export function columnDefinitions(kind: Kind): string {
  return FACT_TABLES[kind].columns.map((column) => column.replace(/^(\w+)/, '"$1"')).join(', ');
}
