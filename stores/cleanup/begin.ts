import type { JobStatus } from '../../core/jobs.ts';
import type { Database } from '../database.ts';
import { moveJob } from '../job-state.ts';

/** Any number that nothing else of ours locks. */
const CLEANUP_LOCK = 7_221_003;

/**
 * Moves a cleanup to `in_progress` unless another one is under way, whose id is answered then. A dry run is in nobody's way.
 * Two that begin at once do so one after the other.
 */
export async function beginCleanup({ sql }: Pick<Database, 'sql'>, jobId: string): Promise<{ held_by: string | null }> {
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${CLEANUP_LOCK})`;
    const [other] = await tx<{ id: string; status: JobStatus }[]>`
      select o.id, o.status from jobs o, jobs mine where mine.id = ${jobId} and o.id <> mine.id and o.type = 'maintenance.cleanup'
        and o.status not in ('completed', 'failed', 'cancelled', 'pending') and o.started_at is not null
        and coalesce(mine.params #>> '{cleanup,dry_run}' <> 'true', true) and coalesce(o.params #>> '{cleanup,dry_run}' <> 'true', true)
        and mine.started_at is null limit 1`;
    if (other !== undefined) return { held_by: other.id };
    await moveJob({ sql: tx }, jobId, 'in_progress', ['pending'], null);
    // Also of one that is paused before it begins: it holds its place, and ages are counted from here.
    await tx`update jobs set started_at = coalesce(started_at, now()) where id = ${jobId}`;
    return { held_by: null };
  });
}
