import { setTimeout as sleep } from 'node:timers/promises';
import { changeIn } from '../../core/change-messages.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import { findSenders, noteChanges, type ChangeNotice, type MessageSource } from '../../stores/change-triggers.ts';
import { isConnectionError, type Database } from '../../stores/database.ts';
import { parseSyslog } from './parse.ts';

export interface IntakeDeps {
  database: Pick<Database, 'sql'>;
  log: Logger;
  metrics: Metrics;
}

/** Sources whose messages wait to be written; more than that at once is an attack or a misconfigured relay. */
const MOST_WAITING = 10_000;
const BATCH = 1000;
const RETRY_MS = 1000;
/** Between two looks at the inventory: under a flood they are as good, and the database has time for others. */
const PAUSE_MS = 250;
/** A source that cannot be told is logged once in this time. */
const TELL_AGAIN_MS = 600_000;
const MOST_TOLD = 1000;

/** Takes messages, finds those that tell of a change, and notes them for their devices. */
export interface ChangeIntake {
  accept(address: string, message: Uint8Array): void;
  oversized(): void;
  /** Writes what waits, for a moment at most, and takes nothing more. */
  stop(): Promise<void>;
}

interface Waiting extends MessageSource {
  user: string | null;
  messages: number;
}

/**
 * Messages that come while others are being written wait together, one entry for each source, so that a device that logs each
 * command costs one statement. Each message is counted once, by what became of it.
 */
export function createChangeIntake({ database, log, metrics }: IntakeDeps, windowSeconds: number): ChangeIntake {
  const results = metrics.counter('syslog_messages_total', 'Syslog messages by what became of them', ['result']);
  const waiting = new Map<string, Waiting>();
  const told = new Map<string, number>();
  let running: Promise<void> | null = null;
  let stopped = false;

  function accept(address: string, bytes: Uint8Array): void {
    const { hostname, text } = parseSyslog(bytes);
    const change = changeIn(text);
    if (change === null || stopped) return results.inc({ result: change === null ? 'no_change' : 'dropped' });
    const key = `${address} ${hostname ?? ''}`;
    const known = waiting.get(key);
    if (known !== undefined) {
      known.user = change.user ?? known.user;
      known.messages += 1;
    } else if (waiting.size < MOST_WAITING) waiting.set(key, { address, hostname, user: change.user, messages: 1 });
    else results.inc({ result: 'dropped' });
    running ??= drain().finally(() => (running = null));
  }

  async function drain(): Promise<void> {
    // The messages that came in one go are one batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.size > 0) {
      const batch = [...waiting].slice(0, BATCH);
      for (const [key] of batch) waiting.delete(key);
      await write(batch.map(([, item]) => item));
      if (!stopped) await sleep(PAUSE_MS);
    }
  }

  /** A database that is away is waited for, until we stop. */
  async function write(batch: Waiting[]): Promise<void> {
    for (;;) {
      try {
        return await note(batch);
      } catch (error) {
        log.warn({ err: error, sources: batch.length }, 'changes of devices could not be noted');
        if (!isConnectionError(error) || stopped) return results.inc({ result: 'dropped' }, count(batch));
      }
      await sleep(RETRY_MS);
    }
  }

  async function note(batch: Waiting[]): Promise<void> {
    const found = await findSenders(database, batch);
    const notices = new Map<string, ChangeNotice & { messages: number }>();
    for (const [index, source] of batch.entries()) {
      const device = found[index]!;
      if (typeof device === 'string') {
        results.inc({ result: `${device}_device` }, source.messages);
        tell(device, source);
        continue;
      }
      const known = notices.get(device.device_id);
      const user = source.user ?? known?.user ?? null;
      notices.set(device.device_id, { device_id: device.device_id, user, messages: source.messages + (known?.messages ?? 0) });
    }
    if (notices.size === 0) return;
    const opened = await noteChanges(database, [...notices.values()], windowSeconds);
    for (const { device_id, messages } of notices.values()) {
      const first = opened.has(device_id) ? 1 : 0;
      if (first > 0)
        log.info({ device_id, window_seconds: windowSeconds }, 'a device was changed: it is collected when the window is over');
      results.inc({ result: 'opened_window' }, first);
      results.inc({ result: 'suppressed' }, messages - first);
    }
  }

  function tell(why: 'unknown' | 'ambiguous', { address, hostname }: MessageSource): void {
    const key = `${why} ${address} ${hostname ?? ''}`;
    if ((told.get(key) ?? 0) > Date.now() - TELL_AGAIN_MS) return;
    if (told.size >= MOST_TOLD) told.clear();
    told.set(key, Date.now());
    const text = why === 'unknown' ? 'a change was told by no device we know' : 'a change was told by one of several devices';
    log.warn({ address, hostname }, text);
  }

  return {
    accept,
    oversized: () => results.inc({ result: 'oversized' }),
    async stop() {
      stopped = true;
      await running;
    },
  };
}

function count(batch: Waiting[]): number {
  return batch.reduce((sum, { messages }) => sum + messages, 0);
}
