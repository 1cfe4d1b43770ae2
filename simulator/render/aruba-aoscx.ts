import { accessList } from '../configs.ts';
import type { Capability, SimInterface } from '../model.ts';
import type { RenderContext } from '../platform.ts';
import { hexDigits } from '../random.ts';
import type { RouteView } from '../records.ts';
import { rib, type Protocol } from '../rib.ts';

export const VERSION = 'FL.10.08.1010';

/** How AOS-CX 10.08 prints routes: one line for each next hop, its address or, where it has none, the interface. */
export const VIEW: RouteView = {
  vrf: null,
  distance: { connected: 0, local: 0, static: 1, ospf: 110, 'ospf-external': 110, ebgp: 20, ibgp: 200 },
  static: { interface: false, metric: 0 },
  blackhole: { interface: null, distance: 1, metric: 0 },
  ospf: { types: false, area: false },
  bgp: { recursive: true, metric: 0, attributes: false },
  inactive: false,
};

export function routeText(context: RenderContext, protocol: Protocol | null): string {
  const blocks = rib(context).flatMap((entry) => {
    if (!entry.active || (protocol !== null && entry.protocol !== protocol)) return [];
    const hops = entry.bgp ? [{ address: entry.bgp.nextHop, interface: null }] : entry.nextHops;
    const cost = `[${VIEW.distance[entry.source]}/${entry.metric}],  ${entry.protocol}`;
    const lines = hops.map((hop) => `\tvia  ${entry.blackhole ? 'blackhole' : (hop.address ?? hop.interface)},  ${cost}\n`);
    return [`${entry.network}/${entry.length}, vrf default\n${lines.join('')}`];
  });
  return `
Displaying ipv4 routes selected for forwarding

'[x/y]' denotes [distance/metric]

${blocks.join('')}
`;
}

export function macText({ facts }: RenderContext): string {
  const lines = facts.macs.map(
    ({ mac, vlan, port }) => `${mac}    ${String(vlan).padEnd(8)} dynamic                   ${port.name}\n`,
  );
  if (lines.length === 0) return 'No MAC entries found.\n';
  return `MAC age-time            : 300 seconds
Number of MAC addresses : ${lines.length}

MAC Address          VLAN     Type                      Port
--------------------------------------------------------------
${lines.join('')}`;
}

export function arpText({ facts }: RenderContext): string {
  const entries = facts.arp.filter((entry) => !entry.own && entry.mac !== null);
  const rule = '-'.repeat(114);
  const lines = entries.map(
    ({ address, mac, port, behind }) =>
      `${address.padEnd(16)} ${mac}  ${port.unit.padEnd(12)} ${(behind ?? port).name.padEnd(26)} reachable  default\n`,
  );
  return `
IPv4 Address     MAC                Port         Physical Port              State      VRF
${rule}
${lines.join('')}
Total Number Of ARP Entries Listed- ${entries.length}.
${rule}
`;
}

/** Loopbacks have neither MAC nor MTU and speed in the text. */
export const isPlain = (port: SimInterface): boolean => port.role === 'loopback';

export function interfaceText(port: SimInterface): string {
  const head = [
    `${port.role === 'lag' ? 'Aggregate' : 'Interface'} ${port.name} is ${port.up ? 'up' : 'down'} `,
    ` Admin state is ${port.admin ? 'up' : 'down'}`,
    ...(port.up ? [] : [` State information: ${port.admin ? 'Waiting for link' : 'Administratively down'}`]),
    ` Link transitions: ${port.up ? 1 : 0}`,
    ` Description: ${port.description ?? ''}`,
  ];
  const addresses = port.addresses.map((cidr) => ` IPv4 address ${cidr}`);
  if (isPlain(port)) return [...head, ...addresses, ''].join('\n');
  return [
    ...head,
    port.role === 'lag' ? ` MAC Address                 : ${port.mac}` : ` Hardware: Ethernet, MAC Address: ${port.mac} `,
    ...addresses,
    ` MTU ${port.mtu} `,
    ...(port.role === 'svi' ? [] : [` Type ${port.speed >= 1e10 ? 'SFP+DAC1' : '1GbT'}`, ' Full-duplex ', ' qos trust none']),
    ...(port.role === 'svi'
      ? []
      : [
          ` Speed ${port.up ? port.speed / 1e6 : 0} Mb/s `,
          ' Auto-negotiation is on',
          ' Flow-control: off ',
          ' Error-control: off ',
        ]),
    ...(port.role === 'access' ? [' VLAN Mode: access', ` Access VLAN: ${port.vlan}`] : []),
    ' Rx',
    '      2417650 total packets            457274611 total bytes',
    '            0   unicast packets',
    '      1831055   multicast packets',
    '       586595   broadcast packets',
    '            0 errors                           0 dropped',
    '            0 CRC/FCS',
    ' Tx',
    '    116722501 total packets           8432615310 total bytes',
    '            0   unicast packets',
    '    116722496   multicast packets',
    '            5   broadcast packets',
    '            0 errors                          14 dropped',
    '            0 collision',
    '',
    '',
  ].join('\n');
}

