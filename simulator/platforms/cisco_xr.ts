import { CISCO_RULES } from '../cisco-shell.ts';
import type { RenderContext, SimPlatform } from '../platform.ts';
import { arpRecords, bgpRecords, cdpRecord, interfaceRecord, lldpRecord, ospfRecords, staticRecords } from '../records.ts';
import {
  arpText,
  cdpDetail,
  config,
  interfaceText,
  lldpDetail,
  macText,
  mtuOf,
  routeText,
  short,
  VERSION,
  VIEW,
} from '../render/cisco-xr.ts';
import type { Protocol } from '../rib.ts';

const routes = (name: string, protocol: Protocol | null) => ({
  name,
  render: (context: RenderContext) => routeText(context, protocol),
});
const show = (render: (context: RenderContext) => string, ...names: string[]) => names.map((name) => ({ name, render }));

/**
 * Cisco IOS XR 7.3. Every output begins with the time until `terminal exec prompt no-timestamp`. Assumptions on what it shows: static and
 * BGP routes have no interface, a discarded prefix is directly connected to Null0; learned MAC addresses have a port, no VLAN and no
 * type; own addresses stand in the ARP table, nothing incomplete; the MTU counts 14 bytes of header; the speed is the bandwidth,
 * which loopbacks do not have; an interface without address says Unknown.
 */
export const ciscoXr: SimPlatform = {
  name: 'cisco_xr',
  ident: 'Cisco-2.0',
  oui: '00:8a:96',
  models: { spine: 'ASR-9006', leaf: 'NCS-5501' },
  speaksCdp: true,
  cdpSystemName: true,
  announcesDomain: false,
  describe: (device) => ({
    description: `Cisco IOS XR Software, Version ${VERSION}, ${device.model}`,
    platform: `cisco ${device.model}`,
  }),
  portName: (role, number) =>
    ({
      mgmt: 'MgmtEth0/RSP0/CPU0/0',
      loopback: 'Loopback0',
      fabric: `TenGigE0/0/1/${number}`,
      lag: `Bundle-Ether${number}`,
      access: `GigabitEthernet0/0/0/${number}`,
      svi: `BVI${number}`,
    })[role],
  hasEnable: false,
  startMode: 'privileged',
  prompt: (device, mode) => `RP/0/RSP0/CPU0:${device.name}${mode === 'config' ? '(config)' : ''}#`,
  matching: 'prefix',
  pipes: 'cisco',
  pager: { text: ' --More-- ', erase: '\r          \r', lines: 23 },
  timestamp: 'Mon Mar  4 10:12:13.123 UTC',
  commands: [
    ...['show route', 'show route ipv4', 'show route vrf all'].map((name) => routes(name, null)),
    ...(['connected', 'static', 'ospf', 'bgp'] as const).flatMap((name) => [
      routes(`show route ${name}`, name),
      routes(`show route ipv4 ${name}`, name),
      routes(`show route vrf all ${name}`, name),
    ]),
    ...show(macText, 'show l2vpn mac-learning mac all location 0/0/cpu0', 'show l2vpn mac-learning mac all location'),
    ...show(arpText, 'show arp', 'show arp vrf all'),
    ...show(({ facts }) => facts.interfaces.map(interfaceText).join(''), 'show interfaces'),
    ...show(cdpDetail, 'show cdp neighbors detail'),
    ...show(lldpDetail, 'show lldp neighbors detail'),
    ...show(
      ({ device }) =>
        `Cisco IOS XR Software, Version ${VERSION}\nCopyright (c) 2013-2021 by Cisco Systems, Inc.\n\ncisco ${device.model} () processor\n`,
      'show version',
    ),
    ...show(config, 'show running-config'),
  ],
  rules: [{ match: /^terminal exec prompt no-timestamp$/, effect: { kind: 'timestamp', on: false } }, ...CISCO_RULES],
  errors: {
    unknown: (_line, at, indent) => `${' '.repeat(indent + at)}^\n% Invalid input detected at '^' marker.\n`,
    incomplete: '% Incomplete command.\n',
    ambiguous: (line) => `% Ambiguous command:  "${line}"\n`,
  },
  greeting: () => '\n\n',
  logLine: (device, count) =>
    `RP/0/RSP0/CPU0:Mar  4 10:12:${10 + (count % 50)}.456 UTC: ifmgr[257]: %PKT_INFRA-LINK-3-UPDOWN : Interface ${device.interfaces[count % device.interfaces.length]?.name}, changed state to Up`,
  truth: {
    static_routes: (context) => staticRecords(context, VIEW),
    ospf_routes: (context) => ospfRecords(context, VIEW),
    bgp_routes: (context) => bgpRecords(context, VIEW),
    mac_table: ({ facts }) => facts.macs.map(({ mac, port }) => ({ mac, vlan: null, interface: short(port.name), type: null })),
    arp: (context) => arpRecords(context, { own: true, incomplete: false }),
    interfaces: ({ facts }) =>
      facts.interfaces.map((port) => ({
        ...interfaceRecord(port),
        mtu: mtuOf(port),
        speed: port.role === 'loopback' ? null : port.speed,
      })),
    cdp_neighbors: ({ facts }) =>
      facts.cdp.map((fact) => ({ ...cdpRecord(fact), neighbor_name: fact.cdpSystemName ?? fact.cdpId })),
    lldp_neighbors: ({ facts }) => facts.lldp.map(lldpRecord),
  },
  endpoints: {
    static_routes: 'show route static',
    ospf_routes: 'show route ospf',
    bgp_routes: 'show route bgp',
    mac_table: 'show l2vpn mac-learning mac all location 0/0/cpu0',
    arp: 'show arp',
    interfaces: 'show interfaces',
    cdp_neighbors: 'show cdp neighbors detail',
    lldp_neighbors: 'show lldp neighbors detail',
  },
  configCommand: 'show running-config',
};
