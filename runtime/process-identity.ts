import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hasErrorCode } from './system-error.ts';

/**
 * What tells a process from a later one with the same id: its start time (on Linux in ticks since a boot that is named too).
 * Null where no such process runs.
 */
export function processStart(pid: number): string | null {
  if (process.platform !== 'linux') return fromPs(pid, 'lstart=');
  const stat = readOrNull(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // Field 2 is the command in brackets and may hold blanks; what follows its last `)` begins with field 3. See proc(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return null;
  return `${readOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}/${fields[19]}`;
}

/** The command line of a running process, arguments separated by blanks; null where no such process runs. */
export function processCommand(pid: number): string | null {
  if (process.platform !== 'linux') return fromPs(pid, 'command=');
  const raw = readOrNull(`/proc/${pid}/cmdline`);
  return raw === null || raw === '' || processStart(pid) === null ? null : raw.replaceAll('\0', ' ').trim();
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ESRCH')) return null;
    throw error;
  }
}

function fromPs(pid: number, column: string): string | null {
  try {
    const line = execFileSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return line.trim() === '' ? null : line.trim();
  } catch (error) {
    // ps answers 1 when there is no such process; anything else means that we cannot tell.
    if (error instanceof Error && 'status' in error && error.status === 1) return null;
    throw error;
  }
}

/** The process that a file names by its number, which may be long gone; null without the file or a number in it. */
export function readPid(pidFile: string): number | null {
  const pid = Number.parseInt(readOrNull(pidFile) ?? '', 10);
  return Number.isInteger(pid) && pid > 1 ? pid : null;
}
