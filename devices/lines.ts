/** Lines of large texts by their places, so that no list of them is made. Lines end with `\n`. */

/** How many `\n` there are. */
export function countNewlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** Calls `visit` with the start and the end (exclusive, without `\n`) of each line, in order, until it returns true; whether it did. */
export function someLine(text: string, visit: (start: number, end: number) => boolean): boolean {
  for (let start = 0; ;) {
    const newline = text.indexOf('\n', start);
    if (visit(start, newline < 0 ? text.length : newline)) return true;
    if (newline < 0) return false;
    start = newline + 1;
  }
}

/** The same from the last line to the first. */
export function someLineBackwards(text: string, visit: (start: number, end: number) => boolean): boolean {
  for (let end = text.length; ;) {
    const newline = end === 0 ? -1 : text.lastIndexOf('\n', end - 1);
    if (visit(newline + 1, end)) return true;
    if (newline < 0) return false;
    end = newline;
  }
}
