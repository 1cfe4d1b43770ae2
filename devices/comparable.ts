import { matches } from './config-lines.ts';
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
  const volatile_lines: number[] = [];
  const kept: string[] = [];
  text.split('\n').forEach((line, index) => {
    if (matches(volatile, line)) volatile_lines.push(index + 1);
    else kept.push(line.trimEnd());
  });
  const stable = unstable.reduce((rest, { find, replace }) => rest.replace(find, replace), kept.join('\n'));
  return { text: `${stable.replace(/^\n+|\n+$/g, '')}\n`, volatile_lines };
}
