import type { Regex } from '../../../devices/textfsm/regex/ast.ts';
import { compileProgram } from '../../../devices/textfsm/regex/compile.ts';
import { createOwnMatcher } from '../../../devices/textfsm/regex/matcher.ts';
import { isPlain } from '../../../devices/textfsm/regex/pattern.ts';
import { Runner } from '../../../devices/textfsm/regex/run.ts';
import { writeJavaScript } from '../../../devices/textfsm/regex/write-js.ts';

export type Groups = (string | null)[] | null;

/** Texts of all groups from each way that an expression can be matched; `undefined` where a way is not for this case. */
export interface Engines {
  own(text: string): Groups;
  /** The own matcher with failed states remembered from the first step on. */
  remembering(text: string): Groups | undefined;
  /** JavaScript's own, where its captures are exact. */
  native(text: string): Groups | undefined;
  /** Whether JavaScript's own matches, where it can say. */
  nativeMatches(text: string): boolean | undefined;
}

const LIMIT = 1_000_000;

export function enginesFor(regex: Regex): Engines {
  const all = Array.from({ length: regex.groups }, (_, index) => index + 1);
  const own = createOwnMatcher(regex, all);
  const program = compileProgram(regex);
  const written = writeJavaScript(regex, new Set(all));
  const matching = writeJavaScript(regex, new Set());
  const native = written?.exactCaptures === true ? new RegExp(written.source) : null;
  const test = matching === null ? null : new RegExp(matching.source);
  const groups = (found: ArrayLike<string | undefined> | null): Groups =>
    found === null ? null : all.map((index) => found[index] ?? null);
  return {
    own: (text) => groups(own(text)),
    remembering(text) {
      if (program.memoStates === null) return undefined;
      const points = Array.from(text);
      const codes = Int32Array.from(points, (point) => point.codePointAt(0) ?? 0);
      const registers = new Runner(program).run(codes, codes.length, { limit: LIMIT, remember: true });
      if (registers === null) return null;
      return all.map((index) => {
        const [start, end] = [registers[index * 2 - 2] ?? -1, registers[index * 2 - 1] ?? -1];
        return start < 0 || end < start ? null : points.slice(start, end).join('');
      });
    },
    native: (text) => (native === null || !isPlain(text) ? undefined : groups(native.exec(text))),
    nativeMatches: (text) => (test === null || !isPlain(text) ? undefined : test.test(text)),
  };
}
