import type { Kind } from '../../../core/facts.ts';
import type { NtcRow } from './ntc.ts';
import {
  aoscxRoute,
  asaRoute,
  fortinetRoute,
  ospfWord,
  panosInterface,
  panosRoute,
  procurveRoute,
  protocol,
  routerosHops,
  text,
  vrpWlan,
  wlanWord,
  xrInterface,
} from './ntc-mends.ts';

/** One command, the template that reads it and what must come out. */
export interface Check {
  command: string;
  /** Without the platform. */
  template: string;
  /** The kind whose truth the records must equal; without it the template must only find something. */
  kind?: Kind;
  /** Rows that belong to the kind. */
  where?: (row: NtcRow) => boolean;
  /** Columns given other names or forms before they become records. */
  mend?: (row: NtcRow) => Record<string, unknown>;
  /** Fields that the output shows and the template leaves out. */
  gaps?: string[];
  /** Records that the template does not read in full, by name, and the fields it leaves out there. */
  gapsIn?: { name: RegExp; fields: string[] };
  /** Lines that the template cannot read, taken out before it reads. */
  withoutLines?: RegExp;
  /** Rows with the same value here are one. */
  mergeBy?: string;
  /** Not asked of spines, whose empty answer the template does not know. */
  leavesOnly?: boolean;
  /** The rows must also equal those of the HTTP device API. */
  sameRows?: boolean;
  /** The template of 9.3.0 cannot read the real output: the error it must give. */
  fails?: string;
}

