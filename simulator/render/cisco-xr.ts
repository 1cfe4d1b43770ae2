import { dottedMac, ipNumber } from '../address.ts';
import { accessList } from '../configs.ts';
import type { PortRole, SimInterface } from '../model.ts';
import type { RenderContext } from '../platform.ts';
import { hexDigits } from '../random.ts';
import { cdpWords, type RouteView } from '../records.ts';
import { ciscoAge, rib, type Protocol } from '../rib.ts';
import { LETTERS } from './cisco-ios.ts';

export const VERSION = '7.3.2';

/** How IOS XR prints routes. */
export const VIEW: RouteView = {
  vrf: null,
  distance: { connected: 0, local: 0, static: 1, ospf: 110, 'ospf-external': 110, ebgp: 20, ibgp: 200 },
  static: { interface: false, metric: 0 },
  blackhole: { interface: 'Null0', distance: null, metric: null },
  ospf: { types: true, area: false },
  bgp: { recursive: true, metric: 0, attributes: false },
  inactive: false,
};

const CODES = `Codes: C - connected, S - static, R - RIP, B - BGP, (>) - Diversion path
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       E1 - OSPF external type 1, E2 - OSPF external type 2, E - EGP
       i - ISIS, L1 - IS-IS level-1, L2 - IS-IS level-2
       ia - IS-IS inter area, su - IS-IS summary null, * - candidate default
       U - per-user static route, o - ODR, L - local, G  - DAGR, l - LISP
       A - access/subscriber, a - Application route
       M - mobile route, r - RPL, t - Traffic Engineering, (!) - FRR Backup path
`;

export function routeText(context: RenderContext, protocol: Protocol | null): string {
  const entries = rib(context).filter((entry) => entry.active && (protocol === null || entry.protocol === protocol));
  if (entries.length === 0) return '% No matching routes found\n';
  const gateway = rib(context).find((entry) => entry.length === 0)?.nextHops[0]?.address;
  const lines = entries.flatMap((entry) => {
    const letter = { connected: 'C', local: 'L', static: 'S', ospf: 'O', bgp: 'B' }[entry.protocol];
    const type = { intra: '', inter: ' IA', 'external-2': ' E2' }[entry.ospf?.type ?? 'intra'];
    const star = entry.protocol === 'static' && entry.length === 0 ? '*' : '';
    const head = `${`${letter}${star}${type}`.padEnd(5)}${entry.network}/${entry.length}`;
    const age = ciscoAge(entry.age);
    if (entry.blackhole) return [`${head} is directly connected, ${age}, Null0`];
    if (entry.protocol === 'connected' || entry.protocol === 'local') {
      return [`${head} is directly connected, ${age}, ${entry.nextHops[0]?.interface}`];
    }
    const hops = entry.bgp ? [{ address: entry.bgp.nextHop, interface: null }] : entry.nextHops;
    return hops.map((hop, index) => {
      const via = `[${VIEW.distance[entry.source]}/${entry.metric}] via ${hop.address}, ${age}${entry.ospf ? `, ${hop.interface}` : ''}`;
      return `${index === 0 ? head : ' '.repeat(head.length)} ${via}`;
    });
  });
  return `${CODES}
${gateway ? `Gateway of last resort is ${gateway} to network 0.0.0.0` : 'Gateway of last resort is not set'}

${lines.join('\n')}
`;
}

export const short = (name: string): string =>
  name
    .replace(/^GigabitEthernet/, 'Gi')
    .replace(/^TenGigE/, 'Te')
    .replace(/^Bundle-Ether/, 'BE');

export function macText({ facts }: RenderContext): string {
  if (facts.macs.length === 0) return '';
  const lines = facts.macs.map(
    ({ mac, port }) => `${String(port.number).padEnd(9)}0/0/CPU0       ${short(port.name).padEnd(18)} ${dottedMac(mac)}  N/A\n`,
  );
  return `Topo ID  Producer       Next Hop(s)        Mac Address     IP Address
-------  --------       -----------        --------------  ----------
${lines.join('')}`;
}

export function arpText({ facts }: RenderContext): string {
  const lines = facts.arp
    .filter((entry) => entry.mac !== null)
    .map(({ address, mac, port, own }) => {
      const age = own ? '-' : `00:${String(ipNumber(address) % 60).padStart(2, '0')}:11`;
      return `${address.padEnd(15)} ${age.padEnd(10)} ${dottedMac(mac ?? '')}  ${(own ? 'Interface' : 'Dynamic').padEnd(10)} ARPA  ${port.unit}\n`;
    });
  const rule = '-'.repeat(79);
  return `
${rule}
0/0/CPU0
${rule}
Address         Age        Hardware Addr   State      Type  Interface
${lines.join('')}`;
}

/** The MTU counts the Ethernet header. */
export const mtuOf = (port: SimInterface): number => (port.role === 'loopback' ? 1500 : port.mtu + 14);

const HARDWARE: Record<PortRole, string> = {
  mgmt: 'Management Ethernet',
  loopback: 'Loopback interface(s)',
  fabric: 'TenGigE',
  lag: 'Aggregated Ethernet interface(s)',
  svi: 'Bridge-Group Virtual Interface',
  access: 'GigabitEthernet',
  bridge: '',
};

