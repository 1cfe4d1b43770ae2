import type { Logger } from '../runtime/log.ts';

/** How long one count serves, however often the metrics are read. */
const FRESH_MS = 10_000;

/** One count for all scrapes of ten seconds. Null where it failed; the log says why. */
export function remember<T>(log: Logger, count: () => Promise<T>): () => Promise<T | null> {
  let last: { at: number; counts: Promise<T> } | null = null;
  return async () => {
    if (last === null || Date.now() - last.at > FRESH_MS) last = { at: Date.now(), counts: count() };
    try {
      return await last.counts;
    } catch (error) {
      last = null;
      log.warn({ err: error }, 'a metric could not be read');
      return null;
    }
  };
}
