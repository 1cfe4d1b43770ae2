import { GREEDY, type Instruction, LAZY, POSSESSIVE, type Program } from './program.ts';
import type { Memo } from './run-memo.ts';
import { sameLetter } from './run-tests.ts';

/** Marks a choice that is not the end of a run. */
export const PLAIN = -1;

/** Where a running program is, and the steps that need no level of their own. */
export class RunState {
  protected readonly program: Program;
  protected readonly registers: Int32Array;
  /** Old values of registers: index, value. */
  protected readonly undo: number[] = [];
  /** Open choices: step, position, height of `undo`, and for a run the position where it may end at the earliest, else `PLAIN`. */
  protected readonly choices: number[] = [];
  protected text: Int32Array = new Int32Array(0);
  protected length = 0;
  protected memo: Memo | null = null;
  protected steps = 0;
  /** Where a rare step goes on. */
  protected target = 0;

  constructor(program: Program) {
    this.program = program;
    this.registers = new Int32Array(program.registers);
  }

  protected set(register: number, value: number): void {
    this.undo.push(register, this.registers[register] ?? -1);
    this.registers[register] = value;
  }

  protected undoTo(height: number): void {
    const undo = this.undo;
    while (undo.length > height) {
      const value = undo.pop() ?? -1;
      this.registers[undo.pop() ?? 0] = value;
    }
  }

  /** True where this step was tried in this state before; only where failed states are remembered. */
  protected seenAt(pc: number, position: number, mark: number): boolean {
    const step = this.program.code[pc];
    return this.memo !== null && step !== undefined && 'memo' in step && this.memo.seen(step, position, mark);
  }

  protected inSet(pc: number, position: number): boolean {
    const point = this.text[position] ?? 0;
    const set = this.program.sets[this.program.first[pc] ?? 0];
    return set !== undefined && (point < 128 ? set.ascii[point] === 1 : set.has(point));
  }

  protected runSingle(pc: number, from: number, mark: number): number {
    const { second, third, fourth } = this.program;
    const least = from + (second[pc] ?? 0);
    if (least > this.length) return -1;
    const max = third[pc] ?? 0;
    const mode = fourth[pc] ?? GREEDY;
    const bounded = max >= 0;
    const remember = this.memo !== null && mode !== POSSESSIVE;
    if (remember && bounded && this.seenAt(pc, from, mark)) return -1;
    let position = from;
    while (position < least) {
      if (!this.inSet(pc, position)) return -1;
      position += 1;
    }
    // From a position that was tried before, everything behind it was too.
    if (remember && !bounded && this.seenAt(pc, position, mark)) return -1;
    if (mode === LAZY) {
      this.choices.push(pc, position, this.undo.length, least);
      return position;
    }
    const most = bounded ? Math.min(this.length, from + max) : this.length;
    while (position < most && this.inSet(pc, position)) {
      if (remember && !bounded && this.seenAt(pc, position + 1, mark)) break;
      position += 1;
    }
    this.steps += position - from;
    if (mode === GREEDY && position > least) this.choices.push(pc, position - 1, this.undo.length, least);
    return position;
  }

  /** A run that was left tries its next end: one character less, or for a lazy one, one more. Returns it, or -1. */
  protected takeUp(pc: number, position: number, height: number, least: number, mark: number): number {
    const { second, third, fourth } = this.program;
    if (fourth[pc] === GREEDY) {
      if (position > least) this.choices.push(pc, position - 1, height, least);
      return position;
    }
    const max = third[pc] ?? 0;
    if (position >= this.length || (max >= 0 && position - least >= max - (second[pc] ?? 0)) || !this.inSet(pc, position))
      return -1;
    if (max < 0 && this.seenAt(pc, position + 1, mark)) return -1;
    this.choices.push(pc, position + 1, height, least);
    return position + 1;
  }

  protected until(step: Extract<Instruction, { op: 'until' }>, pc: number, position: number, mark: number): number {
    const { loop } = step;
    if (this.seenAt(pc, position, mark)) return -1;
    const count = (this.registers[loop.register] ?? -1) + 1;
    if (count < loop.min) {
      this.set(loop.register, count);
      this.target = step.body;
    } else if (loop.lazy) {
      this.choices.push(pc + 1, position, this.undo.length, PLAIN);
      this.target = step.exit;
    } else if (count < loop.max && this.registers[loop.register + 1] !== position) {
      this.choices.push(step.exit, position, this.undo.length, PLAIN);
      this.set(loop.register, count);
      this.set(loop.register + 1, position);
      this.target = step.body;
    } else this.target = step.exit;
    return position;
  }

  protected more(step: Extract<Instruction, { op: 'more' }>, position: number): number {
    const { loop } = step;
    const count = (this.registers[loop.register] ?? -1) + 1;
    if (count >= loop.max || this.registers[loop.register + 1] === position) return -1;
    this.set(loop.register, count);
    this.set(loop.register + 1, position);
    this.target = step.body;
    return position;
  }

  protected isSet(group: number): boolean {
    const start = this.registers[group * 2 - 2] ?? -1;
    return start >= 0 && (this.registers[group * 2 - 1] ?? -1) >= start;
  }

  protected backreference(step: Extract<Instruction, { op: 'backreference' }>, position: number): number {
    if (!this.isSet(step.index)) return -1;
    const start = this.registers[step.index * 2 - 2] ?? 0;
    const size = (this.registers[step.index * 2 - 1] ?? 0) - start;
    if (position + size > this.length) return -1;
    for (let offset = 0; offset < size; offset += 1) {
      const one = this.text[start + offset] ?? 0;
      const other = this.text[position + offset] ?? 0;
      if (one !== other && !(step.ignoreCase && sameLetter(one, other, step.ascii))) return -1;
    }
    return position + size;
  }
}
