import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { remember } from '../../../api/remember.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('answers everybody from one read for as long as it is fresh', async () => {
  const reads: string[] = [];
  const ask = remember(1000, async (key) => {
    reads.push(key);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    return `${key}${reads.length}`;
  });
  const first = [ask('a'), ask('a'), ask('b')];
  // Still on its way, however long it takes.
  await vi.advanceTimersByTimeAsync(2500);
  first.push(ask('a'));
  await vi.advanceTimersByTimeAsync(500);
  expect(await Promise.all(first)).toEqual(['a2', 'a2', 'b2', 'a2']);
  await vi.advanceTimersByTimeAsync(900);
  expect(await ask('a')).toBe('a2');
  expect(reads).toEqual(['a', 'b']);
  await vi.advanceTimersByTimeAsync(200);
  const again = ask('a');
  await vi.advanceTimersByTimeAsync(3000);
  expect(await again).toBe('a3');
});

it('remembers a failure as long, and no longer', async () => {
  let reads = 0;
  const ask = remember(1000, () => (++reads === 1 ? Promise.reject(new Error('away')) : Promise.resolve(reads)));
  await expect(ask('a')).rejects.toThrow('away');
  await expect(ask('a')).rejects.toThrow('away');
  expect(reads).toBe(1);
  await vi.advanceTimersByTimeAsync(1001);
  expect(await ask('a')).toBe(2);
});

it('forgets the key that was asked for longest ago when there are too many', async () => {
  let reads = 0;
  const ask = remember(1000, () => Promise.resolve(++reads));
  for (let key = 0; key <= 2000; key++) await ask(String(key));
  expect(await ask('2000')).toBe(2001);
  expect(await ask('0')).toBe(2002);
});
