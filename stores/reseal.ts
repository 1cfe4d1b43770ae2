import { AppError } from '../core/errors.ts';
import type { Database } from './database.ts';
import type { Keyring } from './seal.ts';

/** Rows of one transaction: short, so that nobody waits for it. */
const SLICE = 100;

/** Every table with a box: columns `id`, `sealed`, `key_id`. */
export const SEALED_TABLES = ['credentials', 'webhooks'] as const;
export type SealedTable = (typeof SEALED_TABLES)[number];

export interface Resealed {
  /** Rows that were sealed with an older key and are with the current one now. */
  resealed: number;
  /** Ids of rows that no key opens; they stay as they are. */
  unreadable: string[];
}

/**
 * Seals what older keys sealed with the current one. May be ended at any moment and run again, also while the API and workers run:
 * each row is changed under its lock, and those that are done are not looked at again.
 */
export async function resealTable({ sql }: Pick<Database, 'sql'>, keyring: Keyring, table: SealedTable): Promise<Resealed> {
  const unreadable: string[] = [];
  let resealed = 0;
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const seen = await sql.begin(async (tx) => {
      const rows = await tx<{ id: string; sealed: Uint8Array; key_id: string }[]>`
        select id, sealed, key_id from ${tx(table)} where key_id <> ${keyring.keyId} and id > ${after}
        order by id limit ${SLICE} for update`;
      const lost: string[] = [];
      for (const row of rows) {
        const secrets = openOrNull(keyring, row);
        if (secrets === null) {
          lost.push(row.id);
          continue;
        }
        const { sealed, key_id } = keyring.seal(secrets, row.id);
        await tx`update ${tx(table)} set sealed = ${sealed}, key_id = ${key_id} where id = ${row.id}`;
      }
      return { last: rows.at(-1)?.id ?? null, lost, done: rows.length - lost.length };
    });
    // Counted only once it is committed.
    unreadable.push(...seen.lost);
    resealed += seen.done;
    if (seen.last === null) return { resealed, unreadable };
    after = seen.last;
  }
}

function openOrNull(keyring: Keyring, row: { id: string; sealed: Uint8Array; key_id: string }): Record<string, string> | null {
  try {
    return keyring.open(row, row.id);
  } catch (error) {
    if (error instanceof AppError && error.code === 'configuration_invalid') return null;
    throw error;
  }
}
