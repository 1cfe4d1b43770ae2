import type { BgpRoute, OspfRoute } from '../../core/facts.ts';
import { hexDigits } from '../random.ts';
import type { RenderContext } from '../platform.ts';
import { bgpRecords, ospfRecords, type RouteView } from '../records.ts';
import { ciscoAge, rib, type RibEntry } from '../rib.ts';

/** How FRR 8.4 gives routes in JSON, OSPF's and BGP's own tables joined. */
export const VIEW: RouteView = {
  vrf: null,
  distance: { connected: 0, local: 0, static: 1, ospf: 110, 'ospf-external': 110, ebgp: 20, ibgp: 200 },
  static: { interface: true, metric: 0 },
  blackhole: { interface: null, distance: 1, metric: 0 },
  ospf: { types: true, area: true },
  bgp: { recursive: true, metric: 0, attributes: true },
  inactive: true,
};

const print = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function nexthops(entry: RibEntry): Record<string, unknown>[] {
  if (entry.blackhole) return [{ flags: 3, fib: true, unreachable: true, blackhole: true, active: true, weight: 1 }];
  if (entry.protocol === 'connected') {
    return [{ flags: 3, fib: true, directlyConnected: true, interfaceName: entry.nextHops[0]?.interface, active: true }];
  }
  const hop = (address: string | null, port: string | null) => ({
    flags: entry.active ? 3 : 0,
    ip: address,
    afi: 'ipv4',
    ...(port ? { interfaceName: port } : {}),
    ...(entry.active ? { fib: true, active: true } : {}),
    weight: 1,
  });
  if (entry.source !== 'ibgp') return entry.nextHops.map(({ address, interface: port }) => hop(address, port));
  const recursive = { flags: 5, ip: entry.bgp?.nextHop, afi: 'ipv4', active: true, recursive: true, weight: 1 };
  return [recursive, ...entry.nextHops.map(({ address, interface: port }) => ({ ...hop(address, port), resolver: true }))];
}

export function routesJson(context: RenderContext): string {
  const table: Record<string, unknown[]> = {};
  for (const entry of rib(context)) {
    if (entry.protocol === 'local') continue;
    const prefix = `${entry.network}/${entry.length}`;
    const route = {
      prefix,
      prefixLen: entry.length,
      protocol: entry.protocol,
      vrfId: 0,
      vrfName: 'default',
      ...(entry.active ? { selected: true, destSelected: true, installed: true } : {}),
      distance: VIEW.distance[entry.source],
      metric: entry.metric,
      table: 254,
      uptime: ciscoAge(entry.age),
      nexthops: nexthops(entry),
    };
    (table[prefix] ??= []).push(route);
  }
  return print(table);
}

const TYPE = { intra: 'N', inter: 'N IA', 'external-2': 'N E2' };

export function ospfJson({ facts, device }: RenderContext): string {
  const table: Record<string, unknown> = {};
  for (const { network, length, type, metric, area, nextHops } of facts.ospf) {
    const cost = type === 'external-2' ? { cost: 10, type2cost: metric, tag: 0 } : { cost: metric, area };
    const via = nextHops.map((hop) => ({ ip: hop.address, via: hop.interface }));
    table[`${network}/${length}`] = { routeType: TYPE[type], ...cost, nexthops: via };
  }
  table[device.loopback] = { routeType: 'R ', cost: 10, area: `0.0.0.${device.pod + 1}`, routerType: 'asbr', nexthops: [] };
  return print(table);
}

/** OSPF records as the two tables give them: an external route has no area. */
export function ospfTruth(context: RenderContext): OspfRoute[] {
  return ospfRecords(context, VIEW).map((route) => (route.route_type === 'external-2' ? { ...route, area: null } : route));
}

/** BGP records: what came from another AS carries no local preference, and is reached over its own port. */
export function bgpTruth(context: RenderContext): BgpRoute[] {
  const external = new Map(
    context.facts.bgp.filter((fact) => !fact.internal).map((fact) => [`${fact.network}/${fact.length}`, fact]),
  );
  return bgpRecords(context, VIEW).map((route) => {
    const fact = external.get(route.network);
    return fact ? { ...route, local_pref: null, interface: fact.nextHops[0]?.interface ?? null } : route;
  });
}

