import { killGit, spawnGit } from './git-run.ts';

const MAX_DEATHS = 2;
const NEWLINE = 0x0a;
const IDLE_MS = 30_000;

export interface GitObject {
  id: string;
  type: string;
  content: Buffer;
}

interface Request {
  name: string;
  deaths: number;
  resolve(found: GitObject | null): void;
  reject(error: Error): void;
}

type Child = ReturnType<typeof spawnGit>;

/**
 * Reads objects through one long-lived `git cat-file --batch`, however many are asked for at once. A child that dies is replaced,
 * and what it had not answered is asked again; the request it died of twice fails.
 */
export function openCatFile(gitDir: string) {
  let child: Child | null = null;
  let waiting: Request[] = [];
  let closed = false;
  /** What has come of the answer to the first one that waits; its parts are joined when there is enough of it. */
  let parts: Buffer[] = [];
  let length = 0;
  let needed = 1;
  let idle: NodeJS.Timeout | undefined;
  /** What it holds open may be gone. */
  let old = false;

  function take(): boolean {
    const buffer = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    parts = [buffer];
    needed = length + 1;
    const end = buffer.indexOf(NEWLINE);
    if (end === -1) return false;
    const [id = '', type = '', size] = buffer.toString('utf8', 0, end).split(' ');
    const found = size !== undefined && /^\d+$/.test(size);
    const whole = end + 1 + (found ? Number(size) + 1 : 0);
    if (length < whole) {
      needed = whole;
      return false;
    }
    const content = Buffer.from(buffer.subarray(end + 1, whole - 1));
    parts = [buffer.subarray(whole)];
    length -= whole;
    needed = 1;
    waiting.shift()?.resolve(found ? { id, type, content } : null);
    if (waiting.length === 0) rest();
    return length > 0;
  }

  /** Nobody asks: a child that holds packs which were removed since keeps them readable, and their disk full. */
  function rest(): void {
    clearTimeout(idle);
    if (old) return letGo();
    idle = setTimeout(letGo, IDLE_MS);
    idle.unref();
  }

  function letGo(): void {
    const gone = child;
    child = null;
    old = false;
    gone?.stdin.end();
  }

  function start(): Child {
    const started = spawnGit(gitDir, ['cat-file', '--batch']);
    [parts, length, needed] = [[], 0, 1];
    let said = '';
    started.stdout.on('data', (chunk: Buffer) => {
      if (child !== started) return;
      parts.push(chunk);
      length += chunk.length;
      while (length >= needed && take());
    });
    started.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-1000);
    });
    // Its end tells, not the broken pipe.
    started.stdin.on('error', () => undefined);
    const ended = (why: string): void => {
      if (child === started) dead(why);
    };
    started.once('error', (error) => ended(error.message));
    started.once('close', (code) => ended(said.trim() === '' ? `it ended with code ${code}` : said.trim()));
    return started;
  }

  function dead(why: string): void {
    child = null;
    const [first, ...others] = waiting;
    if (first === undefined) return;
    first.deaths += 1;
    const given = first.deaths >= MAX_DEATHS || closed;
    waiting = [];
    if (given) first.reject(new Error(`git cat-file: ${why}`));
    for (const request of given ? others : [first, ...others]) ask(request);
  }

  function ask(request: Request): void {
    if (closed) {
      request.reject(new Error('the artifact store is closed'));
      return;
    }
    clearTimeout(idle);
    child ??= start();
    waiting.push(request);
    child.stdin.write(`${request.name}\n`);
  }

  return {
    /** The object of an id or the commit of a reference; null where there is none. */
    read: (name: string): Promise<GitObject | null> =>
      new Promise((resolve, reject) => {
        ask({ name, deaths: 0, resolve, reject });
      }),
    /** The child's process id, while there is one. */
    pid: (): number | null => child?.pid ?? null,
    /** Packs were removed: who asks from now on asks a new child. */
    renew(): void {
      old = true;
      if (waiting.length === 0) letGo();
    },
    close(): void {
      closed = true;
      clearTimeout(idle);
      killGit(child?.pid);
    },
  };
}

export type CatFile = ReturnType<typeof openCatFile>;
