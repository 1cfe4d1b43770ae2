import type { Row } from '../platform.ts';
import { object, objects, parseObject, string } from './value.ts';

/**
 * FRR's JSON (docs.frrouting.org; seen with 8.4). For `vrf all` older releases write one object for each VRF, one after the
 * other, newer ones one object with a member for each.
 */
function parseVrfs(text: string): Row[] {
  const parts = text.trim().split(/^\}\s*\n(?=\{)/m);
  return parts.map((part, i) => parseObject(i < parts.length - 1 ? `${part}}` : part));
}

/** Prefixes of one VRF or of several. */
function* prefixes(table: Row): Generator<Row> {
  for (const [name, value] of Object.entries(table)) {
    if (name.includes('/')) yield* objects(value);
    else if (object(value) !== null) yield* prefixes(object(value) ?? {});
  }
}

/**
 * `show ip route vrf all json`. Every route that zebra holds, also those it does not use (`selected` false). A recursive next
 * hop is one row, the BGP next hop itself with no interface: what it resolves to is another protocol's route.
 */
export function frrRoutes(text: string): Row[] {
  const rows: Row[] = [];
  for (const table of parseVrfs(text)) {
    for (const route of prefixes(table)) {
      for (const hop of ownHops(objects(route['nexthops']))) {
        rows.push({
          network: route['prefix'],
          protocol: route['protocol'],
          next_hop: hop['ip'] ?? null,
          interface: hop['recursive'] === true ? null : (hop['interfaceName'] ?? null),
          blackhole: hop['blackhole'] === true,
          distance: route['distance'],
          metric: route['metric'],
          vrf: route['vrfName'],
          selected: route['selected'] === true,
        });
      }
    }
  }
  return rows;
}

/** Without the hops that a recursive one resolves to: marked `resolver`, in older releases just listed behind it. */
function ownHops(hops: Row[]): Row[] {
  if (hops.some((hop) => hop['resolver'] === true)) return hops.filter((hop) => hop['resolver'] !== true);
  let recursive = false;
  return hops.filter((hop) => {
    recursive ||= hop['recursive'] === true;
    return !recursive || hop['recursive'] === true;
  });
}

const OSPF_TYPES: Record<string, string> = {
  N: 'intra',
  'N IA': 'inter',
  'N E1': 'external-1',
  'N E2': 'external-2',
};

/** `show ip ospf route json`: network → area and type. Entries for routers (`R`) have no prefix and are left out. */
export function frrOspf(text: string): Row[] {
  return Object.entries(parseObject(text)).flatMap(([network, value]) => {
    const route = object(value);
    const type = string(route?.['routeType']);
    if (route === null || type === null || !network.includes('/')) return [];
    return [{ network, area: string(route['area']), route_type: OSPF_TYPES[type] ?? null }];
  });
}

/** `show ip bgp json`: network and next hop → path, preference, origin. */
export function frrBgp(text: string): Row[] {
  const routes = object(parseObject(text)['routes']) ?? {};
  return Object.entries(routes).flatMap(([network, paths]) =>
    objects(paths).flatMap((path) =>
      objects(path['nexthops']).map((hop) => ({
        network,
        next_hop: hop['ip'],
        as_path: path['path'] ?? path['aspath'],
        local_pref: path['locPrf'],
        origin: path['origin'],
      })),
    ),
  );
}

const UNKNOWN_SPEED = 2 ** 32 - 1;

/** `show interface vrf all json`; speed is in Mbit/s. */
export function frrInterfaces(text: string): Row[] {
  return parseVrfs(text).flatMap((all) => [...named(all)].map(([name, itf]) => interfaceRow(name, itf)));
}

function* named(all: Row): Generator<[string, Row]> {
  for (const [name, value] of Object.entries(all)) {
    const itf = object(value);
    if (itf === null) continue;
    if ('operationalStatus' in itf) yield [name, itf];
    else yield* named(itf);
  }
}

function interfaceRow(name: string, itf: Row): Row {
  const speed = itf['speed'];
  return {
    name,
    description: itf['description'] ?? itf['OS Description'],
    admin_status: itf['administrativeStatus'],
    oper_status: itf['operationalStatus'],
    mac: itf['hardwareAddress'],
    addresses: objects(itf['ipAddresses']).map((address) => address['address']),
    mtu: itf['mtu'],
    speed: typeof speed === 'number' && speed > 0 && speed < UNKNOWN_SPEED ? speed * 1e6 : null,
    vrf: itf['vrfName'],
  };
}
