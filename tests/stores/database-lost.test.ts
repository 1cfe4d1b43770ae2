import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isConnectionError, openDatabase, type Database } from '../../stores/database.ts';
import { until } from '../support/cluster.ts';
import { startOwnServers, type OwnServers } from '../support/own-servers.ts';

const WRITERS = 12;
const ROUNDS = 3;
const LONGEST_MS = 14_000;

let servers: OwnServers;
let database: Database;

beforeAll(async () => {
  servers = await startOwnServers();
  database = openDatabase(servers.databaseUrl, { max: 8 });
  await database.sql`create table tally (id int primary key, n int not null default 0)`;
  await database.sql`insert into tally select g from generate_series(1, ${2 * WRITERS}) g`;
});

afterAll(async () => {
  await database?.close();
  await servers?.stop();
});

describe('a pool whose server is killed again and again', () => {
  it('settles every query, goes on, and loses nothing that it said was done', async () => {
    const running = new Map<number, number>();
    const done = Array<number>(WRITERS).fill(0);
    const strange: unknown[] = [];
    const over = new AbortController();

    async function write(id: number): Promise<void> {
      // As a checkpoint does it: pipelines in a transaction; some writers without one.
      if (id % 3 === 0) await database.sql`update tally set n = n + 1 where id = ${id + 1}`;
      else
        await database.sql.begin(async (tx) => {
          await Promise.all([tx`select n from tally where id = ${id + 1} for key share`, tx`select pg_sleep(0.005)`]);
          await Promise.all([tx`update tally set n = n + 1 where id = ${id + 1}`, tx`select pg_sleep(0.005)`]);
        });
      done[id]! += 1;
    }

    const writers = done.map(async (_none, id) => {
      while (!over.signal.aborted) {
        running.set(id, Date.now());
        try {
          await write(id);
        } catch (error) {
          if (!isConnectionError(error)) strange.push(error);
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }
      running.delete(id);
    });
    for (let round = 0; round < ROUNDS; round += 1) {
      const fresh = [...done];
      await until('every writer is at it', () => done.every((count, id) => count > fresh[id]!), LONGEST_MS);
      await servers.killPostgres();
      await servers.startPostgres();
      const before = [...done];
      // Every writer goes on, and none waits for an answer that never comes: a query of the old pool has 10 s.
      await until('every writer has gone on', () => done.every((count, id) => count > before[id]!), LONGEST_MS);
      expect([...running.values()].filter((since) => Date.now() - since > LONGEST_MS)).toEqual([]);
    }
    over.abort();
    await Promise.all(writers);
    expect(strange).toEqual([]);
    const rows = await database.sql<{ id: number; n: number }[]>`select id, n from tally where id <= ${WRITERS} order by id`;
    for (const { id, n } of rows) expect([id, n >= done[id - 1]!, n <= done[id - 1]! + ROUNDS]).toEqual([id, true, true]);
  });

  it('closes, and takes no query afterwards', async () => {
    const other = openDatabase(servers.databaseUrl);
    await other.sql`select 1`;
    await other.close();
    await expect(other.sql`select 1`).rejects.toMatchObject({ code: 'CONNECTION_ENDED' });
  });
});
