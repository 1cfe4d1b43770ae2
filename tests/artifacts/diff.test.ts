import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unifiedDiff } from '../../artifacts/diff.ts';

const run = promisify(execFile);
const NAMES = { a: 'a/sw1.cfg', b: 'b/sw1.cfg' };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-diff-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the real Git makes of `a` with the diff. */
async function applied(a: string, diff: string): Promise<string> {
  await writeFile(join(folder, 'sw1.cfg'), a);
  await writeFile(join(folder, 'change.diff'), diff);
  await run('git', ['apply', '--whitespace=nowarn', '-p1', 'change.diff'], { cwd: folder });
  return await readFile(join(folder, 'sw1.cfg'), 'utf8');
}

const numbered = (count: number, word = 'line'): string => Array.from({ length: count }, (_, at) => `${word} ${at}\n`).join('');

const PAIRS: [string, string, string][] = [
  ['a line changed', numbered(50), numbered(50).replace('line 20', 'line twenty')],
  ['changes at both ends', numbered(50), `first\n${numbered(49)}last\n`],
  ['no line end, then one', 'one\ntwo', 'one\ntwo\n'],
  ['one line end, then none', 'one\ntwo\n', 'one\ntwo'],
  ['no line end on either side', 'one\ntwo', 'one\nthree'],
  ['CR LF becomes LF', 'one\r\ntwo\r\n', 'one\ntwo\n'],
  ['blank lines', 'one\n\n\ntwo\n', 'one\n\ntwo\n\n'],
  ['lines that look like a diff', '--- a\n+++ b\n@@ -1 +1 @@\n', '--- a\n-++ b\n\\ No newline\n'],
  ['nothing in common', numbered(2000, 'this'), numbered(3000, 'that')],
];

describe('the unified diff', () => {
  it('of equal texts is empty', () => {
    expect(unifiedDiff('x\n', 'x\n', NAMES)).toEqual({ diff: '', added: 0, removed: 0 });
  });

  it('is the form that people know', () => {
    const { diff, added, removed } = unifiedDiff('one\ntwo\nthree\n', 'one\n2\nthree\n', NAMES);
    expect(diff).toBe('--- a/sw1.cfg\n+++ b/sw1.cfg\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n');
    expect([added, removed]).toEqual([1, 1]);
  });

  it.each(PAIRS)('is applied by git: %s', async (_, a, b) => {
    for (const context of [0, 1, 3]) {
      const { diff } = unifiedDiff(a, b, NAMES, context);
      if (context > 0) expect(await applied(a, diff)).toBe(b);
      expect(diff.split('\n').filter((line) => line.startsWith('@@')).length).toBeGreaterThan(0);
    }
  });

  it.each(PAIRS)('is correct also where it is given up: %s', async (_, a, b) => {
    const { diff, added, removed } = unifiedDiff(a, b, NAMES, 3, { timeMs: -1 });
    expect(await applied(a, diff)).toBe(b);
    expect([removed, added]).toEqual([a, b].map((text) => text.split('\n').length - (text.endsWith('\n') ? 1 : 0)));
  });

  it('is applied by patch, to and from nothing too', async () => {
    for (const [a, b] of [
      ['', 'one\ntwo\n'],
      ['one\ntwo\n', ''],
      ['one\n', 'one\ntwo'],
    ] as const) {
      await writeFile(join(folder, 'old'), a);
      await writeFile(join(folder, 'change.diff'), unifiedDiff(a, b, NAMES).diff);
      await run('patch', ['--quiet', '--output=new', 'old', 'change.diff'], { cwd: folder });
      expect(await readFile(join(folder, 'new'), 'utf8')).toBe(b);
    }
  });

  it('is applied by git, whatever the texts', { timeout: 60_000 }, async () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', '', '- x', '+ y', ' ', '\\ No'), { maxLength: 12 })
      .chain((lines) => fc.constantFrom('', '\n').map((end) => lines.join('\n') + (lines.length > 0 ? end : '')));
    await fc.assert(
      fc.asyncProperty(text, text, async (a, b) => {
        fc.pre(a !== b && a !== '' && b !== '');
        expect(await applied(a, unifiedDiff(a, b, NAMES).diff)).toBe(b);
      }),
      { numRuns: 150 },
    );
  });

  it('of two large texts without a common line ends soon', () => {
    const began = performance.now();
    const { added, removed } = unifiedDiff(numbered(40_000, 'this'), numbered(40_000, 'that'), NAMES);
    expect([added, removed]).toEqual([40_000, 40_000]);
    expect(performance.now() - began).toBeLessThan(3000);
  });
});
