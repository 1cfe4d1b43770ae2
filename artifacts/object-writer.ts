import { Worker } from 'node:worker_threads';

/** Git knows files of this name as unfinished ones, and leaves them out of everything. */
export const TEMPORARY = 'tmp_obj_';

/** A text for a file of its own. */
export interface FileJob {
  /** `<root>/ab/<name>`; `<root>` is there. */
  path: string;
  content: Uint8Array;
}

/** A text for a Git pack. */
export interface BlobJob {
  /** 40 hexadecimal digits. */
  id: string;
  content: Uint8Array;
}

/** One message to the thread: files, or the blobs of one pack in this folder. */
export type WriteGroup = { id: number } & ({ files: FileJob[] } | { pack: string; blobs: BlobJob[] });

export interface Problem {
  /** Of the system, e.g. `ENOSPC`. */
  code: string | null;
  message: string;
}

/** Stores objects durably, many at a time. */
export interface ObjectWriter<Job> {
  /** Durable when it resolves; there is all of it or nothing. Rejects with the error of the system. */
  write(job: Job): Promise<void>;
  /** What is under way is written first. */
  close(): Promise<void>;
}

interface Waiting<Job> {
  job: Job;
  resolve(): void;
  reject(error: Error): void;
}

/** In one message: about what a group of the checkpoint brings. */
const MOST = 32;
/**
 * A pack costs its three files and their waits for the disk, whatever is in it: texts wait for others to share them, until none has
 * come for a moment, or it is too long for the first.
 */
const LINGER_MS = { quiet: 12, most: 60 };
const AT_THE_SAME_TIME = { quiet: 0, most: 0 };
/** Groups under way at once: while one waits for the disk, the next one is written. */
const AT_ONCE = 4;

/** Files by themselves. One that is there already looks as if it were stored now. */
export const fileWriter = (): ObjectWriter<FileJob> => objectWriter((files) => ({ files }), AT_THE_SAME_TIME);

/** Blobs in packs, those that come together in one: a file and two waits for the disk for all of them. */
export const packWriter = (folder: string): ObjectWriter<BlobJob> =>
  objectWriter((blobs) => ({ pack: folder, blobs }), LINGER_MS);

function objectWriter<Job>(
  message: (jobs: Job[]) => { files: FileJob[] } | { pack: string; blobs: BlobJob[] },
  linger: typeof LINGER_MS,
): ObjectWriter<Job> {
  const queue: Waiting<Job>[] = [];
  let worker: Worker | null = null;
  const under = new Map<number, Waiting<Job>[]>();
  let count = 0;
  let idle = (): void => undefined;
  /** Runs while what came is to wait for company. */
  let timer: NodeJS.Timeout | null = null;

  function next(): void {
    while (queue.length > 0 && under.size < AT_ONCE) {
      const group = queue.splice(0, MOST);
      count += 1;
      under.set(count, group);
      worker ??= start();
      worker.ref();
      worker.postMessage({ id: count, ...message(group.map(({ job }) => job)) } satisfies WriteGroup);
    }
    if (under.size > 0 || queue.length > 0) return;
    worker?.unref();
    idle();
  }

  function settle(id: number, problems: (Problem | null)[]): void {
    const group = under.get(id) ?? [];
    under.delete(id);
    for (const [at, one] of group.entries()) {
      const problem = problems[at];
      if (problem === null) one.resolve();
      else one.reject(problem === undefined ? new Error('the thread that writes objects did not tell') : errorOf(problem));
    }
    if (timer === null || queue.length >= MOST) next();
  }

  function wait(since: number): NodeJS.Timeout {
    const before = queue.length;
    return setTimeout(() => {
      if (queue.length === before || performance.now() - since >= linger.most) depart();
      else timer = wait(since);
    }, linger.quiet);
  }

  function depart(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    next();
  }

  function start(): Worker {
    const started = startThread();
    started.on('message', ({ id, problems }: { id: number; problems: (Problem | null)[] }) => settle(id, problems));
    const died = (why: string): void => {
      if (worker !== started) return;
      worker = null;
      const lost = [...under.values()].flat();
      under.clear();
      for (const one of lost) one.reject(new Error(`the thread that writes objects ended: ${why}`));
      next();
    };
    started.on('error', (error) => died(String(error)));
    started.on('exit', (code) => died(`exit code ${code}`));
    return started;
  }

  return {
    write: (job) =>
      new Promise((resolve, reject) => {
        queue.push({ job, resolve, reject });
        if (queue.length >= MOST) depart();
        else timer ??= wait(performance.now());
      }),
    async close() {
      depart();
      if (under.size > 0 || queue.length > 0) await new Promise<void>((resolve) => (idle = resolve));
      const ending = worker;
      worker = null;
      await ending?.terminate();
    },
  };
}

const errorOf = ({ code, message }: Problem): Error => Object.assign(new Error(message), code === null ? {} : { code });

/** The compiled entry in production; from the sources the thread first needs the loader that development runs under. */
function startThread(): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('object-thread.js', import.meta.url));
  const loader = import.meta.resolve('tsx/esm/api');
  const entry = new URL('object-thread.ts', import.meta.url).href;
  const script = `import { register } from '${loader}'; register(); await import('${entry}');`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`), { execArgv: [] });
}
