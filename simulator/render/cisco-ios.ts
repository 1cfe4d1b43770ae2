import { dottedMac, ipNumber, ipText, maskNumber } from '../address.ts';
import type { Capability } from '../model.ts';
import type { RenderContext } from '../platform.ts';
import type { RouteView } from '../records.ts';
import { ciscoAge, rib, type Protocol, type RibEntry } from '../rib.ts';

/** How IOS prints routes. */
export const VIEW: RouteView = {
  vrf: null,
  distance: { connected: 0, local: 0, static: 1, ospf: 110, 'ospf-external': 110, ebgp: 20, ibgp: 200 },
  static: { interface: false, metric: 0 },
  blackhole: { interface: 'Null0', distance: null, metric: null },
  ospf: { types: true, area: false },
  bgp: { recursive: true, metric: 0, attributes: false },
  inactive: false,
};

const SHORT: [RegExp, string][] = [
  [/^TenGigabitEthernet/, 'Te'],
  [/^GigabitEthernet/, 'Gi'],
  [/^Port-channel/, 'Po'],
  [/^Vlan/, 'Vl'],
  [/^Loopback/, 'Lo'],
];
export const short = (name: string): string => SHORT.reduce((text, [pattern, to]) => text.replace(pattern, to), name);

/** LLDP's letters for what a neighbour does. */
export const LETTERS: Record<Capability, string> = { bridge: 'B', router: 'R', wlan: 'W' };
export const CPU_MACS = ['01:00:0c:cc:cc:cc', '01:00:0c:cc:cc:cd', '01:80:c2:00:00:00', 'ff:ff:ff:ff:ff:ff'];

const CODES = `Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       E1 - OSPF external type 1, E2 - OSPF external type 2
       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2
       ia - IS-IS inter area, * - candidate default, U - per-user static route
       o - ODR, P - periodic downloaded static route, H - NHRP, l - LISP
       a - application route
       + - replicated route, % - next hop override, p - overrides from PfR
`;

const LETTER: Record<Protocol, string> = { connected: 'C', local: 'L', static: 'S', ospf: 'O', bgp: 'B' };
const typeOf = (entry: RibEntry): string => ({ intra: '', inter: 'IA', 'external-2': 'E2' })[entry.ospf?.type ?? 'intra'];

/** The rows the ntc template gives for the text; the text is made from the same rows. `null`: all protocols. */
export function routeRows(context: RenderContext, protocol: Protocol | null) {
  return rib(context)
    .filter((entry) => entry.active && (protocol === null || entry.protocol === protocol))
    .flatMap((entry) => {
      const row = {
        vrf: '',
        protocol: LETTER[entry.protocol],
        type: typeOf(entry),
        network: entry.network,
        prefix_length: String(entry.length),
        distance: '',
        metric: '',
        nexthop_ip: '',
        nexthop_vrf: '',
        nexthop_if: '',
        uptime: '',
        flag: entry.protocol === 'static' && entry.length === 0 ? '*' : '',
      };
      const named = entry.protocol === 'ospf';
      if (entry.blackhole) return [{ ...row, nexthop_if: 'Null0' }];
      if (entry.protocol === 'connected' || entry.protocol === 'local') {
        return [{ ...row, nexthop_if: entry.nextHops[0]?.interface ?? '' }];
      }
      const cost = { distance: String(VIEW.distance[entry.source]), metric: String(entry.metric) };
      const uptime = entry.protocol === 'static' ? '' : ciscoAge(entry.age);
      const hops = entry.bgp ? [{ address: entry.bgp.nextHop, interface: null }] : entry.nextHops;
      return hops.map((hop) => ({
        ...row,
        ...cost,
        nexthop_ip: hop.address ?? '',
        nexthop_if: named ? (hop.interface ?? '') : '',
        uptime,
      }));
    });
}

/** The class A, B or C network of an address; class C networks and the default route stand alone. */
function classful(network: string, length: number): { head: string; length: number } | null {
  const value = ipNumber(network);
  const natural = value >>> 31 === 0 ? 8 : value >>> 30 === 2 ? 16 : 24;
  if (length === 0 || length < natural) return null;
  return { head: `${ipText((value & maskNumber(natural)) >>> 0)}/${natural}`, length: natural };
}

