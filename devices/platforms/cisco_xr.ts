import { ask, definePlatform } from '../platform.ts';
import type { Row, Source } from '../platform.ts';

/**
 * The column `type` says only how the route leaves; what kind of OSPF route it is stands in the protocol code. A next hop in another
 * VRF is `(nexthop in vrf default)`, which is no interface.
 */
const bare = ({ type: _type, ...row }: Row): Row =>
  String(row['interface']).startsWith('vrf ') ? { ...row, interface: null } : row;
const code = (letter: RegExp) => (row: Row) => letter.test(String(row['protocol']));
const routes = (letter: RegExp): Source =>
  ask('show route', { ntc: 'cisco_xr_show_ip_route' }, { where: code(letter), shape: bare, empty: /^(?:Codes: |Gateway )/m });

/** The template knows no hardware type of several words, and loses the address behind it. */
function oneWordTypes(text: string): string {
  return text.replace(
    /^(\s+Hardware is )([^,\n]+)(?=, address is)/gm,
    (_, is: string, type: string) => is + type.replace(/ /g, '-'),
  );
}

const MACS = { ntc: 'cisco_xr_show_l2vpn_mac-learning_mac_all_location' };

export const ciscoXr = definePlatform({
  name: 'cisco_xr',
  label: 'Cisco IOS XR',
  aliases: ['iosxr', 'cisco_iosxr', 'xr'],
  mode: 'shell',
  ssh: { legacy: true },
  prompt: { any: /^(?:RP\/\d+\/[\w/]+:)?[\w.-]{1,63}(?:\([\w.:/ -]{1,40}\))?[#>]$/ },
  detect: { ident: /^Cisco-/, version: [{ command: 'show version', match: /Cisco IOS XR Software/ }] },
  setup: ['terminal length 0', 'terminal width 511', 'terminal exec prompt no-timestamp'],
  logout: 'exit',
  answers: {
    unknown: [/^% ?(?:Invalid input|Incomplete command|Ambiguous command)/m],
    denied: [/^% ?(?:This command is not authorized|Permission denied)/m],
    nothing: [/^% ?(?:CDP|LLDP) is not enabled/m, /^% ?No matching/m],
  },
  kinds: {
    static_routes: routes(/^S\b/),
    ospf_routes: routes(/^O\b|^ospf\b/),
    bgp_routes: routes(/^B\b|^bgp\b/),
    mac_table: {
      ask: ['0/0/CPU0', '0/RP0/CPU0'].map((location) => ({
        command: `show l2vpn mac-learning mac all location ${location}`,
        parse: MACS,
        shape: (row: Row) => ({ ...row, interface: row['next_hop'] }),
      })),
    },
    arp: ask('show arp', { ntc: 'cisco_xr_show_arp' }),
    interfaces: ask(
      'show interfaces',
      { ntc: 'cisco_xr_show_interfaces' },
      // What the template calls the administrative state is that of the line protocol.
      {
        prepare: oneWordTypes,
        starts: /^\S.* line protocol is /gm,
        shape: (row) => ({ ...row, admin_state: null, protocol_status: row['admin_state'] }),
      },
    ),
    cdp_neighbors: ask(
      'show cdp neighbors detail',
      { ntc: 'cisco_xr_show_cdp_neighbors_detail' },
      {
        starts: /^Device ID:/gm,
        shape: (row) => ({ ...row, neighbor_name: row['neighbor_name'] === '' ? row['chassis_id'] : row['neighbor_name'] }),
      },
    ),
    lldp_neighbors: ask(
      'show lldp neighbors detail',
      { ntc: 'cisco_xr_show_lldp_neighbors_detail' },
      { starts: /^Chassis id:/gm, empty: /^Total entries displayed: 0/m },
    ),
  },
  config: {
    commands: ['show running-config'],
    end: /^end$/m,
    scrub: [
      { find: /^(\s*(?:secret|password|key|key-string password)(?: \S+)?) \S+$/gm, replace: '$1 <removed>' },
      { find: /^(\s*snmp-server community) \S+/gm, replace: '$1 <removed>' },
      { find: /^(\s*message-digest-key \d+ md5 encrypted) \S+/gm, replace: '$1 <removed>' },
    ],
    volatile: [/^Building configuration\.\.\./, /^!! IOS XR Configuration/, /^!! Last configuration change at /],
  },
});
