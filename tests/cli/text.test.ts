import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { fitWidths } from '../../cli/text/fit.ts';
import { paintDiff } from '../../cli/text/paint.ts';
import { barOf } from '../../cli/text/progress.ts';
import { safeJson, safeLine, safeText } from '../../cli/text/safe.ts';
import { record, table, type Column } from '../../cli/text/table.ts';
import { duration } from '../../cli/text/words.ts';

const plain = { write: () => undefined, terminal: false, width: Infinity, color: false };
const narrow = { ...plain, terminal: true, width: 40 };
const columns: Column<{ id: string; text: string; n: number }>[] = [
  { head: 'ID', of: (row) => row.id, whole: true },
  { head: 'TEXT', of: (row) => row.text },
  { head: 'N', of: (row) => row.n, right: true },
];

describe('texts of devices', () => {
  it('lose whatever a terminal would obey, and nothing else', () => {
    expect(safeLine('\u001b[31mred\u0007\n\u009b2J\u202eabc \ud800')).toBe('\\x1b[31mred\\x07\\x0a\\x9b2J\\u202eabc \\ud800');
    expect(safeLine('Zürich 東京 👩‍💻')).toBe('Zürich 東京 👩‍💻');
    expect(safeText('a\tb\r\nc\rd\u001b]0;x\u0007')).toBe('a\tb\nc\\x0dd\\x1b]0;x\\x07');
  });

  it('are the same value in JSON that is safe to look at', () => {
    const value = { name: 'a\u001b[2J\u009b\u202e\u007f"\\\n', list: [1, null] };
    const text = safeJson(value);
    expect(JSON.parse(text)).toEqual(value);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

describe('a table', () => {
  const rows = [
    { id: '0199aaaa-1111', text: 'a long text that has no room here at all', n: 7 },
    { id: '0199aaaa-2222', text: '東京東京東京東京東京東京東京', n: 12_345 },
    { id: '0199aaaa-3333', text: '\u001b[2Jx\ny', n: 0 },
  ];

  it('is whole where nobody looks, one line a row', () => {
    const lines = table(plain, rows, columns, 'none').split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[1]).toContain('a long text that has no room here at all');
    expect(lines[3]).toContain('\\x1b[2Jx\\x0ay');
  });

  it('fits the terminal, cuts texts and never what is there to be copied', () => {
    const lines = table(narrow, rows, columns, 'none').trimEnd().split('\n');
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(40);
    expect(lines[1]).toMatch(/^0199aaaa-1111 {2}a long.*… +7$/);
    expect(lines[2]).toMatch(/^0199aaaa-2222 {2}東.*… +12345$/);
    for (const line of table({ ...narrow, width: 10 }, rows, columns, 'none')
      .trimEnd()
      .split('\n'))
      expect(stringWidth(line)).toBeLessThanOrEqual(10);
  });

  it('says that it is empty, and leaves out fields without a value', () => {
    expect(table(narrow, [], columns, 'No devices.')).toBe('No devices.\n');
    expect(record(plain, { name: 'r1', site: null, tags: ['a', 'b'], enabled: false })).toBe(
      'name     r1\ntags     a, b\nenabled  no\n',
    );
  });

  it.each([
    [[10, 10], [true, true], 100, [10, 10]],
    [[50, 10, 5], [true, true, false], 40, [21, 10, 5]],
    [[50, 50, 5], [true, true, false], 45, [18, 18, 5]],
    [[36, 30], [false, true], 20, [36, 6]],
  ])('widths %j (may shrink %j) in %i are %j', (widths, may, total, fitted) => {
    expect(fitWidths(widths, may, total, 2)).toEqual(fitted);
  });
});

describe('the bar', () => {
  const state = { status: 'in_progress', total: 10, running: 2, completed: 3, failed: 1, cancelled: 0, percentage: 40 };

  it('tells how far, how many and how long, and leaves the last column free', () => {
    const bar = barOf({ width: 120, color: false }, state, 20);
    expect(bar).toBe(`${'█'.repeat(10)}${'░'.repeat(14)} in_progress 40 %, 4/10 devices, 2 running, 1 failed, 20 s, 30 s to go`);
    for (const width of [80, 50, 24, 10]) expect(stringWidth(barOf({ width, color: false }, state, 20))).toBeLessThan(width);
  });

  it('has times that people read', () => {
    expect([0, 59.4, 61, 3725].map(duration)).toEqual(['0 s', '59 s', '1 min 1 s', '1 h 2 min']);
  });
});

describe('a difference', () => {
  const diff = '--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n same\n';

  it('is in colour on a terminal that has any, and as it is elsewhere', () => {
    expect(paintDiff({ color: false }, diff)).toBe(diff);
    expect(paintDiff({ color: true }, diff)).toContain('\u001b[32m+new\u001b[39m');
    expect(paintDiff({ color: true }, diff)).toContain('\u001b[31m-old\u001b[39m');
    expect(paintDiff({ color: true }, diff)).toContain('\n same\n');
  });
});
