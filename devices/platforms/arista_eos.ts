import { bannerOpen } from '../config-structure.ts';
import { ask, definePlatform, hide } from '../platform.ts';
import type { Row, Source } from '../platform.ts';

/** One table for all three kinds, split by its protocol code: `S`, `O`, `O IA`, `O E2`, `B I`, `B E`. */
const ROUTES = { ntc: 'arista_eos_show_ip_route' };
const code = (letter: string) => (row: Row) => String(row['protocol']).split(' ')[0] === letter;
const routes = (letter: string): Source => ask('show ip route vrf all', ROUTES, { where: code(letter) });

export const aristaEos = definePlatform({
  name: 'arista_eos',
  label: 'Arista EOS',
  aliases: ['eos', 'arista'],
  mode: 'shell',
  prompt: { any: /^[\w.:/+-]{1,63}(?:\([\w.:/ +-]{1,40}\))?[#>]$/, privileged: /#$/ },
  enable: { command: 'enable', password: /password ?:$/i },
  detect: { ident: /^OpenSSH/, version: [{ command: 'show version', match: /^ ?Arista /m }] },
  setup: ['terminal length 0', 'terminal width 32767'],
  logout: 'exit',
  answers: {
    unknown: [/^% ?(?:Invalid input|Incomplete command|Ambiguous command)/m],
    denied: [/^% ?(?:Authorization denied|Permission denied)/m],
    nothing: [/^% ?LLDP is not enabled/m, /^% ?(?:BGP|OSPF) inactive/m],
  },
  kinds: {
    static_routes: routes('S'),
    ospf_routes: routes('O'),
    bgp_routes: routes('B'),
    mac_table: ask('show mac address-table', { ntc: 'arista_eos_show_mac_address-table' }),
    arp: ask('show ip arp vrf all', { ntc: 'arista_eos_show_ip_arp' }),
    interfaces: ask('show interfaces', { ntc: 'arista_eos_show_interfaces' }, { starts: /^\S.* line protocol is /gm }),
    cdp_neighbors: { unsupported: 'EOS does not speak CDP' },
    lldp_neighbors: ask(
      'show lldp neighbors detail',
      { own: 'arista_eos_show_lldp_neighbors_detail' },
      { starts: /^\s+Chassis ID\s*:/gm, empty: /^Interface \S+ detected 0 LLDP neighbors/m },
    ),
  },
  config: {
    commands: ['show running-config'],
    end: /^end$/m,
    start: /^(?:!|hostname )/,
    complete: bannerOpen,
    scrub: [
      hide(/^((?:enable|aaa root|username \S+(?: \S+)*?) (?:secret|password) (?:sha512 |\d )?)\S+$/gm),
      hide(/^(\s*snmp-server community )\S+/gm),
      hide(
        /^(\s*snmp-server host \S+(?: vrf \S+)?(?: traps| informs)?(?: version (?:1|2c))? )(?!version |vrf |traps |informs )\S+/gm,
      ),
      hide(/^(\s*snmp-server user \S+ \S+ (?:.*? )?auth \S+ )\S+/gm),
      hide(/^(\s*snmp-server user \S+ \S+ (?:.*? )?priv \S+ )\S+/gm),
      hide(/^(\s*(?:tacacs|radius)-server (?:.*? )?key (?:\d )?)\S.*$/gm),
      hide(/^(\s*neighbor \S+ password (?:\d )?)\S+/gm),
      hide(/^(\s+ip ospf (?:message-digest-key \d+ \S+|authentication-key) (?:\d )?)\S+/gm),
      hide(/^(\s+(?:isis )?authentication key (?:\d )?)\S+/gm),
      hide(/^(ntp authentication-key \d+ \S+ (?:\d )?)\S+/gm),
      hide(/^(\s+vrrp \d+ (?:peer )?authentication (?:text |ietf-md5 key-string )(?:\d )?)\S+/gm),
      // MACsec: name of the key, then the key.
      hide(/^(\s+key [0-9a-f]+ \d )\S+/gm),
    ],
    volatile: [/^! Command: /, /^! Time: /, /^! (?:Last|Startup-config last) modified/],
    changed: /^! (?:Startup-config last|Last) modified at:? +(?<at>.+?) by (?<user>\S+)$/m,
  },
});
