import type { CharSet } from './ast.ts';
import { asciiBitmap, setHas } from './char-set.ts';

/** A set of code points, quick for ASCII. */
export interface Members {
  ascii: Uint8Array;
  has(code: number): boolean;
}

/** A loop that has to count or to notice empty turns. Its registers are the count, at `register`, and the start of the turn, after it. */
export interface Loop {
  register: number;
  min: number;
  max: number;
  lazy: boolean;
  /** The body can match nothing. */
  nullable: boolean;
}

/**
 * One step of a compiled expression. `next` is where to go on; a step without it goes on with the one after it.
 * `memo` numbers the steps at which a second visit with the same state must fail again; -1 for all others.
 */
export type Instruction =
  | { op: 'literal'; code: number }
  | { op: 'set'; members: Members }
  /** Try `first`, then `second`. */
  | { op: 'split'; first: number; second: number; memo: number; loops: Loop[] }
  | { op: 'jump'; next: number }
  | { op: 'mark'; register: number }
  /** A repeated single character. */
  | { op: 'run'; members: Members; min: number; max: number; mode: 'greedy' | 'lazy' | 'possessive'; memo: number; loops: Loop[] }
  | { op: 'anchor'; kind: 'start' | 'end' | 'boundary' | 'notBoundary'; scope: 'text' | 'line' | 'string'; ascii: boolean }
  | { op: 'enter'; loop: Loop }
  /** The end of a loop's turn, and its beginning: decide on one more. */
  | { op: 'until'; loop: Loop; body: number; exit: number; memo: number; loops: Loop[] }
  /** A lazy loop whose exit failed. */
  | { op: 'more'; loop: Loop; body: number }
  | { op: 'look'; body: number; next: number; negative: boolean; back: number }
  | { op: 'atomic'; body: number; next: number }
  | { op: 'possessive'; body: number; next: number; min: number; max: number }
  | { op: 'backreference'; index: number; ignoreCase: boolean; ascii: boolean }
  | { op: 'conditional'; index: number; no: number }
  /** The end of the expression, or of the body of a look-around, an atomic group or a possessive repeat. */
  | { op: 'end' };

export interface Program {
  code: Instruction[];
  /** Two per group, from register 0 on, then two per loop. */
  registers: number;
  groups: number;
  /** Number of memo steps times their loop states; null where success depends on captures, so that nothing may be remembered. */
  memoStates: number | null;
}

export function members(set: CharSet): Members {
  const known = new Map<number, boolean>();
  return {
    ascii: asciiBitmap(set),
    has(code) {
      let answer = known.get(code);
      if (answer === undefined) {
        answer = setHas(set, code);
        known.set(code, answer);
      }
      return answer;
    },
  };
}

/** Number of distinct states that the registers of a loop can be in, as far as they matter. */
export function loopStates(loop: Loop): number {
  return (countStates(loop) + 2) * 2;
}

/** Beyond its minimum an unbounded loop no longer cares for its count. */
export function countStates(loop: Loop): number {
  return loop.max === Infinity ? loop.min : loop.max;
}
