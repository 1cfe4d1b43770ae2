import type { Pager } from './platform.ts';

/** An output on its way through a pager. */
export interface Page {
  done: boolean;
  /** The first page. */
  start: () => string;
  /** What one key brings: space or `d` a page, Enter a line, `q` the end; other keys nothing. */
  key: (key: string) => string;
}

/** Cuts a text into pages. Like the devices, it does not stop for a text that fits on one. */
export function createPage(text: string, pager: Pager): Page {
  const lines = text.split('\n');
  const rest = lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  let at = 0;
  const next = (count: number): string => {
    const cut = rest.slice(at, at + count);
    at += cut.length;
    page.done = at >= rest.length;
    return cut.map((line) => `${line}\n`).join('') + (page.done ? '' : pager.text);
  };
  const page: Page = {
    done: false,
    start: () => next(pager.lines),
    key: (key) => {
      if (key === 'q' || key === 'Q' || key === '\x03') {
        page.done = true;
        return pager.erase;
      }
      if (key === ' ' || key === 'd') return pager.erase + next(pager.lines);
      if (key === '\n') return pager.erase + next(1);
      return '';
    },
  };
  return page;
}
