import type { RenderContext, SimPlatform } from '../platform.ts';
import { interfaceRecord, lldpRecord, ospfRecords, staticRecords } from '../records.ts';
import {
  arpPort,
  arpText,
  cdpDetail,
  config,
  interfacesBrief,
  lldpDetail,
  macText,
  portsOf,
  routeText,
  systemText,
  VERSION,
  VIEW,
} from '../render/hp-procurve.ts';

const show = (render: (context: RenderContext) => string, ...names: string[]) => names.map((name) => ({ name, render }));

/**
 * HP ProCurve / ArubaOS-Switch 16.11. It waits for a key after login. Assumptions on what it shows: a route's interface is a VLAN; a
 * static route has metric 1, a discarded prefix the gateway `blackhole`; there is no BGP; MAC and ARP tables name switch ports (trunk
 * members by the trunk); own addresses and what never answered are not in the ARP table; MAC entries have no type; `show interfaces
 * brief` has switch ports with their state and mode, neither addresses nor MAC, MTU and description; it hears no CDP.
 */
export const hpProcurve: SimPlatform = {
  name: 'hp_procurve',
  ident: 'Mocana SSH 6.3',
  oui: '94:18:82',
  models: { spine: '5406Rzl2', leaf: '2930F-24G' },
  speaksCdp: false,
  announcesDomain: false,
  describe: (device) => ({
    description: `HPE Aruba ${device.model} Switch, revision ${VERSION}, ROM YA.15.20`,
    platform: device.model,
  }),
  portName: (role, number) =>
    ({
      mgmt: 'OOBM',
      loopback: 'lo0',
      fabric: `A${number}`,
      lag: `Trk${number}`,
      access: String(number),
      svi: `VLAN${number}`,
    })[role],
  // Routed ports are VLANs of one port.
  unitName: (role, number, name) =>
    ({
      mgmt: 'vlan4000',
      loopback: name,
      fabric: `vlan${100 + number}`,
      lag: `vlan${200 + number}`,
      access: name,
      svi: `vlan${number}`,
    })[role],
  hasEnable: true,
  startMode: 'privileged',
  prompt: (device, mode) => `${device.name}${{ user: '>', privileged: '#', config: '(config)#' }[mode]} `,
  matching: 'prefix',
  pipes: 'cisco',
  pager: { text: '-- MORE --, next page: Space, next line: Enter, quit: Control-C', erase: '\r\x1b[K', lines: 23 },
  anyKey: true,
  commands: [
    ...show((context) => routeText(context, null), 'show ip route'),
    ...show((context) => routeText(context, 'static'), 'show ip route static'),
    ...show((context) => routeText(context, 'ospf'), 'show ip route ospf'),
    ...show((context) => routeText(context, 'connected'), 'show ip route connected'),
    ...show(macText, 'show mac-address'),
    ...show(arpText, 'show arp'),
    ...show(interfacesBrief, 'show interfaces brief'),
    ...show(lldpDetail, 'show lldp info remote-device detail'),
    ...show(cdpDetail, 'show cdp neighbors detail'),
    ...show(systemText, 'show system'),
    { name: 'show running-config', render: config, refusedIn: ['user'] },
  ],
  rules: [
    { match: /^no pa\w*$/, effect: { kind: 'paging', on: false } },
    { match: /^pa\w*$/, effect: { kind: 'paging', on: true } },
    { match: /^ter\w* (wid\w*|len\w*) \d+$/, effect: { kind: 'accept' } },
    { match: /^ena?b?l?e?$/, in: ['user'], effect: { kind: 'mode', to: 'privileged', secret: true } },
    { match: /^conf\w*(\s+t\w*)?$/, in: ['privileged'], effect: { kind: 'mode', to: 'config' } },
    { match: /^(end|exit)$/, in: ['config'], effect: { kind: 'mode', to: 'privileged' } },
    { match: /^(exit|logo\w*)$/, in: ['user', 'privileged'], effect: { kind: 'exit' } },
    { match: /^\S/, in: ['config'], effect: { kind: 'accept' } },
  ],
  errors: {
    unknown: (line) => `Invalid input: ${line.trim().split(/\s+/).at(-1) ?? ''}\n`,
    incomplete: 'Incomplete input\n',
    ambiguous: (line) => `Ambiguous input: ${line}\n`,
  },
  greeting: (device) =>
    `HPE Aruba ${device.model} Switch\nSoftware revision ${VERSION}\n\n(C) Copyright 2021 Hewlett Packard Enterprise Development LP\n\nPress any key to continue`,
  logLine: (device, count) =>
    `I 03/04/24 10:12:${10 + (count % 50)} 00076 ports: port ${device.interfaces[count % device.interfaces.length]?.name} is now on-line`,
  truth: {
    static_routes: (context) => staticRecords(context, VIEW),
    ospf_routes: (context) => ospfRecords(context, VIEW),
    bgp_routes: () => [],
    mac_table: ({ facts }) => facts.macs.map(({ mac, vlan, port }) => ({ mac, vlan, interface: port.name, type: null })),
    arp: ({ facts }) =>
      facts.arp
        .filter((entry) => !entry.own && entry.mac !== null)
        .map((entry) => ({ address: entry.address, mac: entry.mac, interface: arpPort(entry), vrf: null })),
    interfaces: (context) =>
      portsOf(context).map((port) => ({ ...interfaceRecord(port), description: null, mac: null, addresses: [], mtu: null })),
    cdp_neighbors: () => [],
    lldp_neighbors: ({ facts }) => facts.lldp.map(lldpRecord),
  },
  endpoints: {
    static_routes: 'show ip route static',
    ospf_routes: 'show ip route ospf',
    bgp_routes: null,
    mac_table: 'show mac-address',
    arp: 'show arp',
    interfaces: 'show interfaces brief',
    cdp_neighbors: 'show cdp neighbors detail',
    lldp_neighbors: 'show lldp info remote-device detail',
  },
  configCommand: 'show running-config',
};
