import { afterAll, beforeAll, expect, test } from 'vitest';
import { cancelItems, claimItems, countItems, listBulkItems, settleItems } from '../../stores/bulk-items.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
const job = crypto.randomUUID();
beforeAll(async () => {
  database = await createTestDatabase();
  await database.sql`insert into jobs (id, type, status, params, owner, priority, total_devices)
    values (${job}, 'jobs.bulk', 'in_progress', '{}', 't', 5, 4)`;
  await database.sql`insert into bulk_items (job_id, position, target_id, name)
    select ${job}, n, gen_random_uuid(), 'job ' || n from generate_series(0, 3) n`;
});
afterAll(() => database.drop());

test('a target that somebody was at when the job ended is not told as never begun', async () => {
  const claimed = await claimItems(database.sql, job, -1, 2);
  expect(claimed.map(({ position, again }) => [position, again])).toEqual([
    [0, false],
    [1, false],
  ]);
  await settleItems(database.sql, job, [{ position: 0, state: 'done', message: 'cancelled' }]);
  await cancelItems(database.sql, job, 'the job was cancelled before');
  const items = await listBulkItems(database, job, {}, -1, 10);
  expect(items.map(({ state, message }) => [state, message])).toEqual([
    ['done', 'cancelled'],
    ['cancelled', 'it was begun when the job ended, and may be done'],
    ['cancelled', 'the job was cancelled before'],
    ['cancelled', 'the job was cancelled before'],
  ]);
  expect(await countItems(database.sql, job)).toMatchObject({ total: 4, done: 1, cancelled: 3, pending: 0, running: 0 });
});
