import { frrBgp, frrInterfaces, frrOspf, frrRoutes } from '../json/frr.ts';
import { definePlatform, hide, only } from '../platform.ts';
import type { Ask, Row, Source } from '../platform.ts';

/** One table for all three kinds; the second form is for releases that do not take `vrf all` with `json`. */
const ROUTES = { read: frrRoutes };
const COMMANDS = ['show ip route vrf all json', 'show ip route json'];

const routes = (protocol: string): Ask[] =>
  COMMANDS.map((command) => ({ command, parse: ROUTES, where: only('protocol', protocol) }));

export const network = (row: Row): string => String(row['network']);
export const networkAndHop = (row: Row): string => `${String(row['network'])} ${String(row['next_hop'])}`;

const noCommand = (protocol: string): Source => ({ unsupported: `FRR's vtysh has no command for ${protocol}` });

export const frr = definePlatform({
  name: 'frr',
  label: 'FRRouting (vtysh)',
  aliases: ['frrouting', 'vtysh'],
  mode: 'shell',
  prompt: { any: /^[\w.-]{1,63}(?:\([\w-]+\))?[#>]$/ },
  detect: { ident: /^OpenSSH/, version: [{ command: 'show version', match: /^FRRouting /m }] },
  setup: ['terminal length 0'],
  logout: 'exit',
  answers: {
    unknown: [/^% ?(?:Unknown command|Command incomplete|Ambiguous command)/m],
    denied: [/^% ?(?:Permission denied|Can't open configuration file)/m],
    nothing: [/^% ?(?:BGP instance not found|OSPF instance not found|OSPF is not enabled)/im],
  },
  kinds: {
    static_routes: { ask: routes('static') },
    ospf_routes: {
      ask: routes('ospf'),
      join: { command: 'show ip ospf route json', parse: { read: frrOspf }, by: network },
    },
    bgp_routes: {
      ask: routes('bgp'),
      join: { command: 'show ip bgp json', parse: { read: frrBgp }, by: networkAndHop },
    },
    mac_table: noCommand('a MAC table'),
    arp: noCommand('the ARP table'),
    interfaces: {
      ask: ['show interface vrf all json', 'show interface json'].map((command) => ({
        command,
        parse: { read: frrInterfaces },
      })),
    },
    cdp_neighbors: noCommand('CDP'),
    lldp_neighbors: noCommand('LLDP'),
  },
  config: {
    commands: ['show running-config'],
    end: /^end$/m,
    start: /^(?:Building configuration|Current configuration|!|frr version )/,
    scrub: [
      hide(/^((?:enable )?password (?:8 )?)\S+/gm),
      hide(/^(\s*neighbor \S+ password )\S+/gm),
      hide(/^(\s+ip ospf (?:.*? )?(?:message-digest-key \d+ md5|authentication-key) )\S+/gm),
      hide(/^(\s+area .*? (?:message-digest-key \d+ md5|authentication-key) )\S+/gm),
      hide(/^(\s+key-string )\S+/gm),
      hide(/^(\s*(?:isis password|area-password|domain-password)(?: md5| clear) )\S+/gm),
      hide(/^(\s+ip rip authentication string )\S+/gm),
    ],
    volatile: [/^Building configuration\.\.\./, /^Current configuration:/],
  },
});
