import { bannerOpen } from '../config-structure.ts';
import { ask, definePlatform, hide } from '../platform.ts';
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
    start: /^(?:Building configuration|!! |hostname )/,
    complete: bannerOpen,
    scrub: [
      hide(/^(\s+(?:secret|password) (?:\d{1,2} |encrypted |clear )?)\S+$/gm),
      // A key chain has `key 1`, which is a number and no secret.
      hide(/^(\s+key (?:\d (?=\S)|(?!\d+$)))\S+$/gm),
      hide(/^((?:tacacs|radius)-server (?:.*? )?key (?:\d )?)\S+/gm),
      hide(/^(\s+key-string (?:password |clear )?)\S+/gm),
      hide(/^(snmp-server community (?:encrypted |clear )?)\S+/gm),
      hide(/^(snmp-server host \S+ (?:traps |informs )(?:version (?:1|2c) )?(?:encrypted |clear )?)(?!version )\S+/gm),
      hide(/^(snmp-server user \S+ \S+ (?:.*? )?auth (?:md5|sha) (?:encrypted |clear )?)\S+/gm),
      hide(/^(snmp-server user \S+ \S+ (?:.*? )?priv (?:3des|des56|aes \d+) (?:encrypted |clear )?)\S+/gm),
      hide(/^(\s+(?:message-digest-key|authentication-key)(?: \d+ md5)? (?:encrypted |clear |\d )?)\S+$/gm),
      hide(/^(\s+(?:lsp|hello)-password (?:hmac-md5 |text )?(?:encrypted |clear ))\S+/gm),
      hide(/^(\s+text-authentication )\S+/gm),
      hide(/^(\s+ppp (?:chap|pap) .*?password (?:encrypted |clear |\d )?)\S+/gm),
    ],
    volatile: [
      /^Building configuration\.\.\./,
      /^!! IOS XR Configuration/,
      /^!! Last configuration change at /,
      /^[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d\.\d+ [A-Z]+$/,
    ],
    changed: /^!! Last configuration change at (?<at>.+?) by (?<user>\S+)$/m,
  },
});
