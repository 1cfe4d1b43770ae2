import { type Loop, countStates } from './program.ts';

/** Remembers at which steps a program has been with which state: a second visit must fail as the first did. */
export class Memo {
  readonly #visited: Int32Array;
  readonly #width: number;
  readonly #registers: Int32Array;

  /** `states` is the program's `memoStates`; `registers` are those of the running program. */
  constructor(states: number, length: number, registers: Int32Array) {
    this.#visited = new Int32Array(states * (length + 1));
    this.#width = length + 1;
    this.#registers = registers;
  }

  /** True at the second visit within a run; a look-around that matched may be entered again, by another run. */
  seen(step: { memo: number; loops: Loop[] }, position: number, run: number): boolean {
    let state = 0;
    for (const loop of step.loops) {
      const states = countStates(loop) + 2;
      const count = Math.min(this.#registers[loop.register] ?? -1, states - 2) + 1;
      state = (state * states + count) * 2 + (this.#registers[loop.register + 1] === position ? 1 : 0);
    }
    const slot = (step.memo + state) * this.#width + position;
    if (this.#visited[slot] === run) return true;
    this.#visited[slot] = run;
    return false;
  }
}
