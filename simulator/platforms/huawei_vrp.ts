import type { RenderContext, SimPlatform } from '../platform.ts';
import { arpRecords, bgpRecords, interfaceRecord, lldpRecord, ospfRecords, staticRecords } from '../records.ts';
import {
  arpText,
  config,
  interfaceText,
  lldpText,
  macText,
  mtuOf,
  routeText,
  speedOf,
  versionText,
  VIEW,
} from '../render/huawei-vrp.ts';

const show = (render: (context: RenderContext) => string, ...names: string[]) => names.map((name) => ({ name, render }));

/**
 * Huawei VRP 5.170 on a CloudEngine S switch. Assumptions on what it shows: routes one block for each next hop; a discarded prefix is on NULL0
 * with next hop 0.0.0.0; iBGP has the protocol's next hop and the port of its relay; OSPF has no type (external ones are O_ASE) and no
 * area; ARP has own addresses and the switch port behind a VLAN interface; VLAN interfaces, trunks and loopbacks have no speed; switch
 * ports have a frame length as MTU; MAC entries have a VLAN and the type `dynamic`; no CDP.
 */
export const huaweiVrp: SimPlatform = {
  name: 'huawei_vrp',
  ident: 'HUAWEI-1.5',
  oui: 'f4:79:60',
  models: { spine: 'S6730-H24X6C', leaf: 'S5735-L24T4X' },
  speaksCdp: false,
  announcesDomain: false,
  describe: (device) => ({
    description: `${device.model} Huawei Versatile Routing Platform Software VRP (R) software, Version 5.170`,
    platform: device.model,
  }),
  portName: (role, number) =>
    ({
      mgmt: 'MEth0/0/1',
      loopback: 'LoopBack0',
      fabric: `XGigabitEthernet0/0/${number}`,
      lag: `Eth-Trunk${number}`,
      access: `GigabitEthernet0/0/${number}`,
      svi: `Vlanif${number}`,
    })[role],
  hasEnable: false,
  startMode: 'privileged',
  prompt: (device, mode) => (mode === 'config' ? `[${device.name}]` : `<${device.name}>`),
  matching: 'prefix',
  pipes: 'cisco',
  pager: { text: '  ---- More ----', erase: `\x1b[42D${' '.repeat(42)}\x1b[42D`, lines: 23 },
  commands: [
    ...show(routeText, 'display ip routing-table verbose', 'display ip routing-table all-vpn-instance verbose'),
    ...show(macText, 'display mac-address'),
    ...show(arpText, 'display arp all', 'display arp'),
    ...show(({ facts }) => facts.interfaces.map(interfaceText).join(''), 'display interface'),
    ...show(lldpText, 'display lldp neighbor'),
    ...show(versionText, 'display version'),
    ...show(config, 'display current-configuration', 'display current-configuration all'),
  ],
  rules: [
    {
      match: /^screen-length 0 temporary$/,
      effect: { kind: 'paging', on: false },
      says: 'Info: The configuration takes effect on the current user terminal interface only.\n',
    },
    { match: /^(undo )?(ter\w* (monitor|logging)|screen-width \d+)$/, effect: { kind: 'accept' } },
    {
      match: /^sys\w*$/,
      in: ['privileged'],
      effect: { kind: 'mode', to: 'config' },
      says: 'Enter system view, return user view with Ctrl+Z.\n',
    },
    { match: /^(quit|return)$/, in: ['config'], effect: { kind: 'mode', to: 'privileged' } },
    { match: /^(quit|logout)$/, in: ['privileged'], effect: { kind: 'exit' } },
    { match: /^\S/, in: ['config'], effect: { kind: 'accept' } },
  ],
  errors: {
    unknown: (_line, at, indent) => `${' '.repeat(indent + at)}^\nError: Unrecognized command found at '^' position.\n`,
    incomplete: "Error:Incomplete command found at '^' position.\n",
    ambiguous: () => "Error:Ambiguous command found at '^' position.\n",
  },
  greeting: () =>
    'Info: The max number of VTY users is 10, and the number\n      of current VTY users on line is 1.\n      The current login time is 2024-03-04 10:12:13.\n',
  logLine: (device, count) =>
    `Mar  4 2024 10:12:${10 + (count % 50)} ${device.name} %%01IFNET/4/IF_STATE(l)[${count}]:Interface ${device.interfaces[count % device.interfaces.length]?.name} has turned into UP state.`,
  truth: {
    static_routes: (context) => staticRecords(context, VIEW),
    ospf_routes: (context) => ospfRecords(context, VIEW),
    bgp_routes: (context) => bgpRecords(context, VIEW),
    mac_table: ({ facts }) => facts.macs.map(({ mac, vlan, port }) => ({ mac, vlan, interface: port.name, type: 'dynamic' })),
    arp: (context) =>
      arpRecords(context, { own: true, incomplete: false }).map((entry) => {
        const behind = context.facts.arp.find((fact) => fact.address === entry.address)?.behind;
        return behind ? { ...entry, interface: behind.name } : entry;
      }),
    interfaces: ({ facts }) =>
      facts.interfaces.map((port) => ({ ...interfaceRecord(port), mtu: mtuOf(port), speed: speedOf(port) })),
    cdp_neighbors: () => [],
    lldp_neighbors: ({ facts }) => facts.lldp.map(lldpRecord),
  },
  endpoints: {
    static_routes: 'display ip routing-table verbose',
    ospf_routes: 'display ip routing-table verbose',
    bgp_routes: 'display ip routing-table verbose',
    mac_table: 'display mac-address',
    arp: 'display arp all',
    interfaces: 'display interface',
    cdp_neighbors: null,
    lldp_neighbors: 'display lldp neighbor',
  },
  configCommand: 'display current-configuration',
};
