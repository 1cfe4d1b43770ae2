import { hostOf, ipNumber, netmask, splitCidr } from '../address.ts';
import type { NeighborFact, SimInterface } from '../model.ts';
import type { RenderContext } from '../platform.ts';
import { hexDigits, pick } from '../random.ts';
import type { RouteView } from '../records.ts';
import { rib, type Protocol } from '../rib.ts';

export const VERSION = 'v7.0.12,build0523,230606 (GA.M)';

/** How FortiOS prints routes. */
export const VIEW: RouteView = {
  vrf: null,
  distance: { connected: 0, local: 0, static: 10, ospf: 110, 'ospf-external': 110, ebgp: 20, ibgp: 200 },
  static: { interface: true, metric: 0 },
  blackhole: { interface: 'Null', distance: 254, metric: 0 },
  ospf: { types: true, area: false },
  bgp: { recursive: 'with interface', metric: 0, attributes: false },
  inactive: false,
};

const two = (value: number): string => String(value).padStart(2, '0');

/** `22:00:53`, `3d13h31m`, `03w2d20h`. */
function age(seconds: number): string {
  const [hours, days] = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 86400)];
  const minutes = two(Math.floor(seconds / 60) % 60);
  if (days === 0) return `${two(hours)}:${minutes}:${two(seconds % 60)}`;
  return days < 7 ? `${days}d${two(hours)}h${minutes}m` : `${two(Math.floor(days / 7))}w${days % 7}d${two(hours)}h`;
}

export function routeText(context: RenderContext, protocol: Protocol | null): string {
  const lines = rib(context).flatMap((entry) => {
    if (!entry.active || entry.protocol === 'local' || (protocol !== null && entry.protocol !== protocol)) return [];
    const letter = { connected: 'C', static: 'S', ospf: 'O', bgp: 'B' }[entry.protocol];
    const type = { intra: '', inter: ' IA', 'external-2': ' E2' }[entry.ospf?.type ?? 'intra'];
    const star = entry.length === 0 ? '*' : '';
    const head = `${`${letter}${star}${type}`.padEnd(8)}${entry.network}/${entry.length}`;
    if (entry.blackhole) return [`${head} [${VIEW.blackhole.distance}/0] is a summary, Null\n`];
    if (entry.protocol === 'connected') return [`${head} is directly connected, ${entry.nextHops[0]?.interface}\n`];
    const hops = entry.bgp ? [{ address: entry.bgp.nextHop, interface: entry.nextHops[0]?.interface ?? '' }] : entry.nextHops;
    const tail = entry.protocol === 'static' ? '' : `, ${age(entry.age)}`;
    return hops.map((hop, index) => {
      const cost = `[${VIEW.distance[entry.source]}/${entry.metric}] via ${hop.address}, ${hop.interface}${tail}\n`;
      return index === 0 ? `${head} ${cost}` : `${' '.repeat(head.length)} ${cost}`;
    });
  });
  return `Codes: K - kernel, C - connected, S - static, R - RIP, B - BGP
       O - OSPF, IA - OSPF inter area
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       E1 - OSPF external type 1, E2 - OSPF external type 2
       i - IS-IS, L1 - IS-IS level-1, L2 - IS-IS level-2, ia - IS-IS inter area
       * - candidate default

Routing table for VRF=0
${lines.join('')}

`;
}

export function arpText({ facts }: RenderContext): string {
  const lines = facts.arp
    .filter((entry) => !entry.own && entry.mac !== null)
    .map(({ address, mac, port }) => `${address.padEnd(17)} ${String(ipNumber(address) % 9).padEnd(10)} ${mac} ${port.unit}\n`);
  return `Address           Age(min)   Hardware Addr      Interface\n${lines.join('')}\n`;
}

export const isPhysical = (port: SimInterface): boolean => ['mgmt', 'fabric', 'access'].includes(port.role);

const addressOf = (port: SimInterface): string => {
  const [first] = port.addresses;
  return first ? `${hostOf(first)} ${netmask(splitCidr(first).length)}` : '0.0.0.0 0.0.0.0';
};

/** `get system interface`: the status is what is configured. */
export function interfaceText({ facts }: RenderContext): string {
  return facts.interfaces
    .map((port) => {
      const type = {
        mgmt: 'physical',
        fabric: 'physical',
        access: 'physical',
        lag: 'aggregate',
        svi: 'vlan',
        loopback: 'loopback',
        bridge: '',
      }[port.role];
      const flows =
        'netflow-sampler: disable    sflow-sampler: disable    src-check: enable    explicit-web-proxy: disable    explicit-ftp-proxy: disable    proxy-captive-portal: disable';
      const head = `== [ ${port.name} ]\nname: ${port.name}   `;
      const status = port.admin ? 'up' : 'down';
      if (port.role === 'loopback') return `${head}ip: ${addressOf(port)}   status: ${status}    type: loopback   ${flows}    \n`;
      return `${head}mode: static    ip: ${addressOf(port)}   status: ${status}    netbios-forward: disable    type: ${type}   ${flows}    mtu-override: disable    wccp: disable    drop-overlapped-fragment: disable    drop-fragment: disable    \n`;
    })
    .join('');
}

