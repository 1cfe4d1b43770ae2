import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processStart } from './process-identity.ts';
import { hasErrorCode } from './system-error.ts';

/** What a running `npm start` tells the other programs of its data folder. The file is mode 0600: it holds a database password. */
export interface RunFile {
  /** The starter. */
  pid: number;
  /** Its `processStart`, so that a stale file is known for one. */
  started: string;
  database_url: string;
  temporal_address: string;
  temporal_namespace: string;
  temporal_ui: string | null;
  /** Address of the API. */
  url: string | null;
}

const path = (dataDir: string) => join(dataDir, 'run.json');

export function writeRunFile(dataDir: string, run: RunFile): void {
  const fresh = `${path(dataDir)}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 });
  renameSync(fresh, path(dataDir));
}

/** What the `npm start` that runs on this data folder wrote; null where none runs. */
export function readRunFile(dataDir: string): RunFile | null {
  let text: string;
  try {
    text = readFileSync(path(dataDir), 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
  const run: RunFile = JSON.parse(text);
  return processStart(run.pid) === run.started ? run : null;
}

export function removeRunFile(dataDir: string): void {
  rmSync(path(dataDir), { force: true });
}
