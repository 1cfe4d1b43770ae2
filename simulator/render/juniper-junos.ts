import { broadcastOf, hostOf, networkOf } from '../address.ts';
import type { ArpFact, SimInterface } from '../model.ts';
import type { RenderContext } from '../platform.ts';
import { listed, type RouteView } from '../records.ts';
import type { RibEntry } from '../rib.ts';

export const VERSION = '20.4R3.8';

/** How Junos prints routes. */
export const VIEW: RouteView = {
  vrf: null,
  distance: { connected: 0, local: 0, static: 5, ospf: 10, 'ospf-external': 150, ebgp: 170, ibgp: 170 },
  static: { interface: true, metric: null },
  blackhole: { interface: null, distance: 5, metric: null },
  ospf: { types: false, area: false },
  bgp: { recursive: false, metric: null, attributes: true },
  inactive: false,
};

export type JunosProtocol = 'static' | 'ospf' | 'bgp';

const NAMES: Record<JunosProtocol, string> = { static: 'Static', ospf: 'OSPF', bgp: 'BGP' };
const two = (value: number): string => String(value).padStart(2, '0');

/** `1w2d 03:04:05`, as Junos counts ages. */
function ageText(seconds: number): string {
  const clock = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const days = Math.floor(seconds / 86400);
  if (days === 0) return clock;
  return days < 7 ? `${days}d ${clock}` : `${Math.floor(days / 7)}w${days % 7}d ${clock}`;
}

const asPath = (entry: RibEntry): string => `${entry.bgp?.asPath.join(' ') ?? ''} ${entry.bgp?.origin === 'igp' ? 'I' : '?'}`;

/** `show route protocol …` as text. */
export function routeText(context: RenderContext, protocol: JunosProtocol): string {
  const entries = listed(context, VIEW, protocol);
  const total = context.facts.static.length + context.facts.ospf.length + context.facts.bgp.length;
  const lines = entries.map((entry) => {
    const more =
      entry.protocol === 'bgp'
        ? `, localpref ${entry.bgp?.localPref ?? 100}${entry.source === 'ibgp' ? `, from ${entry.bgp?.nextHop ?? ''}` : ''}\n${' '.repeat(22)}AS path: ${asPath(entry)}, validation-state: unverified`
        : entry.protocol === 'ospf'
          ? `, metric ${entry.metric}${entry.source === 'ospf-external' ? ', tag 0' : ''}`
          : '';
    const prefix = `${entry.network}/${entry.length}`;
    const head = prefix.length < 19 ? prefix.padEnd(19) : `${prefix}\n${' '.repeat(19)}`;
    const hops = entry.blackhole
      ? ['   Discard']
      : entry.nextHops.map((hop, index) => `${index === 0 ? '>' : ' '}  to ${hop.address} via ${hop.interface}`);
    const first = `${head}*[${NAMES[protocol]}/${VIEW.distance[entry.source]}] ${ageText(entry.age)}${more}`;
    return [first, ...hops.map((hop) => `${' '.repeat(20)}${hop}`)].join('\n');
  });
  const table = `\ninet.0: ${total} destinations, ${total} routes (${total} active, 0 holddown, 0 hidden)\n`;
  const body = lines.length > 0 ? `+ = Active Route, - = Last Active, * = Both\n\n${lines.join('\n')}\n` : '';
  return `${table}${body}\ninet6.0: 1 destinations, 1 routes (1 active, 0 holddown, 0 hidden)\n`;
}

export function switchingRows({ facts }: RenderContext) {
  return facts.macs.map(({ mac, vlan, port }) => ({
    vlan_id: String(vlan),
    bridge_domain_id: '',
    mac_address: mac,
    mac_flag: 'D',
    age: '-',
    logical_interface: port.unit,
  }));
}

export function switchingText(context: RenderContext): string {
  const rows = switchingRows(context);
  if (rows.length === 0) return '';
  const lines = rows.map((r) => {
    const [vlan, mac, flag, age, port] = [r.vlan_id, r.mac_address, r.mac_flag, r.age, r.logical_interface];
    return `    ${`Vlan${vlan}`.padEnd(20)}${mac}   ${flag?.padEnd(14)}${age}   ${port?.padEnd(23)}0         0\n`;
  });
  return `
MAC flags (S - static MAC, D - dynamic MAC, L - locally learned, P - Persistent static
           SE - statistics enabled, NM - non configured MAC, R - remote PE MAC, O - ovsdb MAC)


Ethernet switching table : ${rows.length} entries, ${rows.length} learned
Routing instance : default-switch
    Vlan                MAC                 MAC         Age    Logical                NH        RTR
    name                address             flags              interface              Index     ID
${lines.join('')}`;
}

const learned = ({ facts }: RenderContext): ArpFact[] => facts.arp.filter((entry) => !entry.own && entry.mac !== null);

/** A VLAN interface is followed by the port the host is on. */
export const arpPort = ({ port, behind }: ArpFact): string => (behind ? `${port.unit} [${behind.unit}]` : port.unit);

export function arpRows(context: RenderContext) {
  return learned(context).map((fact) => ({
    mac_address: fact.mac ?? '',
    ip_address: fact.address,
    interface: fact.port.unit,
    flags: fact.behind ? `[${fact.behind.unit}]` : 'none',
  }));
}

