import {
  END,
  GREEDY,
  type Instruction,
  JUMP,
  LAZY,
  LITERAL,
  type Loop,
  MARK,
  POSSESSIVE,
  type Program,
  RUN,
  SET,
  SPLIT,
  countStates,
} from './program.ts';
import { anchorHolds, sameLetter } from './run-tests.ts';

/** Marks a choice that is not the end of a run. */
const PLAIN = -1;

/** Thrown where matching took more steps than it may; the text of a device must not hang the process. */
export class StepLimitError extends Error {
  constructor() {
    super('matching took too many steps');
    this.name = 'StepLimitError';
  }
}

export interface RunOptions {
  /** Greatest number of steps. */
  limit: number;
  /** Remember failed states, so that the time is linear in the text. */
  remember: boolean;
}

/**
 * Runs a program over code points from position 0. Choices are tried in the order of CPython's `_sre`, and a group keeps its last
 * value over the turns of a loop; a turn that matches nothing ends its loop.
 */
export class Runner {
  readonly #program: Program;
  readonly #registers: Int32Array;
  /** Old values of registers: index, value. */
  #undo: number[] = [];
  /** Open choices: step, position, height of `undo`, and for a run the position where it may end at the earliest, else `PLAIN`. */
  #choices: number[] = [];
  #text: Int32Array = new Int32Array(0);
  #length = 0;
  #visited: Int32Array | null = null;
  #steps = 0;
  #limit = 0;
  #runs = 0;
  /** Where a rare step goes on. */
  #target = 0;

  constructor(program: Program) {
    this.#program = program;
    this.#registers = new Int32Array(program.registers);
  }

  /** The registers (start and end of group `i` at `2i - 2` and `2i - 1`, -1 if it took no part) or null. Throws `StepLimitError`. */
  run(text: Int32Array, length: number, options: RunOptions): Int32Array | null {
    const { memoStates } = this.#program;
    this.#registers.fill(-1);
    this.#undo.length = 0;
    this.#choices.length = 0;
    this.#text = text;
    this.#length = length;
    this.#visited = options.remember && memoStates !== null ? new Int32Array(memoStates * (length + 1)) : null;
    this.#steps = 0;
    this.#limit = options.limit;
    this.#runs = 0;
    const end = this.#level(0, 0);
    this.#visited = null;
    return end < 0 ? null : this.#registers;
  }

  /** Runs until the first `end` of this level. Returns the position there, or -1 with the registers as they were. */
  #level(start: number, from: number): number {
    const { kinds, first, second, sets } = this.#program;
    const text = this.#text;
    const length = this.#length;
    const choices = this.#choices;
    const undo = this.#undo;
    const mark = (this.#runs += 1);
    const bottom = choices.length;
    const floor = undo.length;
    let pc = start;
    let position = from;
    for (;;) {
      this.#steps += 1;
      if (this.#steps > this.#limit) throw new StepLimitError();
      let failed = false;
      switch (kinds[pc]) {
        case LITERAL:
          if (position < length && text[position] === first[pc]) {
            position += 1;
            pc += 1;
          } else failed = true;
          break;
        case SET: {
          const point = position < length ? (text[position] ?? -1) : -1;
          const set = sets[first[pc] ?? 0];
          if (point >= 0 && set !== undefined && (point < 128 ? set.ascii[point] === 1 : set.has(point))) {
            position += 1;
            pc += 1;
          } else failed = true;
          break;
        }
        case SPLIT:
          if (this.#visited !== null && this.#seenAt(pc, position, mark)) failed = true;
          else {
            choices.push(second[pc] ?? 0, position, undo.length, PLAIN);
            pc = first[pc] ?? 0;
          }
          break;
        case JUMP:
          pc = first[pc] ?? 0;
          break;
        case MARK:
          this.#set(first[pc] ?? 0, position);
          pc += 1;
          break;
        case RUN: {
          const end = this.#runSingle(pc, position, mark);
          if (end < 0) failed = true;
          else {
            position = end;
            pc += 1;
          }
          break;
        }
        case END:
          choices.length = bottom;
          return position;
        default: {
          const next = this.#rare(pc, position, mark);
          if (next < 0) failed = true;
          else {
            position = next;
            pc = this.#target;
          }
        }
      }
      while (failed) {
        if (choices.length === bottom) {
          this.#undoTo(floor);
          return -1;
        }
        const least = choices.pop() ?? PLAIN;
        const height = choices.pop() ?? 0;
        position = choices.pop() ?? 0;
        pc = choices.pop() ?? 0;
        this.#undoTo(height);
        failed = false;
        if (least !== PLAIN) {
          position = this.#takeUp(pc, position, height, least, mark);
          failed = position < 0;
          pc += 1;
        }
      }
    }
  }

  #set(register: number, value: number): void {
    this.#undo.push(register, this.#registers[register] ?? -1);
    this.#registers[register] = value;
  }

  #undoTo(height: number): void {
    const undo = this.#undo;
    while (undo.length > height) {
      const value = undo.pop() ?? -1;
      this.#registers[undo.pop() ?? 0] = value;
    }
  }

