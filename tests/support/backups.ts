import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BackupLogLine } from '../../core/backups.ts';
import type { Cluster } from './cluster.ts';

/** What the database has of one collection. */
export interface BackupRow {
  id: number;
  name: string;
  device_id: string;
  status: string;
  changed: boolean;
  suspicious: boolean;
  artifact: string | null;
  sha256: string | null;
  bytes: number | null;
  log: BackupLogLine[];
  actor: string;
  changed_by: string | null;
  lines_added: number;
  lines_removed: number;
  volatile_lines: number[];
}

/** The rows that a job left, by the names of the devices. */
export function rowsOf({ database }: Pick<Cluster, 'database'>, jobId: string): Promise<BackupRow[]> {
  return database.sql`select d.name, b.* from backups b join devices d on d.id = b.device_id where b.job_id = ${jobId} order by d.name`;
}

/** The newest version of each device: what the store is to show, as `published()` tells it. */
export async function newestShown({ database }: Pick<Cluster, 'database'>): Promise<Map<string, string>> {
  const rows = await database.sql<{ name: string; artifact: string }[]>`
    select distinct on (b.device_id) d.name, b.artifact from backups b join devices d on d.id = b.device_id
    where b.changed order by b.device_id, b.id desc`;
  return new Map(rows.map((row): [string, string] => [`${row.name}.cfg`, row.artifact]));
}

/** What a device says itself of how it ended: the last line of the log that is no information. */
export const complaintOf = (row: BackupRow | undefined): string =>
  row?.log.findLast((line) => line.level !== 'info')?.message ?? '';

export const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The text without the blanks at its end, which a terminal may add or take. */
export const withoutTail = (text: string): string => text.replace(/\s+$/, '');

const run = promisify(execFile);

/** A command of Git on a bare repository; its standard output. Rejects with what Git says where it fails. */
export async function git(repository: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', ['-c', 'safe.directory=*', `--git-dir=${repository}`, ...args], { maxBuffer: 2 ** 28 });
  return stdout;
}

/** What the program `patch` makes of a text. */
export async function patched(text: string, diff: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-patch-'));
  try {
    await writeFile(join(folder, 'text'), text);
    await writeFile(join(folder, 'diff'), diff);
    await run('patch', ['--silent', join(folder, 'text'), join(folder, 'diff'), '-o', join(folder, 'out')]);
    return await readFile(join(folder, 'out'), 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
