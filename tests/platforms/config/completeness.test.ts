import { describe, expect, test } from 'vitest';
import type { Answer } from '../../../devices/answer.ts';
import { provenComplete } from '../../../devices/completeness.ts';
import type { Proof } from '../../../devices/completeness.ts';
import { answerOf, platformOf } from '../support/layout.ts';
import { PLATFORMS, runningConfig } from './support/fixtures.ts';

/**
 * Lines after which a configuration that stops there looks whole, in the running.cfg of each platform, and why nothing in the text
 * can tell. There the proof is the session's: the prompt that returned, and the command that was answered after it.
 */
const INDISTINGUISHABLE: Record<string, { why: string; cuts: number }> = {
  // No end marker; every line is a statement of its own.
  cisco_nxos: { why: 'no end marker, no brackets', cuts: 29 },
  hp_procurve: { why: 'no end marker, no brackets', cuts: 19 },
  aruba_aoscx: { why: 'no end marker, no brackets', cuts: 19 },
  juniper_junos: { why: 'no end marker: whole top-level stanzas', cuts: 9 },
  mikrotik_routeros: { why: 'no end marker: whole items', cuts: 12 },
  paloalto_panos: { why: 'every top-level stanza ends like the last', cuts: 3 },
  fortinet: { why: 'every top-level section ends like the last', cuts: 9 },
  cisco_ios: { why: 'a banner may have "end" as one of its lines', cuts: 1 },
};

const judged = (name: string, text: string, over: Partial<Answer> = {}): Proof =>
  provenComplete(platformOf(name), { ...answerOf(platformOf(name).config.commands[0] ?? '', text), ...over });

describe.each(PLATFORMS.map(({ name }) => ({ name })))('$name', ({ name }) => {
  const text = runningConfig(name);
  const lines = text.split('\n').slice(0, -1);

  test('cut after any line it is not complete, but where nothing can tell', () => {
    const whole: number[] = [];
    for (let kept = 0; kept < lines.length; kept += 1) {
      const proof = judged(name, `${lines.slice(0, kept).join('\n')}\n`);
      if (proof.complete) whole.push(kept);
      else expect(['truncated', 'error']).toContain(proof.outcome);
    }
    expect([whole.length, whole]).toEqual([INDISTINGUISHABLE[name]?.cuts ?? 0, whole]);
  });
});
