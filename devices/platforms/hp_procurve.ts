import { ask, definePlatform, hide, only } from '../platform.ts';
import type { Row, Source } from '../platform.ts';

const OSPF: Record<string, string> = {
  IntraArea: 'intra',
  InterArea: 'inter',
  External1: 'external-1',
  External2: 'external-2',
  NSSAExt1: 'nssa-1',
  NSSAExt2: 'nssa-2',
};

/** The way out is a VLAN number. */
const route = (row: Row): Row => ({
  ...row,
  type: null,
  route_type: OSPF[String(row['subtype'])],
  interface: /^\d+$/.test(String(row['vlan_name'])) ? `vlan${String(row['vlan_name'])}` : row['vlan_name'],
});
const routes = (type: string): Source =>
  ask('show ip route', { ntc: 'hp_procurve_show_ip_route' }, { where: only('type', type), shape: route });

/** `1000FDx`, `10GigFD`: the speed of the link in Mbit/s or Gbit/s. */
function speed(mode: string): string | null {
  const match = /^(\d+)(Gig)?/.exec(mode);
  return match === null ? null : `${match[1]}${match[2] === undefined ? 'M' : 'G'}`;
}

export const hpProcurve = definePlatform({
  name: 'hp_procurve',
  label: 'ArubaOS-Switch, HPE ProCurve',
  aliases: ['aruba_osswitch', 'arubaos_switch', 'procurve', 'aruba_procurve'],
  mode: 'shell',
  ssh: { legacy: true },
  prompt: { any: /^[\w.()-][\w .()-]{0,60}[#>]$/, privileged: /#$/ },
  login: [
    { expect: /^(?:user ?name|login) ?:$/i, send: 'username' },
    { expect: /^password ?:$/i, send: 'password' },
  ],
  enable: { command: 'enable', password: /password ?:$/i },
  detect: {
    ident: /^Mocana/,
    prompt: /^[\w.()-](?:[\w .()-]{0,60}[\w.()-])?[#>]$/,
    version: [
      { command: 'show version', match: /^ ?Image stamp:/m },
      { command: 'show system', match: /Status and Counters - General System Information/ },
    ],
  },
  setup: ['no page', 'terminal width 511'],
  logout: 'logout',
  answers: {
    unknown: [/^(?:Invalid input|Incomplete input|Ambiguous input|Unknown command):?/m],
    denied: [/^(?:Command not authorized|Not authorized to run)/m],
    nothing: [/^(?:CDP|LLDP) is (?:not enabled|disabled)/im],
  },
  kinds: {
    static_routes: routes('static'),
    ospf_routes: routes('ospf'),
    bgp_routes: routes('bgp'),
    mac_table: ask(
      'show mac-address',
      { ntc: 'hp_procurve_show_mac-address' },
      { empty: /^\s*Status and Counters - (?:Port )?Address/m },
    ),
    arp: ask('show arp', { ntc: 'hp_procurve_show_arp' }),
    interfaces: ask(
      'show interfaces brief',
      { ntc: 'hp_procurve_show_interfaces_brief' },
      { shape: (row) => ({ ...row, speed: speed(String(row['mode'])) }) },
    ),
    cdp_neighbors: ask(
      'show cdp neighbors detail',
      { ntc: 'hp_procurve_show_cdp_neighbors_detail' },
      { shape: (row) => ({ ...row, neighbor_name: row['chassis_id'] }) },
    ),
    lldp_neighbors: ask(
      'show lldp info remote-device detail',
      { ntc: 'hp_procurve_show_lldp_info_remote-device_detail' },
      {
        shape: (row) => ({
          ...row,
          neighbor_port_id: row['neighbor_interface'],
          neighbor_interface: row['neighbor_interface_description'],
        }),
      },
    ),
  },
  config: {
    commands: ['show running-config'],
    end: null,
    start: /^(?:Running configuration:|; \S+ Configuration Editor)/,
    scrub: [
      hide(/^(\s*snmp-server community )(?:"[^"\n]*"|\S+)/gm),
      hide(/^(\s*snmp-server host \S+ community )(?:"[^"\n]*"|\S+)/gm),
      hide(/^(\s*snmpv3 user .*? auth \S+ )(?:"[^"\n]*"|\S+)/gm),
      hide(/^(\s*snmpv3 user .*? priv (?:des |aes )?)(?:"[^"\n]*"|\S+)/gm),
      hide(/^(\s*snmpv3 community index .*? name )(?:"[^"\n]*"|\S+)/gm),
      hide(/^(\s*password (?:manager|operator|port-access)(?: user-name \S+)? (?:sha1|sha256|plaintext) )(?:"[^"\n]*"|\S+)/gm),
      hide(/^(\s*(?:radius|tacacs)-server (?:host \S+ )?(?:encrypted-)?key )(?:"[^"\n]*"|\S+)/gm),
      hide(/^(\s*(?:sntp|timesync) authentication .*?key-value )(?:"[^"\n]*"|\S+)/gm),
      hide(/^(\s*key-chain .*?key-string )(?:"[^"\n]*"|\S+)/gm),
      hide(/^(\s+ip (?:ospf|rip) (?:\S+ )?authentication-key )(?:"[^"\n]*"|\S+)/gm),
      hide(/^(\s*aaa port-access mac-based (?:\S+ )?password )(?:"[^"\n]*"|\S+)/gm),
      hide(/^(\s+neighbor \S+ password )(?:"[^"\n]*"|\S+)/gm),
    ],
    volatile: [/^Running configuration:/, /^; .* Configuration Editor; Created on release/, /^; Ver #/],
  },
});
