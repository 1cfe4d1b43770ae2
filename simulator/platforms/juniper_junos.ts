import type { Interface } from '../../core/facts.ts';
import type { SimInterface } from '../model.ts';
import type { RenderContext, SimPlatform } from '../platform.ts';
import { arpRecords, bgpRecords, interfaceRecord, lldpRecord, ospfRecords, staticRecords } from '../records.ts';
import {
  arpRows,
  arpText,
  hasUnit,
  interfaceText,
  lldpRows,
  lldpText,
  physicalMtu,
  routeText,
  speedText,
  switchingRows,
  switchingText,
  VERSION,
  versionText,
  VIEW,
  type JunosProtocol,
} from '../render/juniper-junos.ts';
import { configBraces, configSet } from '../render/junos-config.ts';
import { arpJson, interfacesJson, lldpJson, routesJson, switchingJson } from '../render/junos-json.ts';

const routes = (protocol: JunosProtocol) => [
  { name: `show route protocol ${protocol}`, render: (context: RenderContext) => routeText(context, protocol) },
  { name: `show route protocol ${protocol} | display json`, render: (context: RenderContext) => routesJson(context, protocol) },
];

/** The physical port, and its unit where it has one: addresses are the unit's. */
function interfaceRecords(port: SimInterface): Interface[] {
  const speed = speedText(port);
  const physical = {
    ...interfaceRecord(port),
    description: port.role === 'svi' ? null : port.description,
    addresses: [],
    mtu: physicalMtu(port),
    speed: speed === null || speed === 'Auto' ? null : port.speed,
  };
  if (!hasUnit(port)) return [physical];
  const logical: Interface = {
    name: port.unit,
    description: port.role === 'svi' ? port.description : null,
    admin_status: null,
    oper_status: port.role === 'loopback' ? null : port.up ? 'up' : 'down',
    mac: null,
    addresses: port.addresses,
    mtu: port.role === 'loopback' || port.lag ? null : port.role === 'access' ? physicalMtu(port) : port.mtu,
    speed: null,
    vrf: null,
  };
  return [physical, logical];
}

/** Switches are members of a virtual chassis and say so before each prompt; routers are not. */
const member = (role: 'spine' | 'leaf'): string => (role === 'leaf' ? '{master:0}\n' : '');

/**
 * Juniper Junos 20.4, EX4300 leaves and MX204 spines. Assumptions on what it shows: `show route protocol` in brief style has neither
 * OSPF type nor area, and BGP carries AS path, local preference and origin (`I`, `?`); static and BGP routes have no metric; table
 * inet.0 is the global one (VRF null); an interface is a physical port and a logical unit: MTU, MAC and speed belong to the port,
 * addresses to the unit, whose own state is only its `iff-up` flag (loopbacks have none); physical MTUs count 14 bytes of header;
 * ports without link have speed `Auto` (null); LLDP is that of `show lldp neighbors detail`, without it there is neither management
 * address nor capabilities; the ARP table
 * names the port behind a VLAN interface in brackets; no own addresses and nothing incomplete in it; no CDP.
 */
