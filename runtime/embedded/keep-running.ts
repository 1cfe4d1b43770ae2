import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import type { ChildExit } from './child.ts';

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;
/** After that long its next end counts as the first. */
const STABLE_MS = 60_000;

export interface Server {
  pid: number;
  exited: Promise<ChildExit>;
  stop(): Promise<void>;
}

export interface Kept {
  stop(): Promise<void>;
}

/**
 * Watches a server that runs and starts it again each time it ends by itself, later and later while it keeps ending.
 * @param restart starts it where its clients expect it
 */
export function keepRunning(name: string, first: Server, restart: () => Promise<Server>, log: Logger): Kept {
  const stopping = new AbortController();
  let current = first;

  async function watch(): Promise<void> {
    let delay = FIRST_DELAY_MS;
    for (;;) {
      const began = Date.now();
      const { code, signal } = await current.exited;
      if (stopping.signal.aborted) return;
      if (Date.now() - began > STABLE_MS) delay = FIRST_DELAY_MS;
      log.warn({ server: name, pid: current.pid, code, signal, restart_in_ms: delay }, `${name} ended, starting it again`);
      for (let done = false; !done;) {
        await sleep(delay, undefined, { signal: stopping.signal }).catch(() => undefined);
        if (stopping.signal.aborted) return;
        delay = Math.min(delay * 2, MAX_DELAY_MS);
        try {
          current = await restart();
          done = true;
          log.info({ server: name, pid: current.pid }, `${name} runs again`);
        } catch (err) {
          log.error({ err, server: name, restart_in_ms: delay }, `${name} does not start`);
        }
      }
    }
  }

  const watching = watch();
  return {
    stop: async () => {
      stopping.abort();
      await current.stop();
      await watching;
      // It may have come back while we were told to stop.
      await current.stop();
    },
  };
}
