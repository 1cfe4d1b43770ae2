import type { Node } from './ast.ts';
import { asciiBits } from './char-set.ts';
import { singleSet } from './compile.ts';

/** A place of the expression that takes one character: the positions of a Glushkov automaton, with the ASCII characters it takes. */
export interface Position {
  /** 128 bits. */
  bits: Uint32Array;
  next: Set<number>;
  /** It stands for several characters, of a count too small to be a loop. */
  several: boolean;
  /** Successors that it has in more than one way, e.g. itself in `(a*)*`. */
  doubled: Set<number>;
}

export interface Positions {
  positions: Position[];
  /** Where a match can begin and end, and whether it can be empty. */
  first: number[];
  last: number[];
  nullable: boolean;
  /** Bodies of look-arounds; they are matched on their own. */
  apart: Node[];
}

/** Counted repeats of one character up to this many are no loop. */
const SMALL_COUNT = 3;

interface Part {
  first: number[];
  last: number[];
  nullable: boolean;
}

const EMPTY: Part = { first: [], last: [], nullable: true };

/** Null for what JavaScript cannot express either. */
export function findPositions(root: Node): Positions | null {
  const positions: Position[] = [];
  const apart: Node[] = [];
  let expressible = true;

  const position = (bits: Uint32Array): Part => {
    positions.push({ bits, next: new Set(), several: false, doubled: new Set() });
    const index = positions.length - 1;
    return { first: [index], last: [index], nullable: false };
  };
  const link = (from: number[], to: number[]): void => {
    for (const one of from) {
      const position = positions[one];
      for (const other of to) {
        if (position?.next.has(other) === true) position.doubled.add(other);
        position?.next.add(other);
      }
    }
  };
  const severalAt = (nodes: number[]): void => {
    for (const node of nodes) {
      const position = positions[node];
      if (position !== undefined) position.several = true;
    }
  };
  const join = (a: Part, b: Part): Part => {
    link(a.last, b.first);
    return {
      first: a.nullable ? [...a.first, ...b.first] : a.first,
      last: b.nullable ? [...a.last, ...b.last] : b.last,
      nullable: a.nullable && b.nullable,
    };
  };

  const visit = (node: Node): Part => {
    switch (node.type) {
      case 'literal':
        return position(literalBits(node.code));
      case 'set':
        return position(asciiBits(node.set));
      case 'sequence':
        return node.parts.map(visit).reduce(join, EMPTY);
      case 'alternation': {
        const parts = node.branches.map(visit);
        return {
          first: parts.flatMap((part) => part.first),
          last: parts.flatMap((part) => part.last),
          nullable: parts.some((part) => part.nullable),
        };
      }
      case 'group':
        return visit(node.body);
      case 'look':
        apart.push(node.body);
        return EMPTY;
      case 'anchor':
        return EMPTY;
      case 'repeat': {
        if (node.mode === 'possessive') expressible = false;
        if (node.max === 0) return EMPTY;
        const body = visit(node.body);
        const small = singleSet(node.body) !== null && (node.max <= SMALL_COUNT || node.min === node.max);
        if (node.max > 1 && !small) link(body.last, body.first);
        else if (node.max > 1) severalAt(body.first);
        return { ...body, nullable: body.nullable || node.min === 0 };
      }
      case 'atomic':
      case 'backreference':
      case 'conditional':
        break;
    }
    expressible = false;
    return EMPTY;
  };
  const whole = visit(root);
  return expressible ? { positions, ...whole, apart } : null;
}

function literalBits(code: number): Uint32Array {
  const bits = new Uint32Array(4);
  if (code < 128) bits[code >> 5] = 1 << (code & 31);
  return bits;
}

export function intersect(a: Uint32Array, b: Uint32Array): Uint32Array {
  return a.map((word, at) => word & (b[at] ?? 0));
}

export function unite(a: Uint32Array, b: Uint32Array): Uint32Array {
  return a.map((word, at) => word | (b[at] ?? 0));
}

export function isEmpty(bits: Uint32Array): boolean {
  return bits.every((word) => word === 0);
}

export function overlap(a: Uint32Array, b: Uint32Array): boolean {
  return a.some((word, at) => (word & (b[at] ?? 0)) !== 0);
}
