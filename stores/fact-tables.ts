import type { Kind } from '../core/facts.ts';

/** Where the records of each kind are cached, and its columns: name and type of each. */
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
  return FACT_TABLES[kind].columns.map((column) => `"${nameOf(column)}"`).join(', ');
}

/** One array parameter for each column of a kind, from number `first` on. Lists travel as text: `unnest` would flatten them. */
export function columnArrays(kind: Kind, first: number): string {
  return FACT_TABLES[kind].columns
    .map((column, at) => `$${first + at}::${isList(column) ? 'text' : typeOf(column)}[]`)
    .join(', ');
}

/** The columns of a kind as they are read from those arrays. */
export function columnReads(kind: Kind): string {
  return FACT_TABLES[kind].columns.map((column) => `r."${nameOf(column)}"${isList(column) ? '::text[]' : ''}`).join(', ');
}

export const nameOf = (column: string): string => column.slice(0, column.indexOf(' '));
const typeOf = (column: string): string => column.slice(column.indexOf(' ') + 1);
const isList = (column: string): boolean => column.endsWith('[]');
