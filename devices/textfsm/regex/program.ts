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
  /** The same steps as numbers: `HOT` or `RARE`, and their operands, see `pack`. */
  kinds: Uint8Array;
  first: Int32Array;
  second: Int32Array;
  third: Int32Array;
  fourth: Int32Array;
  sets: Members[];
  /** Two per group, from register 0 on, then two per loop. */
  registers: number;
  /** Number of memo steps times their loop states; null where success depends on captures, so that nothing may be remembered. */
  memoStates: number | null;
}

/** Steps that are run from numbers. All others are `RARE`. */
export const RARE = 0;
export const LITERAL = 1;
export const SET = 2;
export const SPLIT = 3;
export const JUMP = 4;
export const MARK = 5;
export const RUN = 6;
export const END = 7;

export function packProgram(code: Instruction[], registers: number, memoStates: number | null): Program {
  const column = (): Int32Array => new Int32Array(code.length);
  const program: Program = {
    code,
    kinds: new Uint8Array(code.length),
    first: column(),
    second: column(),
    third: column(),
    fourth: column(),
    sets: [],
    registers,
    memoStates,
  };
  const put = (at: number, kind: number, first = 0, second = 0, third = 0, fourth = 0): void => {
    program.kinds[at] = kind;
    program.first[at] = first;
    program.second[at] = second;
    program.third[at] = third;
    program.fourth[at] = fourth;
  };
  const setIndex = (set: Members): number => {
    const known = program.sets.indexOf(set);
    return known >= 0 ? known : program.sets.push(set) - 1;
  };
  for (const [at, step] of code.entries()) {
    if (step.op === 'literal') put(at, LITERAL, step.code);
    else if (step.op === 'set') put(at, SET, setIndex(step.members));
    else if (step.op === 'split') put(at, SPLIT, step.first, step.second);
    else if (step.op === 'jump') put(at, JUMP, step.next);
    else if (step.op === 'mark') put(at, MARK, step.register);
    else if (step.op === 'run')
      put(at, RUN, setIndex(step.members), step.min, step.max === Infinity ? -1 : step.max, MODES[step.mode]);
    else if (step.op === 'end') put(at, END);
  }
  return program;
}

export const GREEDY = 0;
export const LAZY = 1;
export const POSSESSIVE = 2;
const MODES = { greedy: GREEDY, lazy: LAZY, possessive: POSSESSIVE } as const;

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
