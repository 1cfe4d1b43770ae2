import { describe, expect, test } from 'vitest';
import { comparableText } from '../../../devices/comparable.ts';
import { scrub, secretSpans } from '../../../devices/scrub.ts';
import { MARKED, PLATFORMS, resembles, sections, unmarked } from './support/fixtures.ts';

/** Whether the quotes belong to the secret does not matter. */
const bare = (text: string | undefined): string => (text ?? '').replaceAll('"', '');

describe.each(PLATFORMS.map((platform) => ({ name: platform.name, platform })))('$name', ({ name, platform }) => {
  const { scrub: rules, volatile, unstable = [] } = platform.config;

  test('every scrub rule has its cases', () => {
    expect(sections(name, 'scrub.txt')).toHaveLength(rules.length);
  });

  test.each(rules.map((rule, index) => ({ rule, index })))('scrub rule $index', ({ rule, index }) => {
    const section = sections(name, 'scrub.txt')[index] ?? '';
    const text = unmarked(section);
    const bites = secretSpans(rule, text).map(({ from, to }) => text.slice(from, to));
    expect(bites.length).toBeGreaterThan(0);
    const marked = [...section.matchAll(MARKED)].map(([, secret]) => secret);
    for (const secret of bites) expect(marked.map(bare)).toContain(bare(secret));
    expect(bare(scrub(platform, text))).toBe(bare(section.replace(MARKED, '<removed>')));
    const lines = section.split('\n');
    const bitten = lines.filter((line) => line.includes('«')).map((line) => line.replace(MARKED, ''));
    expect(lines.filter((line) => !line.includes('«') && resembles(line, bitten))).not.toEqual([]);
  });

  test('every volatile rule has its cases', () => {
    expect(sections(name, 'volatile.txt')).toHaveLength(volatile.length);
  });

  test.each(volatile.map((rule, index) => ({ rule, index })))('volatile rule $index', ({ rule, index }) => {
    const lines = (sections(name, 'volatile.txt')[index] ?? '').split('\n');
    const leftOut = lines.filter((line) => line.startsWith('- ')).map((line) => line.slice(2));
    const kept = lines.filter((line) => line.startsWith('= ')).map((line) => line.slice(2));
    expect(leftOut.length + kept.length).toBe(lines.length);
    expect(leftOut.some((line) => rule.test(line))).toBe(true);
    expect(kept.some((line) => resembles(line, leftOut))).toBe(true);
    const text = [...leftOut, ...kept].join('\n');
    expect(comparableText(platform, text)).toEqual({
      text: `${kept.map((line) => line.trimEnd()).join('\n')}\n`,
      volatile_lines: leftOut.map((_line, at) => at + 1),
    });
  });

  test.skipIf(unstable.length === 0)('every unstable value has its cases', () => {
    expect(sections(name, 'unstable.txt')).toHaveLength(unstable.length);
  });

  test.each(unstable.map((rule, index) => ({ rule, index })))('unstable rule $index', ({ rule, index }) => {
    const section = sections(name, 'unstable.txt')[index] ?? '';
    const as = (value: (old: string) => string): string =>
      comparableText(
        platform,
        section.replace(MARKED, (_all, old: string) => value(old)),
      ).text;
    expect(unmarked(section).replace(rule.find, rule.replace)).not.toBe(unmarked(section));
    // The value does not count; that it is there, and what stands beside it, does.
    expect(as((old) => old)).toBe(as((old) => `${old.slice(0, -2)}x${old.slice(-1)}`));
    // A value may have several lines.
    const lines = section.replace(MARKED, (value) => value.replaceAll('\n', '⏎')).split('\n');
    const bitten = lines.filter((line) => line.includes('«'));
    expect(lines.some((line) => !line.includes('«') && resembles(line, bitten))).toBe(true);
    for (const [at, line] of lines.entries()) {
      if (line.includes('«') || line.trim() === '') continue;
      const changed = lines.with(at, `${line}x`).join('\n').replaceAll('⏎', '\n');
      expect(comparableText(platform, unmarked(changed)).text).not.toBe(as((old) => old));
    }
  });
});
