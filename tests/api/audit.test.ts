import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { allEndpoints } from '../../contracts/http/index.ts';
import { AUDIT_WAYS } from '../../api/audit-ways.ts';
import { addDevices, problem, startApi, type TestApi } from './harness.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await addDevices(api, ['sw0', 'sw1']);
});
afterAll(() => api.stop());

interface Event {
  id: number;
  at: string;
  actor: string;
  action: string;
  status: string;
  path: string;
  detail: Record<string, unknown>;
}
const events = async (query = ''): Promise<Event[]> => {
  const { status, json, text } = await api.send<{ items: Event[] }>('GET', `/api/audit?limit=1000${query}`);
  expect(status, text).toBe(200);
  return json.items;
};
const sql = (text: string) => api.database.sql.unsafe(text);

describe('GET /api/audit', () => {
  test('newest first, filtered, page by page', async () => {
    const name = randomUUID().slice(0, 8);
    const before = new Date().toISOString();
    const made = await api.send<{ id: string }>('POST', '/api/presets', {
      body: { name, type: 'fleet.collect', params: { all: true } },
    });
    expect(made.status, made.text).toBe(201);
    await api.send('DELETE', `/api/presets/${made.json.id}`);
    await api.send('DELETE', `/api/presets/${made.json.id}`);
    await api.send('DELETE', `/api/presets/${made.json.id}`, { as: 'viewer' });
    await api.send('DELETE', `/api/presets/${made.json.id}`, { as: null });
    const of = (query = '') => events(`&path=${encodeURIComponent(`/api/presets/${made.json.id}`)}${query}`);
    expect((await of()).map(({ actor, status }) => [actor, status])).toEqual([
      ['anonymous', '401'],
      ['test-viewer', '403'],
      ['admin', '404'],
      ['admin', '204'],
    ]);
    expect((await of('&actor=admin&status=204')).length).toBe(1);
    expect((await events(`&action=preset.create&since=${before}`)).map(({ detail }) => detail)).toEqual([
      { id: made.json.id, name },
    ]);
    expect(await of(`&until=${before}`)).toEqual([]);
    const seen: number[] = [];
    let cursor = '';
    for (;;) {
      const { json } = await api.send<{ items: Event[]; next_cursor: string | null }>('GET', `/api/audit?limit=2${cursor}`);
      seen.push(...json.items.map(({ id }) => id));
      if (json.next_cursor === null) break;
      cursor = `&cursor=${json.next_cursor}`;
    }
    expect(seen).toEqual((await events()).map(({ id }) => id));
    expect(problem(await api.send('GET', '/api/audit?status=gone&since=x')).errors.map(({ pointer }) => pointer)).toEqual([
      'query/status',
      'query/since',
    ]);
  });

  test('says with which token a user came', async () => {
    await api.send('POST', '/api/users', { body: { name: 'anna', role: 'admin' } });
    const { json } = await api.send<{ secret: string }>('POST', '/api/tokens', {
      body: { name: 'anna-ci', role: 'admin', user: 'anna' },
    });
    const headers = { Authorization: `Bearer ${json.secret}` };
    await api.send('DELETE', '/api/presets/none', { as: null, headers });
    expect((await events('&actor=anna'))[0]).toMatchObject({ status: '404', detail: { token: 'anna-ci', code: 'not_found' } });
  });
});

test('every action has a way to be written', () => {
  const actions = new Set(allEndpoints().flatMap(({ endpoint }) => endpoint.audit ?? []));
  expect(Object.keys(AUDIT_WAYS).toSorted()).toEqual([...actions].toSorted());
});

