import { copyFileSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

const LIMIT = 20 * 1024 * 1024;
const EVERY_MS = 10 * 60_000;

/**
 * Moves what a log file of the folder holds to `<file>.1` once it is larger than `limit` bytes, so that a start that runs for
 * months does not fill the disk. The programs go on writing: they append to the file that is open.
 */
export function rotateLogs(folder: string, limit = LIMIT): void {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.log'))) {
    const path = join(folder, name);
    if (statSync(path).size <= limit) continue;
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
  }
}

/** Looks every ten minutes; returns what ends it. */
export function keepLogsSmall(folder: string, onError: (error: unknown) => void): () => void {
  const timer = setInterval(() => {
    try {
      rotateLogs(folder);
    } catch (error) {
      onError(error);
    }
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
