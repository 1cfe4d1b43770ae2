import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWebhookSender } from '../../api/webhooks/sender.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { until } from '../support/cluster.ts';
import { isSigned, startReceiver, type Receiver } from '../support/receiver.ts';
import { problem, startApi, type TestApi } from './harness.ts';

interface Hook {
  id: string;
  name: string;
  secret: string | null;
}
interface Delivery {
  id: string;
  event: string;
  status: string;
  attempts: number;
  response_status: number | null;
  error: string | null;
  payload: Record<string, unknown>;
  next_attempt_at: string | null;
  delivered_at: string | null;
  redelivery_of: string | null;
}

const SECRET = 'S3cret-of-the-webhook';
let api: TestApi;
let receiver: Receiver;
let senders: { stop(): Promise<void> }[] = [];
let names = 0;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await Promise.all(senders.map((sender) => sender.stop()));
  senders = [];
  await receiver.close();
  await api.database.sql`delete from webhooks`;
});

function startSender(more: { timeoutMs?: number; privateTargets?: boolean } = {}): void {
  senders.push(startWebhookSender({ ...api.deps, metrics: createMetrics('sender'), ...more }));
}

async function addHook(more: Record<string, unknown> = {}): Promise<Hook> {
  const body = { name: `hook${++names}`, url: receiver.url, events: ['job.failed'], secret: SECRET, ...more };
  const answer = await api.send<Hook>('POST', '/api/webhooks', { body });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.json;
}

async function ping(hook: Hook): Promise<Delivery> {
  const answer = await api.send<Delivery>('POST', `/api/webhooks/${hook.id}/ping`);
  if (answer.status !== 202) throw new Error(answer.text);
  return answer.json;
}

async function deliveries(hook: Hook, query = ''): Promise<Delivery[]> {
  return (await api.send<{ items: Delivery[] }>('GET', `/api/webhooks/${hook.id}/deliveries${query}`)).json.items;
}

async function delivery(hook: Hook, id: string): Promise<Delivery> {
  const found = (await deliveries(hook)).find((one) => one.id === id);
  if (found === undefined) throw new Error(`no delivery ${id}`);
  return found;
}

/** Waits until an attempt is over. */
async function attempted(hook: Hook, id: string, attempts = 1): Promise<Delivery> {
  await until(`attempt ${attempts} is over`, async () => {
    const now = await delivery(hook, id);
    return now.attempts === attempts && (now.status !== 'pending' || now.error !== null) && receiver.open() === 0;
  });
  return delivery(hook, id);
}

/** What is waited for is due now. */
const due = (id: string) => api.database.sql`update webhook_deliveries set next_attempt_at = now() where id = ${id}`;
const waits = (one: Delivery): number => (Date.parse(one.next_attempt_at!) - Date.now()) / 1000;

describe('webhooks', () => {
  it('are made, read, changed and removed by an admin, and their secret is never read back', async () => {
    const made = await addHook({ name: 'chat', secret: undefined });
    expect(made).toMatchObject({ name: 'chat', enabled: true, failure_threshold: 3, created_by: 'admin' });
    expect(made.secret).toMatch(/^[\w-]{43}$/);
    const given = await addHook({ name: 'given' });
    expect(given.secret).toBeNull();
    expect((await api.send('GET', '/api/webhooks/chat')).json).not.toHaveProperty('secret');
    const patch = { events: ['device.failing', 'device.failing'], failure_threshold: 5, secret: `${SECRET}-2`, enabled: false };
    const changed = await api.send('PATCH', '/api/webhooks/chat', { body: patch });
    expect(changed.json).toMatchObject({ name: 'chat', events: ['device.failing'], failure_threshold: 5, enabled: false });
    const put = await api.send('PUT', '/api/webhooks/chat', {
      body: { name: 'talk', url: receiver.url, events: ['job.partial'] },
    });
    expect(put.json).toMatchObject({ name: 'talk', events: ['job.partial'], failure_threshold: 3, enabled: true });
    const list = await api.send<{ items: Hook[] }>('GET', '/api/webhooks');
    expect(list.json.items.map((hook) => hook.name)).toEqual(['given', 'talk']);
    expect(
      problem(await api.send('POST', '/api/webhooks', { body: { name: 'talk', url: receiver.url, events: ['job.failed'] } })),
    ).toMatchObject({
      code: 'conflict',
    });
    for (const [method, path] of [
      ['GET', '/api/webhooks'],
      ['GET', '/api/webhooks/talk/deliveries'],
      ['POST', '/api/webhooks/talk/ping'],
    ] as const) {
      expect((await api.send(method, path, { as: 'operator' })).status).toBe(403);
    }
    expect((await api.send('DELETE', '/api/webhooks/talk')).status).toBe(204);
    expect((await api.send('GET', '/api/webhooks/talk')).status).toBe(404);
    expect([list.text, changed.text, put.text, api.logged()].join()).not.toContain(SECRET);
    expect(api.logged()).not.toContain(made.secret);
    const audited = JSON.stringify(await api.database.sql`select detail from audit_events`);
    expect(audited).toContain('"events":["device.failing"]');
    const stored = await api.database.sql`select row_to_json(w)::text as text from webhooks w`;
    expect(stored).toHaveLength(1);
    for (const text of [SECRET, made.secret!]) expect(`${audited}${JSON.stringify(stored)}`).not.toContain(text);
    // Receivers put secrets into their addresses.
    expect(audited).not.toContain('/hook"');
  });

  it.each([
    ['url', { url: 'http://user:pass@example.net/' }, 'must not hold a user'],
    ['url', { url: 'ftp://example.net/' }, 'http:// or https://'],
    ['url', { url: 'example.net' }, 'http:// or https://'],
    ['events', { events: [] }, ''],
    ['events/0', { events: ['ping'] }, ''],
    ['secret', { secret: 'short' }, ''],
    ['failure_threshold', { failure_threshold: 0 }, ''],
  ])('a bad %s is refused: %j', async (field, part, detail) => {
    const body = { name: 'bad', url: 'https://example.net/', events: ['job.failed'], ...part };
    const { status, errors } = problem(await api.send('POST', '/api/webhooks', { body }));
    expect(status).toBe(422);
    expect(errors[0]!.pointer).toBe(`/${field}`);
    expect(errors[0]!.detail).toContain(detail);
  });

  it('answers 404 and 409 where there is nothing to send', async () => {
    const hook = await addHook();
    const path = `/api/webhooks/${hook.id}/deliveries`;
    expect((await api.send('POST', `${path}/${crypto.randomUUID()}/redeliver`)).status).toBe(404);
    const pending = await ping(hook);
    expect(problem(await api.send('POST', `${path}/${pending.id}/redeliver`))).toMatchObject({ code: 'conflict' });
    await api.send('PATCH', `/api/webhooks/${hook.id}`, { body: { enabled: false } });
    expect(problem(await api.send('POST', `/api/webhooks/${hook.id}/ping`)).detail).toContain('disabled');
    const other = await addHook();
    expect((await api.send('POST', `/api/webhooks/${other.id}/deliveries/${pending.id}/redeliver`)).status).toBe(404);
  });
});