describe('where the event cannot be written', () => {
  afterEach(async () => {
    await sql('drop trigger if exists refuse on audit_events; drop trigger if exists refuse_settling on audit_events');
  });
  const refuse = async (when: 'insert' | 'update', name: string) => {
    await sql(
      `create or replace function refuse_audit() returns trigger language plpgsql as $$ begin raise 'no audit today'; end $$`,
    );
    await sql(`create trigger ${name} before ${when} on audit_events for each row execute function refuse_audit()`);
  };

  test('nothing is done, and the answer is 503', async () => {
    await refuse('insert', 'refuse');
    const group = { name: 'unwritten', queue_id: 'unwritten' };
    const job = { type: 'fleet.collect', params: { device_ids: ['sw0'] } };
    const jobs = async () => (await api.database.sql`select count(*)::int as n from jobs`)[0]!.n;
    const before = await jobs();
    const answers = [
      await api.send('POST', '/api/collection-groups', { body: group }),
      await api.send('DELETE', '/api/devices/sw1'),
      await api.send('POST', '/api/jobs', { body: job }),
      await api.send('POST', '/api/jobs', { body: job, headers: { 'Idempotency-Key': '"unwritten"' } }),
      await api.send('POST', '/api/tokens', { body: { name: 'unwritten', role: 'admin' } }),
    ];
    expect(answers.map((answer) => [problem(answer).status, problem(answer).code])).toEqual(
      answers.map(() => [503, 'audit_unavailable']),
    );
    // What is refused does nothing anyhow: it is told why, and its event is in the log.
    expect(problem(await api.send('DELETE', '/api/devices/sw1', { as: 'viewer' })).code).toBe('forbidden');
    expect(api.logged()).toContain('an audit event could not be stored');
    await sql('drop trigger refuse on audit_events');
    expect((await api.send('GET', '/api/collection-groups/unwritten')).status).toBe(404);
    expect((await api.send('GET', '/api/devices/sw1')).status).toBe(200);
    expect((await api.send('GET', '/api/tokens/unwritten')).status).toBe(404);
    expect(await jobs()).toBe(before);
    const again = await api.send('POST', '/api/jobs', { body: job, headers: { 'Idempotency-Key': '"unwritten"' } });
    expect(again.status, again.text).toBe(202);
  });

  test('how a call ended: it is done and answered, its event stays pending', async () => {
    await refuse('update', 'refuse_settling');
    const made = await api.send<{ job_id: string }>('POST', '/api/jobs', {
      body: { type: 'fleet.collect', params: { device_ids: ['sw0'] } },
    });
    expect(made.status, made.text).toBe(202);
    expect((await events('&action=job.create&status=pending')).length).toBe(1);
    expect(api.logged()).toContain('an audit event could not be settled');
  });
});

describe('written with what it tells', () => {
  test('a call that acts elsewhere has its event while it still runs, and settles it', async () => {
    // The launch of a job takes until Temporal was waited for in vain: long enough to look.
    const id = randomUUID();
    const asked = api.send('POST', '/api/jobs', {
      body: { type: 'fleet.collect', params: { device_ids: ['sw0'] } },
      headers: { 'X-Request-Id': id },
    });
    const find = async () =>
      (await api.database.sql<{ status: string }[]>`select status from audit_events where request_id = ${id}`)[0];
    await expect.poll(find, { interval: 5 }).toMatchObject({ status: 'pending' });
    expect((await asked).status).toBe(202);
    expect(await find()).toMatchObject({ status: '202' });
  });

  test('what fails leaves nothing but its event', async () => {
    await api.send('POST', '/api/collection-groups', { body: { name: 'one', queue_id: 'one' } });
    const id = randomUUID();
    const body = { name: 'two', queue_id: 'one' };
    const twice = await api.send('POST', '/api/collection-groups', { body, headers: { 'X-Request-Id': id } });
    expect(problem(twice).code).toBe('conflict');
    const rows = await api.database.sql`select action, status, detail from audit_events where request_id = ${id}`;
    expect(rows).toEqual([
      { action: 'collection_group.create', status: '409', detail: expect.objectContaining({ code: 'conflict' }) },
    ]);
  });

  test('many at once: none waits for a connection that another one holds', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        api.send('POST', '/api/collection-groups', { body: { name: `many-${n}`, queue_id: `many-${n}` } }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(
      (await events('&action=collection_group.create&status=201')).filter(({ detail }) => String(detail.name).startsWith('many-'))
        .length,
    ).toBe(60);
  });

  test('a look at a cache, or at how a retry would be, leaves none', async () => {
    const before = await events();
    expect((await api.send('GET', '/api/devices/sw0/ip-arp?cached=true')).status).toBe(200);
    expect((await events())[0]).toEqual(before[0]);
  });
});
