import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processStart } from '../process-identity.ts';
import { hasErrorCode } from '../system-error.ts';

const claimed = new Set<string>();

/**
 * Claims a port for a server that this process is about to start: between finding it free and the server listening, another start on
 * the machine must not find it free as well. False where a running process has claimed it. Held until the process ends.
 */
export function claimPort(port: number, folder: string = tmpdir()): boolean {
  const file = join(folder, `cairn-port-${port}`);
  const own = `${process.pid} ${processStart(process.pid)}`;
  if (claimed.has(file)) return true;
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(file, own, { flag: 'wx', mode: 0o644 });
      if (claimed.size === 0) process.once('exit', release);
      claimed.add(file);
      return true;
    } catch (error) {
      // A folder that cannot be written to leaves starts without claims, as if each were alone.
      if (!hasErrorCode(error, 'EEXIST')) return true;
      if (isHeld(file)) return false;
      removeStale(file);
    }
  }
  return false;
}

function isHeld(file: string): boolean {
  try {
    const [pid, start] = readFileSync(file, 'utf8').split(/ (.*)/s);
    return processStart(Number(pid)) === start;
  } catch (error) {
    return !hasErrorCode(error, 'ENOENT');
  }
}

function removeStale(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT', 'EPERM', 'EACCES')) throw error;
  }
}

function release(): void {
  for (const file of claimed) removeStale(file);
}
