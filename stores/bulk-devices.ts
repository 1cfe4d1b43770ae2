import type { BulkParams } from '../core/bulk.ts';
import { claimItems, settleItems, type ClaimedItem, type ItemEnd } from './bulk-items.ts';
import type { Database, Sql } from './database.ts';
import { deviceInScope } from './scope.ts';

const MOST_TAGS = 100;

interface Found {
  id: string;
  enabled: boolean;
  collection_group_id: string | null;
  credential_id: string | null;
  tags: string[];
  /** Devices that are reached through it. */
  behind: { id: string; name: string }[];
}

/** Why a device is left as it is: it needs nothing (`skipped`) or cannot be changed (`failed`); null where it is to be changed. */
type Verdict = { state: 'skipped' | 'failed'; message: string } | null;
const skipped = (message: string): Verdict => ({ state: 'skipped', message });
const failed = (message: string): Verdict => ({ state: 'failed', message });

/**
 * Changes the next devices of a `devices.bulk` job after `position` and says so on their items, in one transaction. Returns the last
 * position, or null where there are no more.
 */
export async function changeNextDevices(
  { sql }: Pick<Database, 'sql'>,
  jobId: string,
  bulk: BulkParams,
  position: number,
  chunk: number,
): Promise<number | null> {
  return sql.begin(async (tx) => {
    const items = await claimItems(tx, jobId, position, chunk);
    if (items.length === 0) return null;
    const found = await lockDevices(tx, bulk, items);
    const missing = await missingReference(tx, bulk);
    const judge = (item: ClaimedItem): Verdict => {
      const device = found.get(item.target_id);
      if (device === undefined) return skipped('it is not there any more');
      return missing === null ? verdictOf(bulk, device) : failed(missing);
    };
    const judged = items.map((item) => ({ item, verdict: judge(item) }));
    if (bulk.action === 'delete') keepJumpHosts(judged, found);
    const changed = judged.filter(({ verdict }) => verdict === null).map(({ item }) => item.target_id);
    if (changed.length > 0) await change(tx, bulk, changed);
    const ends = judged.map(({ item, verdict }): ItemEnd => ({
      position: item.position,
      ...(verdict ?? { state: 'done', message: saysDone(bulk) }),
    }));
    await settleItems(tx, jobId, ends);
    return items.at(-1)!.position;
  });
}

async function lockDevices(tx: Sql, bulk: BulkParams, items: ClaimedItem[]): Promise<Map<string, Found>> {
  const rows = await tx<Found[]>`
    select d.id, d.enabled, d.collection_group_id, d.credential_id, d.tags,
      case when ${bulk.action === 'delete'}::bool then coalesce((select json_agg(json_build_object('id', o.id, 'name', o.name) order by o.name)
        from devices o where o.jump_device_id = d.id), '[]'::json) else '[]'::json end as behind
    from devices d where d.id = any(${items.map((item) => item.target_id)}::uuid[]) and ${deviceInScope(tx, bulk.by, 'd')}
    order by d.id for update of d`;
  return new Map(rows.map((row) => [row.id, row]));
}

/** A group or credential that was deleted since the job was made. */
async function missingReference(tx: Sql, { collection_group: group, credential }: BulkParams): Promise<string | null> {
  if (group !== null && (await tx`select id from collection_groups where id = ${group.id} for key share`).length === 0)
    return `the collection group ${group.name} was deleted`;
  if (credential !== null && (await tx`select id from credentials where id = ${credential.id} for key share`).length === 0)
    return `the credential ${credential.name} was deleted`;
  return null;
}

function verdictOf({ action, tag, collection_group, credential }: BulkParams, device: Found): Verdict {
  if (action === 'enable') return device.enabled ? skipped('it is enabled already') : null;
  if (action === 'disable') return device.enabled ? null : skipped('it is disabled already');
  if (action === 'set_group')
    return device.collection_group_id === (collection_group?.id ?? null) ? skipped('it is in that group already') : null;
  if (action === 'set_credential') return device.credential_id === (credential?.id ?? null) ? skipped('it has it already') : null;
  if (action === 'add_tag') {
    if (device.tags.includes(tag ?? '')) return skipped('it has the tag already');
    return device.tags.length >= MOST_TAGS ? failed(`it has ${MOST_TAGS} tags already`) : null;
  }
  if (action === 'remove_tag') return device.tags.includes(tag ?? '') ? null : skipped('it has no such tag');
  return null;
}

/** A device that another one is reached through stays, unless that one goes as well. */
function keepJumpHosts(judged: { item: ClaimedItem; verdict: Verdict }[], found: Map<string, Found>): void {
  for (let again = true; again;) {
    again = false;
    const going = new Set(judged.filter(({ verdict }) => verdict === null).map(({ item }) => item.target_id));
    for (const one of judged) {
      const stays = one.verdict === null ? found.get(one.item.target_id)?.behind.find(({ id }) => !going.has(id)) : undefined;
      if (stays === undefined) continue;
      one.verdict = failed(`it is the jump host of ${stays.name}`);
      again = true;
    }
  }
}

async function change(tx: Sql, { action, tag, collection_group, credential }: BulkParams, ids: string[]): Promise<void> {
  if (action === 'delete') {
    await tx`delete from devices where id = any(${ids}::uuid[])`;
    return;
  }
  const set = {
    enable: tx`enabled = true`,
    disable: tx`enabled = false`,
    set_group: tx`collection_group_id = ${collection_group?.id ?? null}`,
    set_credential: tx`credential_id = ${credential?.id ?? null}`,
    add_tag: tx`tags = array_append(tags, ${tag})`,
    remove_tag: tx`tags = array_remove(tags, ${tag})`,
  };
  if (!isChange(action, set)) throw new Error(`${action} is nothing that is done to devices`);
  await tx`update devices set ${set[action]}, updated_at = now() where id = any(${ids}::uuid[])`;
}

const isChange = <T extends object>(action: string, table: T): action is Extract<keyof T, string> => Object.hasOwn(table, action);

function saysDone({ action, tag, collection_group, credential }: BulkParams): string {
  if (action === 'set_group') return collection_group === null ? 'taken out of its group' : `put into ${collection_group.name}`;
  if (action === 'set_credential') return credential === null ? 'its credential was taken away' : `given ${credential.name}`;
  if (action === 'add_tag') return `tag ${tag ?? ''} added`;
  if (action === 'remove_tag') return `tag ${tag ?? ''} removed`;
  return action === 'delete' ? 'deleted' : `${action}d`;
}
