import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../support/cluster.ts';
import { isSigned, startReceiver } from '../support/receiver.ts';
import { problem, startApi } from './harness.ts';
import { SECRET, startWebhookTest, type Delivery, type WebhookTest } from './webhook-harness.ts';

let t: WebhookTest;
beforeAll(async () => {
  t = await startWebhookTest();
});
afterAll(() => t.stop());
beforeEach(() => t.before());
afterEach(() => t.after());

/** Seconds until the next attempt. */
const waits = (one: Delivery): number => (Date.parse(one.next_attempt_at!) - Date.now()) / 1000;
let names = 0;

describe('a delivery', () => {
  it('is a signed POST', async () => {
    t.startSender();
    const hook = await t.addHook({ secret: undefined });
    const { id } = await t.ping(hook);
    const done = await t.attempted(hook, id);
    expect(done).toMatchObject({ event: 'ping', status: 'delivered', attempts: 1, response_status: 204, error: null });
    expect(done.next_attempt_at).toBeNull();
    expect(Date.parse(done.delivered_at!)).toBeGreaterThan(Date.now() - 60_000);
    const [got, ...more] = t.receiver.received;
    expect(more).toEqual([]);
    expect(got).toMatchObject({
      path: '/hook',
      headers: {
        'content-type': 'application/json',
        'user-agent': expect.stringMatching(/^cairn\/\d+\.\d+\.\d+$/),
        'x-cairn-event': 'ping',
        'x-cairn-delivery': id,
      },
      body: { id, event: 'ping', redelivery_of: null, data: { webhook: hook.name, sent_by: 'admin' } },
    });
    expect(isSigned(got!, hook.secret!)).toBe(true);
    expect(isSigned(got!, `${hook.secret}x`)).toBe(false);
    expect(isSigned({ ...got!, text: `${got!.text} ` }, hook.secret!)).toBe(false);
  });

  it('is tried again after a failure, later each time, and says what the receiver said', async () => {
    t.startSender();
    const hook = await t.addHook();
    t.receiver.answer((response) => response.writeHead(500).end(`no room for ${SECRET} here ${'x'.repeat(100_000)}`));
    const { id } = await t.ping(hook);
    const first = await t.attempted(hook, id);
    expect(first).toMatchObject({ status: 'pending', response_status: 500 });
    expect(first.error).toMatch(/^the receiver answered 500: no room for \[redacted\] here x{900,1010}$/);
    expect(waits(first)).toBeGreaterThan(5);
    expect(waits(first)).toBeLessThanOrEqual(10);
    await t.due(id);
    const second = await t.attempted(hook, id, 2);
    expect(waits(second)).toBeGreaterThan(18);
    expect(waits(second)).toBeLessThanOrEqual(27);
    t.receiver.answer((response) => response.writeHead(200).end('thanks'));
    await t.due(id);
    expect(await t.attempted(hook, id, 3)).toMatchObject({ status: 'delivered', response_status: 200, error: null });
    expect(t.receiver.received.map(({ body }) => body.id)).toEqual([id, id, id]);
    expect(t.receiver.received.every((got) => isSigned(got, SECRET))).toBe(true);
  });

  it.each([
    ['120', 118, 120],
    ['999999', 3595, 3600],
    [new Date(Date.now() + 300_000).toUTCString(), 200, 300],
    ['soon', 5, 10],
  ])('honours Retry-After: %s', async (header, low, high) => {
    t.startSender();
    const hook = await t.addHook();
    t.receiver.answer((response) => response.writeHead(429, { 'Retry-After': header }).end());
    const failed = await t.attempted(hook, (await t.ping(hook)).id);
    expect(failed).toMatchObject({ status: 'pending', response_status: 429, error: 'the receiver answered 429' });
    expect(waits(failed)).toBeGreaterThan(low);
    expect(waits(failed)).toBeLessThanOrEqual(high);
  });

  it('fails after the eighth attempt, and can be sent again', async () => {
    t.startSender();
    const hook = await t.addHook();
    t.receiver.answer((response) => response.writeHead(503).end());
    const { id } = await t.ping(hook);
    await t.attempted(hook, id);
    await t.api.database.sql`update webhook_deliveries set attempts = 7, next_attempt_at = now() where id = ${id}`;
    expect(await t.attempted(hook, id, 8)).toMatchObject({
      status: 'failed',
      attempts: 8,
      response_status: 503,
      next_attempt_at: null,
    });
    t.receiver.answer((response) => response.writeHead(200).end());
    const again = await t.api.send<Delivery>('POST', `/api/webhooks/${hook.id}/deliveries/${id}/redeliver`);
    expect(again).toMatchObject({ status: 202, json: { redelivery_of: id, attempts: 0, event: 'ping' } });
    expect(await t.attempted(hook, again.json.id)).toMatchObject({ status: 'delivered' });
    expect(await t.delivery(hook, id)).toMatchObject({ status: 'failed', attempts: 8 });
    expect(t.receiver.received.at(-1)!.body).toMatchObject({
      id: again.json.id,
      redelivery_of: id,
      data: { webhook: hook.name },
    });
    const page = await t.api.send<{ items: Delivery[]; next_cursor: string }>(
      'GET',
      `/api/webhooks/${hook.id}/deliveries?limit=1`,
    );
    expect(page.json.items.map((one) => one.id)).toEqual([again.json.id]);
    expect((await t.deliveries(hook, `?limit=1&cursor=${page.json.next_cursor}`)).map((one) => one.id)).toEqual([id]);
    expect((await t.deliveries(hook, '?status=failed&event=ping')).map((one) => one.id)).toEqual([id]);
    expect(await t.deliveries(hook, '?event=job.failed')).toEqual([]);
  });

  it('follows no redirect', async () => {
    t.startSender();
    const hook = await t.addHook();
    t.receiver.answer((response) => response.writeHead(307, { Location: '/elsewhere' }).end());
    const failed = await t.attempted(hook, (await t.ping(hook)).id);
    expect(failed.error).toBe('the receiver answered 307; redirects are not followed');
    expect(t.receiver.received.map((got) => got.path)).toEqual(['/hook']);
  });

  it('to a receiver that hangs delays no other one', async () => {
    t.startSender({ timeoutMs: 1500 });
    const other = await startReceiver();
    const slow = await t.addHook();
    const quick = await t.addHook({ url: other.url });
    t.receiver.answer(() => undefined);
    for (let n = 0; n < 9; n++) await t.ping(slow);
    await until('the slow one has all it can take', () => t.receiver.open() === 4);
    const began = Date.now();
    for (let n = 0; n < 9; n++) await t.ping(quick);
    await until('the quick one has all', () => other.received.length === 9, 5000);
    expect(Date.now() - began).toBeLessThan(5000);
    await until('the first attempts have ended', async () => (await t.deliveries(slow)).some((one) => one.error !== null));
    expect((await t.deliveries(slow)).find((one) => one.error !== null)).toMatchObject({
      status: 'pending',
      response_status: null,
      error: 'the receiver did not answer in time',
    });
    expect(t.receiver.most()).toBe(4);
    await other.close();
  });

  it('counts as made once the status is there, even where the body never ends', async () => {
    t.startSender();
    const hook = await t.addHook();
    t.receiver.answer((response) => void response.writeHead(200).write('a'));
    await until('it is delivered', async () => (await t.ping(hook)) && (await t.deliveries(hook)).at(-1)!.status === 'delivered');
    t.receiver.answer((response) => void response.writeHead(500).write('x'.repeat(5000)));
    const failed = await t.ping(hook);
    await until('it has failed', async () => (await t.delivery(hook, failed.id)).error !== null);
    expect((await t.delivery(hook, failed.id)).error).toBe(`the receiver answered 500: ${'x'.repeat(1024)}`);
  });

  it('waits while its webhook is disabled, and comes when it is enabled', async () => {
    t.startSender();
    const hook = await t.addHook();
    await t.api.send('PATCH', `/api/webhooks/${hook.id}`, { body: { enabled: false } });
    const other = await t.addHook();
    await t.api.database.sql`insert into webhook_deliveries (webhook_id, event, payload) values (${hook.id}, 'ping', '{}')`;
    const { id } = await t.ping(other);
    await t.attempted(other, id);
    expect((await t.deliveries(hook))[0]).toMatchObject({ status: 'pending', attempts: 0 });
    await t.api.send('PATCH', `/api/webhooks/${hook.id}`, { body: { enabled: true } });
    await until('it is delivered', async () => (await t.deliveries(hook))[0]!.status === 'delivered');
  });

  it('that nobody takes says why', async () => {
    t.startSender();
    const hook = await t.addHook({ url: 'http://127.0.0.1:1/' });
    const failed = await t.attempted(hook, (await t.ping(hook)).id);
    expect(failed).toMatchObject({ status: 'pending', response_status: null, error: 'the receiver refused the connection' });
  });

  it('whose secret does not open says so, and goes nowhere', async () => {
    t.startSender();
    const hook = await t.addHook();
    await t.api.database.sql`update webhooks set key_id = 'another' where id = ${hook.id}`;
    const failed = await t.attempted(hook, (await t.ping(hook)).id);
    expect(failed.error).toContain('CAIRN_SECRET_KEY');
    expect(t.receiver.received).toEqual([]);
  });
});

