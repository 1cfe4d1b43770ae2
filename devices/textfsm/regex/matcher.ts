import type { Regex } from './ast.ts';
import { compileProgram } from './compile.ts';
import { Runner, StepLimitError } from './run.ts';

/** Steps of one match before failed states are remembered, and the most there may be at all (some 50 ms). */
const FIRST_LIMIT = 20_000;
const LAST_LIMIT = 4_000_000;
/** Greatest table of remembered states, in entries of 4 bytes. */
const MEMORY_LIMIT = 16_000_000;

export type OwnMatch = (text: string) => (string | undefined)[] | null;

/**
 * The own matcher: all of Python's `re`, any text, in bounded time. The time is linear in the text unless the expression has
 * back-references or conditionals. Returns the text of each wanted group from index 1 on. Throws `StepLimitError`.
 */
export function createOwnMatcher(regex: Regex, wanted: number[]): OwnMatch {
  let runner: { runner: Runner; memoStates: number | null } | null = null;
  let buffer = new Int32Array(256);

  return (text) => {
    runner ??= prepare(regex);
    if (buffer.length < text.length) buffer = new Int32Array(text.length * 2);
    const length = decode(text, buffer);
    const registers = runTwice(runner.runner, runner.memoStates, buffer, length);
    if (registers === null) return null;
    const slice = length === text.length ? (a: number, b: number) => text.slice(a, b) : sliceOf(buffer);
    const found: (string | undefined)[] = [undefined];
    for (const index of wanted) {
      const start = registers[index * 2 - 2] ?? -1;
      const end = registers[index * 2 - 1] ?? -1;
      found.push(start < 0 || end < start ? undefined : slice(start, end));
    }
    return found;
  };
}

function prepare(regex: Regex): { runner: Runner; memoStates: number | null } {
  const program = compileProgram(regex);
  return { runner: new Runner(program), memoStates: program.memoStates };
}

function runTwice(runner: Runner, memoStates: number | null, text: Int32Array, length: number): Int32Array | null {
  const remember = memoStates !== null && memoStates * (length + 1) <= MEMORY_LIMIT;
  if (!remember) return runner.run(text, length, { limit: LAST_LIMIT, remember });
  try {
    return runner.run(text, length, { limit: FIRST_LIMIT, remember: false });
  } catch (error) {
    if (!(error instanceof StepLimitError)) throw error;
    return runner.run(text, length, { limit: LAST_LIMIT, remember });
  }
}

/** Code points of a text; returns how many. */
function decode(text: string, buffer: Int32Array): number {
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    let code = text.charCodeAt(at);
    if (code >= 0xd800 && code < 0xdc00) {
      code = text.codePointAt(at) ?? code;
      if (code > 0xffff) at += 1;
    }
    buffer[length] = code;
    length += 1;
  }
  return length;
}

function sliceOf(buffer: Int32Array): (start: number, end: number) => string {
  return (start, end) => {
    let text = '';
    for (let at = start; at < end; at += 1) text += String.fromCodePoint(buffer[at] ?? 0);
    return text;
  };
}
