import type { Node } from './ast.ts';
import { components } from './components.ts';
import { type Position, findPositions, intersect, isEmpty, overlap, unite } from './positions.ts';

/** Larger expressions are not looked into; they go to the own matcher. */
const MAX_POSITIONS = 1500;
/** Positions of one loop; the pairs of them are looked at. */
const MAX_LOOP = 120;

/**
 * How the time of a backtracking matcher grows with the length of a text that does not match: the exponent of a polynomial, `Infinity`
 * for exponential growth. An upper estimate, after Weideman et al., "Analyzing matching time behavior of backtracking regular
 * expression matchers by using ambiguity of NFA" (CIAA 2016): exponential where a loop can be gone through in two ways with the same
 * characters; else one for each loop of a chain in which one loop can hand characters on to the next.
 */
export function backtrackingDegree(root: Node): number {
  const found = findPositions(root);
  if (found === null || found.positions.length > MAX_POSITIONS) return Infinity;
  const { positions, apart } = found;
  const parts = components(positions.length, (node) => positions[node]?.next ?? []);
  const loops = parts.filter((part) => part.length > 1 || positions[part[0] ?? 0]?.next.has(part[0] ?? 0) === true);
  if (loops.some((loop) => isExponential(positions, loop))) return Infinity;
  const inside = apart.reduce((sum, body) => sum + backtrackingDegree(body), 0);
  return inside + longestChain(positions, loops);
}

function isExponential(positions: Position[], loop: number[]): boolean {
  const members = new Set(loop);
  if (loop.some((node) => Array.from(positions[node]?.doubled ?? []).some((next) => members.has(next)))) return true;
  if (loop.length === 1) return false;
  if (loop.length > MAX_LOOP) return true;
  const size = loop.length;
  const place = new Map(loop.map((node, at) => [node, at]));
  const steps = loop.map((node) => Array.from(positions[node]?.next ?? []).flatMap((next) => place.get(next) ?? []));
  const meets = loop.map((node) => loop.map((other) => overlap(bitsOf(positions, node), bitsOf(positions, other))));
  // Two equal walks that part and meet again: a pair of different positions on a cycle with a pair of equal ones.
  const pairs = components(size * size, function* (pair) {
    for (const one of steps[Math.floor(pair / size)] ?? []) {
      for (const other of steps[pair % size] ?? []) if (meets[one]?.[other] === true) yield one * size + other;
    }
  });
  const isEqual = (pair: number): boolean => Math.floor(pair / size) === pair % size;
  return pairs.some((part) => part.some(isEqual) && !part.every(isEqual));
}

function longestChain(positions: Position[], loops: number[][]): number {
  const sets = loops.map((loop) => loop.map((node) => bitsOf(positions, node)).reduce(unite));
  const owner = new Map(loops.flatMap((loop, at) => loop.map((node) => [node, at])));
  const degrees: number[] = [];
  // Tarjan gives a component after those it leads to.
  for (const [at, loop] of loops.entries()) {
    let best = 0;
    for (const other of successors(positions, loop, owner, at)) {
      if (canHandOn(positions, loop, sets[at], sets[other], owner, other)) best = Math.max(best, degrees[other] ?? 0);
    }
    degrees.push(best + 1);
  }
  return Math.max(0, ...degrees);
}

/** Loops that can be reached from one. */
function successors(positions: Position[], loop: number[], owner: Map<number, number>, self: number): Set<number> {
  const found = new Set<number>();
  walk(positions, loop, (node) => {
    const at = owner.get(node);
    if (at !== undefined && at !== self) found.add(at);
    return true;
  });
  return found;
}

/** Whether the way from one loop to another can be gone with characters that both loops take. */
function canHandOn(
  positions: Position[],
  loop: number[],
  from: Uint32Array | undefined,
  to: Uint32Array | undefined,
  owner: Map<number, number>,
  target: number,
): boolean {
  if (from === undefined || to === undefined) return false;
  const both = intersect(from, to);
  if (isEmpty(both)) return false;
  let reached = false;
  walk(positions, loop, (node) => {
    if (owner.get(node) === target) reached = true;
    return overlap(bitsOf(positions, node), both);
  });
  return reached;
}

/** Visits what can be reached; goes on only from nodes that `enter` says yes to. */
function walk(positions: Position[], start: number[], enter: (node: number) => boolean): void {
  const seen = new Set<number>();
  const open = start.slice();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const next of positions[node]?.next ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      if (enter(next)) open.push(next);
    }
  }
}

function bitsOf(positions: Position[], node: number): Uint32Array {
  return positions[node]?.bits ?? new Uint32Array(4);
}
