import type { CleanupCounts, CleanupParams } from '../../core/cleanup.ts';
import type { Database, Sql } from '../database.ts';

/** What every step of a cleanup knows. */
export interface CleanupScope {
  database: Pick<Database, 'sql'>;
  params: CleanupParams;
  /** The moment that ages are counted from: the start of the job, so that all of its parts mean the same. */
  now: Date;
}

/** Values of the columns that name a row, as text. */
export type Key = string[];

export interface DoomedPage {
  items: Key[];
  /** Where the next page begins; null where there is none. */
  next: Key | null;
}

/** Tells of rows that were removed, in the transaction that removes them. */
export type Removed = (tx: Sql, counts: CleanupCounts) => Promise<void>;

/** What one table loses. `find` is the one place that says what is doomed, for a dry run as for a real one. */
export interface CleanupStep {
  /** The rule in words, for the log; null where the parameters ask for nothing. */
  rule(params: CleanupParams): string | null;
  /** Items looked for at a time. */
  page: number;
  find(scope: CleanupScope, after: Key | null, limit: number): Promise<DoomedPage>;
  /** How many rows go with these items. */
  count(scope: CleanupScope, items: Key[]): Promise<CleanupCounts>;
  /** Removes them, in transactions of at most `MOST_ROWS` rows; yields after each. What is no longer doomed stays. */
  remove(scope: CleanupScope, items: Key[], removed: Removed): AsyncGenerator<CleanupCounts>;
}

/** Rows that one transaction removes. */
export const MOST_ROWS = 1_000;

/** The moment so many days before `now`; null where nothing is removed by age. */
export function cutoff({ now }: Pick<CleanupScope, 'now'>, days: number | null): Date | null {
  return days === null ? null : new Date(now.getTime() - days * 86_400_000);
}

/** A short transaction: it waits for no lock for long and holds none for long. */
export async function removeBatch(
  { database }: CleanupScope,
  removed: Removed,
  work: (tx: Sql) => Promise<CleanupCounts>,
): Promise<CleanupCounts> {
  return database.sql.begin(async (tx) => {
    await tx`set local lock_timeout = '3s'`;
    await tx`set local statement_timeout = '60s'`;
    const counts = await work(tx);
    if (Object.values(counts).some((n) => n > 0)) await removed(tx, counts);
    return counts;
  });
}

export function* chunks<T>(items: T[], size: number): Generator<T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
