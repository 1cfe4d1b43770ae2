import { CISCO_RULES, ciscoLog } from '../cisco-shell.ts';
import type { RenderContext, SimPlatform } from '../platform.ts';
import { arpRecords, bgpRecords, interfaceRecord, ospfRecords, staticRecords } from '../records.ts';
import { arpText, config, interfaceText, isNamed, portsOf, routeText, VERSION, versionText, VIEW } from '../render/cisco-asa.ts';
import type { Protocol } from '../rib.ts';

const routes = (name: string, protocol: Protocol | null) => ({
  name,
  render: (context: RenderContext) => routeText(context, protocol),
});

/**
 * Cisco ASA 9.16, routed mode, one context. Assumptions on what it shows: routes and ARP name interfaces by `nameif`; BGP routes have none;
 * a discarded prefix is directly connected to Null0; no own addresses and nothing incomplete in the ARP table; ports without a name have
 * no MTU; loopbacks are not listed; there is no MAC table, and it speaks neither CDP nor LLDP.
 */
export const ciscoAsa: SimPlatform = {
  name: 'cisco_asa',
  ident: 'Cisco-2.0',
  oui: '00:a2:89',
  models: { spine: 'ASA5555', leaf: 'ASA5516' },
  speaksCdp: false,
  speaksLldp: false,
  announcesDomain: false,
  describe: (device) => ({ description: `Cisco Adaptive Security Appliance Version ${VERSION}`, platform: device.model }),
  portName: (role, number) =>
    ({
      mgmt: 'Management0/0',
      loopback: 'Loopback1',
      fabric: `TenGigabitEthernet0/${number}`,
      lag: `Port-channel${number}`,
      access: `GigabitEthernet0/${number}`,
      svi: `Vlan${number}`,
    })[role],
  unitName: (role, number, name) =>
    ({ mgmt: 'management', loopback: 'lo1', fabric: `fab${number}`, lag: `core${number}`, access: name, svi: 'inside' })[role],
  hasEnable: true,
  startMode: 'privileged',
  prompt: (device, mode) => `${device.name}${{ user: '>', privileged: '#', config: '(config)#' }[mode]} `,
  matching: 'prefix',
  pipes: 'cisco',
  pager: { text: '<--- More --->', erase: '\r              \r', lines: 23 },
  commands: [
    routes('show route', null),
    ...(['connected', 'static', 'ospf', 'bgp'] as const).map((name) => routes(`show route ${name}`, name)),
    { name: 'show arp', render: arpText },
    { name: 'show interface', render: (context) => portsOf(context).map(interfaceText).join('') },
    { name: 'show version', render: versionText },
    { name: 'show running-config', render: config, refusedIn: ['user'] },
    { name: 'more system:running-config', render: config, refusedIn: ['user'] },
  ],
  rules: [
    { match: /^ter\w* pa\w* 0$/, effect: { kind: 'paging', on: false } },
    { match: /^ter\w* pa\w* \d+$/, effect: { kind: 'paging', on: true } },
    ...CISCO_RULES,
  ],
  errors: {
    unknown: (_line, at, indent) => `${' '.repeat(indent + at)}^\nERROR: % Invalid input detected at '^' marker.\n`,
    incomplete: 'ERROR: % Incomplete command\n',
    ambiguous: (line) => `ERROR: % Ambiguous command:  "${line}"\n`,
  },
  greeting: () =>
    "User admin logged in\nLogins over the last 1 days: 3.  \nFailed logins since the last login: 0.  \nType help or '?' for a list of available commands.\n",
  logLine: ciscoLog,
  truth: {
    static_routes: (context) => staticRecords(context, VIEW),
    ospf_routes: (context) => ospfRecords(context, VIEW),
    bgp_routes: (context) => bgpRecords(context, VIEW),
    mac_table: () => [],
    arp: (context) => arpRecords(context, { own: false, incomplete: false }),
    interfaces: (context) => portsOf(context).map((port) => ({ ...interfaceRecord(port), mtu: isNamed(port) ? port.mtu : null })),
    cdp_neighbors: () => [],
    lldp_neighbors: () => [],
  },
  endpoints: {
    static_routes: 'show route static',
    ospf_routes: 'show route ospf',
    bgp_routes: 'show route bgp',
    mac_table: null,
    arp: 'show arp',
    interfaces: 'show interface',
    cdp_neighbors: null,
    lldp_neighbors: null,
  },
  configCommand: 'more system:running-config',
};
