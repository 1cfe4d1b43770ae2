import type { RenderContext, SimPlatform } from '../platform.ts';
import { arpRecords, bgpRecords, interfaceRecord, lldpRecord, ospfRecords, staticRecords } from '../records.ts';
import {
  arpText,
  config,
  interfaceText,
  isPhysical,
  lldpText,
  physicalText,
  routeText,
  statusText,
  VERSION,
  VIEW,
} from '../render/fortinet.ts';

const show = (render: (context: RenderContext) => string, ...names: string[]) => names.map((name) => ({ name, render }));

/**
 * FortiOS 7.0, no virtual domains. The pager ends only by `set output standard` in `config system console`. Assumptions on what it shows:
 * routes have their interface, BGP's that of the resolved next hop; a discarded prefix is `[254/0] is a summary, Null`; no own addresses
 * and nothing incomplete in the ARP table; interfaces: configured status and address of all, link and speed of physical ones, nothing
 * else; LLDP port by port; there is no MAC table and no CDP.
 */
export const fortinet: SimPlatform = {
  name: 'fortinet',
  ident: 'xxxxxxx',
  oui: '94:f3:92',
  models: { spine: 'FortiGate-600E', leaf: 'FortiGate-60F' },
  speaksCdp: false,
  announcesDomain: false,
  describe: (device) => ({ description: `${device.model} ${VERSION}`, platform: device.model }),
  portName: (role, number) =>
    ({
      mgmt: 'mgmt',
      loopback: 'lo0',
      fabric: `x${number}`,
      lag: `agg${number}`,
      access: `port${number}`,
      svi: `vlan${number}`,
    })[role],
  hasEnable: false,
  startMode: 'privileged',
  prompt: (device, mode) => `${device.name} ${mode === 'config' ? '(console) ' : ''}# `,
  matching: 'prefix',
  pipes: 'grep',
  pager: { text: '--More-- ', erase: '\r         \r', lines: 23 },
  commands: [
    ...show((context) => routeText(context, null), 'get router info routing-table all'),
    ...(['static', 'ospf', 'bgp'] as const).flatMap((name) =>
      show((context) => routeText(context, name), `get router info routing-table ${name}`),
    ),
    ...show(arpText, 'get system arp'),
    ...show(interfaceText, 'get system interface'),
    ...show(physicalText, 'get system interface physical'),
    ...show(lldpText, 'diagnose lldprx neighbor details', 'diagnose lldprx port neighbor details port-name <port>'),
    ...show(statusText, 'get system status'),
    ...show(config, 'show', 'show full-configuration'),
  ],
  rules: [
    { match: /^config system console$/, in: ['privileged'], effect: { kind: 'mode', to: 'config' } },
    { match: /^set output standard$/, in: ['config'], effect: { kind: 'paging', on: false } },
    { match: /^set output more$/, in: ['config'], effect: { kind: 'paging', on: true } },
    { match: /^end$/, in: ['config'], effect: { kind: 'mode', to: 'privileged' } },
    { match: /^exit$/, in: ['privileged'], effect: { kind: 'exit' } },
    { match: /^\S/, in: ['config'], effect: { kind: 'accept' } },
  ],
  errors: {
    unknown: (line, at) =>
      `\ncommand parse error before '${line.slice(at).trim().split(/\s+/)[0] ?? ''}'\nCommand fail. Return code -61\n`,
    incomplete: '\nincomplete command in the end\nCommand fail. Return code -160\n',
  },
  greeting: () => '\n',
  logLine: (device, count) => `\n${device.name}: link status changed, port${count % 8} is up`,
  truth: {
    static_routes: (context) => staticRecords(context, VIEW),
    ospf_routes: (context) => ospfRecords(context, VIEW),
    bgp_routes: (context) => bgpRecords(context, VIEW),
    mac_table: () => [],
    arp: (context) => arpRecords(context, { own: false, incomplete: false }),
    interfaces: ({ facts }) =>
      facts.interfaces.map((port) => ({
        ...interfaceRecord(port),
        description: null,
        oper_status: isPhysical(port) ? (port.up ? 'up' : 'down') : null,
        mac: null,
        mtu: null,
        speed: isPhysical(port) && port.up ? port.speed : null,
      })),
    cdp_neighbors: () => [],
    lldp_neighbors: ({ facts }) => facts.lldp.map(lldpRecord),
  },
  endpoints: {
    static_routes: 'get router info routing-table static',
    ospf_routes: 'get router info routing-table ospf',
    bgp_routes: 'get router info routing-table bgp',
    mac_table: null,
    arp: 'get system arp',
    interfaces: 'get system interface',
    cdp_neighbors: null,
    lldp_neighbors: 'diagnose lldprx neighbor details',
  },
  configCommand: 'show',
};
