import { ask, definePlatform, hide } from '../platform.ts';
import type { Source } from '../platform.ts';

/** Interfaces go by their `nameif` in routes and ARP. */
const routes = (letter: string): Source =>
  ask(
    'show route',
    { ntc: 'cisco_asa_show_route' },
    { where: (row) => row['protocol'] === letter, empty: /^(?:Codes: |Gateway |Routing Table: )/m },
  );

export const ciscoAsa = definePlatform({
  name: 'cisco_asa',
  label: 'Cisco ASA',
  aliases: ['asa', 'cisco_asa_ssh'],
  mode: 'shell',
  ssh: { legacy: true },
  prompt: { any: /^[\w./-]{1,80}(?:\([\w.:/ -]{1,40}\))?[#>]$/, privileged: /#$/ },
  enable: { command: 'enable', password: /password ?:$/i },
  detect: { ident: /^Cisco-/, version: [{ command: 'show version', match: /Cisco Adaptive Security Appliance/ }] },
  setup: ['terminal pager 0'],
  logout: 'exit',
  answers: {
    unknown: [/^ERROR: % ?(?:Invalid input|Incomplete command|Ambiguous command)/m],
    denied: [/^(?:ERROR: )?Command authorization failed/m],
    nothing: [/^% ?No matching/m],
  },
  kinds: {
    static_routes: routes('S'),
    ospf_routes: routes('O'),
    bgp_routes: routes('B'),
    mac_table: { unsupported: 'an ASA has a MAC table in transparent mode only, which Cairn does not read' },
    arp: ask('show arp', { ntc: 'cisco_asa_show_arp' }),
    interfaces: ask('show interface', { ntc: 'cisco_asa_show_interface' }, { starts: /^Interface \S+ "/gm }),
    cdp_neighbors: { unsupported: 'an ASA does not speak CDP' },
    lldp_neighbors: { unsupported: 'an ASA does not speak LLDP' },
  },
  config: {
    // Plain `show running-config` hides pre-shared keys.
    commands: ['more system:running-config', 'show running-config'],
    end: /^: end$/m,
    start: /^(?::|ASA Version|!)/,
    scrub: [
      hide(/^(\s*(?:enable password|passwd|username \S+ password) )\S+/gm),
      hide(/^(\s+(?:ikev[12] (?:local-authentication |remote-authentication )?)?pre-shared-key )\S+/gm),
      hide(/^(failover (?:key (?:hex )?|ipsec pre-shared-key ))\S+/gm),
      hide(/^(snmp-server (?:host .*?)?community )\S+/gm),
      hide(/^(snmp-server user \S+ \S+ (?:.*? )?auth \S+ )\S+/gm),
      hide(/^(snmp-server user \S+ \S+ (?:.*? )?priv (?:3des|des|aes \d+) )\S+/gm),
      hide(/^(\s+key )\S+$/gm),
      hide(/^(\s+(?:ldap-login-password|radius-common-pw) )\S+/gm),
      hide(/^(\s+ospf (?:authentication-key|message-digest-key \d+ md5) )\S+/gm),
      hide(/^(\s+authentication key eigrp \d+ )\S+/gm),
      hide(/^(\s+neighbor \S+ password )\S+/gm),
      hide(/^(ntp authentication-key \d+ \S+ )\S+/gm),
      hide(/^((?:vpdn username \S+|vpnclient username \S+) password )\S+/gm),
      hide(/^(\s+password )\S+/gm),
    ],
    volatile: [/^: Saved/, /^: Written by /, /^Cryptochecksum:/, /^: Serial Number: /, /^: Hardware: /, /^: Call-home /],
    changed: /^: Written by (?<user>\S+) at (?<at>.+)$/m,
  },
});
