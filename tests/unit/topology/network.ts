import type {
  CdpNeighbor,
  Interface,
  Kind,
  LldpNeighbor,
  MacEntry,
  OspfRoute,
  Records,
  StaticRoute,
} from '../../../core/facts.ts';
import { buildGraph } from '../../../topology/graph.ts';
import type { Graph, GraphLink, GraphNode } from '../../../topology/model.ts';
import type { NetworkDevice } from '../../../topology/network.ts';

export const AT = '2026-11-01T10:00:00Z';

type Facts = { [K in Kind]?: Partial<Records[K]>[] };

/** A device whose id is its name; rows are completed with nulls. */
export function device(name: string, facts: Facts = {}, more: Partial<NetworkDevice> = {}): NetworkDevice {
  return {
    id: `id-${name}`,
    name,
    host: '',
    platform: 'cisco_ios',
    site: null,
    facts: {
      ...fact('interfaces', facts.interfaces?.map(iface)),
      ...fact('lldp_neighbors', facts.lldp_neighbors?.map(lldp)),
      ...fact('cdp_neighbors', facts.cdp_neighbors?.map(cdp)),
      ...fact('mac_table', facts.mac_table?.map(mac)),
      ...fact(
        'ospf_routes',
        facts.ospf_routes?.map((row) => ({ ...route(row), route_type: null, area: null }) satisfies OspfRoute),
      ),
      ...fact(
        'static_routes',
        facts.static_routes?.map((row) => ({ ...route(row), blackhole: false }) satisfies StaticRoute),
      ),
      ...fact(
        'bgp_routes',
        facts.bgp_routes?.map((row) => ({ ...route(row), as_path: null, local_pref: null, origin: null })),
      ),
    },
    ...more,
  };
}

function fact<K extends Kind>(kind: K, records: Records[K][] | undefined): NetworkDevice['facts'] {
  return records === undefined ? {} : { [kind]: { records, collected_at: AT } };
}

export function iface(row: Partial<Interface>): Interface {
  return {
    name: '',
    description: null,
    admin_status: 'up',
    oper_status: 'up',
    mac: null,
    addresses: [],
    mtu: null,
    speed: null,
    vrf: null,
    ...row,
  };
}

export function cdp(row: Partial<CdpNeighbor>): CdpNeighbor {
  return {
    local_interface: '',
    neighbor_name: null,
    neighbor_interface: null,
    neighbor_address: null,
    platform: null,
    capabilities: [],
    ...row,
  };
}

export function lldp(row: Partial<LldpNeighbor>): LldpNeighbor {
  return { ...cdp(row), chassis_id: row.chassis_id ?? null };
}

function mac(row: Partial<MacEntry>): MacEntry {
  return { mac: '', vlan: 1, interface: null, type: 'dynamic', ...row };
}

function route(row: Partial<Records['static_routes']>) {
  return { network: '0.0.0.0/0', next_hop: null, interface: null, distance: 1, metric: 0, vrf: null, selected: true, ...row };
}

export function graphOf(...devices: NetworkDevice[]): Graph {
  return buildGraph({ devices });
}

/** `sw1:Gi0/1 = sw2:Gi0/2 [lldp,cdp]`, `~` for layer 3, `-` where it is not confirmed; ends in the order of the names. */
export function picture(graph: Graph): string[] {
  return graph.links.map((link) => drawLink(graph, link)).sort();
}

export function drawLink(graph: Graph, link: GraphLink): string {
  const names = new Map(graph.nodes.map((node) => [node.id, node.name]));
  const ends = [link.a, link.b].map((end) => `${names.get(end.node)}:${end.interface ?? '?'}`).sort();
  const sign = link.kind === 'layer3' ? '~' : link.confirmed ? '=' : '-';
  return `${ends[0]} ${sign} ${ends[1]} [${[...new Set(link.evidence.map(({ kind }) => kind))].join(',')}]`;
}

export function strangers(graph: Graph): GraphNode[] {
  return graph.nodes.filter((node) => node.kind !== 'device');
}
