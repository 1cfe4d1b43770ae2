import type { FilterValue } from '../core/inventory.ts';
import type { Page } from './pages.ts';
import { isJson } from './record.ts';
import { SourceError } from './source.ts';

/** The address of a list below the base URL; a list of values is the same parameter several times. */
export function listUrl(base: string, path: string, query: Record<string, FilterValue>): string {
  const url = new URL(base);
  url.pathname = url.pathname.replace(/\/+$/, '') + path;
  for (const [name, value] of Object.entries(query)) {
    url.searchParams.delete(name);
    for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(one));
  }
  return url.href;
}

/** A page as Django REST framework gives it (`{count, next, results}`); the addresses in it are not followed. */
export function restPage(json: unknown, base: string): Page {
  if (!isJson(json) || !Array.isArray(json.results))
    throw new SourceError(`${new URL(base).origin} answered no list of devices: is the URL that of the server itself?`);
  return {
    items: json.results,
    more: json.next !== null && json.next !== undefined,
    total: typeof json.count === 'number' ? json.count : null,
  };
}
