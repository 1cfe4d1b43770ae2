import { firstCharacters } from './first-characters.ts';
import type { ConfigSource } from './platform.ts';

/** Whether a line tells nothing about the configuration: blank, a comment of any platform's, or what changes by itself. */
export function isRemark(config: ConfigSource, line: string): boolean {
  const text = line.trim();
  return text === '' || /^(?:[!#;:]|\/\*|\*\/)/.test(text) || matches(config.volatile, line);
}

/** As `RegExp.test`, also for rules that carry the flag `g`. */
export function matches(patterns: readonly RegExp[], line: string): boolean {
  // Asked for most lines of a configuration: no closure for each.
  for (const pattern of patterns) {
    pattern.lastIndex = 0;
    if (pattern.test(line)) return true;
  }
  return false;
}

const known = new WeakMap<readonly RegExp[], (text: string, start: number, end: number) => boolean>();

/** The same for a line of a text by its place: most lines are told apart from the rules by their first character. */
export function lineMatcher(patterns: readonly RegExp[]): (text: string, start: number, end: number) => boolean {
  const made = known.get(patterns);
  if (made !== undefined) return made;
  const first = firstCharacters(patterns);
  const matcher = (text: string, start: number, end: number): boolean => {
    if (first !== null && (start === end || first[text.charCodeAt(start)] !== 1)) return false;
    return matches(patterns, text.slice(start, end));
  };
  known.set(patterns, matcher);
  return matcher;
}
