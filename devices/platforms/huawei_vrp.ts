import { ask, definePlatform, hide } from '../platform.ts';
import type { Row, Source } from '../platform.ts';

/** The verbose form tells protocol, cost and VPN instance of each route; it also lists what is not used, e.g. `Inactive Adv`. */
const routes = (protocol: RegExp): Source =>
  ask(
    'display ip routing-table verbose',
    { own: 'huawei_vrp_display_ip_routing-table_verbose' },
    {
      where: (row) => protocol.test(String(row['protocol'])),
      shape: (row) => ({ ...row, selected: /^Active/i.test(String(row['state'])) ? 'yes' : 'no' }),
      starts: /^\s*Destination: /gm,
    },
  );

/** The speed is a bare number of Mbit/s. */
const megabits = (row: Row): Row => ({
  ...row,
  speed: /^\d+$/.test(String(row['speed'])) ? `${String(row['speed'])}M` : null,
});

export const huaweiVrp = definePlatform({
  name: 'huawei_vrp',
  label: 'Huawei VRP',
  aliases: ['huawei', 'vrp', 'huawei_vrpv8'],
  mode: 'shell',
  ssh: { legacy: true },
  // `HRP_M` of a firewall pair, `~` and `*` of VRP 8 with changes not yet committed.
  prompt: { any: /^(?:HRP_[AMS])?(?:<[\w.~*/-]{1,64}>|\[[\w.~*/-]{1,64}\])$/ },
  // "… Change now? [Y/N]:" of a password that is about to expire.
  login: [{ expect: /\[Y\/N\] ?:$/i, send: { text: 'n' } }],
  detect: {
    ident: /^HUAWEI-/,
    version: [{ command: 'display version', match: /Huawei Versatile Routing Platform|^VRP \(R\) software/m }],
  },
  setup: ['screen-length 0 temporary'],
  logout: 'quit',
  answers: {
    unknown: [/^ *Error: ?(?:Unrecognized command|Incomplete command|Wrong parameter|Too many parameters|Ambiguous command)/im],
    denied: [/^ *Error: ?(?:No permission|You do not have permission|Insufficient)/im],
    nothing: [
      /^ *(?:Error|Info): ?(?:Global )?LLDP is not (?:enabled|running)/im,
      /^ *Info: ?(?:The table is empty|No MAC address|No matching entry)/im,
    ],
  },
  kinds: {
    static_routes: routes(/^Static$/i),
    ospf_routes: routes(/^(?:OSPF|O_)/i),
    bgp_routes: routes(/BGP$/i),
    mac_table: ask('display mac-address', { ntc: 'huawei_vrp_display_mac-address' }),
    arp: {
      ask: ['display arp all', 'display arp'].map((command) => ({ command, parse: { ntc: 'huawei_vrp_display_arp_all' } })),
    },
    interfaces: ask(
      'display interface',
      { ntc: 'huawei_vrp_display_interface' },
      { starts: /^\S+ current state ?: /gm, shape: megabits },
    ),
    cdp_neighbors: { unsupported: 'VRP does not keep CDP neighbours' },
    lldp_neighbors: ask(
      'display lldp neighbor',
      { own: 'huawei_vrp_display_lldp_neighbor' },
      {
        prepare: (text) => text.replaceAll('wlanAccessPoint', 'wlan').replaceAll('stationOnly', 'station'),
        starts: /^\s*Chassis ?ID +:/gim,
        empty: /^\S+ has 0 neighbor/m,
      },
    ),
  },
  config: {
    commands: ['display current-configuration'],
    end: /^return$/m,
    start: /^(?:!|#|sysname |version )/,
    scrub: [
      // `ssh server cipher` names algorithms.
      hide(
        /((?<![\w-])(?:irreversible-cipher|cipher|simple) (?<!^\s*(?:description|info-center|header) .*)(?<!^\s*ssh (?:server|client) cipher ))(?!(?:cipher|plain) )\S+/gm,
      ),
      hide(/^(\s*(?:\S+ )?authentication-mode .*?plain )\S+/gm),
      hide(/^(\s*snmp-agent community (?:read|write) )(?!cipher )\S+/gm),
      hide(/^(\s*snmp-agent target-host .*?params securityname )(?!cipher )\S+(?= v(?:1|2c)\b|$)/gm),
      hide(/^(\s*(?:radius-server|hwtacacs-server) (?:shared-key|key) )(?!cipher |simple )\S+/gm),
      hide(/^(\s*security \S+ psk (?:pass-phrase|hex) )\S+/gm),
      hide(/^(\s*ntp-service authentication-keyid \d+ authentication-mode \S+ )(?!cipher |plain )\S+/gm),
    ],
    volatile: [/^!Software Version /, /^!Last configuration was (?:updated|saved) at /],
    changed: /^!Last configuration was updated at (?<at>.+?) by (?<user>\S+)$/m,
  },
});
