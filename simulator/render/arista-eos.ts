import { dottedMac, ipNumber } from '../address.ts';
import type { ArpFact, Capability, NeighborFact, SimInterface } from '../model.ts';
import type { RenderContext } from '../platform.ts';
import type { RouteView } from '../records.ts';
import { rib, type Protocol, type RibEntry } from '../rib.ts';

export const VERSION = '4.27.6M';

/** How EOS prints routes. */
export const VIEW: RouteView = {
  vrf: null,
  distance: { connected: 0, local: 0, static: 1, ospf: 110, 'ospf-external': 110, ebgp: 200, ibgp: 200 },
  static: { interface: true, metric: 0 },
  blackhole: { interface: 'Null0', distance: null, metric: null },
  ospf: { types: true, area: false },
  bgp: { recursive: false, metric: 0, attributes: false },
  inactive: false,
};

const WORDS: Record<Capability, string> = { bridge: 'Bridge', router: 'Router', wlan: 'WLAN Access Point' };

export const short = (name: string): string =>
  name
    .replace(/^Ethernet/, 'Et')
    .replace(/^Port-Channel/, 'Po')
    .replace(/^Vlan/, 'Vl')
    .replace(/^Management/, 'Ma');

const CODES = `Codes: C - connected, S - static, K - kernel,
       O - OSPF, IA - OSPF inter area, E1 - OSPF external type 1,
       E2 - OSPF external type 2, N1 - OSPF NSSA external type 1,
       N2 - OSPF NSSA external type2, B - Other BGP Routes,
       B I - iBGP, B E - eBGP, R - RIP, I L1 - IS-IS level 1,
       I L2 - IS-IS level 2, O3 - OSPFv3, A B - BGP Aggregate,
       A O - OSPF Summary, NG - Nexthop Group Static Route,
       V - VXLAN Control Service, M - Martian,
       DH - DHCP client installed default route,
       DP - Dynamic Policy Route, L - VRF Leaked,
       G  - gRIBI, RC - Route Cache Route
`;

function codeOf({ protocol, source, ospf }: RibEntry): string {
  if (protocol === 'bgp') return source === 'ebgp' ? 'B E' : 'B I';
  if (protocol === 'ospf') return { intra: 'O', inter: 'O IA', 'external-2': 'O E2' }[ospf?.type ?? 'intra'];
  return protocol === 'static' ? 'S' : 'C';
}

const shown = (context: RenderContext, protocol: Protocol | null): RibEntry[] =>
  rib(context).filter(
    (entry) => entry.active && entry.protocol !== 'local' && (protocol === null || entry.protocol === protocol),
  );

export function routeRows(context: RenderContext, protocol: Protocol | null) {
  return shown(context, protocol).map((entry) => {
    const direct = entry.protocol === 'connected' || entry.blackhole;
    return {
      vrf: 'default',
      protocol: codeOf(entry),
      network: entry.network,
      prefix_length: String(entry.length),
      distance: direct ? '' : String(VIEW.distance[entry.source]),
      metric: direct ? '' : String(entry.metric),
      direct: direct ? 'directly' : '',
      next_hop: direct ? ['connected'] : entry.nextHops.map((hop) => hop.address ?? ''),
      interface: entry.blackhole ? ['Null0'] : entry.nextHops.map((hop) => hop.interface ?? ''),
    };
  });
}

export function routeText(context: RenderContext, protocol: Protocol | null): string {
  const line = (entry: RibEntry): string => {
    const head = ` ${codeOf(entry).padEnd(9)}${entry.network}/${entry.length}`;
    if (entry.blackhole) return `${head} is directly connected, Null0\n`;
    if (entry.protocol === 'connected') return `${head} is directly connected, ${entry.nextHops[0]?.interface ?? ''}\n`;
    const cost = ` [${VIEW.distance[entry.source]}/${entry.metric}]`;
    return entry.nextHops
      .map(
        (hop, index) =>
          `${index === 0 ? head + cost : ' '.repeat(head.length + cost.length)} via ${hop.address}, ${hop.interface}\n`,
      )
      .join('');
  };
  const entries = shown(context, protocol);
  const isDefault = ({ length }: RibEntry): boolean => length === 0;
  const gateway = entries.some(isDefault)
    ? `Gateway of last resort:\n${entries.filter(isDefault).map(line).join('')}`
    : 'Gateway of last resort is not set\n';
  return `VRF: default\n${CODES}\n${gateway}\n${entries
    .filter((entry) => !isDefault(entry))
    .map(line)
    .join('')}\n`;
}

