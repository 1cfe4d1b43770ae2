import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { webhooks } from '../../contracts/http/webhooks.ts';
import { endJob } from '../../stores/job-state.ts';
import { startCluster, until, type ApiProcess, type Cluster } from '../support/cluster.ts';
import { isSigned, startReceiver, type Receiver } from '../support/receiver.ts';

const SECRET = 'S3cret-of-the-webhook';
let cluster: Cluster;
let receiver: Receiver;
let apis: ApiProcess[] = [];

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await Promise.all(apis.map((api) => api.kill()));
  apis = [];
  await receiver.close();
  await cluster.database.sql`delete from webhooks`;
});

async function startApi(): Promise<ApiProcess> {
  const api = await cluster.startApi({ CAIRN_WEBHOOK_ALLOW_PRIVATE: 'true' });
  apis.push(api);
  return api;
}

async function addHook(api: ApiProcess): Promise<string> {
  const body = { name: `hook ${uuidv7().slice(9)}x`, url: receiver.url, events: ['job.failed' as const], secret: SECRET };
  return (await api.client.call(webhooks.createWebhook, { body })).body.id;
}

/** A job that fails at once, as far as webhooks are told. */
async function failJob(): Promise<string> {
  const id = uuidv7();
  await cluster.database.sql`insert into jobs (id, type, status, params, owner, priority, total_devices)
    values (${id}, 'topology.discover', 'in_progress', '{}', 'test', 5, 0)`;
  await endJob(cluster.database, id, {
    status: null,
    rest: { status: 'failed', outcome: 'error', error: 'x' },
    error: 'it failed',
  });
  return id;
}

const open = async (): Promise<number> => {
  const [row] = await cluster.database.sql<
    { n: number }[]
  >`select count(*)::int as n from webhook_deliveries where status = 'pending'`;
  return row!.n;
};
const toldJobs = (): string[] => receiver.received.map(({ body }) => String(body.data['job_id']));

describe('the outbox', () => {
  it('loses nothing when the API is killed, and sends again what was on its way, under the same id', async () => {
    const first = await startApi();
    await addHook(first);
    receiver.answer(() => undefined);
    const onItsWay = await failJob();
    await until('it is on its way', () => receiver.received.length === 1);
    await first.kill();
    const waiting = await failJob();
    receiver.answer((response) => void response.writeHead(204).end());
    await startApi();
    await until('what waited has come', () => toldJobs().includes(waiting));
    expect(toldJobs()).toEqual([onItsWay, waiting]);
    const [claim] = await cluster.database.sql<{ seconds: number }[]>`
      select extract(epoch from next_attempt_at - now())::float8 as seconds from webhook_deliveries where status = 'pending'`;
    expect(claim!.seconds).toBeGreaterThan(5);
    expect(claim!.seconds).toBeLessThanOrEqual(30);
    await until('the claim of the dead process has ended', () => toldJobs().length === 3, 40_000);
    expect(toldJobs()).toEqual([onItsWay, waiting, onItsWay]);
    expect(receiver.received[2]!.body).toEqual(receiver.received[0]!.body);
    await until('all is delivered', async () => (await open()) === 0);
    // Half a minute of it is the claim.
  }, 120_000);

  it('is shared by two processes: each event comes once', async () => {
    const [one] = await Promise.all([startApi(), startApi()]);
    await addHook(one);
    receiver.answer((response) => void setTimeout(() => response.writeHead(204).end(), 30));
    const jobs = await Promise.all(Array.from({ length: 60 }, failJob));
    await until('all is delivered', async () => (await open()) === 0);
    expect(toldJobs().sort()).toEqual([...jobs].sort());
    expect(receiver.received.every((got) => isSigned(got, SECRET))).toBe(true);
    // Both had a part in it.
    expect(receiver.most()).toBeGreaterThan(4);
    expect(receiver.most()).toBeLessThanOrEqual(8);
    for (const api of apis) expect(api.log()).not.toContain(SECRET);
  });

  it('is left in order by a process that stops: what it could not finish is due at once', async () => {
    const api = await startApi();
    await addHook(api);
    receiver.answer(() => undefined);
    await failJob();
    await until('it is on its way', () => receiver.received.length === 1);
    expect(await api.stop()).toBe(0);
    const [row] = await cluster.database.sql`select status, attempts, next_attempt_at <= now() as due from webhook_deliveries`;
    expect(row).toEqual({ status: 'pending', attempts: 0, due: true });
  });
});
