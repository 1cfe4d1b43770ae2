import { CISCO_RULES } from '../cisco-shell.ts';
import type { RenderContext, ShellRule, SimPlatform } from '../platform.ts';
import { arpRecords, bgpRecords, interfaceRecord, lldpRecord, ospfRecords, staticRecords } from '../records.ts';
import {
  arpRows,
  arpText,
  hasBandwidth,
  interfaceRows,
  interfaceText,
  lldpDetail,
  lldpRows,
  macRows,
  macText,
  mtuOf,
  routeRows,
  routeText,
  short,
  VERSION,
  versionText,
  VIEW,
} from '../render/arista-eos.ts';
import { config } from '../render/arista-eos-config.ts';
import type { Protocol } from '../rib.ts';

const SAYS: Partial<Record<ShellRule['effect']['kind'], string>> = { paging: 'Pagination disabled.\n' };

const routes = (name: string, protocol: Protocol | null) => ({
  name,
  render: (context: RenderContext) => routeText(context, protocol),
});

/**
 * Arista EOS 4.27. Assumptions on what it shows: the route table names the VRF `default`, which is the
 * global one (null), prints the next hops that BGP routes
 * resolve to with their interfaces, and eBGP has distance 200 as iBGP; a discarded prefix is `directly connected, Null0`; no own
 * addresses and nothing incomplete in the ARP table; no bandwidth on loopbacks and VLAN interfaces; no CDP.
 */
export const aristaEos: SimPlatform = {
  name: 'arista_eos',
  ident: 'OpenSSH_8.7',
  oui: '00:1c:73',
  models: { spine: 'DCS-7050SX3-48YC8', leaf: 'CCS-720XP-24ZY4' },
  speaksCdp: false,
  announcesDomain: true,
  describe: (device) => ({
    description: `Arista Networks EOS version ${VERSION} running on an Arista Networks ${device.model}`,
    platform: device.model,
  }),
  portName: (role, number) =>
    ({
      mgmt: 'Management1',
      loopback: 'Loopback0',
      fabric: `Ethernet${24 + number}`,
      lag: `Port-Channel${number}`,
      access: `Ethernet${number}`,
      svi: `Vlan${number}`,
    })[role],
  hasEnable: true,
  startMode: 'privileged',
  prompt: (device, mode) => `${device.name}${{ user: '>', privileged: '#', config: '(config)#' }[mode]}`,
  matching: 'prefix',
  pipes: 'cisco',
  pager: { text: ' --More-- ', erase: '\r          \r', lines: 23 },
  commands: [
    routes('show ip route', null),
    routes('show ip route vrf all', null),
    routes('show ip route connected', 'connected'),
    routes('show ip route static', 'static'),
    routes('show ip route ospf', 'ospf'),
    routes('show ip route bgp', 'bgp'),
    routes('show ip route vrf all static', 'static'),
    routes('show ip route vrf all ospf', 'ospf'),
    routes('show ip route vrf all bgp', 'bgp'),
    { name: 'show mac address-table', render: macText },
    { name: 'show ip arp', render: arpText },
    { name: 'show ip arp vrf all', render: (context) => `VRF: default\n${arpText(context)}\n` },
    { name: 'show interfaces', render: ({ facts }) => facts.interfaces.map(interfaceText).join('') },
    { name: 'show lldp neighbors detail', render: lldpDetail },
    { name: 'show version', render: versionText },
    { name: 'show running-config', render: config, refusedIn: ['user'] },
  ],
  rules: CISCO_RULES.map((rule) => ({
    ...rule,
    says: rule.says && rule.effect.kind !== 'mode' ? rule.says : SAYS[rule.effect.kind],
  })),
  errors: {
    unknown: () => '% Invalid input\n',
    incomplete: '% Incomplete command\n',
    ambiguous: () => '% Ambiguous command\n',
  },
  greeting: (device) => `Last login: Mon Mar  4 09:12:44 2024 from ${device.host}\n`,
  logLine: (device, count) => {
    const port = device.interfaces[count % device.interfaces.length]?.name ?? 'Ethernet1';
    return `Mar  4 10:12:${10 + (count % 50)} ${device.name} Ebra: %LINEPROTO-5-UPDOWN: Line protocol on Interface ${port}, changed state to up`;
  },
  truth: {
    static_routes: (context) => staticRecords(context, VIEW),
    ospf_routes: (context) => ospfRecords(context, VIEW),
    bgp_routes: (context) => bgpRecords(context, VIEW),
    mac_table: ({ facts }) =>
      facts.macs.map(({ mac, vlan, port }) => ({ mac, vlan, interface: short(port.name), type: 'dynamic' })),
    arp: (context) => arpRecords(context, { own: false, incomplete: false }),
    interfaces: ({ facts }) =>
      facts.interfaces.map((port) => ({
        ...interfaceRecord(port),
        mtu: mtuOf(port),
        speed: hasBandwidth(port) ? port.speed : null,
      })),
    cdp_neighbors: () => [],
    lldp_neighbors: ({ facts }) => facts.lldp.map(lldpRecord),
  },
  rows: {
    static_routes: (context) => routeRows(context, 'static'),
    ospf_routes: (context) => routeRows(context, 'ospf'),
    bgp_routes: (context) => routeRows(context, 'bgp'),
    mac_table: macRows,
    arp: arpRows,
    interfaces: interfaceRows,
    lldp_neighbors: lldpRows,
  },
  endpoints: {
    static_routes: 'show ip route static',
    ospf_routes: 'show ip route ospf',
    bgp_routes: 'show ip route bgp',
    mac_table: 'show mac address-table',
    arp: 'show ip arp',
    interfaces: 'show interfaces',
    cdp_neighbors: null,
    lldp_neighbors: 'show lldp neighbors detail',
  },
  configCommand: 'show running-config',
};
