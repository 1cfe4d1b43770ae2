import type { Command, RenderContext, SimPlatform } from '../platform.ts';
import { arpRecords, bgpRecords, interfaceRecord, lldpRecord, ospfRecords, staticRecords } from '../records.ts';
import {
  arpRows,
  arpText,
  BRIDGE,
  bridgeHosts,
  hostRows,
  hostText,
  neighborRows,
  neighborText,
  routeDetail,
  routeRows,
  routeTerse,
  VERSION,
  VIEW,
} from '../render/mikrotik-routeros.ts';
import { addressText, interfaceDetail, interfaceRows, interfaceTerse, resourceText } from '../render/routeros-interfaces.ts';
import { exportText } from '../render/routeros-export.ts';

/** `print` pages in a terminal; `without-paging` does not. */
const print = (name: string, render: (context: RenderContext) => string): Command[] => [
  { name, render },
  { name: `${name} without-paging`, render, paged: false },
];

const bold = (text: string, options: string): string => (options.includes('c') ? text : `\x1b[32;1m${text}\x1b[m`);

/**
 * MikroTik RouterOS 6.49. Assumptions on what it shows: routes with a dead next hop are listed and not active; several next hops stand
 * in one route, separated by commas; iBGP shows the protocol's next hop and the port it resolves to; OSPF prints metric and type, not
 * the area; AS numbers of a path are separated by commas; a blackhole has distance 1 and no metric; bridge hosts include the bridge
 * ports' own addresses (`L`, type `self`, without VLAN); `/ip neighbor` is one table for all protocols, taken as LLDP, and names
 * a bridge port as `port,bridge`; its platform is set for MikroTik only; addresses are in `/ip address`; no speed; no loopback
 * type: the loopback is a bridge with an MTU and, here, no MAC.
 */
export const mikrotikRouteros: SimPlatform = {
  name: 'mikrotik_routeros',
  ident: 'ROSSSH',
  oui: '4c:5e:0c',
  models: { spine: 'CCR2004-1G-12S+2XS', leaf: 'CRS326-24G-2S+' },
  speaksCdp: false,
  announcesDomain: false,
  describe: (device) => ({ description: `MikroTik RouterOS ${VERSION} ${device.model}`, platform: 'MikroTik' }),
  portName: (role, number) =>
    ({
      mgmt: 'ether1',
      loopback: 'loopback',
      fabric: `sfp-sfpplus${number}`,
      lag: `bonding${number}`,
      access: `ether${number + 1}`,
      svi: `vlan${number}`,
    })[role],
  bridgeName: BRIDGE,
  hasEnable: false,
  startMode: 'privileged',
  prompt: (device) => `[${device.user}@${device.name}] > `,
  terminal: {
    hello: (options) => (options.includes('t') ? '' : '\x1bZ  \x1b[6n'),
    prompt: (device, options) =>
      `\n\r\r\r\r\x1b[9999B[${bold(device.user, options)}@${bold(device.name, options)}] > ${options.includes('c') ? '' : '\x1b[K'}`,
    enter: (device, line) => `\r\x1b[K[${device.user}@${device.name}] > ${line}`,
  },
  matching: 'prefix',
  pipes: 'none',
  pager: { text: '-- [Q quit|D dump|down]', erase: `\r${' '.repeat(23)}\r`, lines: 23 },
  commands: [
    ...print('/ip route print detail', routeDetail),
    ...print('/ip route print terse', routeTerse),
    ...print('/interface bridge host print terse', (context) => hostText(context, false)),
    ...print('/interface bridge host print detail', (context) => hostText(context, true)),
    ...print('/ip neighbor print detail', neighborText),
    ...print('/ip arp print', (context) => arpText(context, 'table')),
    ...print('/ip arp print terse', (context) => arpText(context, 'terse')),
    ...print('/ip arp print detail', (context) => arpText(context, 'detail')),
    ...print('/interface print detail', interfaceDetail),
    ...print('/interface print terse', interfaceTerse),
    ...print('/ip address print', (context) => addressText(context, 'table')),
    ...print('/ip address print terse', (context) => addressText(context, 'terse')),
    ...print('/ip address print detail', (context) => addressText(context, 'detail')),
    { name: '/export', render: (context) => exportText(context, true), paged: false },
    { name: '/export hide-sensitive', render: (context) => exportText(context, false), paged: false },
    { name: '/system resource print', render: resourceText, paged: false },
    { name: '/system identity print', render: ({ device }) => `  name: ${device.name}\n`, paged: false },
  ],
  rules: [{ match: /^\/?(quit|exit)$/, effect: { kind: 'exit' }, says: 'interrupted\n' }],
  errors: {
    unknown: (line, at) => `bad command name ${line.slice(at).trim().split(/\s+/)[0] ?? ''} (line 1 column ${at + 1})\n`,
    incomplete: 'expected command name (line 1 column 1)\n',
    ambiguous: () => 'ambiguous value of command (line 1 column 1)\n',
  },
  greeting: () => `

  MMM      MMM       KKK                          TTTTTTTTTTT      KKK
  MikroTik RouterOS ${VERSION} (c) 1999-2023       http://www.mikrotik.com/

[?]             Gives the list of available commands
command [?]     Gives help on the command and list of arguments
`,
  logLine: (_device, count) =>
    `10:12:${10 + (count % 50)} echo: system,error,critical login failure for user admin from 192.0.2.${count % 250} via ssh`,
  truth: {
    static_routes: (context) => staticRecords(context, VIEW),
    ospf_routes: (context) => ospfRecords(context, VIEW),
    bgp_routes: (context) => bgpRecords(context, VIEW),
    mac_table: (context) =>
      bridgeHosts(context).map(({ mac, vlan, port, local }) => ({
        mac,
        vlan,
        interface: port.name,
        type: local ? 'self' : 'dynamic',
      })),
    arp: (context) => arpRecords(context, { own: false, incomplete: false }),
    interfaces: ({ facts }) => facts.interfaces.map((port) => ({ ...interfaceRecord(port), speed: null })),
    cdp_neighbors: () => [],
    lldp_neighbors: ({ facts }) =>
      facts.lldp.map((fact) => ({
        ...lldpRecord(fact),
        platform: fact.description.startsWith('MikroTik') ? 'MikroTik' : null,
      })),
  },
  rows: {
    static_routes: (context) => routeRows(context, 'static'),
    ospf_routes: (context) => routeRows(context, 'ospf'),
    bgp_routes: (context) => routeRows(context, 'bgp'),
    mac_table: hostRows,
    arp: arpRows,
    interfaces: interfaceRows,
    lldp_neighbors: neighborRows,
  },
  endpoints: {
    static_routes: '/ip route print detail without-paging',
    ospf_routes: '/ip route print detail without-paging',
    bgp_routes: '/ip route print detail without-paging',
    mac_table: '/interface bridge host print terse without-paging',
    arp: '/ip arp print terse without-paging',
    interfaces: '/interface print detail without-paging',
    cdp_neighbors: null,
    lldp_neighbors: '/ip neighbor print detail without-paging',
  },
  configCommand: '/export',
};
