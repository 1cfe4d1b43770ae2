import type { CairnRound } from './cairn.ts';
import type { Fleet } from './fleet.ts';
import type { Stack } from './stack.ts';

/**
 * Holds a finished backup against the fleet: one login a device, never two sessions at once, and for each device a text whose sha256 is
 * the fleet's own. `fresh`: each must be a new version, else none. Returns what is wrong, at most a few lines.
 */
export async function checkBackups(stack: Stack, fleet: Fleet, { job }: CairnRound, fresh: boolean): Promise<string[]> {
  const wrong: string[] = [];
  if (job.status !== 'completed' || job.partial || job.completed_devices !== fleet.truth.devices.length)
    wrong.push(`the job is ${job.status}, partial ${job.partial}: ${job.message ?? ''} ${job.error ?? ''}`);
  const counters = await fleet.counters();
  const rows = await stack.database.sql<{ name: string; status: string; sha256: string | null; changed: boolean }[]>`
    select d.name, b.status, b.sha256, b.changed from backups b join devices d on d.id = b.device_id where b.job_id = ${job.job_id}`;
  const byName = new Map(rows.map((row) => [row.name, row]));
  for (const { name, runningConfigSha256 } of fleet.truth.devices) {
    const seen = counters[name];
    if (seen?.logins !== 1 || seen.overlaps > 0)
      wrong.push(`${name}: ${seen?.logins ?? 0} logins, ${seen?.overlaps ?? 0} overlaps`);
    const row = byName.get(name);
    if (row?.status !== 'success' || row.sha256 !== runningConfigSha256)
      wrong.push(`${name}: ${row?.status}, sha256 ${row?.sha256}`);
    else if (row.changed !== fresh) wrong.push(`${name}: changed is ${row.changed}`);
  }
  return wrong.length > 5 ? [...wrong.slice(0, 5), `and ${wrong.length - 5} more`] : wrong;
}
