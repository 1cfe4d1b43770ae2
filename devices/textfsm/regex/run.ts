import { END, type Instruction, JUMP, LITERAL, MARK, RARE, RUN, SET, SPLIT } from './program.ts';
import { Memo } from './run-memo.ts';
import { PLAIN, RunState } from './run-state.ts';
import { anchorHolds } from './run-tests.ts';

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
export class Runner extends RunState {
  #limit = 0;
  #runs = 0;

  /** The registers (start and end of group `i` at `2i - 2` and `2i - 1`, -1 if it took no part) or null. Throws `StepLimitError`. */
  run(text: Int32Array, length: number, options: RunOptions): Int32Array | null {
    const { memoStates } = this.program;
    this.registers.fill(-1);
    this.undo.length = 0;
    this.choices.length = 0;
    this.text = text;
    this.length = length;
    this.memo = options.remember && memoStates !== null ? new Memo(memoStates, length, this.registers) : null;
    this.steps = 0;
    this.#limit = options.limit;
    this.#runs = 0;
    const end = this.#level(0, 0);
    this.memo = null;
    return end < 0 ? null : this.registers;
  }

  /** Runs until the first `end` of this level. Returns the position there, or -1 with the registers as they were. */
  #level(start: number, from: number): number {
    const { kinds, first, second, sets } = this.program;
    const text = this.text;
    const length = this.length;
    const choices = this.choices;
    const undo = this.undo;
    const mark = (this.#runs += 1);
    const bottom = choices.length;
    const floor = undo.length;
    let pc = start;
    let position = from;
    for (;;) {
      this.steps += 1;
      if (this.steps > this.#limit) throw new StepLimitError();
      let failed = false;
      const kind: number = kinds[pc] ?? RARE;
      switch (kind) {
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
          if (this.seenAt(pc, position, mark)) failed = true;
          else {
            choices.push(second[pc] ?? 0, position, undo.length, PLAIN);
            pc = first[pc] ?? 0;
          }
          break;
        case JUMP:
          pc = first[pc] ?? 0;
          break;
        case MARK:
          this.set(first[pc] ?? 0, position);
          pc += 1;
          break;
        case RUN: {
          const end = this.runSingle(pc, position, mark);
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
            pc = this.target;
          }
        }
      }
      while (failed) {
        if (choices.length === bottom) {
          this.undoTo(floor);
          return -1;
        }
        const least = choices.pop() ?? PLAIN;
        const height = choices.pop() ?? 0;
        position = choices.pop() ?? 0;
        pc = choices.pop() ?? 0;
        this.undoTo(height);
        failed = false;
        if (least !== PLAIN) {
          position = this.takeUp(pc, position, height, least, mark);
          failed = position < 0;
          pc += 1;
        }
      }
    }
  }

  #rare(pc: number, position: number, mark: number): number {
    const step = this.program.code[pc];
    if (step === undefined) throw new Error(`no step ${pc}`);
    this.target = pc + 1;
    switch (step.op) {
      case 'anchor':
        return anchorHolds(step, this.text, this.length, position) ? position : -1;
      case 'enter':
        this.set(step.loop.register, -1);
        this.set(step.loop.register + 1, -1);
        return position;
      case 'until':
        return this.until(step, pc, position, mark);
      case 'more':
        return this.more(step, position);
      case 'look': {
        const height = this.undo.length;
        const found = position < step.back ? -1 : this.#level(step.body, position - step.back);
        this.target = step.next;
        if (!step.negative) return found < 0 ? -1 : position;
        this.undoTo(height);
        return found < 0 ? position : -1;
      }
      case 'atomic': {
        const end = this.#level(step.body, position);
        this.target = step.next;
        return end;
      }
      case 'possessive': {
        const end = this.#possessive(step, position);
        this.target = step.next;
        return end;
      }
      case 'backreference':
        return this.backreference(step, position);
      case 'conditional':
        if (!this.isSet(step.index)) this.target = step.no;
        return position;
      case 'literal':
      case 'set':
      case 'split':
      case 'jump':
      case 'mark':
      case 'run':
      case 'end':
        break;
    }
    throw new Error(`step ${step.op} is not rare`);
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
}
