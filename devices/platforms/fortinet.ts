import { blocksOpen } from '../config-structure.ts';
import { definePlatform, hide } from '../platform.ts';
import type { Ask, Row, Source } from '../platform.ts';

/** With several VDOMs there are no tables outside of them; those of the management VDOM are then taken. */
const inVdom = (ask: Ask, vdom = 'root'): Ask[] => [ask, { ...ask, command: `sudo ${vdom} ${ask.command}` }];

/** One table for all three kinds. `route_code` is OSPF's type; blank is a route within the area. */
const routes = (letter: string): Source => ({
  ask: inVdom({
    command: 'get router info routing-table all',
    parse: { own: 'fortinet_get_router_info_routing-table_all' },
    where: (row: Row) => row['protocol'] === letter,
    shape: (row: Row) => ({ ...row, type: row['route_code'] }),
    empty: /^Codes: /m,
  }),
});

export const fortinet = definePlatform({
  name: 'fortinet',
  label: 'Fortinet FortiOS',
  aliases: ['fortios', 'fortigate'],
  mode: 'shell',
  ssh: { legacy: true },
  prompt: { any: /^[\w.-]{1,63}(?: \([\w.-]{1,40}\))? [#$]$/ },
  // A login banner that has to be accepted.
  login: [{ expect: /^\(?Press 'a' to accept\)?:?$/i, send: { text: 'a' } }],
  detect: { version: [{ command: 'get system status', match: /^Version: Forti/m }] },
  // Turning the pager off would change the configuration; it is answered instead.
  setup: [],
  logout: 'exit',
  answers: {
    unknown: [/^(?:Unknown action \d+|command parse error|incomplete command|Command fail\. Return code)/m],
    denied: [/^(?:Permission denied|The action is not permitted|.*do not have permission)/im],
    nothing: [],
  },
  kinds: {
    static_routes: routes('S'),
    ospf_routes: routes('O'),
    bgp_routes: routes('B'),
    mac_table: { unsupported: 'FortiOS shows MAC addresses for one named bridge at a time only' },
    arp: { ask: inVdom({ command: 'get system arp', parse: { ntc: 'fortinet_get_system_arp' } }) },
    interfaces: {
      ask: inVdom(
        { command: 'get system interface', parse: { own: 'fortinet_get_system_interface' }, starts: /^== \[/gm },
        'global',
      ),
      join: {
        command: 'get system interface physical',
        parse: { own: 'fortinet_get_system_interface_physical' },
        by: (row) => String(row['name']),
      },
    },
    cdp_neighbors: { unsupported: 'FortiOS does not speak CDP' },
    lldp_neighbors: {
      ask: [
        {
          command: 'diagnose lldprx neighbor details',
          parse: { own: 'fortinet_diagnose_lldprx_neighbor_details' },
          starts: /^\d+ +chassis\.data: /gm,
        },
      ],
    },
  },
  config: {
    commands: ['show'],
    end: /^end$/m,
    start: /^(?:#config-version=|config )/,
    complete: blocksOpen,
    scrub: [
      { find: /(set (?:private-key|\S*certificate-key) )"[^"]*"/g, replace: '$1<removed>' },
      hide(
        /^(\s*set (?!\S*public-key)(?:\S*passw(?:or)?d\d*|psksecret\S*|\S*secret\d*|\S*-key|key|passphrase) )(?!(?:enable|disable)$).+$/gm,
      ),
      hide(/^(\s*set \S+ ENC )\S+/gm),
      // The name of an SNMP community is the secret; policies have names too, and there are thousands of them.
      {
        find: /(?<=^config system snmp community\n(?: +(?:edit|next|end|config hosts|set (?:name|id|status|query-|trap-|events|hosts|ip|source-ip|interface|ha-direct|host-type|vdoms|mib-view)).*\n){0,300}? {4}edit \S+\n {8}set name ).+$/gm,
        replace: '<removed>',
      },
    ],
    volatile: [/^#conf_file_ver=/, /^#buildno=/],
    // Encrypted values are salted anew each time they are shown; the first line names who shows it.
    unstable: [
      { find: /^(\s*set \S+ ENC )\S+/gm, replace: '$1<unstable>' },
      { find: /(set private-key )"-----BEGIN ENCRYPTED[^"]*"/g, replace: '$1<unstable>' },
      { find: /^(#config-version=.*?:user=)\S*/gm, replace: '$1<unstable>' },
    ],
  },
});
