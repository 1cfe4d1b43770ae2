import type { Graph, GraphLink, GraphNode } from './model.ts';
import { compare } from './text.ts';

/** One thing that both graphs have and that is not the same; `fields` names what differs. */
export interface Changed<T> {
  id: string;
  before: T;
  after: T;
  fields: string[];
}

export interface Changes<T> {
  added: T[];
  removed: T[];
  changed: Changed<T>[];
}

export interface GraphDiff {
  nodes: Changes<GraphNode>;
  links: Changes<GraphLink>;
  /** True where nothing but the times of collection differs. */
  unchanged: boolean;
}

/** What it takes to get from one graph to the other. When rows were collected is no change; everything else is. Sorted by id. */
export function diffGraphs(from: Graph, to: Graph): GraphDiff {
  const nodes = compareAll(from.nodes, to.nodes, {
    name: (node) => node.name,
    kind: (node) => node.kind,
    device_id: (node) => node.device_id,
    platform: (node) => node.platform,
    site: (node) => node.site,
    addresses: (node) => node.addresses,
    reason: (node) => node.reason,
  });
  const links = compareAll(from.links, to.links, {
    a: (link) => [link.a.node, link.a.interface],
    b: (link) => [link.b.node, link.b.interface],
    kind: (link) => link.kind,
    evidence: (link) => link.evidence.map(({ kind, device_id }) => `${kind} ${device_id}`).sort(compare),
    confirmed: (link) => link.confirmed,
  });
  const unchanged = [nodes, links].every(({ added, removed, changed }) => added.length + removed.length + changed.length === 0);
  return { nodes, links, unchanged };
}

function compareAll<T extends { id: string }>(from: T[], to: T[], fields: Record<string, (thing: T) => unknown>): Changes<T> {
  const old = new Map(from.map((thing) => [thing.id, thing]));
  const current = new Map(to.map((thing) => [thing.id, thing]));
  const byId = (a: { id: string }, b: { id: string }) => compare(a.id, b.id);
  const changed = to.flatMap((after) => {
    const before = old.get(after.id);
    if (before === undefined) return [];
    const differing = Object.entries(fields).filter(([, read]) => JSON.stringify(read(before)) !== JSON.stringify(read(after)));
    return differing.length === 0 ? [] : [{ id: after.id, before, after, fields: differing.map(([name]) => name) }];
  });
  return {
    added: to.filter((thing) => !old.has(thing.id)).sort(byId),
    removed: from.filter((thing) => !current.has(thing.id)).sort(byId),
    changed: changed.sort(byId),
  };
}
