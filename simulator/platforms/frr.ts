import type { SimPlatform } from '../platform.ts';
import { interfaceRecord, staticRecords } from '../records.ts';
import {
  bgpJson,
  bgpTruth,
  config,
  interfacesJson,
  ospfJson,
  ospfTruth,
  routesJson,
  routeText,
  VIEW,
} from '../render/frr-json.ts';

/**
 * FRRouting 8.4 behind vtysh. Assumptions on what it shows: static routes with a dead next hop are listed and not selected; a blackhole
 * has no interface; the area of external OSPF routes is unknown; what BGP learned from another AS has no local preference; iBGP next
 * hops are recursive; it has no commands for MAC table, ARP and neighbours; loopbacks have no MAC and no speed.
 */
export const frr: SimPlatform = {
  name: 'frr',
  ident: 'OpenSSH_9.2p1',
  oui: '02:42:ac',
  models: { spine: 'frr', leaf: 'frr' },
  speaksCdp: false,
  announcesDomain: false,
  describe: () => ({
    description: 'Debian GNU/Linux 12 (bookworm) Linux 6.1.0-18-amd64 x86_64, FRRouting 8.4.4',
    platform: 'FRRouting',
  }),
  portName: (role, number) =>
    ({
      mgmt: 'eth0',
      loopback: 'lo',
      fabric: `swp${number + 48}`,
      lag: `bond${number}`,
      access: `swp${number}`,
      svi: `vlan${number}`,
    })[role],
  hasEnable: false,
  startMode: 'privileged',
  prompt: (device, mode) => `${device.name}${mode === 'config' ? '(config)' : ''}# `,
  matching: 'prefix',
  pipes: 'cisco',
  pager: null,
  commands: [
    { name: 'show ip route', render: routeText },
    { name: 'show ip route json', render: routesJson },
    { name: 'show ip route vrf all json', render: routesJson },
    { name: 'show ip ospf route json', render: ospfJson },
    { name: 'show ip bgp json', render: bgpJson },
    { name: 'show interface json', render: interfacesJson },
    { name: 'show interface vrf all json', render: interfacesJson },
    { name: 'show version', render: ({ device }) => `FRRouting 8.4.4 (${device.name}) on Linux(6.1.0-18-amd64).\n` },
    { name: 'show running-config', render: config },
  ],
  rules: [
    { match: /^ter\w* (le\w*|wi\w*) \d+$/, effect: { kind: 'accept' } },
    { match: /^conf\w*(\s+t\w*)?$/, in: ['privileged'], effect: { kind: 'mode', to: 'config' } },
    { match: /^(end|exit)$/, in: ['config'], effect: { kind: 'mode', to: 'privileged' } },
    { match: /^(exit|quit)$/, in: ['privileged'], effect: { kind: 'exit' } },
    { match: /^\S/, in: ['config'], effect: { kind: 'accept' } },
  ],
  errors: {
    unknown: (line) => `% Unknown command: ${line}\n`,
    incomplete: '% Command incomplete.\n',
    ambiguous: () => '% Ambiguous command.\n',
  },
  greeting: () => '\nHello, this is FRRouting (version 8.4.4).\nCopyright 1996-2005 Kunihiro Ishiguro, et al.\n\n',
  logLine: (device, count) => `2024/03/04 10:12:${10 + (count % 50)} OSPF: [HKQ6P-6ZP9P] neighbor change on ${device.name}`,
  truth: {
    static_routes: (context) => staticRecords(context, VIEW),
    ospf_routes: ospfTruth,
    bgp_routes: bgpTruth,
    mac_table: () => [],
    arp: () => [],
    interfaces: ({ facts }) =>
      facts.interfaces.map((port) => ({
        ...interfaceRecord(port),
        mtu: port.role === 'loopback' ? 65536 : port.mtu,
        speed: port.role === 'loopback' ? null : port.speed,
      })),
    cdp_neighbors: () => [],
    lldp_neighbors: () => [],
  },
  endpoints: {
    static_routes: 'show ip route',
    ospf_routes: 'show ip route',
    bgp_routes: 'show ip route',
    mac_table: null,
    arp: null,
    interfaces: 'show interface json',
    cdp_neighbors: null,
    lldp_neighbors: null,
  },
  configCommand: 'show running-config',
};
