import { adjacency, type Step } from './adjacency.ts';
import { findNode } from './find-node.ts';
import type { Graph, LinkKind } from './model.ts';

export interface PathEnd {
  node: string;
  name: string;
  interface: string | null;
}

export interface PathHop {
  link: string;
  kind: LinkKind;
  confirmed: boolean;
  from: PathEnd;
  to: PathEnd;
}

export interface PathResult {
  from: { id: string; name: string };
  to: { id: string; name: string };
  /** Links on a shortest path; null where the two are not connected. 0 from a node to itself. */
  length: number | null;
  /** The shortest path, or with `all` every one; parallel links make different paths. Empty where there is none. */
  paths: PathHop[][];
  /** True where there are more paths of this length than were asked for. */
  truncated: boolean;
}

export interface PathOptions {
  /** Every path of the shortest length instead of one. */
  all?: boolean;
  /** At most this many paths (default 64). */
  limit?: number;
  /** Only over links of this kind. */
  kind?: LinkKind;
}

/**
 * Finds the path with the fewest links between two nodes, each given by id or name. An ambiguous node may be two devices, so a path can
 * end there but not pass through.
 * @throws AppError `not_found`, `conflict` (see `findNode`)
 */
export function findPath(graph: Graph, from: string, to: string, options: PathOptions = {}): PathResult {
  const [start, goal] = [findNode(graph, from), findNode(graph, to)];
  const ends = { from: { id: start.id, name: start.name }, to: { id: goal.id, name: goal.name } };
  const before = search(graph, start.id, goal.id, options.kind);
  if (before === null) return { ...ends, length: null, paths: [], truncated: false };
  const limit = options.all ? (options.limit ?? 64) : 1;
  const paths = unroll(before, start.id, goal.id, limit + (options.all ? 1 : 0));
  const names = new Map(graph.nodes.map((node) => [node.id, node.name]));
  const end = ({ node, interface: name }: Step['from']): PathEnd => ({ node, name: names.get(node) ?? node, interface: name });
  return {
    ...ends,
    length: paths[0]?.length ?? 0,
    paths: paths.slice(0, limit).map((path) =>
      path.map(({ link, from, to }) => ({
        link: link.id,
        kind: link.kind,
        confirmed: link.confirmed,
        from: end(from),
        to: end(to),
      })),
    ),
    truncated: paths.length > limit,
  };
}

/** Breadth first: for every node reached, the last steps of the shortest ways to it. Null where the goal is not reached. */
function search(graph: Graph, start: string, goal: string, kind: LinkKind | undefined): Map<string, Step[]> | null {
  const steps = adjacency(graph);
  const passable = new Set(graph.nodes.filter((node) => node.kind !== 'ambiguous').map((node) => node.id));
  const before = new Map<string, Step[]>([[start, []]]);
  let front = [start];
  while (front.length > 0 && !before.has(goal)) {
    const next = new Map<string, Step[]>();
    for (const node of front) {
      if (node !== start && !passable.has(node)) continue;
      for (const step of steps.get(node) ?? []) {
        if (before.has(step.to.node) || (kind !== undefined && step.link.kind !== kind)) continue;
        const found = next.get(step.to.node);
        if (found === undefined) next.set(step.to.node, [step]);
        else found.push(step);
      }
    }
    for (const [node, found] of next) before.set(node, found);
    front = [...next.keys()];
  }
  return before.has(goal) ? before : null;
}

/** Walks back from the goal, depth first and without recursion, until `limit` paths are complete. */
function unroll(before: Map<string, Step[]>, start: string, goal: string, limit: number): Step[][] {
  const complete: Step[][] = [];
  const open: { node: string; path: Step[] }[] = [{ node: goal, path: [] }];
  for (let at = open.pop(); at !== undefined && complete.length < limit; at = open.pop()) {
    if (at.node === start) {
      complete.push(at.path);
      continue;
    }
    // Last in, first out: pushed in reverse so that the most certain link is tried first.
    for (const step of (before.get(at.node) ?? []).toReversed()) open.push({ node: step.from.node, path: [step, ...at.path] });
  }
  return complete;
}
