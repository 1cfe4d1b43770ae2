import type { Database } from './database.ts';
import { bothGroups } from './group-references.ts';
import type { Scope } from './scope.ts';
import type { SchedulePlan } from './schedules.ts';

/**
 * Whose eyes a run of a schedule chooses devices with: what its owner might see when he wrote it, less what he may not see any more.
 * An owner who is gone takes nothing with him.
 */
export async function scopeNow(
  { sql }: Pick<Database, 'sql'>,
  { owner, groups }: Pick<SchedulePlan, 'owner' | 'groups'>,
): Promise<Scope> {
  const [now] = await sql<{ groups: string[] | null }[]>`
    select groups from users where name = ${owner}
    union all select groups from api_tokens where name = ${owner} and user_id is null`;
  return { name: owner, groups: now === undefined ? groups : bothGroups(groups, now.groups) };
}