  #seenAt(pc: number, position: number, mark: number): boolean {
    const step = this.#program.code[pc];
    return step !== undefined && 'memo' in step && this.#seen(step, position, mark);
  }

  /** True at the second visit. A state is remembered for one run only: a look-around that matched may be entered again. */
  #seen(step: { memo: number; loops: Loop[] }, position: number, mark: number): boolean {
    if (this.#visited === null) return false;
    let state = 0;
    for (const loop of step.loops) {
      const states = countStates(loop) + 2;
      const count = Math.min(this.#registers[loop.register] ?? -1, states - 2) + 1;
      state = (state * states + count) * 2 + (this.#registers[loop.register + 1] === position ? 1 : 0);
    }
    const slot = (step.memo + state) * (this.#length + 1) + position;
    if (this.#visited[slot] === mark) return true;
    this.#visited[slot] = mark;
    return false;
  }

  #inSet(pc: number, position: number): boolean {
    const point = this.#text[position] ?? 0;
    const set = this.#program.sets[this.#program.first[pc] ?? 0];
    return set !== undefined && (point < 128 ? set.ascii[point] === 1 : set.has(point));
  }

  #runSingle(pc: number, from: number, mark: number): number {
    const { second, third, fourth } = this.#program;
    const least = from + (second[pc] ?? 0);
    if (least > this.#length) return -1;
    const max = third[pc] ?? 0;
    const mode = fourth[pc] ?? GREEDY;
    const bounded = max >= 0;
    const remember = this.#visited !== null && mode !== POSSESSIVE;
    if (remember && bounded && this.#seenAt(pc, from, mark)) return -1;
    let position = from;
    while (position < least) {
      if (!this.#inSet(pc, position)) return -1;
      position += 1;
    }
    // From a position that was tried before, everything behind it was too.
    if (remember && !bounded && this.#seenAt(pc, position, mark)) return -1;
    if (mode === LAZY) {
      this.#choices.push(pc, position, this.#undo.length, least);
      return position;
    }
    const most = bounded ? Math.min(this.#length, from + max) : this.#length;
    while (position < most && this.#inSet(pc, position)) {
      if (remember && !bounded && this.#seenAt(pc, position + 1, mark)) break;
      position += 1;
    }
    this.#steps += position - from;
    if (mode === GREEDY && position > least) this.#choices.push(pc, position - 1, this.#undo.length, least);
    return position;
  }

  /** A run that was left tries its next end: one character less, or for a lazy one, one more. Returns it, or -1. */
  #takeUp(pc: number, position: number, height: number, least: number, mark: number): number {
    const { second, third, fourth } = this.#program;
    if (fourth[pc] === GREEDY) {
      if (position > least) this.#choices.push(pc, position - 1, height, least);
      return position;
    }
    const max = third[pc] ?? 0;
    if (position >= this.#length || (max >= 0 && position - least >= max - (second[pc] ?? 0)) || !this.#inSet(pc, position))
      return -1;
    if (max < 0 && this.#visited !== null && this.#seenAt(pc, position + 1, mark)) return -1;
    this.#choices.push(pc, position + 1, height, least);
    return position + 1;
  }

  #rare(pc: number, position: number, mark: number): number {
    const step = this.#program.code[pc];
    if (step === undefined) throw new Error(`no step ${pc}`);
    this.#target = pc + 1;
    switch (step.op) {
      case 'anchor':
        return anchorHolds(step, this.#text, this.#length, position) ? position : -1;
      case 'enter':
        this.#set(step.loop.register, -1);
        this.#set(step.loop.register + 1, -1);
        return position;
      case 'until':
        return this.#until(step, pc, position, mark);
      case 'more':
        return this.#more(step, position);
      case 'look': {
        const height = this.#undo.length;
        const found = position < step.back ? -1 : this.#level(step.body, position - step.back);
        this.#target = step.next;
        if (!step.negative) return found < 0 ? -1 : position;
        this.#undoTo(height);
        return found < 0 ? position : -1;
      }
      case 'atomic': {
        const end = this.#level(step.body, position);
        this.#target = step.next;
        return end;
      }
      case 'possessive': {
        const end = this.#possessive(step, position);
        this.#target = step.next;
        return end;
      }
      case 'backreference':
        return this.#backreference(step, position);
      case 'conditional':
        if (!this.#isSet(step.index)) this.#target = step.no;
        return position;
      default:
        throw new Error(`step ${step.op} is not rare`);
    }
  }

  #until(step: Extract<Instruction, { op: 'until' }>, pc: number, position: number, mark: number): number {
    const { loop } = step;
    if (this.#seen(step, position, mark)) return -1;
    const count = (this.#registers[loop.register] ?? -1) + 1;
    if (count < loop.min) {
      this.#set(loop.register, count);
      this.#target = step.body;
    } else if (loop.lazy) {
      this.#choices.push(pc + 1, position, this.#undo.length, PLAIN);
      this.#target = step.exit;
    } else if (count < loop.max && this.#registers[loop.register + 1] !== position) {
      this.#choices.push(step.exit, position, this.#undo.length, PLAIN);
      this.#set(loop.register, count);
      this.#set(loop.register + 1, position);
      this.#target = step.body;
    } else this.#target = step.exit;
    return position;
  }

  #more(step: Extract<Instruction, { op: 'more' }>, position: number): number {
    const { loop } = step;
    const count = (this.#registers[loop.register] ?? -1) + 1;
    if (count >= loop.max || this.#registers[loop.register + 1] === position) return -1;
    this.#set(loop.register, count);
    this.#set(loop.register + 1, position);
    this.#target = step.body;
    return position;
  }

  /** Each turn is matched on its own and not gone back into. */
  #possessive(step: Extract<Instruction, { op: 'possessive' }>, from: number): number {
    let position = from;
    let last = -1;
    for (let count = 0; count < step.max && last !== position; count += 1) {
      if (count >= step.min) last = position;
      const end = this.#level(step.body, position);
      if (end < 0) return count < step.min ? -1 : position;
      position = end;
    }
    return position;
  }

  #isSet(group: number): boolean {
    const start = this.#registers[group * 2 - 2] ?? -1;
    return start >= 0 && (this.#registers[group * 2 - 1] ?? -1) >= start;
  }

  #backreference(step: Extract<Instruction, { op: 'backreference' }>, position: number): number {
    if (!this.#isSet(step.index)) return -1;
    const start = this.#registers[step.index * 2 - 2] ?? 0;
    const size = (this.#registers[step.index * 2 - 1] ?? 0) - start;
    if (position + size > this.#length) return -1;
    for (let offset = 0; offset < size; offset += 1) {
      const one = this.#text[start + offset] ?? 0;
      const other = this.#text[position + offset] ?? 0;
      if (one !== other && !(step.ignoreCase && sameLetter(one, other, step.ascii))) return -1;
    }
    return position + size;
  }
}
