import type { Database } from './database.ts';

type Has = Pick<Database, 'sql'>;

/** A version that the artifact store does not show under the device's name yet. */
export interface UnpublishedVersion {
  id: number;
  device_name: string;
  artifact: string;
  job_id: string;
  actor: string;
  changed_by: string | null;
  /** False where a newer version of the device is there: it is not to be shown any more. */
  newest: boolean;
}

/** Of one job, or of all; the oldest first. */
export async function unpublishedVersions({ sql }: Has, jobId: string | null, limit: number): Promise<UnpublishedVersion[]> {
  return sql<UnpublishedVersion[]>`
    select b.id, d.name as device_name, b.artifact, b.job_id, b.actor, b.changed_by,
      not exists (select 1 from backups n where n.device_id = b.device_id and n.changed and n.id > b.id) as newest
    from unpublished_versions u join backups b on b.id = u.backup_id join devices d on d.id = b.device_id
    ${jobId === null ? sql`` : sql`where b.job_id = ${jobId}`}
    order by b.id limit ${limit}`;
}

/**
 * Runs `publish` while no other process publishes: whoever comes later reads what is newest by then, and so never shows an older
 * version over a newer one.
 */
export async function oneAtATime({ sql }: Has, publish: () => Promise<number>): Promise<number> {
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtext('cairn publish'))`;
    return publish();
  });
}

export async function markPublished({ sql }: Has, ids: number[]): Promise<void> {
  await sql`delete from unpublished_versions where backup_id = any(${ids}::bigint[])`;
}

/** The newest version of each device that is there, by the name it is shown under. */
export async function newestVersions({ sql }: Has): Promise<{ device_name: string; artifact: string }[]> {
  return sql`select d.name as device_name, v.artifact from devices d, lateral (
      select artifact from backups b where b.device_id = d.id and b.changed order by b.id desc limit 1) v`;
}