export function bgpJson({ facts, device }: RenderContext): string {
  const routes: Record<string, unknown[]> = {};
  for (const fact of facts.bgp) {
    const prefix = `${fact.network}/${fact.length}`;
    routes[prefix] = [
      {
        valid: true,
        bestpath: true,
        pathFrom: fact.internal ? 'internal' : 'external',
        prefix: fact.network,
        prefixLen: fact.length,
        network: prefix,
        metric: 0,
        ...(fact.internal ? { locPrf: fact.localPref } : {}),
        weight: 0,
        peerId: fact.protocolNextHop,
        path: fact.asPath.join(' '),
        origin: fact.origin === 'igp' ? 'IGP' : 'incomplete',
        nexthops: [{ ip: fact.protocolNextHop, afi: 'ipv4', used: true }],
      },
    ];
  }
  return print({
    vrfId: 0,
    vrfName: 'default',
    tableVersion: 9,
    routerId: device.loopback,
    defaultLocPrf: 100,
    localAS: 65001,
    routes,
  });
}

export function interfacesJson({ facts }: RenderContext): string {
  const ports = facts.interfaces.map((port, index) => [
    port.name,
    {
      administrativeStatus: port.admin ? 'up' : 'down',
      operationalStatus: port.up ? 'up' : 'down',
      linkDetection: true,
      vrfName: 'default',
      ...(port.description ? { description: port.description } : {}),
      ifIndex: index + 1,
      metric: 0,
      mtu: port.role === 'loopback' ? 65536 : port.mtu,
      speed: port.role === 'loopback' ? 0 : port.speed / 1e6,
      flags: port.role === 'loopback' ? '<UP,LOOPBACK,RUNNING>' : '<UP,BROADCAST,RUNNING,MULTICAST>',
      type: port.role === 'loopback' ? 'Loopback' : 'Ethernet',
      ...(port.mac ? { hardwareAddress: port.mac } : {}),
      interfaceType: 'Other',
      ipAddresses: port.addresses.map((address) => ({ address, secondary: false, unnumbered: false })),
    },
  ]);
  return print(Object.fromEntries(ports));
}

export function routeText(context: RenderContext): string {
  const letter = { connected: 'C', local: 'L', static: 'S', ospf: 'O', bgp: 'B' };
  const lines = rib(context).flatMap((entry) => {
    if (entry.protocol === 'local') return [];
    const mark = entry.active ? '>*' : '  ';
    const head = `${letter[entry.protocol]}${mark} ${entry.network}/${entry.length}`;
    if (entry.protocol === 'connected')
      return [`${head} is directly connected, ${entry.nextHops[0]?.interface}, ${ciscoAge(entry.age)}`];
    const cost = `[${VIEW.distance[entry.source]}/${entry.metric}]`;
    if (entry.blackhole) return [`${head} ${cost} unreachable (blackhole), weight 1, ${ciscoAge(entry.age)}`];
    return entry.nextHops.map((hop, index) => {
      const via = `via ${hop.address}, ${hop.interface ?? 'inactive'}, weight 1, ${ciscoAge(entry.age)}`;
      return index === 0 ? `${head} ${cost} ${via}` : `  * ${' '.repeat(head.length - 4)} ${via}`;
    });
  });
  return `Codes: K - kernel route, C - connected, S - static, R - RIP,
       O - OSPF, I - IS-IS, B - BGP, E - EIGRP, N - NHRP,
       T - Table, v - VNC, V - VNC-Direct, A - Babel, F - PBR,
       f - OpenFabric,
       > - selected route, * - FIB route, q - queued, r - rejected, b - backup
       t - trapped, o - offload failure

${lines.join('\n')}
`;
}

export function config({ device, facts, seed }: RenderContext): string {
  const secret = (count: number, what: string): string => hexDigits(count, seed, device.index, what);
  return [
    'Building configuration...',
    '',
    'Current configuration:',
    '!',
    'frr version 8.4.4',
    'frr defaults traditional',
    `hostname ${device.name}`,
    `password 8 ${secret(13, 'vty')}`,
    ...(device.revision > 0 ? [`banner motd line revision ${device.revision}`] : []),
    'service integrated-vtysh-config',
    '!',
    ...facts.static.flatMap((route) =>
      route.blackhole
        ? [`ip route ${route.network}/${route.length} blackhole`]
        : route.nextHops.map((hop) => `ip route ${route.network}/${route.length} ${hop.address}`),
    ),
    '!',
    ...facts.interfaces.flatMap((port) => [
      `interface ${port.name}`,
      ...(port.description ? [` description ${port.description}`] : []),
      ...port.addresses.map((cidr) => ` ip address ${cidr}`),
      ...(port.admin ? [] : [' shutdown']),
      'exit',
      '!',
    ]),
    ...Array.from({ length: device.rules }, (_, k) => `access-list EDGE-IN seq ${5 + k * 5} permit 10.${k % 250}.0.0/16`),
    '!',
    'router ospf',
    ` ospf router-id ${device.loopback}`,
    'exit',
    '!',
    'router bgp 65001',
    ` neighbor ${device.loopback} password ${secret(16, 'bgp')}`,
    'exit',
    '!',
    'end',
    '',
  ].join('\n');
}