const WORDS: Record<Capability, string> = { bridge: 'Bridge', router: 'Router', wlan: 'WLAN' };

export function lldpDetail({ facts }: RenderContext): string {
  const rule = '-'.repeat(80);
  const blocks = facts.lldp.map((fact) => {
    const words = fact.capabilities.map((capability) => WORDS[capability]).join(', ');
    return `
Port                           : ${fact.port.name}
Neighbor Entries               : 1
Neighbor Entries Deleted       : 0
Neighbor Entries Dropped       : 0
Neighbor Entries Aged-Out      : 0
Neighbor System-Name           : ${fact.name}
Neighbor System-Description    : ${fact.description}
Neighbor Chassis-ID            : ${fact.mac}
Neighbor Management-Address    : ${fact.address ?? ''}
Chassis Capabilities Available : ${words}
Chassis Capabilities Enabled   : ${words}
Neighbor Port-ID               : ${fact.remotePort}
Neighbor Port-Desc             : ${fact.remotePortDescription}
Neighbor Port VLAN ID          : 
TTL                            : 120

${rule}
`;
  });
  return `
LLDP Neighbor Information 
=========================

Total Neighbor Entries          : ${facts.lldp.length}
Total Neighbor Entries Deleted  : 0
Total Neighbor Entries Dropped  : 0
Total Neighbor Entries Aged-Out : 0

${rule}
${blocks.join('')}`;
}

export function systemText({ device }: RenderContext): string {
  return `Hostname               : ${device.name}
System Description     : ${VERSION}
System Contact         : 
System Location        : 

Vendor                 : Aruba
Product Name           : ${device.model} Switch
Chassis Serial Nbr     : ${device.serial}
Base MAC Address       : ${device.chassisMac.replaceAll(':', '').replace(/^(.{6})/, '$1-')}
AOS-CX Version         : ${VERSION}

Time Zone              : UTC

Up Time                : ${1 + (device.index % 40)} weeks, 5 days, 6 hours, 12 minutes
CPU Util (%)           : 9
Memory Usage (%)       : 22
`;
}

export function config({ device, facts, seed }: RenderContext): string {
  const secret = (count: number, what: string): string => hexDigits(count, seed, device.index, what);
  return [
    'Current configuration:',
    '!',
    `!Version ArubaOS-CX ${VERSION}`,
    '!export-password: default',
    `hostname ${device.name}`,
    `user admin group administrators password ciphertext ${secret(64, 'admin')}`,
    `snmp-server community ${secret(12, 'snmp')}`,
    ...accessList(device, 'access-list ip EDGE-IN', (rule) => `    10 ${rule}`),
    'ssh server vrf mgmt',
    ...(device.revision > 0 ? [`banner exec revision ${device.revision}`] : []),
    'vlan 1,10,20',
    ...facts.interfaces.flatMap((port) => [
      `interface ${port.name}`,
      ...(port.admin ? ['    no shutdown'] : []),
      ...(port.description ? [`    description ${port.description}`] : []),
      ...(port.role === 'access' ? [`    vlan access ${port.vlan}`] : []),
      ...(port.lag ? [`    lag ${port.lag.number}`] : []),
      ...port.addresses.map((cidr) => `    ip address ${cidr}`),
    ]),
    ...facts.static.flatMap((route) =>
      route.blackhole
        ? [`ip route ${route.network}/${route.length} blackhole`]
        : route.nextHops.map((hop) => `ip route ${route.network}/${route.length} ${hop.address}`),
    ),
    'router ospf 1',
    `    router-id ${device.loopback}`,
    'https-server vrf mgmt',
    '',
  ].join('\n');
}
