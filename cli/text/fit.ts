import stringWidth from 'string-width';

const PLAIN = /^[\x20-\x7e]*$/;
const graphemes = new Intl.Segmenter();

/** Columns that a text takes on a terminal. */
export function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

/** The text, cut to so many columns with an ellipsis at its end. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (PLAIN.test(text)) return `${text.slice(0, Math.max(width - 1, 0))}…`;
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += widthOf(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Filled up with blanks, at its end or (`right`) before it. */
export function pad(text: string, width: number, right: boolean): string {
  const blanks = ' '.repeat(Math.max(width - widthOf(text), 0));
  return right ? blanks + text : text + blanks;
}

const LEAST = 6;

/** Narrows the widest columns that may be narrowed until all of them and the gaps between take no more than `total`. */
export function fitWidths(widths: readonly number[], mayShrink: readonly boolean[], total: number, gap: number): number[] {
  const fitted = [...widths];
  let over = fitted.reduce((sum, width) => sum + width, 0) + gap * (fitted.length - 1) - total;
  for (; over > 0; over -= 1) {
    let widest = -1;
    for (const [index, width] of fitted.entries()) {
      if (mayShrink[index] === true && width > LEAST && width > (fitted[widest] ?? 0)) widest = index;
    }
    const width = fitted[widest];
    if (width === undefined) return fitted;
    fitted[widest] = width - 1;
  }
  return fitted;
}
