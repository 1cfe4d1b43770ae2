import { expect } from 'vitest';
import { KINDS, type Kind } from '../../core/facts.ts';
import type { Simulator } from '../../simulator/simulator.ts';
import { readCachedKind, readJobKind } from '../../stores/facts-views.ts';
import type { Database } from '../../stores/database.ts';

/** Records in an order of their own, so that two lists can be held against each other. */
export function sorted(records: unknown): string[] {
  if (!Array.isArray(records)) throw new Error(`no list of records: ${JSON.stringify(records)}`);
  return records.map((record: Record<string, unknown>) => JSON.stringify(record, Object.keys(record).sort())).sort();
}

/** The cached records of one kind of a device; null where it was never collected. */
export async function cachedRecords(database: Database, deviceId: string, kind: Kind): Promise<unknown> {
  const found = await readCachedKind(database, deviceId, kind);
  return found?.records == null ? null : JSON.parse(found.records);
}

/** Holds what a job found of a device, and what the cache has of it, against the truth of the simulated device, both ways. */
export async function expectTruth(
  { database }: { database: Database },
  simulator: Simulator,
  { jobId, name, id, kinds = KINDS }: { jobId: string; name: string; id: string; kinds?: readonly Kind[] },
): Promise<void> {
  for (const kind of kinds) {
    const truth = sorted(simulator.truth(name, kind));
    const found = await readJobKind(database, jobId, id, kind);
    expect([name, kind, found?.outcome]).toEqual([name, kind, truth.length > 0 ? 'ok' : 'empty']);
    expect([name, kind, sorted(JSON.parse(found!.records!))]).toEqual([name, kind, truth]);
    expect([name, kind, sorted(await cachedRecords(database, id, kind))]).toEqual([name, kind, truth]);
  }
}