export function macRows({ facts }: RenderContext) {
  return facts.macs.map(({ mac, vlan, port }) => ({
    mac_address: dottedMac(mac),
    type: 'DYNAMIC',
    vlan_id: String(vlan),
    destination_port: [short(port.name)],
    moves: '1',
    last_move: `${port.number} days, 15:57:28`,
  }));
}

export function macText(context: RenderContext): string {
  const rows = macRows(context);
  const lines = rows.map((r) => {
    const [vlan, mac, type, last] = [r.vlan_id, r.mac_address, r.type, r.last_move];
    return `${vlan?.padStart(4)}    ${mac}    ${type?.padEnd(10)}  ${(r.destination_port?.[0] ?? '').padEnd(9)}  1       ${last} ago\n`;
  });
  const rule = '------------------------------------------------------------------';
  return `          Mac Address Table
${rule}

Vlan    Mac Address       Type        Ports      Moves   Last Move
----    -----------       ----        -----      -----   ---------
${lines.join('')}Total Mac Addresses for this criterion: ${rows.length}

          Multicast Mac Address Table
${rule}

Vlan    Mac Address       Type        Ports
----    -----------       ----        -----
Total Mac Addresses for this criterion: 0
`;
}

/** EOS lists what it learned, and names the layer 2 port behind a VLAN interface. */
const learned = ({ facts }: RenderContext): ArpFact[] => facts.arp.filter((entry) => !entry.own && entry.mac !== null);

export function arpRows(context: RenderContext) {
  return learned(context).map(({ address, mac, port, behind }) => ({
    ip_address: address,
    age: `0:${String(ipNumber(address) % 60).padStart(2, '0')}:07`,
    mac_address: dottedMac(mac ?? ''),
    interface: behind ? `${port.unit}, ${behind.name}` : port.unit,
    vrf: '',
  }));
}

export function arpText(context: RenderContext): string {
  const lines = arpRows(context).map((r) => {
    const [address, age, mac, port] = [r.ip_address, r.age, r.mac_address, r.interface];
    return `${address?.padEnd(15)} ${age?.padStart(9)}  ${mac}  ${port}\n`;
  });
  return `Address         Age (sec)  Hardware Addr   Interface\n${lines.join('')}`;
}

/** The MTU in the text: loopbacks have no limit of their own. */
export const mtuOf = (port: SimInterface): number => (port.role === 'loopback' ? 65535 : port.mtu);
export const hasBandwidth = (port: SimInterface): boolean => port.role !== 'loopback' && port.role !== 'svi';

const HARDWARE: Record<SimInterface['role'], string> = {
  mgmt: 'Ethernet',
  loopback: 'Loopback',
  fabric: 'Ethernet',
  lag: 'Port-Channel',
  access: 'Ethernet',
  svi: 'Vlan',
  bridge: 'Bridge',
};

function states(port: SimInterface): { link: string; protocol: string } {
  if (port.up) return { link: 'up', protocol: port.role === 'loopback' || port.role === 'svi' ? 'up' : 'up (connected)' };
  return port.admin
    ? { link: 'down', protocol: 'down (notconnect)' }
    : { link: 'administratively down', protocol: 'notpresent (disabled)' };
}

export function interfaceRows({ facts }: RenderContext) {
  return facts.interfaces.map((port) => ({
    interface: port.name,
    link_status: states(port).link,
    protocol_status: states(port).protocol,
    hardware_type: HARDWARE[port.role],
    mac_address: port.mac ? dottedMac(port.mac) : '',
    bia: port.mac ? dottedMac(port.mac) : '',
    description: port.description ?? '',
    ip_address: port.addresses[0] ?? '',
    mtu: String(mtuOf(port)),
    bandwidth: hasBandwidth(port) ? `${port.speed / 1000} kbit` : '',
    last_link_flapped: '5 hours, 8 minutes, 50 seconds',
    link_status_change: hasBandwidth(port) ? '4' : '',
  }));
}

