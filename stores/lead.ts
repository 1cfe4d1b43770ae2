import type { Database } from './database.ts';

/** Any number that nothing else of ours locks. */
const LEADER_LOCK = 7_221_002;

/** Runs `work` unless another process is running it. Holds one connection meanwhile. */
export async function tryLead({ sql }: Pick<Database, 'sql'>, work: () => Promise<void>): Promise<void> {
  await sql.begin(async (tx) => {
    const [row] = await tx<{ locked: boolean }[]>`select pg_try_advisory_xact_lock(${LEADER_LOCK}) as locked`;
    if (row?.locked) await work();
  });
}
