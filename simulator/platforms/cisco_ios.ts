import type { RenderContext, SimPlatform } from '../platform.ts';
import { arpRecords, bgpRecords, cdpRecord, interfaceRecord, lldpRecord, ospfRecords, staticRecords } from '../records.ts';
import {
  arpRows,
  arpText,
  CPU_MACS,
  IMAGE,
  macRows,
  macText,
  routeRows,
  routeText,
  short,
  versionText,
  VIEW,
} from '../render/cisco-ios.ts';
import { config } from '../render/cisco-ios-config.ts';
import { interfaceRows, interfaceText } from '../render/cisco-ios-interfaces.ts';
import { cdpDetail, cdpRows, lldpBrief, lldpDetail, lldpRows } from '../render/cisco-ios-neighbors.ts';
import type { Protocol } from '../rib.ts';
import { CISCO_RULES, ciscoLog } from '../cisco-shell.ts';

const show = (name: string, protocol: Protocol | null) => ({
  name,
  render: (context: RenderContext) => routeText(context, protocol),
});

/**
 * Cisco IOS 15.2 on a Catalyst. Assumptions on what it shows:
 * a static route with a next hop prints no interface, one to Null0 prints neither distance nor metric; BGP prints the protocol's
 * next hop and no attributes; OSPF prints the type, not the area; the MAC table and LLDP print short port names; MAC addresses of
 * the CPU stand in VLAN `All`; own addresses stand in the ARP table; LLDP's platform is only in MED, which is absent; the speed of an
 * interface is its bandwidth, so a loopback has 8 Gbit/s.
 */
export const ciscoIos: SimPlatform = {
  name: 'cisco_ios',
  ident: 'Cisco-1.25',
  oui: '00:1b:54',
  models: { spine: 'WS-C4500X-32', leaf: 'WS-C3750X-24T' },
  speaksCdp: true,
  announcesDomain: true,
  describe: (device) => ({ description: IMAGE, platform: `cisco ${device.model}` }),
  portName: (role, number) =>
    ({
      mgmt: 'GigabitEthernet0/0',
      loopback: 'Loopback0',
      fabric: `TenGigabitEthernet1/1/${number}`,
      lag: `Port-channel${number}`,
      access: `GigabitEthernet1/0/${number}`,
      svi: `Vlan${number}`,
    })[role],
  announcedPort: short,
  hasEnable: true,
  startMode: 'privileged',
  prompt: (device, mode) => `${device.name}${{ user: '>', privileged: '#', config: '(config)#' }[mode]}`,
  matching: 'prefix',
  pipes: 'cisco',
  pager: { text: ' --More-- ', erase: '\b\b\b\b\b\b\b\b\b         \b\b\b\b\b\b\b\b\b', lines: 23 },
  commands: [
    show('show ip route', null),
    show('show ip route vrf *', null),
    show('show ip route connected', 'connected'),
    show('show ip route static', 'static'),
    show('show ip route ospf', 'ospf'),
    show('show ip route bgp', 'bgp'),
    { name: 'show mac address-table', render: macText },
    { name: 'show ip arp', render: arpText },
    { name: 'show arp', render: arpText },
    { name: 'show interfaces', render: ({ facts }) => facts.interfaces.map((port) => `${interfaceText(port)}\n`).join('') },
    { name: 'show cdp neighbors detail', render: cdpDetail },
    { name: 'show lldp neighbors detail', render: lldpDetail },
    { name: 'show lldp neighbors', render: lldpBrief },
    { name: 'show version', render: versionText },
    { name: 'show running-config', render: config, refusedIn: ['user'] },
  ],
  rules: CISCO_RULES,
  errors: {
    unknown: (_line, at, indent) => `${' '.repeat(indent + at)}^\n% Invalid input detected at '^' marker.\n\n`,
    incomplete: '% Incomplete command.\n\n',
    ambiguous: (line) => `% Ambiguous command:  "${line}"\n`,
  },
  greeting: () => '\n',
  logLine: ciscoLog,
  truth: {
    static_routes: (context) => staticRecords(context, VIEW),
    ospf_routes: (context) => ospfRecords(context, VIEW),
    bgp_routes: (context) => bgpRecords(context, VIEW),
    mac_table: ({ facts }) =>
      facts.macs.length === 0
        ? []
        : [
            ...CPU_MACS.map((mac) => ({ mac, vlan: null, interface: 'CPU', type: 'static' })),
            ...facts.macs.map(({ mac, vlan, port }) => ({ mac, vlan, interface: short(port.name), type: 'dynamic' })),
          ],
    arp: (context) =>
      arpRecords(context, { own: true, incomplete: true }).map((entry) => (entry.mac ? entry : { ...entry, interface: null })),
    interfaces: ({ facts }) => facts.interfaces.map(interfaceRecord),
    cdp_neighbors: ({ facts }) => facts.cdp.map(cdpRecord),
    lldp_neighbors: ({ facts }) => facts.lldp.map((fact) => ({ ...lldpRecord(fact), local_interface: short(fact.port.name) })),
  },
  rows: {
    static_routes: (context) => routeRows(context, 'static'),
    ospf_routes: (context) => routeRows(context, 'ospf'),
    bgp_routes: (context) => routeRows(context, 'bgp'),
    mac_table: macRows,
    arp: arpRows,
    interfaces: interfaceRows,
    cdp_neighbors: cdpRows,
    lldp_neighbors: lldpRows,
  },
  endpoints: {
    static_routes: 'show ip route static',
    ospf_routes: 'show ip route ospf',
    bgp_routes: 'show ip route bgp',
    mac_table: 'show mac address-table',
    arp: 'show ip arp',
    interfaces: 'show interfaces',
    cdp_neighbors: 'show cdp neighbors detail',
    lldp_neighbors: 'show lldp neighbors detail',
  },
  configCommand: 'show running-config',
};
