import { networkOf, splitCidr } from '../address.ts';
import type { Capability, SimInterface } from '../model.ts';
import type { RenderContext } from '../platform.ts';
import { rib } from '../rib.ts';

const print = (value: unknown): string => `${JSON.stringify(value)}\n`;

export const BRIDGE = 'br0';

/** `ip -j route`: the main table of the kernel. */
export function kernelRoutes(context: RenderContext): string {
  return print(
    rib(context).flatMap((entry): Record<string, unknown>[] => {
      if (!entry.active || entry.protocol === 'local' || (entry.protocol === 'connected' && entry.length === 32)) return [];
      const dst = entry.length === 0 ? 'default' : entry.length === 32 ? entry.network : `${entry.network}/${entry.length}`;
      if (entry.protocol === 'connected') {
        return [{ dst, dev: entry.nextHops[0]?.interface, protocol: 'kernel', scope: 'link', flags: [] }];
      }
      const metric = { metric: 20, flags: [] };
      if (entry.blackhole) return [{ type: 'blackhole', dst, protocol: entry.protocol, ...metric }];
      const [first] = entry.nextHops;
      if (entry.nextHops.length === 1) {
        return [{ dst, gateway: first?.address, dev: first?.interface, protocol: entry.protocol, ...metric }];
      }
      const nexthops = entry.nextHops.map((hop) => ({ gateway: hop.address, dev: hop.interface, weight: 1, flags: [] }));
      return [{ dst, protocol: entry.protocol, ...metric, nexthops }];
    }),
  );
}

const bridged = (port: SimInterface): boolean => port.role === 'access';

/** Entries of the bridge: what was learned, and each port's own address. */
export function bridgeEntries({
  facts,
  device,
}: RenderContext): { mac: string; vlan: number; port: SimInterface; own: boolean }[] {
  if (facts.macs.length === 0) return [];
  const own = device.interfaces.filter((port) => bridged(port) && port.up);
  return [
    ...facts.macs.map(({ mac, vlan, port }) => ({ mac, vlan, port, own: false })),
    ...own.map((port) => ({ mac: port.mac ?? '', vlan: port.vlan ?? 1, port, own: true })),
  ];
}

/** `bridge -j fdb show`, with the receive filters of network cards that are no MAC table. */
export function bridgeFdb(context: RenderContext): string {
  const filters = context.device.interfaces
    .filter((port) => port.role === 'fabric')
    .map((port) => ({ mac: '01:00:5e:00:00:01', ifname: port.name, flags: ['self'], state: 'permanent' }));
  const entries = bridgeEntries(context).map(({ mac, vlan, port, own }) => ({
    mac,
    ifname: port.name,
    vlan,
    flags: [],
    master: BRIDGE,
    state: own ? 'permanent' : '',
  }));
  return print([...filters, ...entries]);
}

/** `ip -4 -j neigh`; who never answered has FAILED and no address. */
export function kernelNeighbors({ facts }: RenderContext): string {
  return print(
    facts.arp
      .filter((entry) => !entry.own)
      .map(({ address, mac, port }) => ({
        dst: address,
        dev: port.unit,
        ...(mac ? { lladdr: mac, state: ['REACHABLE'] } : { state: ['FAILED'] }),
      })),
  );
}

/** `ip -j -d address`. */
export function addresses({ facts }: RenderContext): string {
  return print(
    facts.interfaces.map((port, index) => {
      const loopback = port.role === 'loopback';
      const kind = { lag: 'bond', svi: 'vlan', bridge: 'bridge' }[port.role as string];
      const master = port.lag?.name ?? (bridged(port) ? BRIDGE : undefined);
      const slave = port.lag ? 'bond' : bridged(port) ? 'bridge' : undefined;
      return {
        ifindex: index + 1,
        ifname: port.name,
        flags: [loopback ? 'LOOPBACK' : 'BROADCAST', ...(port.admin ? ['UP'] : []), ...(port.up ? ['LOWER_UP'] : ['NO-CARRIER'])],
        mtu: loopback ? 65536 : port.mtu,
        qdisc: loopback ? 'noqueue' : 'mq',
        ...(master ? { master } : {}),
        operstate: loopback ? 'UNKNOWN' : port.up ? 'UP' : 'DOWN',
        group: 'default',
        txqlen: 1000,
        ...(port.description ? { ifalias: port.description } : {}),
        link_type: loopback ? 'loopback' : 'ether',
        address: port.mac ?? '00:00:00:00:00:00',
        ...(kind || slave
          ? { linkinfo: { ...(kind ? { info_kind: kind } : {}), ...(slave ? { info_slave_kind: slave } : {}) } }
          : {}),
        addr_info: port.addresses.map((cidr) => {
          const { address, length } = splitCidr(cidr);
          return { family: 'inet', local: address, prefixlen: length, scope: 'global', label: port.name };
        }),
      };
    }),
  );
}

const NAMES: Record<Capability, string> = { bridge: 'Bridge', router: 'Router', wlan: 'Wlan' };

/** `lldpcli -f json0 show neighbors details`. */
export function lldpJson({ facts }: RenderContext): string {
  const neighbors = facts.lldp.map((fact, index) => ({
    name: fact.port.name,
    via: 'LLDP',
    rid: String(index + 1),
    age: '4 days, 03:12:44',
    chassis: [
      {
        id: [{ type: 'mac', value: fact.mac }],
        name: [{ value: fact.name }],
        descr: [{ value: fact.description }],
        ...(fact.address ? { 'mgmt-ip': [{ value: fact.address }] } : {}),
        capability: [
          ...fact.capabilities.map((capability) => ({ type: NAMES[capability], enabled: true })),
          { type: 'Station', enabled: false },
        ],
      },
    ],
    port: [
      {
        id: [{ type: 'ifname', value: fact.remotePort }],
        descr: [{ value: fact.remotePortDescription }],
        ttl: [{ value: '120' }],
      },
    ],
  }));
  return `${JSON.stringify({ lldp: [neighbors.length > 0 ? { interface: neighbors } : {}] }, null, 2)}\n`;
}

/** `ip route`, for people. */
export function routeText(context: RenderContext): string {
  return rib(context)
    .filter((entry) => entry.active && entry.protocol === 'connected' && entry.length < 32)
    .map((entry) => {
      const { network, length } = networkOf(`${entry.network}/${entry.length}`);
      return `${network}/${length} dev ${entry.nextHops[0]?.interface} proto kernel scope link\n`;
    })
    .join('');
}
