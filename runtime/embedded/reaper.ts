import { spawn, type ChildProcess } from 'node:child_process';
import { processStart } from '../process-identity.ts';
import { programArguments } from './paths.ts';

/** How a server is ended after the death of its starter: lower `order` first, SIGKILL after `graceMs`. */
export interface LastWill {
  signal: NodeJS.Signals;
  order: number;
  graceMs: number;
}

/** Client of `scripts/reaper.mjs`, a small process that ends our servers if we are killed before we can. */
export interface Reaper {
  add(pid: number, will: LastWill): void;
  remove(pid: number): void;
  /** Lets it go; call when all servers are stopped. */
  close(): Promise<void>;
}

export function createReaper(): Reaper {
  const wills = new Map<number, string>();
  let child: ChildProcess | null = null;
  let closing = false;

  function start(): ChildProcess {
    // Its own process group, so that what kills our group leaves it alive.
    const started = spawn(process.execPath, programArguments('scripts/reaper.mjs'), {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    started.unref();
    // If it is killed, its pipe breaks and `exit` follows: a new one is told everything again.
    started.stdin?.on('error', () => undefined);
    started.on('exit', () => {
      if (child === started) child = null;
      if (!closing && wills.size > 0) child = start();
    });
    for (const line of wills.values()) started.stdin?.write(line);
    return started;
  }

  return {
    add: (pid, { signal, order, graceMs }) => {
      const line = `${JSON.stringify({ add: { pid, started: processStart(pid), signal, order, grace_ms: graceMs } })}\n`;
      child ??= start();
      wills.set(pid, line);
      child.stdin?.write(line);
    },
    remove: (pid) => {
      if (wills.delete(pid)) child?.stdin?.write(`${JSON.stringify({ remove: pid })}\n`);
    },
    close: async () => {
      closing = true;
      const last = child;
      if (last === null || last.exitCode !== null) return;
      const gone = new Promise((resolve) => {
        last.once('exit', resolve);
      });
      last.ref();
      last.stdin?.end();
      await gone;
    },
  };
}
