import { isConnectionError, type Database } from '../../stores/database.ts';
import { admitLogins, LEASE_SECONDS, renewLocks, takeLocks, type LockGrant, type LockWish } from '../../stores/device-locks.ts';
import type { Logger } from '../../runtime/log.ts';

export interface GroupLimits {
  id: string;
  login_rate: number | null;
  max_sessions: number | null;
}

/** `wait_ms`: how long to wait before the login may begin (a group with a login rate). */
export type Taken = LockGrant & { wait_ms: number };

/** Takes locks in groups, renews those that are held, and tells a session at once when its lock is gone. */
export interface LockKeeper {
  /** Null: the group's limits leave no room now; ask again later. `priority`: 0 (last) to 10 (first). */
  take(wish: LockWish, limits: GroupLimits | null, priority: number): Promise<Taken | null>;
  /** Renews the lock until the function returned is called; `onLost` runs at most once. */
  hold(deviceId: string, token: number, onLost: (reason: string) => void): () => void;
  stop(): void;
}

/**
 * Logins of a rate-limited group are booked at most this far ahead; of more urgent jobs further, so that they find room however
 * many others of whatever worker ask for it.
 */
const horizonMs = (priority: number): number => 2000 + 300 * priority;
/** For so long others leave a session of the group to a device of a higher priority that found no room: it asks again in 0.5 s. */
const YIELD_MS = 800;

interface Pending {
  wish: LockWish;
  limits: GroupLimits | null;
  priority: number;
  resolve(taken: Taken | null): void;
  reject(error: unknown): void;
}

export function createLockKeeper({ database, log }: { database: Database; log: Logger }): LockKeeper {
  const held = new Map<number, { deviceId: string; renewedAt: number; onLost: (reason: string) => void }>();
  /** The most urgent one that found no room in a group, and until when others yield to it. */
  const urgent = new Map<string, { priority: number; until: number }>();
  let pending: Pending[] = [];
  let flushing = false;

  async function flush(): Promise<void> {
    if (flushing) return;
    flushing = true;
    try {
      while (pending.length > 0) {
        const { now, later } = withoutDoubles(pending);
        pending = later;
        for (const part of byLimits(now)) await takeOrYield(part);
      }
    } finally {
      flushing = false;
    }
  }

  /** All of a part are of one group and one priority, or of none that has limits. */
  async function takeOrYield(part: Pending[]): Promise<void> {
    const { limits, priority } = part[0]!;
    if (!isLimited(limits)) {
      await takePart(database, part);
      return;
    }
    const first = urgent.get(limits.id);
    const inForce = first !== undefined && first.until > Date.now();
    if (inForce && first.priority > priority) {
      for (const item of part) item.resolve(null);
      return;
    }
    const refused = await takePart(database, part);
    if (refused > 0) urgent.set(limits.id, { priority, until: Date.now() + YIELD_MS });
    else if (first?.priority === priority) urgent.delete(limits.id);
  }

  async function renew(): Promise<void> {
    if (held.size === 0) return;
    const asked = [...held].map(([token, lock]) => ({ token, device_id: lock.deviceId }));
    const at = Date.now();
    try {
      const renewed = await renewLocks(database, asked);
      for (const { token } of asked) {
        const lock = held.get(token);
        if (lock === undefined) continue;
        if (renewed.has(token)) lock.renewedAt = at;
        else lose(token, 'its lock was taken by another holder');
      }
    } catch (error) {
      if (!isConnectionError(error)) throw error;
      log.warn({ err: error }, 'device locks could not be renewed');
      for (const [token, lock] of held) {
        if (Date.now() - lock.renewedAt > LEASE_SECONDS * 1000) lose(token, 'its lock ran out while the database was away');
      }
    }
  }

  function lose(token: number, reason: string): void {
    const lock = held.get(token);
    held.delete(token);
    lock?.onLost(reason);
  }

  const timer = setInterval(
    () => {
      renew().catch((error: unknown) => log.error({ err: error }, 'renewing device locks failed'));
    },
    (LEASE_SECONDS * 1000) / 4,
  );
  timer.unref();

  return {
    take(wish, limits, priority) {
      return new Promise((resolve, reject) => {
        pending.push({ wish, limits, priority, resolve, reject });
        // Wishes of one turn of the event loop travel together.
        setImmediate(() => void flush());
      });
    },
    hold(deviceId, token, onLost) {
      held.set(token, { deviceId, renewedAt: Date.now(), onLost });
      return () => void held.delete(token);
    },
    stop: () => clearInterval(timer),
  };
}

/** A device may stand in one statement only once. */
function withoutDoubles(pending: Pending[]): { now: Pending[]; later: Pending[] } {
  const seen = new Set<string>();
  const now: Pending[] = [];
  const later: Pending[] = [];
  for (const item of pending) {
    (seen.has(item.wish.device_id) ? later : now).push(item);
    seen.add(item.wish.device_id);
  }
  return { now, later };
}

type Limited = GroupLimits & ({ login_rate: number } | { max_sessions: number });
const isLimited = (limits: GroupLimits | null): limits is Limited =>
  limits !== null && (limits.login_rate !== null || limits.max_sessions !== null);

/** Devices without limits together, those of each limited group by their priority, the most urgent first. */
function byLimits(pending: Pending[]): Pending[][] {
  const parts = new Map<string, Pending[]>();
  for (const item of pending.toSorted((a, b) => b.priority - a.priority)) {
    const key = isLimited(item.limits) ? `${item.limits.id} ${item.priority}` : '';
    parts.set(key, [...(parts.get(key) ?? []), item]);
  }
  return [...parts.entries()].map(([, part]) => part);
}

/** Returns how many found no room. */
async function takePart(database: Database, part: Pending[]): Promise<number> {
  const { limits, priority } = part[0]!;
  try {
    if (!isLimited(limits)) {
      answer(part, await takeLocks(database.sql, part.map(wishOf)), []);
      return 0;
    }
    const { admitted, grants, delays } = await database.sql.begin(async (tx) => {
      const delays = await admitLogins(tx, limits.id, part.length, horizonMs(priority));
      const admitted = part.slice(0, delays.length);
      const grants = admitted.length > 0 ? await takeLocks(tx, admitted.map(wishOf)) : [];
      return { admitted, grants, delays };
    });
    answer(admitted, grants, delays);
    for (const item of part.slice(admitted.length)) item.resolve(null);
    return part.length - admitted.length;
  } catch (error) {
    for (const item of part) item.reject(error);
    return 0;
  }
}

const wishOf = (item: Pending): LockWish => item.wish;

function answer(part: Pending[], grants: LockGrant[], delays: number[]): void {
  const byDevice = new Map(grants.map((grant) => [grant.device_id, grant]));
  for (const [index, item] of part.entries()) {
    const grant = byDevice.get(item.wish.device_id);
    if (grant === undefined) item.reject(new Error(`no answer for the lock of device ${item.wish.device_id}`));
    else item.resolve({ ...grant, wait_ms: delays[index] ?? 0 });
  }
}