export const CHECKS: Record<string, Check[]> = {
  cisco_ios: [
    { command: 'show ip route static', template: 'show_ip_route', kind: 'static_routes', sameRows: true },
    { command: 'show ip route ospf', template: 'show_ip_route', kind: 'ospf_routes', sameRows: true },
    { command: 'show ip route bgp', template: 'show_ip_route', kind: 'bgp_routes', sameRows: true },
    { command: 'show ip route', template: 'show_ip_route', kind: 'ospf_routes', where: protocol('O') },
    { command: 'show mac address-table', template: 'show_mac-address-table', kind: 'mac_table', sameRows: true },
    { command: 'show ip arp', template: 'show_ip_arp', kind: 'arp', sameRows: true },
    {
      command: 'show interfaces',
      template: 'show_interfaces',
      kind: 'interfaces',
      sameRows: true,
      mend: () => ({ speed: '' }),
    },
    { command: 'show cdp neighbors detail', template: 'show_cdp_neighbors_detail', kind: 'cdp_neighbors', sameRows: true },
    { command: 'show lldp neighbors detail', template: 'show_lldp_neighbors_detail', kind: 'lldp_neighbors', sameRows: true },
    { command: 'show lldp neighbors', template: 'show_lldp_neighbors' },
    { command: 'show version', template: 'show_version' },
  ],
  arista_eos: [
    { command: 'show ip route static', template: 'show_ip_route', kind: 'static_routes', sameRows: true },
    { command: 'show ip route ospf', template: 'show_ip_route', kind: 'ospf_routes', sameRows: true, gaps: ['route_type'] },
    { command: 'show ip route vrf all bgp', template: 'show_ip_route', kind: 'bgp_routes', sameRows: true },
    { command: 'show ip route vrf all', template: 'show_ip_route', kind: 'bgp_routes', where: protocol('B') },
    { command: 'show mac address-table', template: 'show_mac_address-table', kind: 'mac_table', sameRows: true },
    { command: 'show ip arp', template: 'show_ip_arp', kind: 'arp', sameRows: true },
    { command: 'show ip arp vrf all', template: 'show_ip_arp', kind: 'arp' },
    { command: 'show interfaces', template: 'show_interfaces', kind: 'interfaces', sameRows: true },
    {
      command: 'show lldp neighbors detail',
      template: 'show_lldp_neighbors_detail',
      kind: 'lldp_neighbors',
      sameRows: true,
      gaps: ['capabilities'],
    },
    { command: 'show version', template: 'show_version' },
  ],
  juniper_junos: [
    {
      command: 'show ethernet-switching table',
      template: 'show_ethernet-switching_table',
      kind: 'mac_table',
      sameRows: true,
      mend: () => ({ type: 'dynamic' }),
    },
    { command: 'show arp no-resolve', template: 'show_arp_no-resolve', kind: 'arp', sameRows: true },
    {
      command: 'show lldp neighbors',
      template: 'show_lldp_neighbors',
      kind: 'lldp_neighbors',
      sameRows: true,
      gaps: ['neighbor_address', 'capabilities'],
    },
    { command: 'show interfaces', template: 'show_interfaces', fails: 'Type: Loopback, MTU: Unlimited' },
    { command: 'show version', template: 'show_version' },
  ],
  mikrotik_routeros: [
    ...(['static', 'ospf', 'bgp'] as const).map((name): Check => ({
      command: '/ip route print detail without-paging',
      template: 'ip_route_print_detail',
      kind: `${name}_routes`,
      where: (row) => text(row, 'protocol') === { static: 'S', ospf: 'o', bgp: 'b' }[name],
      mend: routerosHops,
      gaps: ['metric', 'route_type', 'as_path', 'local_pref', 'origin'],
    })),
    { command: '/ip route print terse without-paging', template: 'ip_route_print_terse', fails: 'type=blackhole' },
    {
      command: '/interface bridge host print terse without-paging',
      template: 'interface_bridge_host_print_terse_without-paging',
      kind: 'mac_table',
      sameRows: true,
      mend: (row) => ({ type: text(row, 'local') === 'L' ? 'self' : 'dynamic' }),
    },
    { command: '/ip arp print terse without-paging', template: 'ip_arp_print_terse_without-paging', kind: 'arp', sameRows: true },
    { command: '/ip arp print', template: 'ip_arp_print', kind: 'arp' },
    {
      command: '/interface print detail without-paging',
      template: 'interface_print_detail',
      kind: 'interfaces',
      sameRows: true,
      mend: (row) => ({
        mtu: row['actual_mtu'] ?? null,
        admin_status: text(row, 'status') === 'X' ? 'down' : 'up',
        oper_status: text(row, 'status') === 'R' ? 'up' : 'down',
      }),
      gaps: ['addresses'],
    },
    {
      command: '/interface print terse without-paging',
      template: 'interface_print_terse_without-paging',
      kind: 'interfaces',
      mend: (row) => ({
        description: row['comment'] ?? null,
        mtu: row['actual_mtu'] ?? null,
        admin_status: text(row, 'status') === 'X' ? 'down' : 'up',
        oper_status: text(row, 'status') === 'R' ? 'up' : 'down',
      }),
      gaps: ['addresses'],
    },
    { command: '/ip address print', template: 'ip_address_print' },
    {
      command: '/ip neighbor print detail without-paging',
      template: 'ip_neighbor_print_detail',
      kind: 'lldp_neighbors',
      sameRows: true,
      mend: (row) => ({ interface: text(row, 'interface').split(',')[0] ?? '', board: '' }),
    },
    { command: '/system resource print', template: 'system_resource_print' },
    { command: '/system identity print', template: 'system_identity_print' },
  ],
  cisco_nxos: [
    { command: 'show ip route static', template: 'show_ip_route', kind: 'static_routes' },
    { command: 'show ip route ospf', template: 'show_ip_route', kind: 'ospf_routes', mend: ospfWord },
    { command: 'show ip route bgp', template: 'show_ip_route', kind: 'bgp_routes' },
    { command: 'show ip route vrf all', template: 'show_ip_route', kind: 'static_routes', where: protocol('static') },
    {
      command: 'show mac address-table',
      template: 'show_mac_address-table',
      kind: 'mac_table',
    },
    { command: 'show ip arp', template: 'show_ip_arp', kind: 'arp' },
    { command: 'show ip arp detail vrf all', template: 'show_ip_arp_detail_vrf_all', kind: 'arp' },
    { command: 'show interface', template: 'show_interface', kind: 'interfaces' },
    {
      command: 'show cdp neighbors detail',
      template: 'show_cdp_neighbors_detail',
      kind: 'cdp_neighbors',
      mend: (row) => ({ neighbor_name: text(row, 'neighbor_name') || text(row, 'chassis_id') }),
    },
    { command: 'show lldp neighbors detail', template: 'show_lldp_neighbors_detail', kind: 'lldp_neighbors' },
    { command: 'show version', template: 'show_version' },
  ],
  cisco_xr: [
    { command: 'show route static', template: 'show_ip_route', kind: 'static_routes' },
    {
      command: 'show route ospf',
      template: 'show_ip_route',
      kind: 'ospf_routes',
      mend: (row) => ({ type: text(row, 'protocol').slice(2) }),
    },
    { command: 'show route bgp', template: 'show_ip_route', kind: 'bgp_routes' },
    { command: 'show route', template: 'show_ip_route', kind: 'static_routes', where: protocol('S', 'S*') },
    {
      command: 'show l2vpn mac-learning mac all location',
      template: 'show_l2vpn_mac-learning_mac_all_location',
      kind: 'mac_table',
      mend: (row) => ({ interface: text(row, 'next_hop') }),
    },
    { command: 'show arp', template: 'show_arp', kind: 'arp' },
    {
      command: 'show interfaces',
      template: 'show_interfaces',
      kind: 'interfaces',
      mend: xrInterface,
      gapsIn: { name: /^BVI/, fields: ['mac'] },
    },
    {
      command: 'show cdp neighbors detail',
      template: 'show_cdp_neighbors_detail',
      kind: 'cdp_neighbors',
      mend: (row) => ({ neighbor_name: text(row, 'neighbor_name') || text(row, 'chassis_id') }),
    },
    {
      command: 'show lldp neighbors detail',
      template: 'show_lldp_neighbors_detail',
      kind: 'lldp_neighbors',
      mend: () => ({ platform: '' }),
    },
  ],
  cisco_asa: [
    { command: 'show route static', template: 'show_route', kind: 'static_routes', mend: asaRoute },
    { command: 'show route ospf', template: 'show_route', kind: 'ospf_routes', mend: asaRoute },
    { command: 'show route bgp', template: 'show_route', kind: 'bgp_routes', mend: asaRoute },
    { command: 'show route', template: 'show_route', kind: 'ospf_routes', where: protocol('O'), mend: asaRoute },
    { command: 'show arp', template: 'show_arp', kind: 'arp' },
    { command: 'show interface', template: 'show_interface', kind: 'interfaces' },
    { command: 'show version', template: 'show_version' },
  ],
  hp_procurve: [
    {
      command: 'show ip route',
      template: 'show_ip_route',
      kind: 'static_routes',
      where: (row) => row['type'] === 'static',
      mend: procurveRoute,
    },
    { command: 'show ip route static', template: 'show_ip_route', kind: 'static_routes', mend: procurveRoute },
    { command: 'show ip route ospf', template: 'show_ip_route', kind: 'ospf_routes', mend: procurveRoute },
    { command: 'show mac-address', template: 'show_mac-address', kind: 'mac_table' },
    { command: 'show arp', template: 'show_arp', kind: 'arp' },
    {
      command: 'show interfaces brief',
      template: 'show_interfaces_brief',
      kind: 'interfaces',
      gaps: ['speed'],
    },
    {
      command: 'show lldp info remote-device detail',
      template: 'show_lldp_info_remote-device_detail',
      kind: 'lldp_neighbors',
      mend: wlanWord,
    },
    { command: 'show system', template: 'show_system' },
  ],
  aruba_aoscx: [
    { command: 'show mac-address-table', template: 'show_mac-address-table', kind: 'mac_table', leavesOnly: true },
    ...(['static', 'ospf', 'bgp'] as const).map((name): Check => ({
      command: `show ip route ${name}`,
      template: 'show_ip_route_all-vrfs',
      kind: `${name}_routes`,
      mend: aoscxRoute,
    })),
    {
      command: 'show ip route all-vrfs',
      template: 'show_ip_route_all-vrfs',
      kind: 'ospf_routes',
      where: (row) => row['status']?.[0] === 'ospf',
      mend: aoscxRoute,
    },
    {
      command: 'show arp all-vrfs',
      template: 'show_arp_all-vrfs',
      kind: 'arp',
      mend: (row) => ({ interface: text(row, 'port_id') }),
    },
    {
      command: 'show interface',
      template: 'show_interface',
      kind: 'interfaces',
      mend: (row) => ({
        admin_status: text(row, 'link_admin'),
        description: text(row, 'interface_desc').trim(),
        speed: text(row, 'speed').startsWith('0 ') ? '' : text(row, 'speed'),
      }),
    },
    { command: 'show lldp neighbor-info detail', template: 'show_lldp_neighbors-info_detail', kind: 'lldp_neighbors' },
    { command: 'show system', template: 'show_system' },
  ],
  huawei_vrp: [
    { command: 'display mac-address', template: 'display_mac-address', kind: 'mac_table' },
    ...(['static', 'ospf', 'bgp'] as const).map((name): Check => ({
      command: 'display ip routing-table verbose',
      template: 'display_ip_routing-table_verbose',
      kind: `${name}_routes`,
      where: (row) =>
        ({ Static: 'static', OSPF: 'ospf', O_ASE: 'ospf', IBGP: 'bgp', EBGP: 'bgp' })[text(row, 'protocol')] === name,
      mend: (row) => ({ network: text(row, 'destination') }),
    })),
    { command: 'display arp all', template: 'display_arp_all', kind: 'arp' },
    {
      command: 'display interface',
      template: 'display_interface',
      kind: 'interfaces',
      mend: (row) => ({
        description: text(row, 'interface_description'),
        speed: row['speed'] ? `${text(row, 'speed')} Mbps` : '',
      }),
    },
    { command: 'display lldp neighbor', template: 'display_lldp_neighbor', kind: 'lldp_neighbors', mend: vrpWlan },
    { command: 'display version', template: 'display_version' },
  ],
  fortinet: [
    { command: 'get router info routing-table all', template: 'get_router_info_routing-table_all', fails: 'is a summary, Null' },
    ...(['static', 'ospf', 'bgp'] as const).map((name): Check => ({
      command: `get router info routing-table ${name}`,
      template: 'get_router_info_routing-table_all',
      kind: `${name}_routes`,
      withoutLines: /is a summary, Null/,
      mend: fortinetRoute,
    })),
    { command: 'get system arp', template: 'get_system_arp', kind: 'arp' },
    {
      command: 'get system interface',
      template: 'get_system_interface',
      kind: 'interfaces',
      mend: (row) => ({
        admin_status: text(row, 'status'),
        ip_address: row['ip_address'] === '0.0.0.0' ? '' : row['ip_address'],
      }),
      gaps: ['oper_status', 'speed'],
    },
    { command: 'get system interface physical', template: 'get_system_interface_physical' },
    { command: 'get system status', template: 'get_system_status' },
  ],
  paloalto_panos: [
    ...(['static', 'ospf', 'bgp'] as const).map((name): Check => ({
      command: `show routing route type ${name}`,
      template: 'show_routing_route',
      kind: `${name}_routes`,
      mend: panosRoute,
    })),
    {
      command: 'show routing route',
      template: 'show_routing_route',
      kind: 'ospf_routes',
      where: (row) => text(row, 'flags').includes('O'),
      mend: panosRoute,
    },
    { command: 'show mac all', template: 'show_mac_all', kind: 'mac_table', mend: () => ({ type: 'dynamic', vlan_id: '' }) },
    { command: 'show arp all', template: 'show_arp_all', kind: 'arp', mend: (row) => ({ interface: row['interface'] }) },
    {
      command: 'show interface all',
      template: 'show_interface_all',
      kind: 'interfaces',
      mergeBy: 'interface',
      mend: panosInterface,
    },
    { command: 'show interface hardware', template: 'show_interface_hardware' },
    { command: 'show interface logical', template: 'show_interface_logical' },
    { command: 'show lldp neighbors all', template: 'show_lldp_neighbors_all', kind: 'lldp_neighbors' },
    { command: 'show system info', template: 'show_system_info' },
  ],
};
