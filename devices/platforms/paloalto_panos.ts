import { bracesOpen } from '../config-structure.ts';
import { ask, definePlatform, hide } from '../platform.ts';
import type { Row, Source } from '../platform.ts';
import { panosInterfaces } from '../text/panos.ts';

const OSPF_TYPES: Record<string, string> = { Oi: 'intra', Oo: 'inter', O1: 'external-1', O2: 'external-2' };

/** Flags such as `A S`, `A O2 E`, `A?B`: whether it is active, the protocol, OSPF's type, one of several equal ones. */
function route(row: Row): Row {
  const flags = String(row['flags']);
  const discarded = row['next_hop'] === 'discard';
  return {
    ...row,
    selected: flags.includes('A') ? 'yes' : 'no',
    route_type: OSPF_TYPES[/O[io12]/.exec(flags)?.[0] ?? ''],
    next_hop: discarded ? null : row['next_hop'],
    blackhole: discarded,
  };
}

/** A firewall has one of two routing engines; the one that is off has no router to show. */
const routes = (flag: string, protocol: string): Source => ({
  ask: [
    {
      command: 'show routing route',
      parse: { own: 'paloalto_panos_show_routing_route' },
      where: (row) => String(row['flags']).includes(flag),
      shape: route,
    },
    {
      command: 'show advanced-routing route',
      parse: { own: 'paloalto_panos_show_advanced-routing_route' },
      where: (row) => String(row['protocol']).startsWith(protocol),
      shape: route,
    },
  ],
});

const MAC_TYPES: Record<string, string> = { c: 'dynamic', s: 'static' };

export const paloaltoPanos = definePlatform({
  name: 'paloalto_panos',
  label: 'Palo Alto Networks PAN-OS',
  aliases: ['panos', 'paloalto'],
  mode: 'shell',
  // `admin@fw01(active)>` in a cluster.
  prompt: { any: /^[\w.\\-]{1,63}@[\w.-]{1,63}(?:\([\w-]{1,20}\))?[>#]$/ },
  detect: { version: [{ command: 'show system info', match: /^sw-version: /m }] },
  // Scripting mode keeps the line editor from redrawing.
  setup: ['set cli scripting-mode on', 'set cli terminal width 500', 'set cli pager off'],
  logout: 'exit',
  answers: {
    unknown: [
      /^\s*(?:Unknown command:|Invalid syntax\.|Validation Error:|Server error ?:)/m,
      // No router at all: this engine is off, or the firewall does not route.
      /^(?![\s\S]*\b(?:virtual|logical) router:)[\s\S]*^total routes? shown:\s+0\b/im,
    ],
    denied: [/^\s*(?:Permission denied|.*not authorized)/im],
    nothing: [/^\s*(?:LLDP is (?:not enabled|disabled)|No LLDP)/im],
  },
  kinds: {
    static_routes: routes('S', 'static'),
    ospf_routes: routes('O', 'ospf'),
    bgp_routes: routes('B', 'bgp'),
    mac_table: ask(
      'show mac all',
      { ntc: 'paloalto_panos_show_mac_all' },
      {
        shape: (row) => ({ ...row, type: MAC_TYPES[String(row['status'])] }),
        empty: /^total MAC entries shown\s*:\s*0\s*$/m,
      },
    ),
    arp: ask(
      'show arp all',
      { ntc: 'paloalto_panos_show_arp_all' },
      { empty: /^total ARP entries shown\s*:\s*0\s*$/m, starts: /^\S+\s+\d+\.\d+\.\d+\.\d+\s/gm },
    ),
    interfaces: ask('show interface all', { read: panosInterfaces }),
    cdp_neighbors: { unsupported: 'PAN-OS does not speak CDP' },
    lldp_neighbors: ask(
      'show lldp neighbors all',
      { own: 'paloalto_panos_show_lldp_neighbors_all' },
      // Ports that hear nobody are listed too.
      { where: (row) => row['chassis_id'] !== '', starts: /^\s*Local interface: /gm },
    ),
  },
  config: {
    commands: ['show config running'],
    end: /^\}$/m,
    start: /^\S.*\{$/,
    complete: bracesOpen,
    scrub: [
      hide(
        /^(\s*(?:phash|password|secret|key|community|snmp-community-string|auth-?key|authpwd|privpwd|private-key|pre-shared-key|passphrase|auth-password|priv-password|bind-password|authentication-key|api-key|certificate-key) )(?:"[^"]*"|[^;\s{]+)(;)/gm,
      ),
    ],
    volatile: [],
  },
});
