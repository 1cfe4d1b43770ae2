import { exportBroken } from '../config-structure.ts';
import { definePlatform, hide, only } from '../platform.ts';
import type { Source } from '../platform.ts';
import {
  routerosAddresses,
  routerosArp,
  routerosHosts,
  routerosInterfaces,
  routerosNeighbors,
  routerosRoutes,
} from '../text/routeros.ts';

/** One table for all three kinds; versions 6 and 7 write it alike enough for one reader, which the ntc template is not. */
const ROUTES = { read: routerosRoutes };
const routes = (protocol: string): Source => ({
  ask: [{ command: '/ip route print detail without-paging', parse: ROUTES, where: only('protocol', protocol) }],
});

export const mikrotikRouteros = definePlatform({
  name: 'mikrotik_routeros',
  label: 'MikroTik RouterOS',
  aliases: ['routeros', 'mikrotik'],
  // Its console redraws the line at every key; a command in a channel of its own is plain text.
  mode: 'exec',
  ssh: { legacy: true },
  prompt: { any: /^\[[^\]]+\] (?:\/[\w /-]*)?>$/ },
  detect: { ident: /^ROSSSH/ },
  setup: [],
  logout: '/quit',
  answers: {
    unknown: [
      /^(?:bad command name|no such (?:command|item)|expected (?:end of command|command name)|syntax error|bad parameter)/m,
    ],
    denied: [/^not enough permissions/m],
    nothing: [],
  },
  kinds: {
    static_routes: routes('static'),
    ospf_routes: routes('ospf'),
    bgp_routes: routes('bgp'),
    mac_table: { ask: [{ command: '/interface bridge host print terse without-paging', parse: { read: routerosHosts } }] },
    arp: { ask: [{ command: '/ip arp print terse without-paging', parse: { read: routerosArp } }] },
    interfaces: {
      ask: [{ command: '/interface print detail without-paging', parse: { read: routerosInterfaces } }],
      join: {
        command: '/ip address print terse without-paging',
        parse: { read: routerosAddresses },
        by: (row) => String(row['name']),
      },
    },
    cdp_neighbors: { unsupported: 'RouterOS keeps CDP, LLDP and MNDP neighbours in one table; it is read as lldp_neighbors' },
    lldp_neighbors: { ask: [{ command: '/ip neighbor print detail without-paging', parse: { read: routerosNeighbors } }] },
  },
  config: {
    // Version 7 hides secrets unless told otherwise; version 6 knows no such option.
    commands: ['/export show-sensitive', '/export'],
    end: null,
    start: /^# .* by RouterOS /,
    complete: exportBroken,
    scrub: [
      // Not within quotes; the value may stand on the next line.
      hide(
        /((?<![\w-])(?:[\w-]*password|[\w-]*secret|passphrase|[\w-]*pre-?shared-key|[\w-]*auth(?:entication)?-key|private-key|tcp-md5-key|static-key-\d|community)=(?<=^[^"\n]*(?:"[^"\n]*"[^"\n]*)*)(?:\\\n\s*)?)(?:"[^"\\]*(?:\\[\s\S][^"\\]*)*"|(?:[^\s"\\]|\\\n\s*)+)/gm,
      ),
      // The name of a community is the secret; bounded, for much else has names too.
      hide(
        /((?<![\w-])name=(?<=^\/snmp community\n(?:(?:add|set| ).*\n){0,50}?(?:add|set| ).*name=))(?:"[^"\\]*(?:\\[\s\S][^"\\]*)*"|[^\s"\\]+)/gm,
      ),
    ],
    volatile: [/^# \S+ \d+:\d+:\d+ by RouterOS/, /^# \d{4}-\d\d-\d\d /],
  },
});
