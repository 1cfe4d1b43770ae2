import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DELIVERY_ATTEMPTS, deliveryDelayMs } from '../../../core/events.ts';
import { VERSION } from '../../../core/version.ts';

describe('deliveryDelayMs', () => {
  it('doubles from 10 s, with up to a fifth off', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map((attempts) => deliveryDelayMs(attempts, 0, null) / 1000)).toEqual([
      10, 20, 40, 80, 160, 320, 640,
    ]);
    expect(deliveryDelayMs(1, 1, null)).toBe(8000);
    expect(DELIVERY_ATTEMPTS).toBe(8);
  });
  it('never exceeds an hour, whatever the receiver asks for', () => {
    expect(deliveryDelayMs(30, 0, null)).toBe(3_600_000);
    expect(deliveryDelayMs(1, 0, 86_400_000)).toBe(3_600_000);
    expect(deliveryDelayMs(1, 0, 60_000)).toBe(60_000);
    expect(deliveryDelayMs(4, 0, 1000)).toBe(80_000);
  });
});

it('the version is that of the package', () => {
  const { version }: { version: string } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  expect(VERSION).toBe(version);
});
