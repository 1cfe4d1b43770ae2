import { adjacency } from './adjacency.ts';
import { findNode } from './find-node.ts';
import { withMetadata } from './graph.ts';
import type { Graph } from './model.ts';

/**
 * The part of a graph within `depth` links of a node (id or name), with every link between the nodes of that part.
 * Depth 0 is the node alone.
 * @throws AppError `not_found`, `conflict` (see `findNode`)
 */
export function neighbourhood(graph: Graph, node: string, depth: number): Graph {
  const steps = adjacency(graph);
  const reached = new Set([findNode(graph, node).id]);
  let front = [...reached];
  for (let hop = 0; hop < depth && front.length > 0; hop++) {
    const next = front.flatMap((id) => (steps.get(id) ?? []).map((step) => step.to.node)).filter((id) => !reached.has(id));
    front = [...new Set(next)];
    for (const id of front) reached.add(id);
  }
  return withMetadata(
    graph.nodes.filter(({ id }) => reached.has(id)),
    graph.links.filter(({ a, b }) => reached.has(a.node) && reached.has(b.node)),
  );
}
