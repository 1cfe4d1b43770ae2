import { describe, expect, test } from 'vitest';
import { comparableText } from '../../../devices/comparable.ts';
import { provenComplete } from '../../../devices/completeness.ts';
import { lastChangedBy } from '../../../devices/last-change.ts';
import type { LastChange } from '../../../devices/last-change.ts';
import { replaceSecrets, scrub } from '../../../devices/scrub.ts';
import { answerOf } from '../support/layout.ts';
import { PLATFORMS, runningConfig } from './support/fixtures.ts';

/** Who changed it, where the platform tells. */
const CHANGES: Record<string, LastChange> = {
  cisco_ios: { user: 'carol', at: '10:00:13 UTC Mon Mar 4 2024' },
  cisco_xr: { user: 'carol', at: 'Mon Mar  4 10:00:13 2024' },
  cisco_nxos: { user: null, at: 'Mon Mar  4 09:12:44 2024' },
  cisco_asa: { user: 'carol', at: '10:00:13.123 UTC Mon Mar 4 2024' },
  arista_eos: { user: 'carol', at: 'Mon Mar  4 10:00:13 2024' },
  juniper_junos: { user: 'carol', at: '2024-03-04 10:00:13 UTC' },
  huawei_vrp: { user: 'carol', at: '2024-03-04 10:00:13 UTC' },
};

/** Complete lines of a configuration that were left out, by the number of lines that came before. */
function proof(platform: (typeof PLATFORMS)[number], text: string): ReturnType<typeof provenComplete> {
  return provenComplete(platform, answerOf(platform.config.commands[0] ?? '', text));
}

describe.each(PLATFORMS.map((platform) => ({ name: platform.name, platform })))('$name', ({ name, platform }) => {
  const text = runningConfig(name);

  test('is complete, letter by letter', () => {
    expect(proof(platform, text)).toEqual({ complete: true, text, burst_lines: 0 });
  });

  test('no secret survives; nothing else is touched', () => {
    const scrubbed = scrub(platform, text);
    expect(text.match(/S3CRET/g)?.length).toBeGreaterThan(5);
    expect(scrubbed.split('\n').filter((line) => line.includes('S3CRET'))).toEqual([]);
    expect(scrubbed.match(/KEPT/g)).toEqual(text.match(/KEPT/g));
    expect(scrub(platform, scrubbed)).toBe(scrubbed);
    // Still a configuration, so that what is kept can be judged again.
    expect(proof(platform, scrubbed)).toMatchObject({ complete: true });
  });

  test('what stands for a secret can be turned back', () => {
    const kept: string[] = [];
    const hidden = replaceSecrets(platform, text, (secret) => `<encrypted:${kept.push(secret) - 1}>`);
    expect(hidden).not.toContain('S3CRET');
    expect(replaceSecrets(platform, hidden, () => 'twice')).toBe(hidden);
    expect(hidden.replace(/<encrypted:(\d+)>/g, (_all, number) => kept[Number(number)] ?? '')).toBe(text);
  });

  test('the same configuration shown again is the same', () => {
    const { volatile, unstable = [] } = platform.config;
    const first = comparableText(platform, text);
    const lines = text.split('\n');
    expect(first.volatile_lines).toEqual(lines.flatMap((line, at) => (volatile.some((rule) => rule.test(line)) ? [at + 1] : [])));
    const later = lines.map((line, at) => (first.volatile_lines.includes(at + 1) ? line.replace(/\d/g, '7') : `${line}  `));
    expect(comparableText(platform, later.join('\n')).text).toBe(first.text);
    for (const line of ['KEPT', 'S3CRET']) {
      if (unstable.length > 0 && line === 'S3CRET') continue;
      expect(comparableText(platform, text.replace(line, 'CHANGED')).text).not.toBe(first.text);
    }
  });

  test('who changed it last', () => {
    expect(lastChangedBy(platform, text)).toEqual(CHANGES[name] ?? { user: null, at: null });
  });
});
