import { MOST_RECORDS } from '../core/inventory.ts';
import { at } from './record.ts';
import { SourceError } from './source.ts';

export interface Page {
  items: unknown[];
  /** The server has more after these. */
  more: boolean;
  /** Of all pages; null where it does not say. */
  total: number | null;
}

/** A list changed each time it was read, or its order is not the same from page to page. */
export class UnstableListError extends SourceError {}

const TRIES = 3;

/**
 * All items of a list that comes in pages by offset. Each page begins with the last item of the one before: where that is
 * another one, or the total changed, or items are missing, the list changed meanwhile and is read anew, so that no device
 * seems to vanish because another one did.
 * @throws UnstableListError after the third time, SourceError for a list without an end
 */
export async function readPages(what: string, fetchPage: (offset: number) => Promise<Page>): Promise<unknown[]> {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const items = await readOnce(what, fetchPage);
    if (items !== null) return items;
  }
  throw new UnstableListError(`${what} changed ${TRIES} times while it was read: no reading of it was whole`);
}

async function readOnce(what: string, fetchPage: (offset: number) => Promise<Page>): Promise<unknown[] | null> {
  const items: unknown[] = [];
  let total: number | null = null;
  for (;;) {
    const last = items.at(-1);
    const page = await fetchPage(Math.max(0, items.length - 1));
    if (page.total !== null && total !== null && page.total !== total) return null;
    total = page.total ?? total;
    if (last !== undefined && idOf(page.items[0]) !== idOf(last)) return null;
    const fresh = last === undefined ? page.items : page.items.slice(1);
    for (const item of fresh) items.push(item);
    if (items.length > MOST_RECORDS) throw new SourceError(`${what} has more than ${MOST_RECORDS} records`);
    if (!page.more) break;
    if (fresh.length === 0) throw new SourceError(`${what} tells of more records and gives none`);
  }
  const ids = new Set(items.map(idOf));
  if (total !== null && (items.length !== total || ids.size !== total)) return null;
  return items;
}

function idOf(item: unknown): unknown {
  const id = at(item, 'id');
  return typeof id === 'string' || typeof id === 'number' ? id : item;
}
