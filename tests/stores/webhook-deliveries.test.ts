import { afterAll, beforeAll, expect, it } from 'vitest';
import { takeDueChange, noteChanges } from '../../stores/change-triggers.ts';
import { claimDeliveries, releaseDelivery, settleDelivery } from '../../stores/webhook-deliveries.ts';
import { createEventRows, type EventRows } from './event-rows.ts';

let rows: EventRows;
beforeAll(async () => {
  rows = await createEventRows();
});
afterAll(() => rows.stop());

const LIMITS = { perWebhook: 4, most: 10, leaseSeconds: 30 };
const stateOf = async (id: string) =>
  (
    await rows.database.sql`select status, attempts, next_attempt_at > now() as waits from webhook_deliveries where id = ${id}`
  )[0];

it('a claim that ran out settles nothing any more', async () => {
  const { database } = rows;
  const hook = await rows.addWebhook('fenced', ['job.failed']);
  const [{ id }] = await database.sql<[{ id: string }]>`
    insert into webhook_deliveries (webhook_id, event, payload) values (${hook}, 'ping', '{}') returning id`;
  const [first] = await claimDeliveries(database, new Map(), LIMITS);
  expect(first).toMatchObject({ id, attempts: 1, url: 'http://x.invalid/' });
  expect(await claimDeliveries(database, new Map(), LIMITS)).toEqual([]);
  await database.sql`update webhook_deliveries set next_attempt_at = now()`;
  const [second] = await claimDeliveries(database, new Map(), LIMITS);
  expect(second).toMatchObject({ id, attempts: 2 });
  await settleDelivery(database, first!, { status: 'failed', response_status: 500, error: 'late', retry_ms: null });
  await releaseDelivery(database, first!);
  expect(await stateOf(id)).toEqual({ status: 'pending', attempts: 2, waits: true });
  await settleDelivery(database, second!, { status: 'delivered', response_status: 200 });
  await settleDelivery(database, second!, { status: 'failed', response_status: 500, error: 'again', retry_ms: null });
  expect(await stateOf(id)).toMatchObject({ status: 'delivered', attempts: 2 });
  await database.sql`delete from webhooks`;
});

it('many claims at once take each delivery once, and no more of a webhook than it has places', async () => {
  const { database } = rows;
  const [one, two] = [await rows.addWebhook('one', ['job.failed']), await rows.addWebhook('two', ['job.failed'])];
  await database.sql`insert into webhook_deliveries (webhook_id, event, payload)
    select w, 'ping', '{}' from unnest(${[one, two]}::uuid[]) w, generate_series(1, 12)`;
  const claimed = await Promise.all(Array.from({ length: 5 }, () => claimDeliveries(database, new Map([[one, 3]]), LIMITS)));
  const ids = claimed.flat().map((delivery) => delivery.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const part of claimed) {
    expect(part.filter((delivery) => delivery.webhook_id === one).length).toBeLessThanOrEqual(1);
    expect(part.filter((delivery) => delivery.webhook_id === two).length).toBeLessThanOrEqual(4);
  }
  expect(ids.length).toBe(5 + 12);
});

it('a change whose collection could not be started is due again, and keeps no other one waiting', async () => {
  const { database } = rows;
  const [bad, good] = [await rows.addDevice(), await rows.addDevice()];
  await noteChanges(database, [{ device_id: bad, user: 'alice' }], 1);
  await noteChanges(database, [{ device_id: good, user: 'bob' }], 1);
  await database.sql`update device_health set quiet_until = now() - interval '1 second' where device_id = ${bad}`;
  await database.sql`update device_health set quiet_until = now() where device_id = ${good}`;
  const started: string[] = [];
  const start = async ({ device_id }: { device_id: string }) => {
    if (device_id === bad) throw new Error('no connection');
    started.push(device_id);
  };
  await expect(takeDueChange(database, start)).rejects.toThrow('no connection');
  expect(await takeDueChange(database, start)).toBe(true);
  expect(await takeDueChange(database, start)).toBe(false);
  expect(started).toEqual([good]);
  const [row] = await database.sql`select change_by, quiet_until > now() as waits from device_health where device_id = ${bad}`;
  expect(row).toEqual({ change_by: 'alice', waits: true });
});
