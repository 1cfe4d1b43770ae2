import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { platforms } from '../../../../devices/platforms/index.ts';
import type { Platform } from '../../../../devices/platform.ts';

/** Every built-in platform that has a configuration. */
export const PLATFORMS: Platform[] = Object.values(platforms);

const FOLDER = join(import.meta.dirname, '../fixtures');

/** A configuration in which every secret is spelt with S3CRET, and what must stay with KEPT. */
export function runningConfig(name: string): string {
  return readFileSync(join(FOLDER, name, 'running.cfg'), 'utf8');
}

/**
 * Cases of a rule list, in the order of the rules, divided by `---`. `scrub.txt`: texts in which «…» marks what is a secret; a
 * line without a mark must stay as it is. `volatile.txt`: lines that are left out (`- `) and lines that are not (`= `).
 * `unstable.txt`: as `scrub.txt`, «…» marking what changes by itself.
 */
export function sections(name: string, file: 'scrub.txt' | 'volatile.txt' | 'unstable.txt'): string[] {
  const text = readFileSync(join(FOLDER, name, file), 'utf8').replace(/\n$/, '');
  return text === '' ? [] : text.split(/^---\n/m).map((section) => section.replace(/\n$/, ''));
}

export const MARKED = /«([^»]*)»/g;
export const unmarked = (text: string): string => text.replace(MARKED, '$1');

/** Whether a line that must stay shares a word with one that is hidden: else it proves nothing about the rule. */
export function resembles(line: string, bitten: string[]): boolean {
  const words = (text: string): string[] => text.toLowerCase().match(/[a-z]{3,}/g) ?? [];
  const known = new Set(bitten.flatMap(words));
  return words(line).some((word) => known.has(word));
}
