import { bannerOpen } from '../config-structure.ts';
import { ask, definePlatform, hide, only } from '../platform.ts';
import type { Source } from '../platform.ts';

/**
 * Filtered by protocol, some releases leave out the legend and the "Gateway of last resort" line, and without that line the
 * template silently finds nothing.
 */
function withGateway(text: string): string {
  return /^Gateway/m.test(text) ? text : `Gateway of last resort is not known\n\n${text}`;
}

const routes = (protocol: string, ...codes: string[]): Source =>
  ask(
    `show ip route ${protocol}`,
    { ntc: 'cisco_ios_show_ip_route' },
    { where: only('protocol', ...codes), prepare: withGateway, empty: /^(?:Codes: |Gateway )/m },
  );

export const ciscoIos = definePlatform({
  name: 'cisco_ios',
  label: 'Cisco IOS and IOS XE',
  aliases: ['cisco_xe', 'cisco_iosxe', 'ios', 'iosxe'],
  mode: 'shell',
  ssh: { legacy: true },
  prompt: { any: /^[\w.:/+-]{1,63}(?:\([\w.:/ +-]{1,40}\))?[#>]$/, privileged: /#$/ },
  login: [
    { expect: /^\s*(?:user ?name|login) ?:$/i, send: 'username' },
    { expect: /^\s*password ?:$/i, send: 'password' },
  ],
  enable: { command: 'enable', password: /password ?:$/i },
  detect: {
    ident: /^Cisco-/,
    version: [{ command: 'show version', match: /Cisco IOS Software|Cisco Internetwork Operating System|IOS \(tm\)/ }],
  },
  setup: ['terminal length 0', 'terminal width 511'],
  logout: 'exit',
  answers: {
    unknown: [/^% ?(?:Invalid input|Incomplete command|Ambiguous command|Unrecognized command|Unknown command)/m],
    denied: [/^(?:% ?)?(?:Command authorization failed|Authorization failed|Permission denied)/m],
    nothing: [/^% ?(?:CDP|LLDP) is not enabled/m, /^% ?BGP not active/m, /^% ?IP routing (?:table|not enabled)/im],
  },
  kinds: {
    static_routes: routes('static', 'S', 'U'),
    ospf_routes: routes('ospf', 'O'),
    bgp_routes: routes('bgp', 'B'),
    mac_table: {
      ask: ['show mac address-table', 'show mac-address-table'].map((command) => ({
        command,
        parse: { ntc: 'cisco_ios_show_mac-address-table' },
        empty: /^(?:\s*Mac Address Table|Vlan\s+Mac Address|Total Mac Addresses .*: 0)/im,
      })),
    },
    arp: ask('show ip arp', { ntc: 'cisco_ios_show_ip_arp' }, { starts: /^Internet\s/gm }),
    interfaces: ask('show interfaces', { ntc: 'cisco_ios_show_interfaces' }, { starts: /^\S.* line protocol is /gm }),
    cdp_neighbors: ask(
      'show cdp neighbors detail',
      { ntc: 'cisco_ios_show_cdp_neighbors_detail' },
      { starts: /^Device ID:/gm, empty: /^Total cdp entries displayed\s*:\s*0\s*$/m },
    ),
    lldp_neighbors: {
      ...ask('show lldp neighbors detail', { ntc: 'cisco_ios_show_lldp_neighbors_detail' }, { starts: /^Chassis id:/gm }),
    },
  },
  config: {
    commands: ['show running-config'],
    end: /^end$/m,
    start: /^(?:Building configuration|Current configuration|Using \d+ out of|!|version \d)/,
    complete: bannerOpen,
    scrub: [
      hide(/^(\s*(?:enable|username \S+(?: \S+)*?) (?:secret|password)(?: level \d+)? (?:\d{1,2} )?)\S.*$/gm),
      hide(/^(\s*snmp-server community )\S+/gm),
      hide(
        /^(\s*snmp-server host \S+(?: vrf \S+)?(?: traps| informs)?(?: version (?:1|2c))? )(?!version |vrf |traps |informs )\S+/gm,
      ),
      hide(/^(\s*snmp-server user \S+ \S+ (?:.*? )?auth (?:md5|sha(?:-?2)?(?:[ -]\d+)?) )\S+/gm),
      hide(/^(\s*snmp-server user \S+ \S+ (?:.*? )?priv (?:3des|des(?:56)?|aes(?:[ -]?\d+)?) )\S+/gm),
      hide(/^(\s*(?:tacacs|radius)-server (?:.*? )?key (?:\d )?)\S.*$/gm),
      // A key chain has `key 1`, which is a number and no secret.
      hide(/^(\s+(?:pac )?key (?:\d (?=\S)|(?!\d+$)))\S.*$/gm),
      hide(/^(\s+(?:server-private .*? key|client \S+ .*?server-key|server-key) (?:\d )?)\S+/gm),
      hide(/^(\s*key-string (?:\d )?)\S.*$/gm),
      hide(/^(\s+password (?:\d )?)\S.*$/gm),
      hide(/^(\s*neighbor \S+ password (?:\d )?)\S+/gm),
      hide(/^(\s+pre-shared-key (?:(?:address|hostname) .*? key |local |remote )?(?:\d |hex )?)\S.*$/gm),
      hide(/^(crypto isakmp key (?:\d )?)\S+( (?:address|hostname) .*)$/gm),
      hide(/^(\s+(?:ip ospf|area .*?) (?:message-digest-key \d+ md5|authentication-key) (?:\d )?)\S+/gm),
      hide(/^(\s+.*\bauthentication ipsec spi \d+ (?:md5|sha1) (?:\d )?)\S+/gm),
      hide(/^(\s+(?:isis password|area-password|domain-password) (?:\d )?)\S+/gm),
      hide(/^(\s+(?:standby|vrrp|glbp)(?: \d+)? authentication (?:md5 key-string |text )?(?:\d )?)(?!md5 |text )\S+/gm),
      hide(/^(ntp authentication-key \d+ \S+ )\S+/gm),
      hide(/^(\s+(?:ppp chap|ppp pap sent-username \S+|l2tp tunnel) password (?:\d )?)\S+/gm),
      hide(/^(\s+(?:security )?(?:wpa-psk|wpa psk set-key) (?:ascii|hex) (?:\d )?)\S+/gm),
      hide(/^(ip (?:ftp|http client|scp) password (?:\d )?)\S+/gm),
      hide(/^(\s+(?:credentials|authentication) (?:.*? )?username \S+ password (?:\d )?)\S+/gm),
    ],
    volatile: [
      /^Building configuration\.\.\./,
      /^Current configuration : \d+ bytes/,
      /^Using \d+ out of \d+ bytes/,
      /^! Last configuration change at /,
      /^! NVRAM config last updated at /,
      /^! No configuration change since last restart/,
      /^ntp clock-period /,
      /^(?:Load for five secs:|Time source is) /,
    ],
    changed: /^! Last configuration change at (?<at>.+?)(?: by (?<user>\S+))?$/m,
  },
});
