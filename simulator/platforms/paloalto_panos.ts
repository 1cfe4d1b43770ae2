import type { Interface } from '../../core/facts.ts';
import type { RenderContext, SimPlatform } from '../platform.ts';
import { arpRecords, bgpRecords, lldpRecord, ospfRecords, staticRecords } from '../records.ts';
import {
  arpText,
  config,
  hardware,
  hardwareText,
  lldpText,
  logical,
  logicalText,
  macText,
  routeText,
  systemText,
  VERSION,
  VIEW,
} from '../render/paloalto-panos.ts';

const show = (render: (context: RenderContext) => string, ...names: string[]) => names.map((name) => ({ name, render }));

/** Hardware and logical interfaces under one name are one; what only the configuration tells is unknown. */
function interfaceRecords(context: RenderContext): Interface[] {
  const ports = new Set(hardware(context));
  return logical(context).map((port) => ({
    name: port.unit,
    description: null,
    admin_status: null,
    oper_status: ports.has(port) ? (port.up ? 'up' : 'down') : null,
    mac: ports.has(port) ? port.mac : null,
    addresses: port.addresses,
    mtu: null,
    speed: ports.has(port) && port.up && port.role !== 'lag' ? port.speed : null,
    vrf: null,
  }));
}

/**
 * PAN-OS 10.1, one virtual router. Assumptions on what it shows: routes have no distance; BGP routes have neither interface nor metric, a
 * discarded prefix the next hop `discard`; the virtual router's name is the VRF, `default` is the global one (null); MAC entries have the
 * name of a VLAN object, no VLAN id, and `c` for what was learned; ARP has no own addresses, and `(incomplete)` for who never answered;
 * interfaces: state, speed and MAC of hardware ones, addresses of logical ones; what is configured is not told and the management port
 * is not among them; no CDP.
 */
export const paloaltoPanos: SimPlatform = {
  name: 'paloalto_panos',
  ident: 'OpenSSH_8.0',
  oui: '00:1b:17',
  models: { spine: 'PA-3430', leaf: 'PA-440' },
  speaksCdp: false,
  announcesDomain: false,
  describe: (device) => ({ description: `Palo Alto Networks ${device.model} series firewall`, platform: device.model }),
  portName: (role, number) =>
    ({
      mgmt: 'management',
      loopback: 'loopback',
      fabric: `ethernet1/${number + 8}`,
      lag: `ae${number}`,
      access: `ethernet1/${number}`,
      svi: 'vlan',
    })[role],
  unitName: (role, number, name) => (role === 'loopback' ? 'loopback.1' : role === 'svi' ? `vlan.${number}` : name),
  hasEnable: false,
  startMode: 'privileged',
  prompt: (device, mode) =>
    `${mode === 'config' ? '[edit]\n' : ''}${device.user}@${device.name}${mode === 'config' ? '#' : '>'} `,
  matching: 'prefix',
  pipes: 'junos',
  pager: { text: 'lines 1-23 ', erase: '\r\x1b[K', lines: 23 },
  commands: [
    ...show((context) => routeText(context, null), 'show routing route'),
    ...(['static', 'ospf', 'bgp'] as const).flatMap((name) =>
      show((context) => routeText(context, name), `show routing route type ${name}`),
    ),
    ...show(macText, 'show mac all'),
    ...show(arpText, 'show arp all'),
    ...show((context) => `${hardwareText(context, true)}${logicalText(context)}`, 'show interface all'),
    ...show((context) => hardwareText(context), 'show interface hardware'),
    ...show(logicalText, 'show interface logical'),
    ...show(lldpText, 'show lldp neighbors all'),
    ...show(systemText, 'show system info'),
    ...show(config, 'show config running'),
  ],
  rules: [
    { match: /^set cli pager off$/, effect: { kind: 'paging', on: false } },
    { match: /^set cli pager on$/, effect: { kind: 'paging', on: true } },
    { match: /^set cli (scripting-mode|terminal|config-output-format|confirmation-prompt)\b/, effect: { kind: 'accept' } },
    { match: /^configure$/, in: ['privileged'], effect: { kind: 'mode', to: 'config' }, says: 'Entering configuration mode\n' },
    { match: /^(exit|quit)$/, in: ['config'], effect: { kind: 'mode', to: 'privileged' }, says: 'Exiting configuration mode\n' },
    { match: /^(exit|quit)$/, in: ['privileged'], effect: { kind: 'exit' } },
    { match: /^\S/, in: ['config'], effect: { kind: 'accept' } },
  ],
  errors: { unknown: (line) => `\nUnknown command: ${line.trim().split(/\s+/)[0] ?? ''}\n`, incomplete: '\nInvalid syntax.\n' },
  greeting: (device) =>
    `Last login: Mon Mar  4 09:12:44 2024 from ${device.host}\n\nNumber of failed attempts since last successful login: 0\n\n`,
  logLine: (device, count) => `\n${device.name}: port ethernet1/${1 + (count % 8)} link up, version ${VERSION}`,
  truth: {
    static_routes: (context) => staticRecords(context, VIEW).map((route) => ({ ...route, distance: null })),
    ospf_routes: (context) => ospfRecords(context, VIEW).map((route) => ({ ...route, distance: null })),
    bgp_routes: (context) => bgpRecords(context, VIEW).map((route) => ({ ...route, distance: null })),
    mac_table: ({ facts }) => facts.macs.map(({ mac, port }) => ({ mac, vlan: null, interface: port.name, type: 'dynamic' })),
    arp: (context) => arpRecords(context, { own: false, incomplete: true }),
    interfaces: interfaceRecords,
    cdp_neighbors: () => [],
    lldp_neighbors: ({ facts }) => facts.lldp.map(lldpRecord),
  },
  endpoints: {
    static_routes: 'show routing route type static',
    ospf_routes: 'show routing route type ospf',
    bgp_routes: 'show routing route type bgp',
    mac_table: 'show mac all',
    arp: 'show arp all',
    interfaces: 'show interface all',
    cdp_neighbors: null,
    lldp_neighbors: 'show lldp neighbors all',
  },
  configCommand: 'show config running',
};
