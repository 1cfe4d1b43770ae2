import { dottedMac, hostOf, ipNumber, netmask, splitCidr } from '../address.ts';
import { accessList } from '../configs.ts';
import type { PortRole, SimInterface } from '../model.ts';
import type { RenderContext } from '../platform.ts';
import { hexDigits } from '../random.ts';
import type { RouteView } from '../records.ts';
import { ciscoAge, rib, type Protocol } from '../rib.ts';

export const VERSION = '9.16(2)';

/** How ASA prints routes. Interfaces are named by `nameif`, which is the `unit` of a port. */
export const VIEW: RouteView = {
  vrf: null,
  distance: { connected: 0, local: 0, static: 1, ospf: 110, 'ospf-external': 110, ebgp: 20, ibgp: 200 },
  static: { interface: true, metric: 0 },
  blackhole: { interface: 'Null0', distance: null, metric: null },
  ospf: { types: true, area: false },
  bgp: { recursive: true, metric: 0, attributes: false },
  inactive: false,
};

const CODES = `Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       E1 - OSPF external type 1, E2 - OSPF external type 2, V - VPN
       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2
       ia - IS-IS inter area, * - candidate default, U - per-user static route
       o - ODR, P - periodic downloaded static route, + - replicated route
`;

export function routeText(context: RenderContext, protocol: Protocol | null): string {
  const gateway = rib(context).find((entry) => entry.length === 0)?.nextHops[0]?.address;
  const lines = rib(context).flatMap((entry) => {
    if (!entry.active || (protocol !== null && entry.protocol !== protocol)) return [];
    const letter = { connected: 'C', local: 'L', static: 'S', ospf: 'O', bgp: 'B' }[entry.protocol];
    const type = { intra: '', inter: ' IA', 'external-2': ' E2' }[entry.ospf?.type ?? 'intra'];
    const star = entry.protocol === 'static' && entry.length === 0 ? '*' : '';
    const head = `${`${letter}${star}${type}`.padEnd(9)}${entry.network} ${netmask(entry.length)}`;
    if (entry.blackhole) return [`${head} is directly connected, Null0`];
    if (entry.protocol === 'connected' || entry.protocol === 'local')
      return [`${head} is directly connected, ${entry.nextHops[0]?.interface}`];
    const hops = entry.bgp ? [{ address: entry.bgp.nextHop, interface: null }] : entry.nextHops;
    return hops.map((hop, index) => {
      const age = entry.protocol === 'static' ? [] : [ciscoAge(entry.age)];
      const via = [
        `[${VIEW.distance[entry.source]}/${entry.metric}] via ${hop.address}`,
        ...age,
        ...(hop.interface ? [hop.interface] : []),
      ];
      return `${index === 0 ? head : ' '.repeat(17)} ${via.join(', ')}`;
    });
  });
  return `
${CODES}Gateway of last resort is ${gateway ? `${gateway} to network 0.0.0.0` : 'not set'}

${lines.map((line) => `${line}\n`).join('')}
`;
}

export function arpText({ facts }: RenderContext): string {
  return facts.arp
    .filter((entry) => !entry.own && entry.mac !== null)
    .map(({ address, mac, port }) => `\t${port.unit} ${address} ${dottedMac(mac ?? '')} ${ipNumber(address) % 3000}\n`)
    .join('');
}

/** Ports with a name have an MTU and may have an address. */
export const isNamed = (port: SimInterface): boolean => port.addresses.length > 0;
/** Loopbacks are no ports here. */
export const portsOf = ({ facts }: RenderContext): SimInterface[] => facts.interfaces.filter((port) => port.role !== 'loopback');

const HARDWARE: Record<PortRole, string> = {
  mgmt: 'en_vtun',
  loopback: '',
  fabric: 'EtherSVI',
  lag: 'EtherChannel/LACP',
  svi: 'EtherSVI',
  access: 'i82546GB',
  bridge: '',
};

