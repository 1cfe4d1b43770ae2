import { updateTemporalSchedule } from '../api/schedules/temporal.ts';
import { loadConfig, type Config } from '../runtime/config.ts';
import { loadDataConverter } from '../runtime/data-converter.ts';
import { reportFailure } from '../runtime/fail.ts';
import { createLogger } from '../runtime/log.ts';
import { ensureSecretKeys } from '../runtime/secrets.ts';
import { connectClient } from '../runtime/temporal.ts';
import { openDatabase, type Database } from '../stores/database.ts';
import { resealTable, SEALED_TABLES } from '../stores/reseal.ts';
import { findSchedule, listSchedules, withSchedule } from '../stores/schedules.ts';
import { createKeyring } from '../stores/seal.ts';
import { UNSCOPED } from '../stores/scope.ts';

/**
 * `npm run rotate-keys`: what `CAIRN_SECRET_KEY_PREVIOUS` encrypted is encrypted with `CAIRN_SECRET_KEY` from now on: credentials and
 * webhook secrets in the database, the inputs of schedules in Temporal. May be ended and run again at any moment.
 * One JSON line on standard output; exit code 1 where something does not open with any of the keys.
 */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const { current, previous } = ensureSecretKeys(config);
  const keyring = createKeyring(current, previous);
  const database = openDatabase(config.databaseUrl, { max: 2, name: 'cairn-rotate' });
  try {
    const report: Record<string, unknown> = { key_id: keyring.keyId };
    let unreadable = 0;
    for (const table of SEALED_TABLES) {
      const done = await resealTable(database, keyring, table);
      report[table] = done;
      unreadable += done.unreadable.length;
    }
    Object.assign(report, await rotateSchedules(config, database));
    process.stdout.write(`${JSON.stringify(report)}\n`);
    if (unreadable > 0) process.exitCode = 1;
  } finally {
    await database.close();
  }
}

/** Writes the input of every schedule anew, and counts the runs that may hold what an older key encrypted. */
async function rotateSchedules(config: Config, database: Database): Promise<{ schedules: number; running: number }> {
  const log = createLogger({ level: config.logLevel, name: 'rotate-keys' });
  const temporal = await connectClient(config.temporal, undefined, loadDataConverter(config, log));
  try {
    let schedules = 0;
    for (let after: string | null = null; ;) {
      const rows = await listSchedules(database, UNSCOPED, after, 100);
      for (const { id } of rows) {
        const written = await withSchedule(database, id, async (sql) => {
          const row = await findSchedule({ sql }, UNSCOPED, id);
          return row !== null && (await updateTemporalSchedule({ temporal }, row, undefined, {}));
        });
        if (written) schedules += 1;
      }
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.name;
    }
    const { count } = await temporal.workflow.count("ExecutionStatus = 'Running'");
    return { schedules, running: count };
  } finally {
    await temporal.connection.close();
  }
}

main().catch((error: unknown) => {
  process.exitCode = reportFailure(error);
});
