import type { Database } from '../database.ts';

type Has = Pick<Database, 'sql'>;

/** How many versions the artifact store does not show yet. */
export async function countUnpublished({ sql }: Has): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select count(*)::int as n from unpublished_versions u join backups b on b.id = u.backup_id`;
  return row!.n;
}

/** The newest versions of these devices are to be shown again: the store does not show them, or shows others. Returns how many. */
export async function showAgain({ sql }: Has, deviceNames: string[], dryRun: boolean): Promise<number> {
  if (deviceNames.length === 0) return 0;
  const which = sql`select v.id from devices d, lateral (
      select id from backups v where v.device_id = d.id and v.changed order by v.id desc limit 1) v
    where d.name = any(${deviceNames}::text[]) and v.id not in (select backup_id from unpublished_versions)`;
  const rows = dryRun
    ? await which
    : await sql`insert into unpublished_versions ${which} on conflict do nothing returning backup_id`;
  return rows.length;
}

/** Versions that are gone since they were to be shown. */
export async function forgetRemoved({ sql }: Has): Promise<void> {
  await sql`delete from unpublished_versions u where not exists (select 1 from backups b where b.id = u.backup_id)`;
}