/** `get system interface physical`: the status is that of the link. */
export function physicalText({ facts }: RenderContext): string {
  const blocks = facts.interfaces.filter(isPhysical).map(
    (port) => `\t==[${port.name}]
\t\tmode: static
\t\tip: ${addressOf(port)}
\t\tipv6: ::/0
\t\tstatus: ${port.up ? 'up' : 'down'}
\t\tspeed: ${port.up ? `${port.speed / 1e6}Mbps (Duplex: full)` : 'n/a'}
`,
  );
  return `== [onboard]\n${blocks.join('')}`;
}

function neighborText(fact: NeighborFact, number: number): string {
  const words = fact.capabilities.map((capability) => (capability === 'wlan' ? 'wlan-ap' : capability)).join(' ');
  const lines = [
    `port: ${fact.port.number + 5}`,
    `port.txt: ${fact.port.name}`,
    `mac: ${fact.mac}`,
    'chassis.type: 4',
    'chassis.type.txt: interface-mac',
    `chassis.data: ${fact.mac}`,
    'port.id.type: 5',
    'port.id.type.txt: interface-name',
    `port.id.len: ${fact.remotePort.length}`,
    `port.id.data: ${fact.remotePort}`,
    'ttl: 120',
    `port.desc.len: ${fact.remotePortDescription.length}`,
    `port.desc.data: ${fact.remotePortDescription}`,
    `system.name.len: ${fact.name.length}`,
    `system.name.data: ${fact.name}`,
    `system.desc.len: ${fact.description.length}`,
    `system.desc.data: ${fact.description}`,
    'system.caps.available: 0014',
    `system.caps.available.txt: ${words}`,
    'system.caps.enabled: 0014',
    `system.caps.enabled.txt: ${words}`,
    `address.count: ${fact.address ? 1 : 0}`,
    ...(fact.address
      ? ['address.1.type: 1', 'address.1.type.txt: ipv4', 'address.1.len: 4', `address.1.addr: ${fact.address}`]
      : []),
  ];
  return lines.map((line) => `${number} ${line}\n`).join('');
}

/** `diagnose lldprx neighbor details`: all ports; with a port, that one. */
export function lldpText({ facts, argument }: RenderContext): string {
  const heard = facts.lldp.filter((fact) => argument === null || fact.port.name === argument);
  return heard.map((fact, index) => neighborText(fact, index + 1)).join('\n');
}

export function statusText({ device }: RenderContext): string {
  return `Version: ${device.model} ${VERSION}
Virus-DB: 91.04576(2023-06-20 03:26)
Serial-Number: ${device.serial}
BIOS version: 05000011
System Part-Number: P18817-03
Log hard disk: Not available
Hostname: ${device.name}
Private Encryption: Disable
Operation Mode: NAT
Current virtual domain: root
Max number of virtual domains: 10
Virtual domains status: 1 in NAT mode, 0 in TP mode
Virtual domain configuration: disable
FIPS-CC mode: disable
Current HA mode: standalone
Branch point: 0523
Release Version Information: GA
FortiOS x86-64: Yes
System time: Mon Mar  4 10:12:13 2024
`;
}

export function config({ device, facts, seed }: RenderContext): string {
  const secret = (count: number, what: string): string => hexDigits(count, seed, device.index, what);
  return [
    `#config-version=${device.model}-7.0.12-FW-build0523-230606:opmode=0:vdom=0:user=admin`,
    `#conf_file_ver=${1000 + device.revision}`,
    '#buildno=0523',
    '#global_vdom=1',
    'config system global',
    `    set hostname "${device.name}"`,
    ...(device.revision > 0 ? [`    set alias "revision ${device.revision}"`] : []),
    'end',
    'config system admin',
    '    edit "admin"',
    `        set password ENC ${secret(40, 'admin')}`,
    '    next',
    'end',
    'config system interface',
    ...facts.interfaces.flatMap((port) => [
      `    edit "${port.name}"`,
      ...port.addresses.map((cidr) => `        set ip ${hostOf(cidr)} ${netmask(splitCidr(cidr).length)}`),
      ...(port.description ? [`        set description "${port.description}"`] : []),
      ...(port.admin ? [] : ['        set status down']),
      '    next',
    ]),
    'end',
    'config firewall policy',
    ...Array.from({ length: device.rules }, (_, k) => [
      `    edit ${k + 1}`,
      `        set srcaddr "net-10.${pick(250, device.index, k)}.0.0"`,
      '        set action accept',
      '    next',
    ]).flat(),
    'end',
    'config router static',
    ...facts.static.flatMap((route, index) => [
      `    edit ${index + 1}`,
      `        set dst ${route.network} ${netmask(route.length)}`,
      ...(route.blackhole ? ['        set blackhole enable'] : [`        set gateway ${route.nextHops[0]?.address}`]),
      '    next',
    ]),
    'end',
    'config system snmp community',
    '    edit 1',
    `        set name "${secret(12, 'snmp')}"`,
    '    next',
    'end',
    '',
  ].join('\n');
}
