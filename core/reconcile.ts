import type { SourceProblem, SourceRecord } from './inventory.ts';
import type { RuleBook } from './inventory-rules.ts';
import { judgeRecord, WANTED_FIELDS, type Known, type WantedDevice } from './inventory-judge.ts';
import { departuresOf, whyRefused, type Departure, type Presence } from './inventory-departures.ts';
import { settleNames } from './inventory-names.ts';

/** A device as Cairn has it, as far as an inventory may own it. */
export interface CurrentDevice extends WantedDevice {
  id: string;
  enabled: boolean;
  /** The source that owns it; null: made by hand. */
  source: string | null;
  source_key: string | null;
  /** Epoch milliseconds since when the source gives it no more; null while it does. */
  vanished_at: number | null;
  /** The name of a device that is reached through it; null where none is. */
  reaches: string | null;
}

export interface ReconcileOptions {
  /** The name of the source. */
  source: string;
  rules: RuleBook;
  known: Known;
  /** Statuses of devices in service, in lower case; null: all are. */
  statuses: string[] | null;
  adopt: boolean;
  remove_after_days: number | null;
  force: boolean;
  /** Epoch milliseconds. */
  now: number;
}

export interface DeviceChange {
  id: string;
  /** As it is called now. */
  name: string;
  key: string;
  /** What it shall be. */
  wanted: WantedDevice;
  /** The part of it that it is not yet. */
  set: Partial<WantedDevice>;
  /** What the same fields are now. */
  was: Partial<WantedDevice>;
  /** It came back, and is enabled again. */
  back: boolean;
  /** It was made by hand, and belongs to the source from now on. */
  adopted: boolean;
}

/** What there is to do so that Cairn has what the source has. Lists are sorted by name; nothing depends on the order of records. */
export interface Reconciled {
  create: (WantedDevice & { key: string })[];
  update: DeviceChange[];
  disable: Departure[];
  remove: Departure[];
  unchanged: number;
  /** Records that are no devices of ours: out of service, or skipped by a rule. */
  skipped: number;
  problems: { name: string; problem: string }[];
  /** Why nothing of this may be done; null where it may. */
  refused: string | null;
}

/**
 * Compares what a source gives with the devices there are. `current` holds at least all devices of the source and all that have
 * the name of a record; devices of others are never changed. Pure: it reads and writes nothing.
 */
export function reconcile(
  current: CurrentDevice[],
  records: readonly (SourceRecord | SourceProblem)[],
  options: ReconcileOptions,
): Reconciled {
  const { source } = options;
  const own = current.filter((device) => device.source === source);
  const byKey = new Map(own.map((device) => [device.source_key, device]));
  const byName = new Map(current.map((device) => [device.name, device]));
  const good = records.flatMap((record) => ('problem' in record ? [] : [record]));
  const bad = records.flatMap((record) => ('problem' in record ? [record] : []));
  const keys = countBy(records, (record) => record.key);
  const problems = bad.map(({ name, record, problem }) => ({ name: name ?? record, problem }));
  /** Devices that a record speaks of, however badly: they did not vanish. */
  const present = new Map<string, Presence>();
  const device = (key: string | null, name: string | null): CurrentDevice | undefined => {
    const named = name === null ? undefined : byName.get(name);
    // What a record says of its own device counts, not what another one says that has its name.
    return byKey.get(key) ?? (named?.source === source && !keys.has(named.source_key) ? named : undefined);
  };
  for (const { key, name } of bad) {
    const found = device(key, name);
    if (found !== undefined) present.set(found.id, 'kept');
  }
  const refuse = (record: SourceRecord, problem: string): void => {
    problems.push({ name: record.name, problem });
    const found = device(record.key, record.name);
    if (found !== undefined) present.set(found.id, 'kept');
  };

  let skipped = 0;
  const claims: Claimed[] = [];
  for (const record of good) {
    const times = keys.get(record.key) ?? 1;
    if (times > 1) {
      refuse(record, `the source gives the id "${record.key}" to ${times} devices`);
      continue;
    }
    const rule = options.rules(record);
    const out = whyOut(record, rule?.skip === true, options.statuses);
    if (out !== null) {
      skipped += 1;
      const found = byKey.get(record.key);
      if (found !== undefined) present.set(found.id, { leaves: out });
      continue;
    }
    const found = byKey.get(record.key) ?? takeable(byName.get(record.name), keys, options);
    const wanted = judgeRecord(record, rule, options.known, found);
    if ('problem' in wanted) refuse(record, wanted.problem);
    else claims.push({ name: record.name, device: found, record, wanted });
  }

  const { settled, refused } = settleNames(current, claims);
  for (const { claim, problem } of refused) refuse(claim.record, problem);
  const create: Reconciled['create'] = [];
  const update: DeviceChange[] = [];
  let unchanged = 0;
  for (const { record, wanted, device: found } of settled) {
    if (found === null) {
      create.push({ ...wanted, key: record.key });
      continue;
    }
    present.set(found.id, 'kept');
    const change = changeOf(found, record.key, wanted);
    if (change === null) unchanged += 1;
    else update.push(change);
  }

  const departures = departuresOf(own, present, bad, options);
  const live = own.filter((one) => one.vanished_at === null && one.enabled).length;
  return {
    create: create.toSorted(byNameOrder),
    update: update.toSorted(byNameOrder),
    disable: departures.disable.toSorted(byNameOrder),
    remove: departures.remove.toSorted(byNameOrder),
    unchanged: unchanged + departures.unchanged,
    skipped,
    problems: [...problems, ...departures.problems].toSorted((a, b) => order(a.name, b.name) || order(a.problem, b.problem)),
    refused: options.force ? null : whyRefused(source, records.length, departures.disable.length, live),
  };
}

interface Claimed {
  name: string;
  device: CurrentDevice | null;
  record: SourceRecord;
  wanted: WantedDevice;
}

/** The device that a record of another id may mean by its name: one that lost its own record, or one made by hand. */
function takeable(
  device: CurrentDevice | undefined,
  keys: ReadonlyMap<string | null, number>,
  { source, adopt }: ReconcileOptions,
): CurrentDevice | null {
  if (device === undefined) return null;
  if (device.source === null) return adopt ? device : null;
  return device.source === source && !keys.has(device.source_key) ? device : null;
}

function whyOut(record: SourceRecord, skip: boolean, statuses: string[] | null): string | null {
  if (skip) return 'a rule skips it';
  if (statuses === null || record.status === null || statuses.includes(record.status)) return null;
  return `its status is ${record.status}`;
}

function changeOf(device: CurrentDevice, key: string, wanted: WantedDevice): DeviceChange | null {
  const fields = WANTED_FIELDS.filter((field) => JSON.stringify(wanted[field]) !== JSON.stringify(device[field]));
  const back = device.vanished_at !== null;
  const adopted = device.source === null;
  const moved = device.source_key !== key;
  if (!back && !adopted && !moved && fields.length === 0) return null;
  return { id: device.id, name: device.name, key, wanted, set: pick(wanted, fields), was: pick(device, fields), back, adopted };
}

function pick(from: WantedDevice, fields: (keyof WantedDevice)[]): Partial<WantedDevice> {
  return Object.fromEntries(fields.map((field) => [field, from[field]]));
}

function countBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, number> {
  const counts = new Map<K, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byNameOrder = (a: { name: string }, b: { name: string }): number => order(a.name, b.name);
