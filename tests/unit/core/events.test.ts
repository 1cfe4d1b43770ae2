import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DELIVERY_ATTEMPTS, deliveryDelayMs } from '../../../core/events.ts';
import { VERSION } from '../../../core/version.ts';

describe('deliveryDelayMs', () => {
  it('grows from 10 s to 1 h over the attempts there are, with up to a fifth off', () => {
    const seconds = [1, 2, 3, 4, 5, 6, 7].map((attempts) => Math.round(deliveryDelayMs(attempts, 0, null) / 1000));
    expect(seconds).toEqual([10, 27, 71, 190, 506, 1350, 3600]);
    expect(deliveryDelayMs(1, 1, null)).toBe(8000);
    expect(DELIVERY_ATTEMPTS).toBe(8);
  });
  it('never exceeds an hour, whatever the receiver asks for', () => {
    expect(deliveryDelayMs(30, 0, null)).toBe(3_600_000);
    expect(deliveryDelayMs(1, 0, 86_400_000)).toBe(3_600_000);
    expect(deliveryDelayMs(1, 0, 60_000)).toBe(60_000);
    expect(deliveryDelayMs(4, 0, 1000)).toBeGreaterThan(180_000);
  });
});

it('the version is that of the package', () => {
  const { version }: { version: string } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  expect(VERSION).toBe(version);
});
