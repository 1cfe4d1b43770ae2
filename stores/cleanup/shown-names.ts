import type { Database } from '../database.ts';

type Has = Pick<Database, 'sql'>;

/** How many versions the artifact store does not show yet. */
export async function countUnpublished({ sql }: Has): Promise<number> {
  const [row] = await sql<{ n: number }[]>`select count(*)::int as n from backups where changed and published_at is null`;
  return row!.n;
}

/** The newest versions of these devices are to be shown again: the store does not show them, or shows others. Returns how many. */
export async function showAgain({ sql }: Has, deviceNames: string[], dryRun: boolean): Promise<number> {
  if (deviceNames.length === 0) return 0;
  const which = sql`select v.id from devices d, lateral (
      select id, published_at from backups v where v.device_id = d.id and v.changed order by v.id desc limit 1) v
    where d.name = any(${deviceNames}::text[]) and v.published_at is not null`;
  const rows = dryRun ? await which : await sql`update backups set published_at = null where id in (${which}) returning id`;
  return rows.length;
}
