import { hostOf, ipNumber, netmask, splitCidr } from '../address.ts';
import type { SimInterface } from '../model.ts';
import type { RenderContext } from '../platform.ts';
import { hexDigits, pick } from '../random.ts';
import type { RouteView } from '../records.ts';
import { rib, type RibEntry } from '../rib.ts';

/** How VRP prints routes in detail. */
export const VIEW: RouteView = {
  vrf: null,
  distance: { connected: 0, local: 0, static: 60, ospf: 10, 'ospf-external': 150, ebgp: 255, ibgp: 255 },
  static: { interface: true, metric: 0 },
  blackhole: { interface: 'NULL0', distance: 60, metric: 0 },
  ospf: { types: false, area: false },
  bgp: { recursive: 'with interface', metric: 0, attributes: false },
  inactive: false,
};

/** Four digits a group, as in `5254-0012-3456`. */
const mac = (text: string): string => text.replaceAll(':', '').replace(/^(.{4})(.{4})/, '$1-$2-');

const two = (value: number): string => String(value).padStart(2, '0');
const age = (seconds: number): string =>
  `${Math.floor(seconds / 86400)}d${two(Math.floor(seconds / 3600) % 24)}h${two(Math.floor(seconds / 60) % 60)}m${two(seconds % 60)}s`;

function protocolOf(entry: RibEntry): string {
  if (entry.protocol === 'bgp') return entry.source === 'ebgp' ? 'EBGP' : 'IBGP';
  if (entry.protocol === 'ospf') return entry.ospf?.type === 'external-2' ? 'O_ASE' : 'OSPF';
  return entry.protocol === 'static' ? 'Static' : 'Direct';
}

function routeBlock(entry: RibEntry, hop: { address: string | null; interface: string | null }): string {
  const relayed = entry.source === 'ibgp';
  const nextHop = entry.blackhole ? '0.0.0.0' : relayed ? (entry.bgp?.nextHop ?? '') : (hop.address ?? hop.interface ?? '');
  const address = /^\d/.test(nextHop) ? nextHop : '127.0.0.1';
  const pair = (left: string, a: string, right: string, b: string): string =>
    `${`${left.padStart(13)}: ${a}`.padEnd(32)}${right.padStart(10)}: ${b}\n`;
  return `Destination: ${entry.network}/${entry.length}
${pair('Protocol', protocolOf(entry), 'Process ID', entry.protocol === 'ospf' ? '1' : '0')}${pair('Preference', String(VIEW.distance[entry.source]), 'Cost', String(entry.metric))}${pair('NextHop', address, 'Neighbour', entry.bgp?.nextHop ?? '0.0.0.0')}${pair('State', 'Active Adv', 'Age', age(entry.age))}${pair('Tag', '0', 'Priority', 'medium')}${pair('Label', 'NULL', 'QoSInfo', '0x0')}${'IndirectID'.padStart(13)}: 0x0              
${pair('RelayNextHop', relayed ? (hop.address ?? '') : '0.0.0.0', 'Interface', entry.blackhole ? 'NULL0' : (hop.interface ?? ''))}${pair('TunnelID', '0x0', 'Flags', relayed ? 'RD' : ' D')}
`;
}

export function routeText(context: RenderContext): string {
  const entries = rib(context).filter((entry) => entry.active);
  const blocks = entries.flatMap((entry) => {
    const hops = entry.source === 'ibgp' ? entry.nextHops.slice(0, 1) : entry.nextHops;
    return hops.map((hop) => routeBlock(entry, hop));
  });
  return `Route Flags: R - relay, D - download to fib, T - to vpn-instance
------------------------------------------------------------------------------
Routing Tables: Public
         Destinations : ${entries.length}       Routes : ${blocks.length}


${blocks.join('')}`;
}

export function macText({ facts }: RenderContext): string {
  const rule = '-'.repeat(79);
  const lines = facts.macs.map(
    ({ mac: address, vlan, port }) => `${mac(address)} ${`${vlan}/-`.padEnd(35)} ${port.name.padEnd(19)} dynamic\n`,
  );
  return `${rule}
MAC Address    VLAN/VSI                            Learned-From        Type
${rule}
${lines.join('')}${rule}
Total items displayed = ${facts.macs.length}

`;
}

export function arpText({ facts }: RenderContext): string {
  const entries = facts.arp.filter((entry) => entry.mac !== null);
  const lines = entries.map(({ address, mac: hardware, port, own, behind }) => {
    const expire = own ? '' : String(1 + (ipNumber(address) % 19));
    return `${address.padEnd(15)} ${mac(hardware ?? '').padEnd(16)}${expire.padEnd(10)}${(own ? 'I -' : 'D-0').padEnd(12)}${(behind ?? port).name}\n${behind ? `${' '.repeat(42)}${port.vlan}/-\n` : ''}`;
  });
  const rule = '-'.repeat(78);
  const dynamic = entries.filter((entry) => !entry.own).length;
  return `IP ADDRESS      MAC ADDRESS     EXPIRE(M) TYPE        INTERFACE   VPN-INSTANCE 
                                          VLAN/CEVLAN                         
${rule}
${lines.join('')}${rule}
Total:${entries.length}         Dynamic:${dynamic}       Static:0     Interface:${entries.length - dynamic}

`;
}

const routed = (port: SimInterface): boolean => port.role !== 'access';

