import type { Graph, GraphLink } from './model.ts';
import { compare } from './text.ts';

/** A link as seen from one of its ends. */
export interface Step {
  link: GraphLink;
  from: { node: string; interface: string | null };
  to: { node: string; interface: string | null };
}

/**
 * The links of every node, the most certain first: wires before layer 3 links, confirmed before one-sided, then by id.
 * A link of a node to itself leads nowhere and is left out.
 */
export function adjacency(graph: Graph): Map<string, Step[]> {
  const steps = new Map<string, Step[]>(graph.nodes.map((node) => [node.id, []]));
  const ranked = [...graph.links].sort((x, y) => rank(x) - rank(y) || compare(x.id, y.id));
  for (const link of ranked) {
    if (link.a.node === link.b.node) continue;
    steps.get(link.a.node)?.push({ link, from: link.a, to: link.b });
    steps.get(link.b.node)?.push({ link, from: link.b, to: link.a });
  }
  return steps;
}

function rank(link: GraphLink): number {
  return (link.kind === 'physical' ? 0 : 2) + (link.confirmed ? 0 : 1);
}
