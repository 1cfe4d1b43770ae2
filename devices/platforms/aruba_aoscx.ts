import { bannerOpen } from '../config-structure.ts';
import { ask, definePlatform, hide } from '../platform.ts';
import type { Row, Source } from '../platform.ts';

/** What stands behind `via` is an address, an interface or `blackhole`. */
function route(row: Row): Row {
  const blackhole = row['via'] === 'blackhole' || row['via'] === 'reject';
  return { ...row, next_hop: blackhole ? null : row['via'], via: null, blackhole };
}

/** One table for all three kinds and all VRFs; the second form is for releases and models without VRFs. */
const routes = (protocol: string): Source => ({
  ask: ['show ip route all-vrfs', 'show ip route'].map((command) => ({
    command,
    parse: { own: 'aruba_aoscx_show_ip_route_all-vrfs' },
    where: (row: Row) => row['protocol'] === protocol,
    shape: route,
  })),
});

export const arubaAoscx = definePlatform({
  name: 'aruba_aoscx',
  label: 'Aruba AOS-CX',
  aliases: ['aoscx', 'arubaoscx', 'aruba_os_cx'],
  mode: 'shell',
  prompt: { any: /^[\w.-]{1,63}(?:\([\w.:/ -]{1,40}\))?[#>]$/, privileged: /#$/ },
  detect: {
    ident: /^OpenSSH/,
    version: [
      { command: 'show version', match: /\b(?:ArubaOS|AOS)-CX\b/ },
      { command: 'show system', match: /\b(?:ArubaOS|AOS)-CX Version\b/ },
    ],
  },
  setup: ['no page'],
  logout: 'exit',
  answers: {
    unknown: [/^(?:% ?)?(?:Invalid input|Command incomplete|Ambiguous command|Unknown command)/m],
    denied: [/^(?:Cannot execute command|Permission denied|Command not authorized)/m],
    nothing: [
      /^(?:No ipv4 routes configured|No MAC entries found|No LLDP neighbors|LLDP is (?:not enabled|disabled)|No ARP entries found)/im,
    ],
  },
  kinds: {
    static_routes: routes('static'),
    ospf_routes: routes('ospf'),
    bgp_routes: routes('bgp'),
    mac_table: ask('show mac-address-table', { ntc: 'aruba_aoscx_show_mac-address-table' }),
    arp: {
      ask: ['show arp all-vrfs', 'show arp'].map((command) => ({
        command,
        parse: { ntc: 'aruba_aoscx_show_arp_all-vrfs' },
        // The template calls the port that an address is routed by an id; the physical one behind it is not the ARP interface.
        shape: (row: Row) => ({ ...row, interface: row['port_id'] }),
        starts: /^\d+\.\d+\.\d+\.\d+\s/gm,
      })),
    },
    interfaces: ask('show interface', { ntc: 'aruba_aoscx_show_interface' }, { starts: /^(?:Interface|Aggregate) \S+ is /gm }),
    cdp_neighbors: { unsupported: 'the CDP table of AOS-CX has no template; Aruba switches speak LLDP to each other' },
    lldp_neighbors: ask(
      'show lldp neighbor-info detail',
      { own: 'aruba_aoscx_show_lldp_neighbor-info_detail' },
      { starts: /^Neighbor Chassis-ID\s*: *\S/gm, empty: /^Total Neighbor Entries\s*: 0\s*$/m },
    ),
  },
  config: {
    commands: ['show running-config'],
    end: null,
    start: /^(?:Current configuration:|!Version ArubaOS-CX|!export-password)/,
    complete: bannerOpen,
    scrub: [
      hide(/((?<![\w-])(?:ciphertext|plaintext) (?<!^ *(?:description|banner|name) .*))\S+/gm),
      hide(/^(\s*snmp-server community )\S+/gm),
      hide(/^(\s*snmp-server host \S+ .*?community )\S+/gm),
    ],
    volatile: [/^Current configuration:/, /^!Version ArubaOS-CX /, /^!export-password: /],
  },
});