export function routeText(context: RenderContext, protocol: Protocol | null): string {
  const groups = new Map<string, { subnets: Set<string>; lengths: Set<number>; natural: number }>();
  for (const { network, length, active } of rib(context)) {
    const major = active ? classful(network, length) : null;
    if (!major) continue;
    const group = groups.get(major.head) ?? { subnets: new Set(), lengths: new Set(), natural: major.length };
    group.subnets.add(`${network}/${length}`);
    group.lengths.add(length);
    groups.set(major.head, group);
  }
  const gateway = rib(context).find((entry) => entry.length === 0)?.nextHops[0]?.address;
  const out = [
    CODES,
    gateway ? `Gateway of last resort is ${gateway} to network 0.0.0.0` : 'Gateway of last resort is not set',
    '',
  ];
  let group = '';
  let line = '';
  for (const row of routeRows(context, protocol)) {
    const [network, length] = [row.network, Number(row.prefix_length)];
    const major = classful(network, length);
    const known = major && groups.get(major.head);
    const plain = !known || (known.lengths.size === 1 && known.lengths.has(known.natural));
    const inherited = !plain && known.lengths.size === 1;
    if (!plain && major.head !== group) {
      const count = `${known.subnets.size} subnets`;
      out.push(
        inherited
          ? `      ${major.head.split('/')[0]}/${length} is subnetted, ${count}`
          : `      ${major.head} is variably subnetted, ${count}, ${known.lengths.size} masks`,
      );
    }
    group = plain ? '' : (major?.head ?? '');
    const code = `${row.protocol}${row.flag || ' '}${row.type}`;
    const head = `${code.padEnd(plain ? 6 : 9)}${network}${inherited ? '' : `/${length}`}`;
    const tail = row.distance
      ? [`[${row.distance}/${row.metric}] via ${row.nexthop_ip}`, row.uptime, row.nexthop_if].filter(Boolean).join(', ')
      : `is directly connected, ${row.nexthop_if}`;
    out.push(head === line ? `${' '.repeat(Math.min(head.length, 24))} ${tail}` : `${head} ${tail}`);
    line = head;
  }
  return `${out.join('\n')}\n`;
}

export function macRows({ facts }: RenderContext) {
  const row = (vlan_id: string, mac: string, type: string, port: string) => ({
    destination_address: dottedMac(mac),
    type,
    vlan_id,
    destination_port: [port],
  });
  if (facts.macs.length === 0) return [];
  return [
    ...CPU_MACS.map((mac) => row('All', mac, 'STATIC', 'CPU')),
    ...facts.macs.map(({ mac, vlan, port }) => row(String(vlan), mac, 'DYNAMIC', short(port.name))),
  ];
}

export function macText(context: RenderContext): string {
  const rows = macRows(context);
  return `          Mac Address Table
-------------------------------------------

Vlan    Mac Address       Type        Ports
----    -----------       --------    -----
${rows.map((r) => `${r.vlan_id.padStart(4)}    ${r.destination_address}    ${r.type.padEnd(8)}    ${r.destination_port?.[0] ?? ''}\n`).join('')}Total Mac Addresses for this criterion: ${rows.length}
`;
}

export function arpRows({ facts }: RenderContext) {
  return facts.arp.map(({ address, mac, port, own }) => ({
    protocol: 'Internet',
    ip_address: address,
    age: own ? '-' : mac ? String(ipNumber(address) % 240) : '0',
    mac_address: mac ? dottedMac(mac) : 'Incomplete',
    type: 'ARPA',
    interface: mac ? port.unit : '',
  }));
}

export function arpText(context: RenderContext): string {
  const lines = arpRows(context).map(
    (r) => `Internet  ${r.ip_address.padEnd(15)} ${r.age.padStart(9)}   ${r.mac_address.padEnd(14)}  ARPA   ${r.interface}`,
  );
  return ['Protocol  Address          Age (min)  Hardware Addr   Type   Interface', ...lines, ''].join('\n');
}

export const TECH = `Technical Support: http://www.cisco.com/techsupport
Copyright (c) 1986-2019 by Cisco Systems, Inc.
Compiled Thu 14-Mar-19 10:18 by prod_rel_team`;

export const IMAGE = 'Cisco IOS Software, C3750E Software (C3750E-UNIVERSALK9-M), Version 15.2(4)E8, RELEASE SOFTWARE (fc3)';

export function versionText({ device }: RenderContext): string {
  return `${IMAGE}
${TECH}

ROM: Bootstrap program is C3750E boot loader
BOOTLDR: C3750E Boot Loader (C3750X-HBOOT-M) Version 15.2(3r)E1, RELEASE SOFTWARE (fc1)

${device.name} uptime is 1 year, ${1 + (device.index % 50)} weeks, ${device.index % 7} days, 3 hours, 12 minutes
System returned to ROM by power-on
System restarted at 02:14:07 UTC Sun Mar 3 2024
System image file is "flash:/c3750e-universalk9-mz.152-4.E8.bin"
Last reload reason: Reload command

cisco ${device.model} (PowerPC405) processor (revision W0) with 262144K bytes of memory.
Processor board ID ${device.serial}
Last reset from power-on
28 Gigabit Ethernet interfaces
The password-recovery mechanism is enabled.

512K bytes of flash-simulated non-volatile configuration memory.
Base ethernet MAC Address       : ${device.chassisMac.toUpperCase()}
Model number                    : ${device.model}
System serial number            : ${device.serial}

Configuration register is 0xF

`;
}
