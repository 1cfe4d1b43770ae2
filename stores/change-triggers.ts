import { groupBy } from '../core/group-by.ts';
import type { Database } from './database.ts';
import { arrayLiteral } from './text-array.ts';

type Has = Pick<Database, 'sql'>;

/** Where a message came from. Both in lower case, the address in its canonical form. */
export interface MessageSource {
  address: string;
  /** As the message itself tells. */
  hostname: string | null;
}

export type FoundDevice = { device_id: string; name: string } | 'unknown' | 'ambiguous';

/**
 * The enabled device that sent each message, in their order: that with this address as its host; of several, that which the host name
 * names; and where none has the address (a relay sent it), that whose name or host it is. Never a guess.
 */
export async function findSenders({ sql }: Has, sources: MessageSource[]): Promise<FoundDevice[]> {
  const addresses = new Set(sources.map((source) => source.address));
  const hostnames = new Set(sources.flatMap((source) => source.hostname ?? []));
  // One pass over the devices for all sources. Of IPv6 addresses there are many spellings.
  const devices = await sql<{ device_id: string; name: string; lower_name: string; host: string }[]>`
    select * from (
      select id as device_id, name, lower(name collate "C") as lower_name,
        case when strpos(host, ':') > 0 and pg_input_is_valid(host, 'inet') then host(host::inet) else lower(host collate "C") end as host
      from devices where enabled) d
    where d.host = any(${arrayLiteral([...addresses, ...hostnames])}::text[]) or d.lower_name = any(${arrayLiteral([...hostnames])}::text[])`;
  const hosts = groupBy(devices, (device) => device.host);
  const names = groupBy(devices, (device) => device.lower_name);
  return sources.map(({ address, hostname }) => {
    const at = hosts.get(address) ?? [];
    const named = hostname === null ? [] : [...new Set([...(hosts.get(hostname) ?? []), ...(names.get(hostname) ?? [])])];
    const both = at.filter((device) => named.includes(device));
    const candidates = at.length === 0 ? named : at.length > 1 && both.length > 0 ? both : at;
    const [first] = candidates;
    if (first === undefined) return 'unknown';
    return candidates.length > 1 ? 'ambiguous' : { device_id: first.device_id, name: first.name };
  });
}

export interface ChangeNotice {
  device_id: string;
  /** Who changed it; null where nobody is named. */
  user: string | null;
}

/**
 * Notes that devices were changed, each at most once in the list. The first notice of a device opens its window, at the end of which
 * a collection is due; those that come meanwhile only tell who changed it last. Returns the devices whose window was opened.
 */
export async function noteChanges({ sql }: Has, notices: ChangeNotice[], windowSeconds: number): Promise<Set<string>> {
  const rows = await sql<{ device_id: string; opened: boolean }[]>`
    insert into device_health as h (device_id, quiet_until, change_at, change_by)
    select d.id, now() + ${windowSeconds} * interval '1 second', now(), c.changed_by
    from unnest(${arrayLiteral(notices.map((notice) => notice.device_id))}::uuid[], ${arrayLiteral(notices.map((notice) => notice.user))}::text[])
      as c(device_id, changed_by)
    join devices d on d.id = c.device_id order by d.id for key share of d
    on conflict (device_id) do update set
      quiet_until = case when h.change_at is null and coalesce(h.quiet_until <= now(), true) then excluded.quiet_until else h.quiet_until end,
      change_at = case when h.change_at is null and coalesce(h.quiet_until <= now(), true) then excluded.change_at else h.change_at end,
      change_by = case when h.change_at is null and coalesce(h.quiet_until <= now(), true) then excluded.change_by
                       else coalesce(excluded.change_by, h.change_by) end
    returning h.device_id, h.change_at = now()::timestamptz(3) as opened`;
  return new Set(rows.filter((row) => row.opened).map((row) => row.device_id));
}

/** A device whose window is over. */
export interface DueChange {
  device_id: string;
  changed_by: string | null;
  /** Names this window among all: what is started for it is started once. */
  origin: string;
}

const AGAIN_SECONDS = 10;

/**
 * Gives one due change to `start`, under a lock that nobody else gets it from, and forgets it when that has ended well. A change that
 * could not be started is due again a little later, and throws. False if none is due. A process that dies in between leaves it due,
 * with the same `origin`.
 */
export async function takeDueChange({ sql }: Has, start: (change: DueChange) => Promise<void>): Promise<boolean> {
  let failure: unknown = null;
  const taken = await sql.begin(async (tx) => {
    const [row] = await tx<{ device_id: string; changed_by: string | null; at: string }[]>`
      select device_id, change_by as changed_by, (extract(epoch from change_at) * 1000)::bigint::text as at from device_health
      where change_at is not null and quiet_until <= now() order by quiet_until limit 1 for update skip locked`;
    if (row === undefined) return false;
    const { device_id, changed_by, at } = row;
    try {
      await start({ device_id, changed_by, origin: `syslog ${device_id} ${at}` });
      await tx`update device_health set change_at = null, change_by = null where device_id = ${device_id}`;
    } catch (error) {
      failure = error ?? new Error('unknown');
      await tx`update device_health set quiet_until = now() + ${AGAIN_SECONDS} * interval '1 second' where device_id = ${device_id}`;
    }
    return true;
  });
  if (failure !== null) throw failure;
  return taken;
}
