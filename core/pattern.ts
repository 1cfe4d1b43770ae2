import { compilePattern, lowerCase, type Program, type Step } from './pattern-program.ts';

/** Finds a pattern in a text. */
export type Matcher = (text: string) => boolean;

/** Longer texts are looked at as far as this. */
const LONGEST_TEXT = 1000;

/**
 * A pattern that people write, found anywhere in a text, whatever its letter case. It reads like a regular expression, without
 * look-around, back references and `\b`, and takes time in proportion to the text and the pattern, never more: all the ways it
 * may match are followed at once, character by character (Thompson 1968), so no pattern of a user can stop a worker.
 * @throws Error that says what is wrong with the pattern
 */
export function createMatcher(pattern: string): Matcher {
  const program = compilePattern(pattern);
  return (text) => run(program, lowerCase(text.slice(0, LONGEST_TEXT)));
}

/** Why a pattern cannot be used; null where it can. */
export function patternProblem(pattern: string): string | null {
  try {
    compilePattern(pattern);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function run(program: Program, text: string): boolean {
  let now = new Set<number>();
  for (let at = 0; at <= text.length; at++) {
    follow(program, 0, at, text.length, now);
    if (now.has(program.end)) return true;
    const next = new Set<number>();
    const character = text[at];
    if (character === undefined) return false;
    for (const index of now) {
      const step = program.steps[index]!;
      if (step.kind === 'take' && step.takes(character)) follow(program, index + 1, at + 1, text.length, next);
    }
    if (next.has(program.end)) return true;
    now = next;
  }
  return false;
}

/** Adds where one may stand without taking a character. */
function follow({ steps }: Program, from: number, at: number, length: number, into: Set<number>): void {
  const open = [from];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (into.has(index)) continue;
    into.add(index);
    const step: Step | undefined = steps[index];
    if (step === undefined) continue;
    if (step.kind === 'split') open.push(...step.to);
    else if (step.kind === 'jump') open.push(step.to);
    else if ((step.kind === 'start' && at === 0) || (step.kind === 'stop' && at === length)) open.push(index + 1);
  }
}