describe('private targets', () => {
  it('are refused as addresses at once, unless allowed', async () => {
    const strict = await startApi({ privateTargets: false });
    const create = (url: string) =>
      strict.send('POST', '/api/webhooks', { body: { name: `n${++names}`, url, events: ['job.failed'] } });
    for (const host of [
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f.1',
      '10.1.2.3',
      '169.254.169.254',
      'localhost',
      '[::1]',
      '[::ffff:10.0.0.1]',
      '[fe80::1]',
      '[fd00::1]',
    ]) {
      const { errors } = problem(await create(`http://${host}:8080/x`));
      expect([host, errors[0]?.pointer, errors[0]?.detail]).toEqual([
        host,
        '/url',
        expect.stringContaining('CAIRN_WEBHOOK_ALLOW_PRIVATE'),
      ]);
    }
    expect((await create('http://8.8.8.8/')).status).toBe(201);
    expect((await create('https://hooks.example.net/')).status).toBe(201);
    await strict.stop();
  });

  it('are refused when an event is sent, too, for good and without a connection', async () => {
    const hook = await t.addHook();
    t.startSender({ privateTargets: false });
    const { id } = await t.ping(hook);
    await until('it has failed', async () => (await t.delivery(hook, id)).status === 'failed');
    expect(await t.delivery(hook, id)).toMatchObject({
      attempts: 1,
      response_status: null,
      error: expect.stringContaining('CAIRN_WEBHOOK_ALLOW_PRIVATE'),
    });
    expect(t.receiver.received).toEqual([]);
  });
});
