import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { ParseError, TemplateError } from './errors.ts';
import { type Row, toRows } from './row.ts';
import type { FromThread, Rows, ToThread } from './thread-messages.ts';

/** Threads that parse long texts while the main thread goes on with its heartbeats. They start at need and never hold a process. */
export interface ParseThreads {
  /** `parseTable` of the templates with these sources. Throws `ParseError`, `TemplateError`. */
  parseInThread(sources: string[], text: string): Promise<Row[]>;
  /** Ends the threads; what is being parsed fails. */
  close(): Promise<void>;
}

interface Job {
  sources: string[];
  text: string;
  resolve(rows: Row[]): void;
  reject(error: Error): void;
}

interface Thread {
  worker: Worker;
  job: Job | null;
  header: string[];
  rows: Row[];
  idle: NodeJS.Timeout | null;
}

const IDLE_MS = 60_000;

export function createParseThreads(limit = Math.max(1, Math.min(4, availableParallelism() - 1))): ParseThreads {
  const threads = new Set<Thread>();
  const waiting: Job[] = [];

  const give = (): void => {
    if (waiting.length === 0) return;
    let thread = Array.from(threads).find((one) => one.job === null);
    if (thread === undefined) {
      if (threads.size >= limit) return;
      thread = start();
    }
    const job = waiting.shift();
    if (job === undefined) return;
    if (thread.idle !== null) clearTimeout(thread.idle);
    thread.job = job;
    thread.rows = [];
    thread.worker.ref();
    post(thread, { sources: job.sources, text: job.text });
    job.text = '';
  };

  const start = (): Thread => {
    const thread: Thread = { worker: startWorker(), job: null, header: [], rows: [], idle: null };
    threads.add(thread);
    thread.worker.on('message', (message: FromThread) => receive(thread, message));
    thread.worker.on('error', (error: unknown) => lose(thread, error instanceof Error ? error : new Error(String(error))));
    thread.worker.on('exit', (code) => lose(thread, new Error(`a parsing thread ended with code ${code}`)));
    return thread;
  };

  const lose = (thread: Thread, error: Error): void => {
    if (!threads.delete(thread)) return;
    if (thread.idle !== null) clearTimeout(thread.idle);
    thread.job?.reject(error);
    thread.job = null;
    give();
  };

  const receive = (thread: Thread, message: FromThread): void => {
    if ('header' in message) thread.header = message.header;
    else if ('rows' in message) {
      const portion: Rows = JSON.parse(message.rows);
      for (const row of toRows(thread.header, portion)) thread.rows.push(row);
      // The next portion comes after whatever else waits in the event loop.
      if (message.last) finish(thread, (job) => job.resolve(thread.rows));
      else setImmediate(() => post(thread, { taken: true }));
    } else finish(thread, (job) => job.reject(errorOf(message)));
  };

  const finish = (thread: Thread, settle: (job: Job) => void): void => {
    const { job } = thread;
    thread.job = null;
    thread.worker.unref();
    thread.idle = setTimeout(() => {
      threads.delete(thread);
      void thread.worker.terminate();
    }, IDLE_MS).unref();
    if (job !== null) settle(job);
    thread.rows = [];
    give();
  };

  return {
    parseInThread: (sources, text) =>
      new Promise((resolve, reject) => {
        waiting.push({ sources, text, resolve, reject });
        give();
      }),
    async close() {
      for (const job of waiting.splice(0)) job.reject(new Error('parsing was stopped'));
      await Promise.all(Array.from(threads, (thread) => thread.worker.terminate()));
    },
  };
}

function post(thread: Thread, message: ToThread): void {
  thread.worker.postMessage(message);
}

/** The compiled entry in production; from the sources the thread first needs the loader that development runs under. */
function startWorker(): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('thread.js', import.meta.url));
  const loader = import.meta.resolve('tsx/esm/api');
  const entry = new URL('thread.ts', import.meta.url).href;
  const script = `import { register } from '${loader}'; register(); await import('${entry}');`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`), { execArgv: [] });
}

function errorOf(message: Exclude<FromThread, { header: string[] } | { rows: string }>): Error {
  if ('parseError' in message) return new ParseError(message.parseError.reason, message.parseError.message, message.parseError);
  if ('templateError' in message) return new TemplateError(message.templateError.message, message.templateError.line, true);
  return new Error(`a parsing thread failed: ${message.error}`);
}
