import type { CharSet, Node, Regex } from './ast.ts';
import { childrenOf } from './children.ts';
import { type Instruction, type Loop, type Members, type Program, loopStates, members, packProgram } from './program.ts';
import { type Width, widthOf } from './width.ts';

/** Counted repeats are written out up to this many steps; larger ones count in a register. */
const UNROLL_LIMIT = 300;

/** Compiles a tree for the own matcher (run.ts). */
export function compileProgram(regex: Regex): Program {
  const compiler = createCompiler(regex.groups);
  compiler.emit(regex.root);
  return compiler.finish();
}

interface Compiler {
  emit(node: Node): void;
  finish(): Program;
}

function createCompiler(groups: number): Compiler {
  const code: Instruction[] = [];
  const widths = new Map<number, Width>();
  const sets = new Map<CharSet, Members>();
  let registers = groups * 2;
  let memoStates = 0;
  let memoable = true;
  let loops: Loop[] = [];

  const at = (): number => code.length;
  const memo = (): { memo: number; loops: Loop[] } => {
    const first = memoStates;
    memoStates += loops.reduce((product, loop) => product * loopStates(loop), 1);
    return { memo: first, loops };
  };
  const split = (): Extract<Instruction, { op: 'split' }> => {
    const step = { op: 'split', first: at() + 1, second: 0, ...memo() } as const;
    const instruction: Extract<Instruction, { op: 'split' }> = { ...step };
    code.push(instruction);
    return instruction;
  };
  const membersOf = (set: CharSet): Members => {
    const known = sets.get(set) ?? members(set);
    sets.set(set, known);
    return known;
  };

  const emit = (node: Node): void => {
    switch (node.type) {
      case 'literal':
        code.push({ op: 'literal', code: node.code });
        return;
      case 'set':
        code.push({ op: 'set', members: membersOf(node.set) });
        return;
      case 'sequence':
        node.parts.forEach(emit);
        return;
      case 'alternation':
        emitAlternation(node.branches);
        return;
      case 'repeat':
        emitRepeat(node);
        return;
      case 'group':
        code.push({ op: 'mark', register: node.index * 2 - 2 });
        emit(node.body);
        code.push({ op: 'mark', register: node.index * 2 - 1 });
        widths.set(node.index, widthOf(node.body, widths));
        return;
      case 'atomic': {
        const step = { op: 'atomic', body: at() + 1, next: 0 } satisfies Instruction;
        code.push(step);
        step.next = emitApart(node.body);
        return;
      }
      case 'look': {
        const step = {
          op: 'look',
          body: at() + 1,
          next: 0,
          negative: node.negative,
          back: node.behind ? node.width : 0,
        } satisfies Instruction;
        code.push(step);
        step.next = emitApart(node.body);
        return;
      }
      case 'anchor':
        code.push({ op: 'anchor', kind: node.kind, scope: node.scope, ascii: node.ascii });
        return;
      case 'backreference':
        memoable = false;
        code.push({ op: 'backreference', index: node.index, ignoreCase: node.ignoreCase, ascii: node.ascii });
        return;
      case 'conditional':
        emitConditional(node);
    }
  };

  /** A part with an end of its own. The loops around it do not matter to it. Returns where its successor starts. */
  const emitApart = (body: Node): number => {
    const outer = loops;
    loops = [];
    emit(body);
    loops = outer;
    code.push({ op: 'end' });
    return at();
  };

  const emitAlternation = (branches: Node[]): void => {
    const jumps: Extract<Instruction, { op: 'jump' }>[] = [];
    for (const [index, branch] of branches.entries()) {
      const choice = index < branches.length - 1 ? split() : null;
      emit(branch);
      if (choice === null) continue;
      const jump = { op: 'jump', next: 0 } satisfies Instruction;
      code.push(jump);
      jumps.push(jump);
      choice.second = at();
    }
    for (const jump of jumps) jump.next = at();
  };

  const emitConditional = (node: Extract<Node, { type: 'conditional' }>): void => {
    memoable = false;
    const step = { op: 'conditional', index: node.index, no: 0 } satisfies Instruction;
    code.push(step);
    emit(node.yes);
    const jump = { op: 'jump', next: 0 } satisfies Instruction;
    code.push(jump);
    step.no = at();
    if (node.no !== null) emit(node.no);
    jump.next = at();
  };

  const emitRepeat = (node: Extract<Node, { type: 'repeat' }>): void => {
    const { body, min, max, mode } = node;
    if (max === 0) return;
    const single = singleSet(body);
    if (single !== null) {
      code.push({ op: 'run', members: membersOf(single), min, max, mode, ...memo() });
      return;
    }
    if (mode === 'possessive') {
      const step = { op: 'possessive', body: at() + 1, next: 0, min, max } satisfies Instruction;
      code.push(step);
      step.next = emitApart(body);
      return;
    }
    const lazy = mode === 'lazy';
    const nullable = widthOf(body, widths).min === 0;
    if (max === 1) {
      if (min === 0) emitOptional(body, lazy);
      else emit(body);
    } else if (!nullable && (max === Infinity ? min : max) <= unrollable(body)) emitUnrolled(body, min, max, lazy);
    else emitCounted(body, { register: registers, min, max, lazy, nullable });
  };

  const emitOptional = (body: Node, lazy: boolean): void => {
    const choice = split();
    emit(body);
    choice.second = at();
    if (lazy) swap(choice);
  };

  /** A body that always consumes something needs no registers. */
  const emitUnrolled = (body: Node, min: number, max: number, lazy: boolean): void => {
    for (let turn = 1; turn < min; turn += 1) emit(body);
    if (max === Infinity && min > 0) {
      const start = at();
      emit(body);
      const choice = split();
      choice.first = start;
      choice.second = at();
      if (lazy) swap(choice);
      return;
    }
    if (min > 0) emit(body);
    if (max === Infinity) {
      const start = at();
      const choice = split();
      emit(body);
      code.push({ op: 'jump', next: start });
      choice.second = at();
      if (lazy) swap(choice);
      return;
    }
    const choices: Extract<Instruction, { op: 'split' }>[] = [];
    for (let turn = min; turn < max; turn += 1) {
      choices.push(split());
      emit(body);
    }
    for (const choice of choices) {
      choice.second = at();
      if (lazy) swap(choice);
    }
  };

  const emitCounted = (body: Node, loop: Loop): void => {
    registers += 2;
    code.push({ op: 'enter', loop });
    const outer = loops;
    loops = [...outer, loop];
    const until = { op: 'until', loop, body: at() + 2, exit: 0, ...memo() } satisfies Instruction;
    code.push(until, { op: 'more', loop, body: at() + 2 });
    const start = at() - 2;
    emit(body);
    code.push({ op: 'jump', next: start });
    until.exit = at();
    loops = outer;
  };

  const unrollable = (body: Node): number => Math.max(1, Math.floor(UNROLL_LIMIT / sizeOf(body)));

  return {
    emit,
    finish() {
      code.push({ op: 'end' });
      return packProgram(code, registers, memoable ? memoStates : null);
    },
  };
}

function swap(choice: { first: number; second: number }): void {
  const { first, second } = choice;
  choice.first = second;
  choice.second = first;
}

/** The set of a node that matches exactly one character, else null. */
export function singleSet(node: Node): CharSet | null {
  if (node.type === 'set') return node.set;
  if (node.type === 'literal')
    return { negate: false, items: [{ lo: node.code, hi: node.code }], ascii: false, ignoreCase: false };
  return node.type === 'sequence' && node.parts.length === 1 && node.parts[0] !== undefined ? singleSet(node.parts[0]) : null;
}

/** Number of steps, roughly. */
function sizeOf(node: Node): number {
  const below = childrenOf(node).reduce((sum, child) => sum + sizeOf(child) + 2, 1);
  const written = node.type === 'repeat' && node.max !== Infinity && singleSet(node.body) === null ? Math.max(1, node.max) : 1;
  return below * written;
}
