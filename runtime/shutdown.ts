import type { Logger } from './log.ts';

export interface Shutdown {
  /** Aborted as soon as a stop begins; hand it to whatever waits. */
  signal: AbortSignal;
  /** Adds a step. Steps run one after another, the last added first: what was opened last is closed first. */
  onStop(name: string, step: () => void | Promise<void>): void;
  /** Work that adds steps (starting up): a stop waits until it has ended, one way or the other, before the first step. */
  during<T>(work: Promise<T>): Promise<T>;
  /** Runs all steps, once; later calls wait for the same end. True if every step ended well and in time. */
  stop(reason: string): Promise<boolean>;
  /**
   * Stops and exits on SIGTERM, SIGINT, SIGHUP, and when the program that started this one over an IPC channel is gone.
   * Exit code 0, or 1 where a step failed or the deadline passed. A second signal, at least 1 s later, exits at once.
   */
  install(): void;
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
/** A terminal and `npm` may both deliver the same Ctrl-C. */
const SAME_SIGNAL_MS = 1_000;

/** One place for the end of a program. `deadlineMs` bounds all steps together. */
export function createShutdown(options: { log: Logger; deadlineMs: number }): Shutdown {
  const { log, deadlineMs } = options;
  const steps: { name: string; step: () => void | Promise<void> }[] = [];
  const abort = new AbortController();
  const busy = new Set<Promise<unknown>>();
  let ending: Promise<boolean> | null = null;

  async function runSteps(): Promise<boolean> {
    let clean = true;
    await Promise.allSettled(busy);
    for (let next = steps.pop(); next !== undefined; next = steps.pop()) {
      try {
        await next.step();
      } catch (err) {
        clean = false;
        log.error({ err, step: next.name }, 'stopping failed');
      }
    }
    return clean;
  }

  async function runInTime(reason: string): Promise<boolean> {
    log.info({ reason }, 'stopping');
    abort.abort(new Error(`stopping: ${reason}`));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((done) => {
      timer = setTimeout(() => {
        log.error({ deadline_ms: deadlineMs, left: steps.map((step) => step.name) }, 'stopping took too long');
        done(false);
      }, deadlineMs);
    });
    const clean = await Promise.race([runSteps(), late]);
    clearTimeout(timer);
    return clean;
  }

  const shutdown: Shutdown = {
    signal: abort.signal,
    onStop: (name, step) => {
      steps.push({ name, step });
    },
    during: (work) => {
      busy.add(work);
      return work.finally(() => busy.delete(work));
    },
    stop: (reason) => {
      ending ??= runInTime(reason);
      return ending;
    },
    install: () => {
      let first = 0;
      const end = (reason: string) => {
        if (ending !== null && Date.now() - first > SAME_SIGNAL_MS) process.exit(1);
        first ||= Date.now();
        void shutdown.stop(reason).then((clean) => process.exit(clean ? 0 : 1));
      };
      for (const name of SIGNALS) process.on(name, () => end(name));
      if (process.channel) {
        process.once('disconnect', () => end('its starter is gone'));
        process.channel.unref();
      }
    },
  };
  return shutdown;
}
