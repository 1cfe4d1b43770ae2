import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second of `/proc/<pid>/stat`; 100 on every Linux that we know. */
const TICKS = 100;

interface Stat {
  pid: number;
  name: string;
  parent: number;
  /** Seconds: its own and of the children that it has waited for. */
  cpu: number;
}

/** `/proc/<pid>/stat`, or of a thread; null where it is gone. */
function readStat(path: string): Stat | null {
  let text: string;
  try {
    text = readFileSync(`${path}/stat`, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).split(' ');
  const seconds = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0) / TICKS;
  return {
    pid: Number.parseInt(text, 10),
    name: text.slice(text.indexOf('(') + 1, end),
    parent: Number(fields[1]),
    cpu: seconds,
  };
}

/** A process and its living descendants. */
function tree(pid: number): Stat[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (readStat(`/proc/${name}`) ?? []) : []));
  const found: Stat[] = [];
  const add = (parent: number): void => {
    for (const one of all) {
      if (one.parent !== parent) continue;
      found.push(one);
      add(one.pid);
    }
  };
  const own = all.find((one) => one.pid === pid);
  if (own !== undefined) found.push(own);
  add(pid);
  return found;
}

/** CPU seconds that a process and its descendants have used so far. */
export function cpuOf(pid: number): number {
  return tree(pid).reduce((sum, one) => sum + one.cpu, 0);
}

/** Threads that V8 keeps for the collector and the compiler; they are the first ones a Node process makes. */
const V8_THREADS = 4;

/** CPU seconds of the threads of a Node process by what they are for. Node names none of its own. */
export function cpuByThread(pid: number): Map<string, number> {
  const sums = new Map<string, number>();
  const add = (key: string, cpu: number): void => void sums.set(key, (sums.get(key) ?? 0) + cpu);
  const own: number[] = [];
  for (const name of readdirSync(`/proc/${pid}/task`).sort((a, b) => Number(a) - Number(b))) {
    const stat = readStat(`/proc/${pid}/task/${name}`);
    if (stat === null) continue;
    if (Number(name) === pid) add('main', stat.cpu);
    else if (stat.name !== 'node') add(stat.name.startsWith('v8:') ? 'profiler' : 'Temporal core', stat.cpu);
    else own.push(stat.cpu);
  }
  for (const [at, cpu] of own.entries()) add(at < V8_THREADS ? 'V8: collector, compiler' : 'workflows, libuv', cpu);
  return sums;
}

/** Resident memory of one process in MB; 0 where it is gone. */
export function rssOf(pid: number): number {
  try {
    const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return Number(match?.[1] ?? 0) / 1024;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

/** CPU seconds that the whole machine has spent so far. */
export function machineBusy(): number {
  const fields = readFileSync('/proc/stat', 'latin1').split('\n')[0]!.trim().split(/\s+/).slice(1).map(Number);
  return [0, 1, 2, 5, 6].reduce((sum, at) => sum + fields[at]!, 0) / TICKS;
}

const QUIET_CORES = 0.5;
const WINDOW_MS = 2000;

/** Waits, at most `limitMs`, until the machine does next to nothing; tells how many cores were busy at last. */
export async function waitQuiet(limitMs: number): Promise<number> {
  const end = Date.now() + limitMs;
  for (;;) {
    const [busy, at] = [machineBusy(), performance.now()];
    await new Promise((resolve) => setTimeout(resolve, WINDOW_MS));
    const cores = (machineBusy() - busy) / ((performance.now() - at) / 1000);
    if (cores < QUIET_CORES || Date.now() >= end) return cores;
  }
}
