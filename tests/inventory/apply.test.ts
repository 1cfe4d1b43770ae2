import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { SourceRecord } from '../../core/inventory.ts';
import { reconcile } from '../../core/reconcile.ts';
import { countsOf, reportLines } from '../../activities/inventory/words.ts';
import { applyInventory, inventoryNames } from '../../stores/inventory.ts';
import { openDatabase, type Database } from '../../stores/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/cluster.ts';
import { options, record } from './support/given.ts';

let test: TestDatabase;
let database: Database;

beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase(test.url);
});

afterAll(async () => {
  await database?.close();
  await test?.drop();
});

beforeEach(async () => {
  await database.sql`delete from devices`;
});

async function newJob(): Promise<string> {
  const id = uuidv7();
  await database.sql`insert into jobs (id, type, status, params, owner, priority, total_devices) values (${id}, 'inventory.sync', 'in_progress', '{}', 't', 5, 0)`;
  return id;
}

async function apply(
  jobId: string,
  records: SourceRecord[],
  told: { beforeWrite?: () => void; source?: string } = {},
): Promise<boolean> {
  const names = await inventoryNames(database);
  const { source = 'box' } = told;
  return applyInventory(database, {
    job_id: jobId,
    source,
    records,
    dry_run: false,
    decide: (current, fresh) => {
      const plain = options({ source });
      return reconcile(current, records, { ...plain, now: Date.now(), known: { ...plain.known, ...fresh } });
    },
    report: (result, ids) => reportLines(result, countsOf(result, records.length), false, names, ids),
    beforeWrite: told.beforeWrite ?? (() => undefined),
  });
}

const count = async (): Promise<number> => (await database.sql<{ n: number }[]>`select count(*)::int as n from devices`)[0]!.n;
const logged = (jobId: string) => database.sql`select message from job_log where job_id = ${jobId} order by id`;

describe('applyInventory', () => {
  it('is done once for each job, also where the answer of the first time was lost', async () => {
    const job = await newJob();
    expect(await apply(job, [record('a')])).toBe(true);
    const lines = await logged(job);
    expect(await apply(job, [record('a'), record('b')])).toBe(false);
    expect(await count()).toBe(1);
    expect([...(await logged(job))]).toEqual([...lines]);
  });

  it('of many at once for one job one is done', async () => {
    const job = await newJob();
    const done = await Promise.all(Array.from({ length: 5 }, () => apply(job, [record('a'), record('b')])));
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await count()).toBe(2);
  });

  it('two jobs for one source wait for each other', async () => {
    const [first, second] = [await newJob(), await newJob()];
    await Promise.all([apply(first, [record('a')]), apply(second, [record('a')])]);
    expect(await count()).toBe(1);
  });

  it('what is given up before it is written leaves nothing', async () => {
    const job = await newJob();
    const stop = (): void => {
      throw new Error('cancelled');
    };
    await expect(apply(job, [record('a')], { beforeWrite: stop })).rejects.toThrow('cancelled');
    expect(await count()).toBe(0);
    expect(await logged(job)).toHaveLength(0);
  });

  it('a name that somebody takes meanwhile costs the attempt; the next one tells of it', async () => {
    const job = await newJob();
    const other = database.sql.begin(async (tx) => {
      await tx`insert into devices (id, name, host, port, platform, transport) values (${uuidv7()}, 'a', 'h', 22, 'frr', 'ssh')`;
      const waits = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      const attempt = apply(job, [record('a')]).catch((error: unknown) => error);
      await until('the attempt waits for the name', async () => (await database.sql.unsafe(waits)).length > 0);
      return { attempt };
    });
    expect(await (await other).attempt).toMatchObject({ code: 'conflict' });
    expect(await apply(job, [record('a')])).toBe(true);
    expect((await logged(job))[0]!.message).toContain('a device made by hand has this name');
    expect(await count()).toBe(1);
  });

  it('texts that no database keeps are reported all the same', async () => {
    const job = await newJob();
    await apply(job, [record('bad', { name: 'half \ud800 of it', platform: 'x' }), record('good')]);
    expect((await logged(job))[0]!.message).toContain('holds a control character');
    expect(await count()).toBe(1);
  });

  it('10,000 devices are made, changed and compared in seconds', async () => {
    const records = Array.from({ length: 10_000 }, (_, n) => record(`sw${n}`));
    const times: number[] = [];
    for (const round of [records, records.map((one) => ({ ...one, site: 'x' })), records.map((one) => ({ ...one, site: 'x' }))]) {
      const began = performance.now();
      await apply(await newJob(), round);
      times.push(Math.round(performance.now() - began));
    }
    expect(await count()).toBe(10_000);
    for (const time of times) expect(time).toBeLessThan(20_000);
  });
});