export const juniperJunos: SimPlatform = {
  name: 'juniper_junos',
  ident: 'OpenSSH_7.5',
  oui: '2c:6b:f5',
  models: { spine: 'MX204', leaf: 'EX4300-48T' },
  speaksCdp: false,
  announcesDomain: false,
  describe: (device) => ({
    description: `Juniper Networks, Inc. ${device.model.toLowerCase()} internet router, kernel JUNOS ${VERSION}`,
    platform: device.model,
  }),
  portName: (role, number, { role: place }) =>
    ({
      mgmt: place === 'leaf' ? 'me0' : 'fxp0',
      loopback: 'lo0',
      fabric: `xe-0/1/${number - 1}`,
      lag: `ae${number - 1}`,
      access: `ge-0/0/${number - 1}`,
      svi: 'irb',
    })[role],
  unitName: (role, number, name) => `${name}.${role === 'svi' ? number : 0}`,
  hasEnable: false,
  startMode: 'privileged',
  prompt: (device, mode) =>
    `${mode === 'config' ? '[edit]\n' : ''}${member(device.role)}${device.user}@${device.name}${mode === 'config' ? '#' : '>'} `,
  matching: 'prefix',
  pipes: 'junos',
  pager: { text: '---(more)---', erase: `\r${' '.repeat(40)}\r`, lines: 23 },
  commands: [
    ...routes('static'),
    ...routes('ospf'),
    ...routes('bgp'),
    { name: 'show ethernet-switching table', render: switchingText },
    { name: 'show ethernet-switching table | display json', render: switchingJson },
    { name: 'show arp no-resolve', render: arpText },
    { name: 'show arp no-resolve | display json', render: arpJson },
    { name: 'show lldp neighbors', render: lldpText },
    { name: 'show lldp neighbors | display json', render: (context) => lldpJson(context, false) },
    { name: 'show lldp neighbors detail | display json', render: (context) => lldpJson(context, true) },
    { name: 'show interfaces', render: ({ facts }) => facts.interfaces.map(interfaceText).join('') },
    { name: 'show interfaces | display json', render: interfacesJson },
    { name: 'show version', render: versionText },
    { name: 'show configuration', render: configBraces },
    { name: 'show configuration | display omit', render: configBraces },
    { name: 'show configuration | display set', render: configSet },
  ],
  rules: [
    { match: /^set cli screen-length 0$/, effect: { kind: 'paging', on: false }, says: 'Screen length set to 0\n' },
    { match: /^set cli screen-length \d+$/, effect: { kind: 'paging', on: true }, says: 'Screen length set\n' },
    { match: /^set cli screen-width \d+$/, effect: { kind: 'accept' }, says: 'Screen width set\n' },
    { match: /^set cli (complete-on-space|timestamp|idle-timeout|prompt)\b/, effect: { kind: 'accept' } },
    {
      match: /^conf\w*$/,
      in: ['privileged'],
      effect: { kind: 'mode', to: 'config' },
      says: 'Entering configuration mode\n',
    },
    { match: /^(exit|quit)(\s+configuration-mode)?$/, in: ['config'], effect: { kind: 'mode', to: 'privileged' } },
    { match: /^(exit|quit)$/, in: ['privileged'], effect: { kind: 'exit' } },
    { match: /^\S/, in: ['config'], effect: { kind: 'accept' } },
  ],
  errors: {
    unknown: (_line, at, indent) => `${' '.repeat(indent + at)}^\nunknown command.\n`,
    incomplete: 'syntax error, expecting <command>.\n',
    ambiguous: (line) => `${' '.repeat(line.length)}^\n'${line}' is ambiguous.\n`,
  },
  greeting: (device) =>
    `Last login: Mon Mar  4 09:12:44 2024 from ${device.host}\n--- JUNOS ${VERSION} built 2021-09-21 14:41:53 UTC\n`,
  execNewline: '\n',
  logLine: (device, count) =>
    `\nMessage from syslogd@${device.name} at Mar  4 10:12:${10 + (count % 50)}  ...\n${device.name} mib2d[1823]: SNMP_TRAP_LINK_UP: ifIndex ${500 + (count % 40)}, ifAdminStatus up(1)`,
  truth: {
    static_routes: (context) => staticRecords(context, VIEW),
    ospf_routes: (context) => ospfRecords(context, VIEW),
    bgp_routes: (context) => bgpRecords(context, VIEW),
    mac_table: ({ facts }) => facts.macs.map(({ mac, vlan, port }) => ({ mac, vlan, interface: port.unit, type: 'dynamic' })),
    arp: (context) => arpRecords(context, { own: false, incomplete: false }),
    interfaces: ({ facts }) => facts.interfaces.flatMap(interfaceRecords),
    cdp_neighbors: () => [],
    lldp_neighbors: ({ facts }) => facts.lldp.map(lldpRecord),
  },
  rows: { mac_table: switchingRows, arp: arpRows, lldp_neighbors: lldpRows },
  endpoints: {
    static_routes: 'show route protocol static',
    ospf_routes: 'show route protocol ospf',
    bgp_routes: 'show route protocol bgp',
    mac_table: 'show ethernet-switching table',
    arp: 'show arp no-resolve',
    interfaces: 'show interfaces',
    cdp_neighbors: null,
    lldp_neighbors: 'show lldp neighbors',
  },
  configCommand: 'show configuration | display omit',
};
