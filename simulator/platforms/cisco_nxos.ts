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
  routeText,
  short,
  VERSION,
  versionText,
  VIEW,
} from '../render/cisco-nxos.ts';
import type { Protocol } from '../rib.ts';

const routes = (name: string, protocol: Protocol | null) => ({
  name,
  render: (context: RenderContext) => routeText(context, protocol),
});
const show = (render: (context: RenderContext) => string, ...names: string[]) => names.map((name) => ({ name, render }));

/**
 * Cisco NX-OS 9.3. Assumptions on what it shows: static and BGP routes have no interface, a discarded prefix is via Null0 with its
 * distance; route tables, MAC table and LLDP print short port names; the MAC table has the gateway's own address in no VLAN; no own
 * addresses in the ARP table, and INCOMPLETE for who never answered; CDP's device id is `name(serial)` and the name stands beside it
 * where the neighbour sends one; interface speed is that of the port, else the bandwidth.
 */
export const ciscoNxos: SimPlatform = {
  name: 'cisco_nxos',
  ident: 'OpenSSH_8.3 PKIX[12.5.1]',
  oui: '00:de:fb',
  models: { spine: 'N9K-C9336C-FX2', leaf: 'N9K-C93180YC-FX' },
  speaksCdp: true,
  cdpId: (device) => `${device.name}(${device.serial})`,
  cdpSystemName: true,
  announcesDomain: false,
  describe: (device) => ({
    description: `Cisco Nexus Operating System (NX-OS) Software, Version ${VERSION}`,
    platform: device.model,
  }),
  portName: (role, number) =>
    ({
      mgmt: 'mgmt0',
      loopback: 'loopback0',
      fabric: `Ethernet1/${number + 48}`,
      lag: `port-channel${number}`,
      access: `Ethernet1/${number}`,
      svi: `Vlan${number}`,
    })[role],
  hasEnable: false,
  startMode: 'privileged',
  prompt: (device, mode) => `${device.name}${mode === 'config' ? '(config)' : ''}# `,
  matching: 'prefix',
  pipes: 'cisco',
  pager: { text: '--More--', erase: '\r        \r', lines: 23 },
  commands: [
    routes('show ip route', null),
    routes('show ip route vrf all', null),
    routes('show ip route direct', 'connected'),
    ...(['static', 'ospf', 'bgp'] as const).flatMap((name) => [
      routes(`show ip route ${name}`, name),
      routes(`show ip route ${name} vrf all`, name),
    ]),
    ...show(macText, 'show mac address-table'),
    ...show((context) => arpText(context, false), 'show ip arp', 'show ip arp vrf all'),
    ...show((context) => arpText(context, true), 'show ip arp detail', 'show ip arp detail vrf all'),
    ...show(({ facts }) => facts.interfaces.map((port) => `${interfaceText(port)}\n`).join(''), 'show interface'),
    ...show(cdpDetail, 'show cdp neighbors detail'),
    ...show(lldpDetail, 'show lldp neighbors detail'),
    ...show(versionText, 'show version'),
    ...show(config, 'show running-config'),
  ],
  rules: CISCO_RULES,
  errors: {
    unknown: (_line, at, indent) => `${' '.repeat(indent + at)}^\n% Invalid command at '^' marker.\n`,
    incomplete: "% Incomplete command at '^' marker.\n",
    ambiguous: () => "% Ambiguous command at '^' marker.\n",
  },
  greeting: () => 'Cisco Nexus Operating System (NX-OS) Software\nTAC support: http://www.cisco.com/tac\n',
  logLine: (device, count) =>
    `2024 Mar  4 10:12:${10 + (count % 50)} ${device.name} %ETHPORT-5-IF_UP: Interface ${device.interfaces[count % device.interfaces.length]?.name} is up`,
  truth: {
    static_routes: (context) => staticRecords(context, VIEW),
    ospf_routes: (context) => ospfRecords(context, VIEW).map((route) => ({ ...route, interface: short(route.interface ?? '') })),
    bgp_routes: (context) => bgpRecords(context, VIEW),
    mac_table: ({ facts, device }) =>
      facts.macs.length === 0
        ? []
        : [
            ...facts.macs.map(({ mac, vlan, port }) => ({ mac, vlan, interface: short(port.name), type: 'dynamic' })),
            { mac: device.chassisMac, vlan: null, interface: 'sup-eth1(R)', type: 'static' },
          ],
    arp: (context) => arpRecords(context, { own: false, incomplete: true }),
    interfaces: ({ facts }) => facts.interfaces.map(interfaceRecord),
    cdp_neighbors: ({ facts }) =>
      facts.cdp.map((fact) => ({ ...cdpRecord(fact), neighbor_name: fact.cdpSystemName ?? fact.cdpId })),
    lldp_neighbors: ({ facts }) => facts.lldp.map((fact) => ({ ...lldpRecord(fact), local_interface: short(fact.port.name) })),
  },
  endpoints: {
    static_routes: 'show ip route static',
    ospf_routes: 'show ip route ospf',
    bgp_routes: 'show ip route bgp',
    mac_table: 'show mac address-table',
    arp: 'show ip arp detail vrf all',
    interfaces: 'show interface',
    cdp_neighbors: 'show cdp neighbors detail',
    lldp_neighbors: 'show lldp neighbors detail',
  },
  configCommand: 'show running-config',
};
