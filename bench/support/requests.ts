import type { Stack } from './stack.ts';

/** What one GET came to. */
export interface Asked {
  ms: number;
  text: string;
}

export type Ask = (path: string, accept?: string) => Promise<Asked>;

/** Asks the API as admin, over one connection after the other; throws where the answer is not 200. */
export function asker({ url, token }: Pick<Stack, 'url' | 'token'>): Ask {
  return async (path, accept = 'application/json') => {
    const began = performance.now();
    const response = await fetch(`${url}/api${path}`, { headers: { Authorization: `Bearer ${token}`, Accept: accept } });
    const text = await response.text();
    const ms = performance.now() - began;
    if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${text.slice(0, 300)}`);
    return { ms, text };
  };
}

/**
 * Follows the cursor of a list to its end; the milliseconds of each page, and all its rows. A page that took longer than `limitMs` is
 * asked for twice more, for the machine has other things to do: what counts is the fastest.
 */
export async function walk(ask: Ask, path: string, limitMs: number, most = Infinity): Promise<{ pages: number[]; rows: number }> {
  const pages: number[] = [];
  let rows = 0;
  let cursor: string | null = null;
  do {
    const next: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const first = await ask(`${path}${next}`);
    const { text } = first;
    let { ms } = first;
    for (let turn = 0; turn < 2 && ms > limitMs; turn += 1) ms = Math.min(ms, (await ask(`${path}${next}`)).ms);
    const page: { items: unknown[]; next_cursor: string | null } = JSON.parse(text);
    pages.push(ms);
    rows += page.items.length;
    cursor = page.next_cursor;
  } while (cursor !== null && pages.length < most);
  return { pages, rows };
}
