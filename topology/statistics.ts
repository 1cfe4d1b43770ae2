import type { EvidenceKind, Graph, GraphLink, LinkKind, NodeKind } from './model.ts';
import { compare } from './text.ts';

export interface NodeRef {
  id: string;
  name: string;
}

export interface TopologyStatistics {
  nodes: Record<NodeKind, number> & { total: number };
  links: Record<LinkKind, number> & { total: number; confirmed: number; unconfirmed: number };
  /** Links that each kind of evidence supports; one link may count in several. */
  evidence: Record<EvidenceKind, number>;
  /** Managed devices; those without a site or platform under `unknown`. Most first. */
  platforms: { platform: string; devices: number }[];
  sites: { site: string; devices: number }[];
  /** Managed devices without any link to another node. */
  isolated: NodeRef[];
  /** Physical links between two managed devices that only one of them reports: their ids. */
  one_sided: string[];
  /** The ten nodes with the most neighbours. */
  most_connected: (NodeRef & { neighbors: number; links: number })[];
}

const MOST_CONNECTED = 10;

export function statistics(graph: Graph): TopologyStatistics {
  const devices = graph.nodes.filter((node) => node.kind === 'device');
  const managed = new Set(devices.map((node) => node.id));
  const outward = graph.links.filter((link) => link.a.node !== link.b.node);
  const neighbors = new Map(graph.nodes.map((node) => [node.id, { links: 0, nodes: new Set<string>() }]));
  for (const { a, b } of outward) {
    for (const [one, other] of [
      [a.node, b.node],
      [b.node, a.node],
    ] as const) {
      const found = neighbors.get(one);
      if (found !== undefined) found.links += 1;
      found?.nodes.add(other);
    }
  }
  const connected = graph.nodes
    .map(({ id, name }) => ({ id, name, neighbors: neighbors.get(id)?.nodes.size ?? 0, links: neighbors.get(id)?.links ?? 0 }))
    .sort((x, y) => y.neighbors - x.neighbors || y.links - x.links || compare(x.id, y.id));
  const confirmed = graph.links.filter((link) => link.confirmed).length;
  const kinds = graph.links.flatMap((link) => [...new Set(link.evidence.map((found) => found.kind))]);
  return {
    nodes: {
      total: graph.nodes.length,
      ...tally(
        { device: 0, unmanaged: 0, ambiguous: 0 },
        graph.nodes.map((node) => node.kind),
      ),
    },
    links: {
      total: graph.links.length,
      ...tally(
        { physical: 0, layer3: 0 },
        graph.links.map((link) => link.kind),
      ),
      confirmed,
      unconfirmed: graph.links.length - confirmed,
    },
    evidence: tally({ lldp: 0, cdp: 0, mac: 0, ospf: 0, bgp: 0, static: 0 }, kinds),
    platforms: most(devices.map((node) => node.platform)).map(([platform, count]) => ({ platform, devices: count })),
    sites: most(devices.map((node) => node.site)).map(([site, count]) => ({ site, devices: count })),
    isolated: connected.filter((node) => node.links === 0 && managed.has(node.id)).map(({ id, name }) => ({ id, name })),
    one_sided: outward.filter((link) => isOneSided(link, managed)).map((link) => link.id),
    most_connected: connected.filter((node) => node.links > 0).slice(0, MOST_CONNECTED),
  };
}

function isOneSided(link: GraphLink, managed: Set<string>): boolean {
  const reported = link.evidence.some(({ kind }) => kind === 'lldp' || kind === 'cdp');
  return link.kind === 'physical' && reported && !link.confirmed && managed.has(link.a.node) && managed.has(link.b.node);
}

/** Adds one to `counts` for each value that is one of its keys. */
function tally<K extends string>(counts: Record<K, number>, values: Iterable<K>): Record<K, number> {
  for (const value of values) counts[value] += 1;
  return counts;
}

function most(values: (string | null)[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value ?? 'unknown', (counts.get(value ?? 'unknown') ?? 0) + 1);
  return [...counts].sort(([a, x], [b, y]) => y - x || compare(a, b));
}
