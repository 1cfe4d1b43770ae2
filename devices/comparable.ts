import { lineMatcher } from './config-lines.ts';
import { someLine } from './lines.ts';
import type { Platform } from './platform.ts';

export interface Comparable {
  text: string;
  /** Numbers, from 1, of the lines that were left out because they change by themselves. */
  volatile_lines: number[];
}

/**
 * A configuration as versions are compared: without the lines and values that change by themselves, without blanks at the ends of
 * lines, and without blank lines at its beginning and end. Two texts that give the same are the same configuration.
 */
export function comparableText(platform: Platform, text: string): Comparable {
  const { volatile, unstable = [] } = platform.config;
  const { kept, volatile_lines } = keptLines(text, lineMatcher(volatile));
  const stable = unstable.reduce((rest, { find, replace }) => rest.replace(find, replace), kept);
  return { text: withoutBlankEnds(stable), volatile_lines };
}

/** The lines that stay, without blanks at their ends; what does not change is copied in one piece. */
function keptLines(text: string, isVolatile: ReturnType<typeof lineMatcher>): { kept: string; volatile_lines: number[] } {
  const volatile_lines: number[] = [];
  const kept: string[] = [];
  let copied = 0;
  let number = 0;
  someLine(text, (start, end) => {
    number += 1;
    if (isVolatile(text, start, end)) {
      volatile_lines.push(number);
      kept.push(text.slice(copied, start));
      copied = end + 1;
    } else if (end > start && mayBeBlank(text.charCodeAt(end - 1))) {
      kept.push(text.slice(copied, start + text.slice(start, end).trimEnd().length));
      copied = end;
    }
    return false;
  });
  kept.push(text.slice(copied));
  return { kept: kept.join(''), volatile_lines };
}

const mayBeBlank = (code: number): boolean => code <= 0x20 || code >= 0xa0;

/** With one `\n` at its end: a part of the text where it has one. */
function withoutBlankEnds(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) === 10) start += 1;
  while (end > start && text.charCodeAt(end - 1) === 10) end -= 1;
  return end < text.length ? text.slice(start, end + 1) : `${text.slice(start)}\n`;
}
