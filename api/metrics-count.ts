import type { Logger } from '../runtime/log.ts';

/** How long one count serves, however often the metrics are read. */
const FRESH_MS = 10_000;
/** How long a scrape waits for one answer: Prometheus gives up a scrape after ten seconds, and then sees nothing at all. */
const DEADLINE_MS = 2_000;

/** @throws an error after two seconds without an answer */
export async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${DEADLINE_MS} ms`)), DEADLINE_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** One count for all scrapes of ten seconds. Null where it failed or takes too long; the log says why. */
export function remember<T>(log: Logger, count: () => Promise<T>): () => Promise<T | null> {
  let last: { at: number; counts: Promise<T> } | null = null;
  return async () => {
    // One that takes too long is asked for again only after its time: questions must not pile up on a database that hangs.
    if (last === null || Date.now() - last.at > FRESH_MS) last = { at: Date.now(), counts: count() };
    const { counts } = last;
    try {
      return await inTime(counts);
    } catch (error) {
      log.warn({ err: error }, 'a metric could not be read');
      return null;
    }
  };
}
