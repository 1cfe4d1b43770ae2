import type { Row } from '../platform.ts';
import { object, objects, parseList, parseObject, string } from './value.ts';

/** Who wrote a kernel route that a person or a script set by hand; `boot` is the default of `ip route add`. */
const BY_HAND = new Set(['boot', 'static', 'none', 'unspec']);
const SINKS = new Set(['blackhole', 'unreachable', 'prohibit']);

/**
 * `ip -j route`, the main table: what the kernel forwards by. `protocol` is `static`, `ospf`, `bgp` or whatever daemon wrote it;
 * default routes count as static whoever wrote them (DHCP). The kernel has no administrative distance; 1 is that of a static route.
 */
export function kernelRoutes(text: string): Row[] {
  return parseList(text).flatMap((route) => {
    const written = string(route['protocol']) ?? 'boot';
    const isStatic = BY_HAND.has(written) || (route['dst'] === 'default' && written !== 'ospf' && written !== 'bgp');
    const shared = {
      network: hostPrefix(route['dst']),
      protocol: isStatic ? 'static' : written,
      distance: isStatic ? 1 : null,
      metric: route['metric'] ?? 0,
      selected: true,
      blackhole: SINKS.has(string(route['type']) ?? ''),
    };
    const hops = objects(route['nexthops']);
    return (hops.length > 0 ? hops : [route]).map((hop) => ({
      ...shared,
      next_hop: hop['gateway'] ?? object(hop['via'])?.['host'] ?? null,
      interface: hop['dev'] ?? null,
    }));
  });
}

/** iproute2 leaves out the length of a host route. */
function hostPrefix(dst: unknown): unknown {
  return typeof dst !== 'string' || dst === 'default' || dst.includes('/') ? dst : `${dst}/${dst.includes(':') ? 128 : 32}`;
}

/**
 * `bridge -j fdb show`: entries of bridges. A bridge's own addresses are `self`; entries without a bridge are the receive
 * filters of a network card, not a MAC table, and are left out.
 */
export function bridgeMacs(text: string): Row[] {
  return parseList(text).flatMap((entry) => {
    if (string(entry['master']) === null) return [];
    const state = string(entry['state']) ?? '';
    const type = state === 'permanent' ? 'self' : state === 'static' ? 'static' : 'dynamic';
    return [{ mac: entry['mac'], vlan: entry['vlan'], interface: entry['ifname'], type }];
  });
}

/** `ip -4 -j neigh`; entries that failed have no `lladdr`. */
export function kernelNeighbors(text: string): Row[] {
  return parseList(text).map((entry) => ({ address: entry['dst'], mac: entry['lladdr'], interface: entry['dev'] }));
}

/** `ip -j -d address`. `UNKNOWN` is what virtual interfaces report while they work. */
export function kernelInterfaces(text: string): Row[] {
  return parseList(text).map((itf) => {
    const flags = Array.isArray(itf['flags']) ? itf['flags'] : [];
    const state = string(itf['operstate']);
    const slave = string(object(itf['linkinfo'])?.['info_slave_kind']);
    return {
      name: itf['ifname'],
      description: itf['ifalias'],
      admin_status: flags.includes('UP') ? 'up' : 'down',
      oper_status: state === 'UNKNOWN' ? (flags.includes('LOWER_UP') ? 'up' : 'down') : state,
      mac: itf['link_type'] === 'loopback' ? null : itf['address'],
      addresses: objects(itf['addr_info']).map((address) => `${String(address['local'])}/${String(address['prefixlen'])}`),
      mtu: itf['mtu'],
      vrf: slave === 'vrf' ? itf['master'] : null,
    };
  });
}

/** The first `value` of one of lldpd's lists. */
function value(list: unknown): string | null {
  return string(objects(list)[0]?.['value']);
}

/** `lldpcli -f json0 show neighbors details`; `protocol` is `LLDP`, `CDPv1`, `CDPv2`, … */
function lldpd(text: string, wanted: RegExp): Row[] {
  const interfaces = objects(parseObject(text)['lldp']).flatMap((part) => objects(part['interface']));
  return interfaces.flatMap((itf) => {
    if (!wanted.test(string(itf['via']) ?? '')) return [];
    const chassis = objects(itf['chassis'])[0] ?? {};
    const port = objects(itf['port'])[0] ?? {};
    const described = value(chassis['descr']);
    return [
      {
        local_interface: itf['name'],
        chassis_id: value(chassis['id']),
        neighbor_name: value(chassis['name']),
        neighbor_port_id: value(port['id']),
        port_description: value(port['descr']),
        neighbor_address: objects(chassis['mgmt-ip']).map((address) => address['value']),
        // lldpd joins CDP's software version and platform by this phrase.
        platform: described?.split(' running on\n')[1] ?? null,
        capabilities: objects(chassis['capability'])
          .filter((one) => one['enabled'] === true)
          .map((one) => one['type']),
      },
    ];
  });
}

export function lldpdLldp(text: string): Row[] {
  return lldpd(text, /^LLDP$/);
}

export function lldpdCdp(text: string): Row[] {
  return lldpd(text, /^CDP/);
}