describe('a delivery', () => {
  it('is a signed POST', async () => {
    startSender();
    const hook = await addHook({ secret: undefined });
    const { id } = await ping(hook);
    const done = await attempted(hook, id);
    expect(done).toMatchObject({ event: 'ping', status: 'delivered', attempts: 1, response_status: 204, error: null });
    expect(done.next_attempt_at).toBeNull();
    expect(Date.parse(done.delivered_at!)).toBeGreaterThan(Date.now() - 60_000);
    const [got, ...more] = receiver.received;
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
    startSender();
    const hook = await addHook();
    receiver.answer((response) => response.writeHead(500).end(`no room for ${SECRET} here ${'x'.repeat(100_000)}`));
    const { id } = await ping(hook);
    const first = await attempted(hook, id);
    expect(first).toMatchObject({ status: 'pending', response_status: 500 });
    expect(first.error).toMatch(/^the receiver answered 500: no room for \[redacted\] here x{900,1010}$/);
    expect(waits(first)).toBeGreaterThan(5);
    expect(waits(first)).toBeLessThanOrEqual(10);
    await due(id);
    const second = await attempted(hook, id, 2);
    expect(waits(second)).toBeGreaterThan(18);
    expect(waits(second)).toBeLessThanOrEqual(27);
    receiver.answer((response) => response.writeHead(200).end('thanks'));
    await due(id);
    expect(await attempted(hook, id, 3)).toMatchObject({ status: 'delivered', response_status: 200, error: null });
    expect(receiver.received.map(({ body }) => body.id)).toEqual([id, id, id]);
    expect(receiver.received.every((got) => isSigned(got, SECRET))).toBe(true);
  });

  it.each([
    ['120', 118, 120],
    ['999999', 3595, 3600],
    [new Date(Date.now() + 300_000).toUTCString(), 200, 300],
    ['soon', 5, 10],
  ])('honours Retry-After: %s', async (header, low, high) => {
    startSender();
    const hook = await addHook();
    receiver.answer((response) => response.writeHead(429, { 'Retry-After': header }).end());
    const failed = await attempted(hook, (await ping(hook)).id);
    expect(failed).toMatchObject({ status: 'pending', response_status: 429, error: 'the receiver answered 429' });
    expect(waits(failed)).toBeGreaterThan(low);
    expect(waits(failed)).toBeLessThanOrEqual(high);
  });

  it('fails after the eighth attempt, and can be sent again', async () => {
    startSender();
    const hook = await addHook();
    receiver.answer((response) => response.writeHead(503).end());
    const { id } = await ping(hook);
    await attempted(hook, id);
    await api.database.sql`update webhook_deliveries set attempts = 7, next_attempt_at = now() where id = ${id}`;
    expect(await attempted(hook, id, 8)).toMatchObject({
      status: 'failed',
      attempts: 8,
      response_status: 503,
      next_attempt_at: null,
    });
    receiver.answer((response) => response.writeHead(200).end());
    const again = await api.send<Delivery>('POST', `/api/webhooks/${hook.id}/deliveries/${id}/redeliver`);
    expect(again).toMatchObject({ status: 202, json: { redelivery_of: id, attempts: 0, event: 'ping' } });
    expect(await attempted(hook, again.json.id)).toMatchObject({ status: 'delivered' });
    expect(await delivery(hook, id)).toMatchObject({ status: 'failed', attempts: 8 });
    expect(receiver.received.at(-1)!.body).toMatchObject({ id: again.json.id, redelivery_of: id, data: { webhook: hook.name } });
    const page = await api.send<{ items: Delivery[]; next_cursor: string }>('GET', `/api/webhooks/${hook.id}/deliveries?limit=1`);
    expect(page.json.items.map((one) => one.id)).toEqual([again.json.id]);
    expect((await deliveries(hook, `?limit=1&cursor=${page.json.next_cursor}`)).map((one) => one.id)).toEqual([id]);
    expect((await deliveries(hook, '?status=failed&event=ping')).map((one) => one.id)).toEqual([id]);
    expect(await deliveries(hook, '?event=job.failed')).toEqual([]);
  });

  it('follows no redirect', async () => {
    startSender();
    const hook = await addHook();
    receiver.answer((response) => response.writeHead(307, { Location: '/elsewhere' }).end());
    const failed = await attempted(hook, (await ping(hook)).id);
    expect(failed.error).toBe('the receiver answered 307; redirects are not followed');
    expect(receiver.received.map((got) => got.path)).toEqual(['/hook']);
  });

  it('to a receiver that hangs delays no other one', async () => {
    startSender({ timeoutMs: 1500 });
    const other = await startReceiver();
    const slow = await addHook();
    const quick = await addHook({ url: other.url });
    receiver.answer(() => undefined);
    for (let n = 0; n < 9; n++) await ping(slow);
    await until('the slow one has all it can take', () => receiver.open() === 4);
    const began = Date.now();
    for (let n = 0; n < 9; n++) await ping(quick);
    await until('the quick one has all', () => other.received.length === 9, 5000);
    expect(Date.now() - began).toBeLessThan(5000);
    await until('the first attempts have ended', async () => (await deliveries(slow)).some((one) => one.error !== null));
    expect((await deliveries(slow)).find((one) => one.error !== null)).toMatchObject({
      status: 'pending',
      response_status: null,
      error: 'the receiver did not answer in time',
    });
    expect(receiver.most()).toBe(4);
    await other.close();
  });

  it('counts as made once the status is there, even where the body never ends', async () => {
    startSender();
    const hook = await addHook();
    receiver.answer((response) => void response.writeHead(200).write('a'));
    await until('it is delivered', async () => (await ping(hook)) && (await deliveries(hook)).at(-1)!.status === 'delivered');
    receiver.answer((response) => void response.writeHead(500).write('x'.repeat(5000)));
    const failed = await ping(hook);
    await until('it has failed', async () => (await delivery(hook, failed.id)).error !== null);
    expect((await delivery(hook, failed.id)).error).toBe(`the receiver answered 500: ${'x'.repeat(1024)}`);
  });

  it('waits while its webhook is disabled, and comes when it is enabled', async () => {
    startSender();
    const hook = await addHook();
    await api.send('PATCH', `/api/webhooks/${hook.id}`, { body: { enabled: false } });
    const other = await addHook();
    await api.database.sql`insert into webhook_deliveries (webhook_id, event, payload) values (${hook.id}, 'ping', '{}')`;
    const { id } = await ping(other);
    await attempted(other, id);
    expect((await deliveries(hook))[0]).toMatchObject({ status: 'pending', attempts: 0 });
    await api.send('PATCH', `/api/webhooks/${hook.id}`, { body: { enabled: true } });
    await until('it is delivered', async () => (await deliveries(hook))[0]!.status === 'delivered');
  });

  it('that nobody takes says why', async () => {
    startSender();
    const hook = await addHook({ url: 'http://127.0.0.1:1/' });
    const failed = await attempted(hook, (await ping(hook)).id);
    expect(failed).toMatchObject({ status: 'pending', response_status: null, error: 'the receiver refused the connection' });
  });

  it('whose secret does not open says so, and goes nowhere', async () => {
    startSender();
    const hook = await addHook();
    await api.database.sql`update webhooks set key_id = 'another' where id = ${hook.id}`;
    const failed = await attempted(hook, (await ping(hook)).id);
    expect(failed.error).toContain('CAIRN_SECRET_KEY');
    expect(receiver.received).toEqual([]);
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
    const hook = await addHook();
    startSender({ privateTargets: false });
    const { id } = await ping(hook);
    await until('it has failed', async () => (await delivery(hook, id)).status === 'failed');
    expect(await delivery(hook, id)).toMatchObject({
      attempts: 1,
      response_status: null,
      error: expect.stringContaining('CAIRN_WEBHOOK_ALLOW_PRIVATE'),
    });
    expect(receiver.received).toEqual([]);
  });
});
