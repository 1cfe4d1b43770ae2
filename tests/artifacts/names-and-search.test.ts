import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coalesce } from '../../artifacts/coalesce.ts';
import { findInText } from '../../artifacts/find-in-text.ts';
import { safeName, unsafeName } from '../../artifacts/safe-name.ts';
import { ODD_NAMES } from './contract.ts';

describe('safe names', () => {
  it.each([
    ['core-sw1.cfg', 'core-sw1.cfg'],
    ['a/b', 'a%2Fb'],
    ['../../x', '%2E.%2F..%2Fx'],
    ['.git', '%2Egit'],
    ['ü', '%C3%BC'],
    ['100%', '100%25'],
    ['', '%'],
    ['ends.', 'ends%2E'],
  ])('%j is %j', (name, path) => {
    expect(safeName(name)).toBe(path);
    expect(unsafeName(path)).toBe(name);
  });

  it('are safe, different for different names, and lead back', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.string({ unit: fc.constantFrom('.', '/', '%', 'a', 'git', '-'), maxLength: 400 }),
      fc.constantFrom(...ODD_NAMES),
    );
    fc.assert(
      fc.property(name, name, (one, other) => {
        const path = safeName(one);
        expect(unsafeName(path)).toBe(one);
        if (one !== other) expect(safeName(other)).not.toBe(path);
        for (const segment of path.split('/')) {
          expect(segment).toMatch(/^[A-Za-z0-9_%][A-Za-z0-9._%-]*$/);
          expect(segment).not.toMatch(/\.$/);
          expect(segment.length).toBeLessThan(200);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('what people put there is no name of ours', () => {
    for (const path of ['a/b', 'README md', '.gitignore', 'x%2fy', '100%', 'ü', '%C3'])
      expect([path, unsafeName(path)]).toEqual([path, null]);
  });
});

describe('search in a text', () => {
  const text = 'hostname SW1\r\ninterface Vlan10\n description to sw1 (core)\n';

  it('finds lines without regard to case, and takes nothing as a pattern', () => {
    expect(findInText(text, 'sw1')).toEqual([
      { line: 1, text: 'hostname SW1' },
      { line: 3, text: ' description to sw1 (core)' },
    ]);
    expect(findInText(text, '(core)')).toHaveLength(1);
    for (const query of ['s.1', '', 'vlan11']) expect(findInText(text, query)).toEqual([]);
  });

  it('gives no more than asked for, and no endless line', () => {
    expect(findInText('x\n'.repeat(100), 'X')).toHaveLength(20);
    expect(findInText('x\n'.repeat(100), 'X', { limit: 3 }).map(({ line }) => line)).toEqual([1, 2, 3]);
    const [found] = findInText(`${'a'.repeat(5000)}needle${'b'.repeat(5000)}`, 'NEEDLE');
    expect(found!.text).toHaveLength(200);
    expect(found!.text).toContain('needle');
  });
});

it('coalesced work is done once for all who wait, and again for who came too late', async () => {
  let rounds = 0;
  let release: () => void = () => undefined;
  const work = coalesce(async () => {
    const number = (rounds += 1);
    await new Promise<void>((resolve) => (release = resolve));
    return number;
  });
  const first = work();
  const late = [work(), work()];
  release();
  expect(await first).toBe(1);
  await expect.poll(() => rounds).toBe(2);
  const later = work();
  release();
  expect(await Promise.all(late)).toEqual([2, 2]);
  await expect.poll(() => rounds).toBe(3);
  release();
  expect(await later).toBe(3);
});