export function interfaceText(port: SimInterface): string {
  const state = port.up ? 'up' : port.admin ? 'down' : 'administratively down';
  const megabits = port.speed / 1e6;
  const hardware = HARDWARE[port.role];
  const [first] = port.addresses;
  return [
    `Interface ${port.name} "${isNamed(port) ? port.unit : ''}", is ${state}, line protocol is ${port.up ? 'up' : 'down'}`,
    `  Hardware is ${hardware}, BW ${megabits} Mbps, DLY 10 usec`,
    ...(port.role === 'svi'
      ? []
      : [port.up ? `\tFull-Duplex(Full-duplex), ${megabits} Mbps(${megabits} Mbps)` : '\tAuto-Duplex, Auto-Speed']),
    ...(port.role === 'svi' ? [] : ['\tInput flow control is unsupported, output flow control is off']),
    ...(port.description ? [`\tDescription: ${port.description}`] : []),
    ...(isNamed(port) ? [] : ['\tAvailable but not configured via nameif']),
    `\tMAC address ${dottedMac(port.mac ?? '')}, MTU ${isNamed(port) ? port.mtu : 'not set'}`,
    first ? `\tIP address ${hostOf(first)}, subnet mask ${netmask(splitCidr(first).length)}` : '\tIP address unassigned',
    ...(port.lag ? [`\tActive member of ${port.lag.name}`] : []),
    '\t140712 packets input, 12063517 bytes, 0 no buffer',
    '\tReceived 8122 broadcasts, 0 runts, 0 giants',
    '\t0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored, 0 abort',
    '\t98541 packets output, 9072311 bytes, 0 underruns',
    '\t0 output errors, 0 collisions, 1 interface resets',
    '',
  ].join('\n');
}

export function versionText({ device }: RenderContext): string {
  return `Cisco Adaptive Security Appliance Software Version ${VERSION} 
Device Manager Version 7.16(1)

Compiled on Thu 17-Jun-21 10:18 GMT by builders
System image file is "disk0:/asa9-16-2-smp-k8.bin"

${device.name} up ${10 + (device.index % 90)} days 3 hours

Hardware:   ${device.model}, 8192 MB RAM, CPU Lynnfield 2394 MHz, 1 CPU (4 cores)
Serial Number: ${device.serial}
Configuration has not been modified since last system restart.
`;
}

export function config({ device, facts, seed }: RenderContext): string {
  const secret = (count: number, what: string): string => hexDigits(count, seed, device.index, what);
  return [
    ': Saved',
    '',
    ': ',
    `: Serial Number: ${device.serial}`,
    `: Hardware:   ${device.model}, 8192 MB RAM, CPU Lynnfield 2394 MHz, 1 CPU (4 cores)`,
    `: Written by admin at 10:${String(device.revision % 60).padStart(2, '0')}:13.123 UTC Mon Mar 4 2024`,
    '!',
    `ASA Version ${VERSION} `,
    '!',
    `hostname ${device.name}`,
    `enable password $sha512$5000$${secret(22, 'enable')} pbkdf2`,
    'names',
    '!',
    ...facts.interfaces.flatMap((port) => [
      `interface ${port.name}`,
      ...(port.description ? [` description ${port.description}`] : []),
      ...(port.lag ? [` channel-group ${port.lag.number} mode active`] : []),
      ...(isNamed(port) ? [` nameif ${port.unit}`, ' security-level 100'] : [' no nameif']),
      ...port.addresses.map((cidr) => ` ip address ${hostOf(cidr)} ${netmask(splitCidr(cidr).length)} `),
      ...(port.admin ? [] : [' shutdown']),
      '!',
    ]),
    ...accessList(
      device,
      'access-list EDGE-IN remark edge',
      (rule) => `access-list EDGE-IN extended ${rule.replace('0.0.0.255', '255.255.255.0')} `,
    ),
    ...facts.static.flatMap((route) =>
      route.blackhole
        ? [`route Null0 ${route.network} ${netmask(route.length)} 1`]
        : route.nextHops.map(
            (hop) => `route ${hop.interface ?? 'inside'} ${route.network} ${netmask(route.length)} ${hop.address} 1`,
          ),
    ),
    `snmp-server community ${secret(12, 'snmp')}`,
    `username admin password $sha512$5000$${secret(22, 'admin')} pbkdf2 privilege 15`,
    ...(device.revision > 0 ? [`banner motd revision ${device.revision}`] : []),
    `Cryptochecksum:${secret(32, 'sum').toLowerCase()}`,
    ': end',
    '',
  ].join('\n');
}