export function interfaceText(port: SimInterface): string {
  const state = port.up ? 'UP' : port.admin ? 'DOWN' : 'Administratively DOWN';
  const [address] = port.addresses;
  const hardware = port.mac ? [`IP Sending Frames' Format is PKTFMT_ETHNT_2, Hardware address is ${mac(port.mac)}`] : [];
  const physical = port.role === 'fabric' || port.role === 'access' || port.role === 'mgmt';
  return [
    `${port.name} current state : ${state}`,
    `Line protocol current state : ${port.up ? 'UP' : 'DOWN'}`,
    `Description:${port.description ?? ''}`,
    routed(port)
      ? `Route Port,The Maximum Transmit Unit is ${port.mtu}`
      : `Switch Port, PVID : ${String(port.vlan).padStart(4)}, TPID : 8100(Hex), The Maximum Frame Length is 9216`,
    ...(routed(port) ? [address ? `Internet Address is ${address}` : 'Internet protocol processing : disabled'] : []),
    ...hardware,
    'Current system time: 2024-03-04 10:12:13',
    ...(physical
      ? [
          'Port Mode: COMMON FIBER',
          `Speed : ${String(port.speed / 1e6).padStart(4)},  Loopback: NONE`,
          'Duplex: FULL,  Negotiation: ENABLE',
          'Mdi   : AUTO,  Clock   : -',
        ]
      : []),
    'Last 300 seconds input rate 2000 bits/sec, 3 packets/sec',
    'Last 300 seconds output rate 1000 bits/sec, 2 packets/sec',
    '    Input bandwidth utilization  :    1%',
    '    Output bandwidth utilization :    1%',
    '',
    '',
  ].join('\n');
}

/** The most a frame may have on switch ports, the packet on routed ones. */
export const mtuOf = (port: SimInterface): number => (routed(port) ? port.mtu : 9216);
export const speedOf = (port: SimInterface): number | null =>
  port.role === 'fabric' || port.role === 'access' || port.role === 'mgmt' ? port.speed : null;

export function lldpText({ facts }: RenderContext): string {
  return facts.lldp
    .map((fact) => {
      const words = fact.capabilities.map((capability) => (capability === 'wlan' ? 'wlanAccessPoint' : capability)).join(' ');
      return `${fact.port.name} has 1 neighbor(s):

Neighbor index                     :1
Chassis type                       :MAC Address
Chassis ID                         :${mac(fact.mac)}
Port ID subtype                    :Interface Name
Port ID                            :${fact.remotePort}
Port description                   :${fact.remotePortDescription}
System name                        :${fact.name}
System description                 :${fact.description}
System capabilities supported      :${words}
System capabilities enabled        :${words}
${fact.address ? `Management address type            :IPv4\nManagement address                 :${fact.address}\n` : ''}Expired time                       :${90 + (fact.port.number % 30)}s
 
Port VLAN ID(PVID)                 :--
Protocol identity                  :--
Maximum frame Size                 :--
 
`;
    })
    .join('');
}

export function versionText({ device }: RenderContext): string {
  return `Huawei Versatile Routing Platform Software
VRP (R) software, Version 5.170 (${device.model} V200R019C10SPC500)
Copyright (C) 2000-2020 HUAWEI TECH Co., Ltd.
HUAWEI ${device.model} Routing Switch uptime is ${1 + (device.index % 40)} weeks, 2 days, 3 hours, 12 minutes

`;
}

export function config({ device, facts, seed }: RenderContext): string {
  const secret = (count: number, what: string): string => hexDigits(count, seed, device.index, what);
  return [
    '!Software Version V200R019C10SPC500',
    `!Last configuration was updated at 2024-03-04 10:${two(device.revision % 60)}:13 UTC by admin`,
    '#',
    `sysname ${device.name}`,
    '#',
    'vlan batch 10 20',
    '#',
    'acl number 3001',
    ...Array.from(
      { length: device.rules },
      (_, k) =>
        ` rule ${k * 5} permit tcp source 10.${pick(250, device.index, k)}.0.0 0.0.255.255 destination-port eq ${1024 + k}`,
    ),
    '#',
    'aaa',
    ` local-user admin password irreversible-cipher $1c$${secret(24, 'admin')}$`,
    '#',
    ...facts.interfaces.flatMap((port) => [
      `interface ${port.name}`,
      ...(port.description ? [` description ${port.description}`] : []),
      ...(port.role === 'access' ? [' port link-type access', ` port default vlan ${port.vlan}`] : []),
      ...(port.lag ? [` eth-trunk ${port.lag.number}`] : []),
      ...port.addresses.map((cidr) => ` ip address ${hostOf(cidr)} ${netmask(splitCidr(cidr).length)}`),
      ...(port.admin ? [] : [' shutdown']),
      '#',
    ]),
    'ospf 1',
    ` import-route static`,
    '#',
    ...facts.static.flatMap((route) =>
      route.blackhole
        ? [`ip route-static ${route.network} ${netmask(route.length)} NULL0`]
        : route.nextHops.map((hop) => `ip route-static ${route.network} ${netmask(route.length)} ${hop.address}`),
    ),
    '#',
    `snmp-agent community read cipher %^%#${secret(32, 'snmp')}%^%#`,
    ...(device.revision > 0 ? ['#', `header login information "revision ${device.revision}"`] : []),
    '#',
    'return',
    '',
  ].join('\n');
}
