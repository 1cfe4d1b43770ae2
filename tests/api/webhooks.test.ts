import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { problem } from './harness.ts';
import { SECRET, startWebhookTest, type Hook, type WebhookTest } from './webhook-harness.ts';

let t: WebhookTest;
beforeAll(async () => {
  t = await startWebhookTest();
});
afterAll(() => t.stop());
beforeEach(() => t.before());
afterEach(() => t.after());

describe('webhooks', () => {
  it('are made, read, changed and removed by an admin, and their secret is never read back', async () => {
    const made = await t.addHook({ name: 'chat', secret: undefined });
    expect(made).toMatchObject({ name: 'chat', enabled: true, failure_threshold: 3, created_by: 'admin' });
    expect(made.secret).toMatch(/^[\w-]{43}$/);
    const given = await t.addHook({ name: 'given' });
    expect(given.secret).toBeNull();
    expect((await t.api.send('GET', '/api/webhooks/chat')).json).not.toHaveProperty('secret');
    const patch = { events: ['device.failing', 'device.failing'], failure_threshold: 5, secret: `${SECRET}-2`, enabled: false };
    const changed = await t.api.send('PATCH', '/api/webhooks/chat', { body: patch });
    expect(changed.json).toMatchObject({ name: 'chat', events: ['device.failing'], failure_threshold: 5, enabled: false });
    const put = await t.api.send('PUT', '/api/webhooks/chat', {
      body: { name: 'talk', url: t.receiver.url, events: ['job.partial'] },
    });
    expect(put.json).toMatchObject({ name: 'talk', events: ['job.partial'], failure_threshold: 3, enabled: true });
    const list = await t.api.send<{ items: Hook[] }>('GET', '/api/webhooks');
    expect(list.json.items.map((hook) => hook.name)).toEqual(['given', 'talk']);
    expect(
      problem(await t.api.send('POST', '/api/webhooks', { body: { name: 'talk', url: t.receiver.url, events: ['job.failed'] } })),
    ).toMatchObject({
      code: 'conflict',
    });
    for (const [method, path] of [
      ['GET', '/api/webhooks'],
      ['GET', '/api/webhooks/talk/deliveries'],
      ['POST', '/api/webhooks/talk/ping'],
    ] as const) {
      expect((await t.api.send(method, path, { as: 'operator' })).status).toBe(403);
    }
    expect((await t.api.send('DELETE', '/api/webhooks/talk')).status).toBe(204);
    expect((await t.api.send('GET', '/api/webhooks/talk')).status).toBe(404);
    expect([list.text, changed.text, put.text, t.api.logged()].join()).not.toContain(SECRET);
    expect(t.api.logged()).not.toContain(made.secret);
    const audited = JSON.stringify(await t.api.database.sql`select detail from audit_events`);
    expect(audited).toContain('"events":["device.failing"]');
    const stored = await t.api.database.sql`select row_to_json(w)::text as text from webhooks w`;
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
    const { status, errors } = problem(await t.api.send('POST', '/api/webhooks', { body }));
    expect(status).toBe(422);
    expect(errors[0]!.pointer).toBe(`/${field}`);
    expect(errors[0]!.detail).toContain(detail);
  });

  it('answers 404 and 409 where there is nothing to send', async () => {
    const hook = await t.addHook();
    const path = `/api/webhooks/${hook.id}/deliveries`;
    expect((await t.api.send('POST', `${path}/${crypto.randomUUID()}/redeliver`)).status).toBe(404);
    const pending = await t.ping(hook);
    expect(problem(await t.api.send('POST', `${path}/${pending.id}/redeliver`))).toMatchObject({ code: 'conflict' });
    await t.api.send('PATCH', `/api/webhooks/${hook.id}`, { body: { enabled: false } });
    expect(problem(await t.api.send('POST', `/api/webhooks/${hook.id}/ping`)).detail).toContain('disabled');
    const other = await t.addHook();
    expect((await t.api.send('POST', `/api/webhooks/${other.id}/deliveries/${pending.id}/redeliver`)).status).toBe(404);
  });
});
