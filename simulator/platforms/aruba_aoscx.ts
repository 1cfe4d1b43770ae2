import { CISCO_RULES } from '../cisco-shell.ts';
import type { RenderContext, SimPlatform } from '../platform.ts';
import { arpRecords, bgpRecords, interfaceRecord, lldpRecord, ospfRecords, staticRecords } from '../records.ts';
import {
  arpText,
  config,
  interfaceText,
  isPlain,
  lldpDetail,
  macText,
  routeText,
  systemText,
  VERSION,
  VIEW,
} from '../render/aruba-aoscx.ts';

const show = (render: (context: RenderContext) => string, ...names: string[]) => names.map((name) => ({ name, render }));

/**
 * Aruba AOS-CX 10.08. Assumptions on what it shows: a route's next hop is an address without interface, BGP's that of the protocol; OSPF has
 * no type; a discarded prefix is via `blackhole`; ARP names the VLAN interface and the VRF `default` (null); no own addresses and nothing
 * incomplete in it; ports without link have speed 0 (null), VLAN interfaces none; loopbacks have neither MAC nor MTU; no CDP.
 */
export const arubaAoscx: SimPlatform = {
  name: 'aruba_aoscx',
  ident: 'OpenSSH_8.2',
  oui: '88:3a:30',
  models: { spine: 'JL635A 8325', leaf: 'JL668A 6300F' },
  speaksCdp: false,
  announcesDomain: false,
  describe: (device) => ({ description: `Aruba ${device.model} ${VERSION}`, platform: device.model }),
  portName: (role, number) =>
    ({
      mgmt: 'mgmt',
      loopback: 'loopback0',
      fabric: `1/1/${number + 24}`,
      lag: `lag${number}`,
      access: `1/1/${number}`,
      svi: `vlan${number}`,
    })[role],
  hasEnable: false,
  startMode: 'privileged',
  prompt: (device, mode) => `${device.name}${mode === 'config' ? '(config)' : ''}# `,
  matching: 'prefix',
  pipes: 'cisco',
  pager: { text: '-- MORE --, next page: Space, next line: Enter, quit: q', erase: '\r\x1b[K', lines: 23 },
  commands: [
    ...show((context) => routeText(context, null), 'show ip route', 'show ip route all-vrfs'),
    ...(['static', 'ospf', 'bgp'] as const).flatMap((name) =>
      show((context) => routeText(context, name), `show ip route ${name}`, `show ip route ${name} all-vrfs`),
    ),
    ...show(macText, 'show mac-address-table'),
    ...show(arpText, 'show arp', 'show arp all-vrfs'),
    ...show(({ facts }) => facts.interfaces.map(interfaceText).join(''), 'show interface'),
    ...show(lldpDetail, 'show lldp neighbor-info detail'),
    ...show(systemText, 'show system'),
    ...show(config, 'show running-config'),
  ],
  rules: [
    { match: /^no pa\w*$/, effect: { kind: 'paging', on: false } },
    { match: /^pa\w*$/, effect: { kind: 'paging', on: true } },
    ...CISCO_RULES,
  ],
  errors: {
    unknown: (line) => `Invalid input: ${line.trim().split(/\s+/).at(-1) ?? ''}\n`,
    incomplete: '% Command incomplete.\n',
    ambiguous: () => '% Ambiguous command.\n',
  },
  greeting: (device) =>
    `Last login: 2024-03-04 09:12:44 from ${device.host}\nUser "admin" has logged in 3 times in the past 30 days\n`,
  logLine: (device, count) =>
    `2024-03-04T10:12:${10 + (count % 50)}.123456+00:00 ${device.name} intfd[723]: Event|403|LOG_INFO|AMM|1/1|Link status for interface is up`,
  truth: {
    static_routes: (context) => staticRecords(context, VIEW),
    ospf_routes: (context) => ospfRecords(context, VIEW).map((route) => ({ ...route, interface: null })),
    bgp_routes: (context) => bgpRecords(context, VIEW),
    mac_table: ({ facts }) => facts.macs.map(({ mac, vlan, port }) => ({ mac, vlan, interface: port.name, type: 'dynamic' })),
    arp: (context) => arpRecords(context, { own: false, incomplete: false }),
    interfaces: ({ facts }) =>
      facts.interfaces.map((port) => ({
        ...interfaceRecord(port),
        mtu: isPlain(port) ? null : port.mtu,
        speed: isPlain(port) || port.role === 'svi' || !port.up ? null : port.speed,
      })),
    cdp_neighbors: () => [],
    lldp_neighbors: ({ facts }) => facts.lldp.map(lldpRecord),
  },
  endpoints: {
    static_routes: 'show ip route static',
    ospf_routes: 'show ip route ospf',
    bgp_routes: 'show ip route bgp',
    mac_table: 'show mac-address-table',
    arp: 'show arp all-vrfs',
    interfaces: 'show interface',
    cdp_neighbors: null,
    lldp_neighbors: 'show lldp neighbor-info detail',
  },
  configCommand: 'show running-config',
};