export function arpText(context: RenderContext): string {
  const entries = learned(context);
  const lines = entries.map((fact) => `${fact.mac ?? ''} ${fact.address.padEnd(15)} ${arpPort(fact).padEnd(24)} none\n`);
  return `MAC Address       Address         Interface                Flags\n${lines.join('')}Total entries: ${entries.length}\n`;
}

export { learned as arpLearned };

export function lldpRows({ facts }: RenderContext) {
  return facts.lldp.map((fact) => ({
    local_interface: fact.port.name,
    parent_interface: fact.port.lag?.name ?? '-',
    chassis_id: fact.mac,
    neighbor_interface: fact.remotePort,
    neighbor_name: fact.name,
  }));
}

export function lldpText(context: RenderContext): string {
  const lines = lldpRows(context).map((r) => {
    const [local, parent, chassis, remote, name] = [
      r.local_interface,
      r.parent_interface,
      r.chassis_id,
      r.neighbor_interface,
      r.neighbor_name,
    ];
    return `${local?.padEnd(19)}${parent?.padEnd(20)}${chassis?.padEnd(20)}${remote?.padEnd(18)} ${name}\n`;
  });
  return `Local Interface    Parent Interface    Chassis Id          Port info          System Name\n${lines.join('')}`;
}

/** Junos leaves out the trailing zero octets of a network: `172.16.1/24`. */
export function shortNetwork(cidr: string): string {
  const { network, length } = networkOf(cidr);
  return `${network.replace(/(\.0)+$/, '')}/${length}`;
}

/** `10Gbps`, `1000mbps`; a copper port without link says Auto. */
export function speedText(port: SimInterface): string | null {
  if (port.role === 'loopback' || port.role === 'svi') return null;
  if (port.role === 'access' && !port.up) return 'Auto';
  return port.speed >= 1e10 ? `${port.speed / 1e9}Gbps` : `${port.speed / 1e6}mbps`;
}

/** Physical MTUs count the Ethernet header. */
export const physicalMtu = (port: SimInterface): number | null => (port.role === 'loopback' ? null : port.mtu + 14);
/** Ports that have a logical unit. */
export const hasUnit = (port: SimInterface): boolean => port.addresses.length > 0 || port.role === 'access' || port.lag !== null;

function logicalText(port: SimInterface): string {
  const up = port.role === 'loopback' ? 'SNMP-Traps' : `${port.up ? 'Up' : 'Device-Down'} SNMP-Traps 0x4004000`;
  const inet = port.addresses.flatMap((cidr) => [
    `    Protocol inet, MTU: ${port.role === 'loopback' ? 'Unlimited' : port.mtu}`,
    '      Flags: Sendbcast-pkt-to-re',
    '      Addresses, Flags: Is-Preferred Is-Primary',
    cidr.endsWith('/32')
      ? `        Local: ${hostOf(cidr)}`
      : `        Destination: ${shortNetwork(cidr)}, Local: ${hostOf(cidr)}, Broadcast: ${broadcastOf(cidr)}`,
  ]);
  return [
    '',
    `  Logical interface ${port.unit} (Index 74) (SNMP ifIndex 535)`,
    ...(port.role === 'svi' && port.description ? [`    Description: ${port.description}`] : []),
    `    Flags: ${up} Encapsulation: ${port.role === 'loopback' ? 'Unspecified' : 'ENET2'}`,
    '    Input packets : 12439041',
    '    Output packets: 2552075',
    ...inet,
    ...(port.lag ? [`    Protocol aenet, AE bundle: ${port.lag.unit}`] : []),
    ...(port.role === 'access' ? [`    Protocol eth-switch, MTU: ${physicalMtu(port)}`] : []),
  ].join('\n');
}

/** `show interfaces` as text. ntc-templates 9.3.0 cannot read loopbacks and ports that are shut down in it. */
export function interfaceText(port: SimInterface): string {
  const speed = speedText(port);
  const type =
    port.role === 'loopback'
      ? '  Type: Loopback, MTU: Unlimited'
      : `  Link-level type: Ethernet, MTU: ${physicalMtu(port)}${speed ? `, Speed: ${speed}` : ''}, BPDU Error: None, Loopback: Disabled, Flow control: Disabled`;
  const address = port.mac ? [`  Current address: ${port.mac}, Hardware address: ${port.mac}`] : [];
  return [
    `Physical interface: ${port.name}, ${port.admin ? 'Enabled' : 'Administratively down'}, Physical link is ${port.up ? 'Up' : 'Down'}`,
    '  Interface index: 134, SNMP ifIndex: 502',
    ...(port.description && port.role !== 'svi' ? [`  Description: ${port.description}`] : []),
    type,
    '  Device flags   : Present Running',
    '  Interface flags: SNMP-Traps Internal: 0x4000',
    ...address,
    '  Last flapped   : 2023-02-09 13:37:59 UTC (23:39:35 ago)',
    '  Input rate     : 0 bps (0 pps)',
    '  Output rate    : 0 bps (0 pps)',
    ...(hasUnit(port) ? [logicalText(port)] : []),
    '',
    '',
  ].join('\n');
}

export function versionText({ device }: RenderContext): string {
  return `Hostname: ${device.name}
Model: ${device.model.toLowerCase()}
Junos: ${VERSION}
JUNOS OS Kernel 64-bit  [20210921.ee06dda_builder_stable_11-204ab]
JUNOS OS libs [20210921.ee06dda_builder_stable_11-204ab]
`;
}