export function interfaceText(port: SimInterface): string {
  const state = port.up ? 'up' : port.admin ? 'down' : 'administratively down';
  const hardware = HARDWARE[port.role];
  const mac = port.mac ? `, address is ${dottedMac(port.mac)}${port.role === 'lag' ? '' : ` (bia ${dottedMac(port.mac)})`}` : '';
  const bandwidth = port.role === 'loopback' ? '0' : String(port.speed / 1000);
  return `${port.name} is ${state}, line protocol is ${state} 
  Interface state transitions: 1
  Hardware is ${hardware}${mac}
${port.description ? `  Description: ${port.description}\n` : ''}  Internet address is ${port.addresses[0] ?? 'Unknown'}
  MTU ${mtuOf(port)} bytes, BW ${bandwidth} Kbit (Max: ${bandwidth} Kbit)
     reliability 255/255, txload 0/255, rxload 0/255
  Encapsulation ${port.role === 'loopback' ? 'Loopback' : 'ARPA'},  loopback not set,
  Last link flapped 1w2d
  ARP type ARPA, ARP timeout 04:00:00
  Last input 00:00:00, output 00:00:00
  Last clearing of "show interface" counters never
  5 minute input rate 2000 bits/sec, 3 packets/sec
  5 minute output rate 1000 bits/sec, 2 packets/sec
     140712 packets input, 12063517 bytes, 0 total input drops
     0 drops for unrecognized upper-level protocol
     Received 8122 broadcast packets, 4311 multicast packets
              0 runts, 0 giants, 0 throttles, 0 parity
     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored, 0 abort
     98541 packets output, 9072311 bytes, 0 total output drops
     Output 5 broadcast packets, 4312 multicast packets
     0 output errors, 0 underruns, 0 applique, 0 resets

`;
}

export function cdpDetail({ facts }: RenderContext): string {
  return facts.cdp
    .map(
      (fact) => `
-------------------------
Device ID: ${fact.cdpId}
SysName : ${fact.cdpSystemName ?? ''}
Entry address(es): 
${fact.address ? `  IPv4 address: ${fact.address}\n` : ''}Platform: ${fact.platform},  Capabilities: ${cdpWords(fact).join(' ')} 
Interface: ${fact.port.name}
Port ID (outgoing port): ${fact.remotePortFull}
Holdtime : 152 sec

Version :
${fact.description}

advertisement version: 2
Duplex: full
`,
    )
    .join('');
}

export function lldpDetail({ facts }: RenderContext): string {
  const blocks = facts.lldp.map((fact) => {
    const letters = fact.capabilities.map((capability) => LETTERS[capability]).join(',');
    return `------------------------------------------------
Local Interface: ${fact.port.name}
Chassis id: ${dottedMac(fact.mac)}
Port id: ${fact.remotePort}
Port Description: ${fact.remotePortDescription}
System Name: ${fact.name}

System Description: 
${fact.description}

Time remaining: ${90 + (fact.port.number % 30)} seconds
Hold Time: 120 seconds
System Capabilities: ${letters}
Enabled Capabilities: ${letters}
Management Addresses:
${fact.address ? `  IPv4 address: ${fact.address}\n` : ''}
Peer MAC Address: ${fact.mac}

`;
  });
  return `Capability codes:
        (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device
        (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other

${blocks.join('')}
Total entries displayed: ${facts.lldp.length}
`;
}

export function config({ device, facts, seed }: RenderContext): string {
  const secret = (count: number, what: string): string => hexDigits(count, seed, device.index, what);
  return [
    'Building configuration...',
    `!! IOS XR Configuration ${VERSION}`,
    `!! Last configuration change at Mon Mar  4 10:${String(device.revision % 60).padStart(2, '0')}:13 2024 by admin`,
    '!',
    `hostname ${device.name}`,
    'username admin',
    ' group root-lr',
    ` secret 10 $6$${secret(16, 'admin')}`,
    '!',
    ...accessList(device, 'ipv4 access-list EDGE-IN', (rule) => ` 10 ${rule}`),
    '!',
    ...facts.interfaces.flatMap((port) => [
      `interface ${port.name}`,
      ...(port.description ? [` description ${port.description}`] : []),
      ...(port.lag ? [` bundle id ${port.lag.number} mode active`] : []),
      ...port.addresses.map((cidr) => ` ipv4 address ${cidr}`),
      ...(port.admin ? [] : [' shutdown']),
      '!',
    ]),
    'router static',
    ' address-family ipv4 unicast',
    ...facts.static.flatMap((route) =>
      route.blackhole
        ? [`  ${route.network}/${route.length} Null0`]
        : route.nextHops.map((hop) => `  ${route.network}/${route.length} ${hop.address}`),
    ),
    ' !',
    '!',
    'router ospf 1',
    ` router-id ${device.loopback}`,
    '!',
    `snmp-server community ${secret(12, 'snmp')} RO`,
    ...(device.revision > 0 ? [`alias rev show clock ${device.revision}`] : []),
    'end',
    '',
    '',
  ].join('\n');
}