export function interfaceText(port: SimInterface): string {
  const { link, protocol } = states(port);
  const mac = port.mac ? `, address is ${dottedMac(port.mac)} (bia ${dottedMac(port.mac)})` : '';
  const layer = port.addresses.length > 0 || port.role === 'loopback' ? 'IP' : 'Ethernet';
  const flapped = `  ${port.up ? 'Up' : 'Down'} 5 hours, 8 minutes, 50 seconds`;
  const head = [
    `${port.name} is ${link}, line protocol is ${protocol}`,
    `  Hardware is ${HARDWARE[port.role]}${mac}`,
    ...(port.description ? [`  Description: ${port.description}`] : []),
    ...port.addresses.flatMap((cidr) => [`  Internet address is ${cidr}`, '  Broadcast address is 255.255.255.255']),
    ...(port.lag ? [`  Member of ${port.lag.name}`] : []),
    `  ${layer} MTU ${mtuOf(port)} bytes${hasBandwidth(port) ? `, BW ${port.speed / 1000} kbit` : ''}`,
  ];
  if (!hasBandwidth(port)) return [...head, flapped, ''].join('\n');
  return [
    ...head,
    `  Full-duplex, ${port.speed / 1e9}Gb/s, auto negotiation: off, uni-link: n/a`,
    flapped,
    '  Loopback Mode : None',
    '  4 link status changes since last clear',
    '  Last clearing of "show interface" counters 5:21:41 ago',
    '  5 minutes input rate 14.3 kbps (0.0% with framing overhead), 14 packets/sec',
    '  5 minutes output rate 6.34 kbps (0.0% with framing overhead), 4 packets/sec',
    '     209559 packets input, 26469103 bytes',
    '     Received 66320 broadcasts, 136323 multicast',
    '     0 runts, 0 giants',
    '     0 input errors, 0 CRC, 0 alignment, 0 symbol, 0 input discards',
    '     0 PAUSE input',
    '     7809 packets output, 1398036 bytes',
    '     Sent 805 broadcasts, 1244 multicast',
    '     0 output errors, 0 collisions',
    '     0 late collision, 0 deferred, 0 output discards',
    '     0 PAUSE output',
    '',
  ].join('\n');
}

const age = (fact: NeighborFact): string => `${10 + (fact.port.number % 20)} seconds`;

export function lldpRows({ facts }: RenderContext) {
  return facts.lldp.map((fact) => ({
    neighbor_name: fact.name,
    chassis_id: dottedMac(fact.mac),
    mgmt_address: fact.address ?? '',
    neighbor_description: fact.description,
    neighbor_interface: fact.remotePort,
    local_interface: fact.port.name,
    neighbor_count: '1',
    age: age(fact),
  }));
}

/** Every port has its line, also those where nothing is heard. */
export function lldpDetail({ facts }: RenderContext): string {
  const heard = new Map(facts.lldp.map((fact) => [fact.port, fact]));
  const ports = facts.interfaces.filter(({ role }) => role === 'mgmt' || role === 'access' || role === 'fabric');
  return ports
    .map((port) => {
      const fact = heard.get(port);
      if (!fact) return `Interface ${port.name} detected 0 LLDP neighbors:\n\n`;
      const words = fact.capabilities.map((capability) => WORDS[capability]).join(', ');
      const management = fact.address
        ? `  - Management Address Subtype: IPv4
    Management Address        : ${fact.address}
    Interface Number Subtype  : ifIndex (2)
    Interface Number          : 999999
    OID String                : \n`
        : '';
      return `Interface ${port.name} detected 1 LLDP neighbors:

  Neighbor ${dottedMac(fact.mac)}/"${fact.remotePort}", age ${age(fact)}
  Discovered 5:01:11 ago; Last changed 5:01:11 ago
  - Chassis ID type: MAC address (4)
    Chassis ID     : ${dottedMac(fact.mac)}
  - Port ID type: Interface name (5)
    Port ID     : "${fact.remotePort}"
  - Time To Live: 120 seconds
  - Port Description: "${fact.remotePortDescription}"
  - System Name: "${fact.name}"
  - System Description: "${fact.description}"
  - System Capabilities : ${words}
    Enabled Capabilities: ${words}
${management}  - IEEE802.1 Port VLAN ID: ${port.vlan ?? 0}
  - IEEE802.3 Maximum Frame Size: ${port.mtu + 22} bytes

`;
    })
    .join('');
}

export function versionText({ device }: RenderContext): string {
  return `Arista ${device.model}
Hardware version: 11.00
Serial number: ${device.serial}
Hardware MAC address: ${dottedMac(device.chassisMac)}
System MAC address: ${dottedMac(device.chassisMac)}

Software image version: ${VERSION}
Architecture: i686
Internal build version: ${VERSION}-28481162.4276M
Internal build ID: f62c8154-2e05-4650-be1e-c30774deec7e
Image format version: 2.0
Image optimization: DEFAULT

Uptime: ${10 + (device.index % 90)} weeks, 5 days, 23 hours and 44 minutes
Total memory: 3982820 kB
Free memory: 1807180 kB

`;
}
