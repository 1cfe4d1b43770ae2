import { bannerOpen } from '../config-structure.ts';
import { ask, definePlatform, hide } from '../platform.ts';
import type { Row, Source } from '../platform.ts';

/** One table for all three kinds; the protocol is `static`, `ospf-UNDERLAY`, `bgp-65000`. */
const routes = (protocol: string): Source =>
  ask(
    'show ip route vrf all',
    { ntc: 'cisco_nxos_show_ip_route' },
    { where: (row) => String(row['protocol']).split('-')[0] === protocol, empty: /^IP Route Table for VRF/m },
  );

/** The device id is `name(serial)`; the system name is told by some neighbours only. */
const named = (row: Row): Row => ({
  ...row,
  neighbor_name: row['neighbor_name'] === '' ? String(row['chassis_id']).replace(/\(.*\)$/, '') : row['neighbor_name'],
});

export const ciscoNxos = definePlatform({
  name: 'cisco_nxos',
  label: 'Cisco NX-OS',
  aliases: ['nxos', 'cisco_nxos_ssh'],
  mode: 'shell',
  ssh: { legacy: true },
  prompt: { any: /^[\w.:/+-]{1,63}(?:\([\w.:/ +-]{1,40}\))?[#>]$/, privileged: /#$/ },
  enable: { command: 'enable', password: /password ?:$/i },
  detect: { ident: /^OpenSSH/, version: [{ command: 'show version', match: /Cisco Nexus Operating System/ }] },
  setup: ['terminal length 0', 'terminal width 511'],
  logout: 'exit',
  answers: {
    unknown: [/^% ?(?:Invalid command|Incomplete command|Ambiguous command)/m, /^Syntax error while parsing/m],
    denied: [/^% ?Permission denied/m, /^Error: AAA authorization failed/m],
    nothing: [/^(?:ERROR: )?CDP (?:is )?not enabled/im, /^% ?(?:Invalid command.*feature )?LLDP (?:is )?not enabled/im],
  },
  kinds: {
    static_routes: routes('static'),
    ospf_routes: routes('ospf'),
    bgp_routes: routes('bgp'),
    mac_table: ask('show mac address-table', { ntc: 'cisco_nxos_show_mac_address-table' }, { empty: /^(?:Legend:|Note: )/m }),
    arp: {
      ask: [
        { command: 'show ip arp detail vrf all', parse: { ntc: 'cisco_nxos_show_ip_arp_detail_vrf_all' } },
        { command: 'show ip arp vrf all', parse: { ntc: 'cisco_nxos_show_ip_arp' }, empty: /^(?:Flags: |IP ARP Table for)/m },
      ],
    },
    interfaces: ask('show interface', { ntc: 'cisco_nxos_show_interface' }, { starts: /^\S+ is (?:up|down|admin)/gm }),
    cdp_neighbors: ask(
      'show cdp neighbors detail',
      { ntc: 'cisco_nxos_show_cdp_neighbors_detail' },
      { starts: /^Device ID:/gm, shape: named },
    ),
    lldp_neighbors: ask(
      'show lldp neighbors detail',
      { ntc: 'cisco_nxos_show_lldp_neighbors_detail' },
      { starts: /^Chassis id:/gim, empty: /^Total entries displayed: 0/m },
    ),
  },
  config: {
    commands: ['show running-config'],
    end: null,
    start: /^(?:!Command: |version \d)/,
    complete: bannerOpen,
    scrub: [
      hide(/^(\s*(?:username \S+ password|enable secret) (?:\d )?)\S+/gm),
      hide(/^(\s*snmp-server community )\S+/gm),
      hide(
        /^(\s*snmp-server host \S+(?: traps| informs)?(?: version (?:1|2c))? )(?!version |traps |informs |use-vrf |source-interface |filter-vrf )\S+/gm,
      ),
      hide(/^(\s*snmp-server user \S+ \S+ (?:.*? )?auth \S+ )\S+/gm),
      hide(/^(\s*snmp-server user \S+ \S+ (?:.*? )?priv (?:aes-128 |des )?)\S+/gm),
      hide(/^(\s*(?:tacacs|radius)-server (?:.*? )?key (?:\d )?)(?:"[^"\n]*"|\S+)/gm),
      hide(/^(\s+key-(?:octet-)?string (?:\d )?)\S+/gm),
      hide(/^(\s+password (?:\d )?)\S+/gm),
      hide(/^(\s+(?:ip ospf|area .*?) (?:message-digest-key \d+ md5|authentication-key) (?:\d )?)\S+/gm),
      hide(/^(\s+authentication (?:text |md5 key-string )(?:\d )?)\S+/gm),
      hide(/^(ntp authentication-key \d+ md5 )\S+/gm),
      hide(/^(ldap-server host .*? password (?:\d )?)\S+/gm),
    ],
    volatile: [
      /^!Command: /,
      /^!Time: /,
      /^!Running configuration last done at: /,
      /^!No configuration change since last restart/,
      /^!Startup config saved at: /,
    ],
    changed: /^!Running configuration last done at: (?<at>.+)$/m,
  },
});
