import { isBoundary, sameLetter } from './run-tests.ts';
import { type Instruction, type Loop, type Program, countStates } from './program.ts';

type Run = Extract<Instruction, { op: 'run' }>;

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
 * Runs a program over code points from position 0. Returns the registers (start and end of group `i` at `2i - 2` and `2i - 1`, -1 if
 * it took no part) or null. Choices are tried in the order of CPython's `_sre`, and a group keeps its last value over the turns of a
 * loop; a turn that matches nothing ends its loop. Throws `StepLimitError`.
 */
export function runProgram(program: Program, text: Int32Array, length: number, options: RunOptions): Int32Array | null {
  const { code } = program;
  const registers = new Int32Array(program.registers).fill(-1);
  /** Old values of registers: index, value. */
  const undo: number[] = [];
  /** Open choices: step, position, height of `undo`, and for a run the position where it may end at the earliest, else `PLAIN`. */
  const choices: number[] = [];
  const width = length + 1;
  const visited = options.remember && program.memoStates !== null ? new Int32Array(program.memoStates * width) : null;
  let steps = 0;
  let runs = 0;

  const set = (register: number, value: number): void => {
    undo.push(register, registers[register] ?? -1);
    registers[register] = value;
  };
  const undoTo = (height: number): void => {
    while (undo.length > height) {
      const value = undo.pop() ?? -1;
      registers[undo.pop() ?? 0] = value;
    }
  };
  /** True at the second visit. A state is remembered for one run only: a look-around that matched may be entered again. */
  const seen = (memo: number, loops: Loop[], position: number, mark: number): boolean => {
    if (visited === null) return false;
    let state = 0;
    for (const loop of loops) {
      const states = countStates(loop) + 2;
      const count = Math.min(registers[loop.register] ?? -1, states - 2) + 1;
      state = (state * states + count) * 2 + (registers[loop.register + 1] === position ? 1 : 0);
    }
    const slot = (memo + state) * width + position;
    if (visited[slot] === mark) return true;
    visited[slot] = mark;
    return false;
  };
  const has = (instruction: { members: { ascii: Uint8Array; has(code: number): boolean } }, position: number): boolean => {
    const point = text[position] ?? 0;
    return point < 128 ? instruction.members.ascii[point] === 1 : instruction.members.has(point);
  };

  /** Runs until the first `end` of this level. Returns the position there, or -1 with the registers as they were. */
  const run = (start: number, from: number): number => {
    const mark = (runs += 1);
    const bottom = choices.length;
    const floor = undo.length;
    let pc = start;
    let position = from;
    let failed = false;
    for (;;) {
      if (failed) {
        if (choices.length === bottom) {
          undoTo(floor);
          return -1;
        }
        const least = choices.pop() ?? PLAIN;
        const height = choices.pop() ?? 0;
        position = choices.pop() ?? 0;
        pc = choices.pop() ?? 0;
        undoTo(height);
        failed = false;
        if (least !== PLAIN) {
          position = takeUp(code[pc] as Run, pc, position, height, least, mark);
          if (position < 0) {
            failed = true;
            continue;
          }
          pc += 1;
        }
      }
      steps += 1;
      if (steps > options.limit) throw new StepLimitError();
      const step = code[pc] as Instruction;
      switch (step.op) {
        case 'literal':
          if (position < length && text[position] === step.code) {
            position += 1;
            pc += 1;
          } else failed = true;
          break;
        case 'set':
          if (position < length && has(step, position)) {
            position += 1;
            pc += 1;
          } else failed = true;
          break;
        case 'split':
          if (seen(step.memo, step.loops, position, mark)) failed = true;
          else {
            choices.push(step.second, position, undo.length, PLAIN);
            pc = step.first;
          }
          break;
        case 'jump':
          pc = step.next;
          break;
        case 'mark':
          set(step.register, position);
          pc += 1;
          break;
        case 'end':
          choices.length = bottom;
          return position;
        default: {
          // Rarer steps; they answer with the next position, or -1.
          const next = special(step, pc, position, mark);
          if (next < 0) failed = true;
          else {
            position = next;
            pc = target;
          }
        }
      }
    }
  };

  /** Where `special` goes on. */
  let target = 0;

  const special = (step: Instruction, pc: number, position: number, mark: number): number => {
    target = pc + 1;
    switch (step.op) {
      case 'run':
        return runSingle(step, pc, position, mark);
      case 'anchor':
        return anchorHolds(step, position) ? position : -1;
      case 'enter':
        set(step.loop.register, -1);
        set(step.loop.register + 1, -1);
        return position;
      case 'until':
        return until(step, position, mark, pc);
      case 'more': {
        const { loop } = step;
        const count = (registers[loop.register] ?? -1) + 1;
        if (count >= loop.max || registers[loop.register + 1] === position) return -1;
        set(loop.register, count);
        set(loop.register + 1, position);
        target = step.body;
        return position;
      }
      case 'look': {
        target = step.next;
        const begin = position - step.back;
        const height = undo.length;
        const found = begin < 0 ? -1 : run(step.body, begin);
        target = step.next;
        if (!step.negative) return found < 0 ? -1 : position;
        undoTo(height);
        return found < 0 ? position : -1;
      }
      case 'atomic': {
        const end = run(step.body, position);
        target = step.next;
        return end;
      }
      case 'possessive': {
        const end = possessive(step, position);
        target = step.next;
        return end;
      }
      case 'backreference': {
        const begin = registers[step.index * 2 - 2] ?? -1;
        const end = registers[step.index * 2 - 1] ?? -1;
        if (begin < 0 || end < begin || position + end - begin > length) return -1;
        for (let offset = 0; offset < end - begin; offset += 1) {
          const one = text[begin + offset] ?? 0;
          const other = text[position + offset] ?? 0;
          if (one !== other && !(step.ignoreCase && sameLetter(one, other, step.ascii))) return -1;
        }
        return position + end - begin;
      }
      case 'conditional': {
        const begin = registers[step.index * 2 - 2] ?? -1;
        const end = registers[step.index * 2 - 1] ?? -1;
        if (begin < 0 || end < begin) target = step.no;
        return position;
      }
      default:
        throw new Error(`no such step: ${step.op}`);
    }
  };

  const anchorHolds = (step: Extract<Instruction, { op: 'anchor' }>, position: number): boolean => {
    switch (step.kind) {
      case 'start':
        return position === 0 || (step.scope === 'line' && text[position - 1] === 10);
      case 'end':
        if (position === length) return true;
        if (step.scope === 'string' || text[position] !== 10) return false;
        return step.scope === 'line' || position === length - 1;
      default:
        return isBoundary(text, length, position, step.ascii) === (step.kind === 'boundary');
    }
  };

  const until = (step: Extract<Instruction, { op: 'until' }>, position: number, mark: number, pc: number): number => {
    const { loop } = step;
    if (seen(step.memo, step.loops, position, mark)) return -1;
    const count = (registers[loop.register] ?? -1) + 1;
    if (count < loop.min) {
      set(loop.register, count);
      target = step.body;
    } else if (loop.lazy) {
      choices.push(pc + 1, position, undo.length, PLAIN);
      target = step.exit;
    } else if (count < loop.max && registers[loop.register + 1] !== position) {
      choices.push(step.exit, position, undo.length, PLAIN);
      set(loop.register, count);
      set(loop.register + 1, position);
      target = step.body;
    } else target = step.exit;
    return position;
  };

  const possessive = (step: Extract<Instruction, { op: 'possessive' }>, from: number): number => {
    let position = from;
    let last = -1;
    for (let count = 0; count < step.max && last !== position; count += 1) {
      if (count >= step.min) last = position;
      const end = run(step.body, position);
      if (end < 0) return count < step.min ? -1 : position;
      position = end;
    }
    return position;
  };

  const runSingle = (step: Run, pc: number, from: number, mark: number): number => {
    const least = from + step.min;
    if (least > length) return -1;
    const bounded = step.max !== Infinity;
    if (bounded && step.mode !== 'possessive' && seen(step.memo, step.loops, from, mark)) return -1;
    let position = from;
    while (position < least) {
      if (!has(step, position)) return -1;
      position += 1;
    }
    steps += position - from;
    if (step.mode === 'lazy') {
      if (!bounded && seen(step.memo, step.loops, position, mark)) return -1;
      choices.push(pc, position, undo.length, least);
      return position;
    }
    const most = bounded ? Math.min(length, from + step.max) : length;
    const remember = !bounded && step.mode === 'greedy';
    // From a position that was tried before, everything behind it was too.
    if (remember && seen(step.memo, step.loops, position, mark)) return -1;
    const scanned = position;
    while (position < most && has(step, position)) {
      if (remember && seen(step.memo, step.loops, position + 1, mark)) break;
      position += 1;
    }
    steps += position - scanned;
    if (step.mode === 'greedy' && position > least) choices.push(pc, position - 1, undo.length, least);
    return position;
  };

  /** A run that was left tries its next end: one character less, or for a lazy one, one more. Returns it, or -1. */
  const takeUp = (step: Run, pc: number, position: number, height: number, least: number, mark: number): number => {
    if (step.mode === 'greedy') {
      if (position > least) choices.push(pc, position - 1, height, least);
      return position;
    }
    if (position >= length || position - least >= step.max - step.min || !has(step, position)) return -1;
    if (step.max === Infinity && seen(step.memo, step.loops, position + 1, mark)) return -1;
    choices.push(pc, position + 1, height, least);
    return position + 1;
  };

  return run(0, 0) < 0 ? null : registers;
}
