import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrames } from '../../../api/syslog/framing.ts';
import { parseSyslog } from '../../../api/syslog/parse.ts';

describe('frames', () => {
  it('come out as they went in, however the stream is cut and the framings are mixed', () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
      .map((body) => `<13>${body.replaceAll(/[\n\0]/g, ' ')}`);
    const message = fc.record({ text, counted: fc.boolean() });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), fc.infiniteStream(fc.integer({ min: 1, max: 40 })), (messages, sizes) => {
        const stream = Buffer.concat(
          messages.map(({ text, counted }) => Buffer.from(counted ? `${Buffer.byteLength(text)} ${text}` : `${text}\n`)),
        );
        const got: string[] = [];
        const frames = createFrames(1000, {
          onMessage: (bytes) => void got.push(bytes.toString()),
          onOversized: () => void got.push('!'),
        });
        for (let at = 0; at < stream.length;) {
          const size = sizes.next().value!;
          expect(frames.push(stream.subarray(at, at + size))).toBe(true);
          at += size;
        }
        frames.end();
        expect(got).toEqual(messages.map(({ text }) => text));
      }),
      { numRuns: 300 },
    );
  });
});

describe('the host name of a message', () => {
  it.each([
    ['<34>1 2026-05-09T12:00:00.003Z SW1.example.net app 1 ID47 - text', 'sw1.example.net'],
    ['<34>1 2026-05-09T12:00:00Z - app - - - text', null],
    ['<34>Oct 11 22:14:15 sw1 su: text', 'sw1'],
    ['<14> Jan  1 00:01:02 192.0.2.9 00825 mgr: text', '192.0.2.9'],
    ['<189>45: *Mar  1 18:46:11.123: %SYS-5-CONFIG_I: text', null],
    ['<189>45: sw1: *Mar  1 18:46:11.123 UTC: %SYS-5-CONFIG_I: text', 'sw1'],
    ['<189>45: 000051: sw1: .Mar  1 18:46:11: %SYS-5-CONFIG_I: text', 'sw1'],
    ['<189>45: 000051: Mar  1 18:46:11: %SYS-5-CONFIG_I: text', null],
    ['<189>: 2026 May  9 12:00:00 UTC: %VSHD-5-X: text', null],
    ['<189>Apr 30 2026 03:04:20-08:00 sw1 %%01SHELL/5/X: text', 'sw1'],
    ['<166>Jul 12 2026 10:00:00 fw1 : %ASA-5-111008: text', 'fw1'],
    ['<166>%ASA-5-111008: text', null],
    ['<189>1234: RP/0/RP0/CPU0:Jun  2 10:45:25.621 UTC: config[1]: %MGBL-X : text', null],
    ['<189>date=2026-05-09 time=12:00:00 devname="FGT-1" logid="1"', 'fgt-1'],
    ['<13>2026-05-09T12:00:00.1+02:00 sw1 tag: text', 'sw1'],
    ['<30>May  9 12:00:00 CORE sshd: text', 'core'],
    ['no header at all', null],
  ])('%s → %s', (text, hostname) => {
    expect(parseSyslog(Buffer.from(text)).hostname).toBe(hostname);
  });
});
