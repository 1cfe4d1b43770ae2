import { afterAll, beforeAll, expect, it } from 'vitest';
import { problem, startApi, type TestApi } from './harness.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startApi();
  const credential = await api.send<{ id: string }>('POST', '/api/credentials', {
    body: { name: 'c', username: 'u', password: 'p' },
  });
  for (const name of ['sw1', 'sw2'])
    await api.send('POST', '/api/devices', {
      body: { name, host: '192.0.2.1', platform: 'cisco_ios', transport: 'ssh', credential_id: credential.json.id },
    });
});

afterAll(() => api.stop());

interface Started {
  job_id: string;
}

const jobs = async (): Promise<number> => {
  const [row] = await api.deps.database.sql<{ n: number }[]>`select count(*)::int as n from jobs`;
  return row!.n;
};
const post = (path: string, body: unknown, key: string, as: 'admin' | 'operator' = 'admin') =>
  api.send<Started>('POST', path, { body, as, headers: { 'Idempotency-Key': key } });
const collect = { type: 'fleet.collect', params: { device_ids: ['sw1'] } };

it('starts a job once and gives the same answer again', async () => {
  const before = await jobs();
  const first = await post('/api/jobs', collect, '"night-1"');
  const again = await post('/api/jobs', collect, '"night-1"');
  expect(first.status).toBe(202);
  expect(again.status).toBe(202);
  expect(again.json).toEqual(first.json);
  expect(again.headers.get('location')).toBe(first.headers.get('location'));
  expect(first.headers.get('idempotency-replayed')).toBeNull();
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect(await jobs()).toBe(before + 1);
});

it('starts one job for requests that come at the same moment', async () => {
  const before = await jobs();
  const answers = await Promise.all(Array.from({ length: 8 }, () => post('/api/jobs', collect, '"race"')));
  const started = new Set(answers.filter((answer) => answer.status === 202).map((answer) => answer.json.job_id));
  expect(started.size).toBe(1);
  for (const answer of answers)
    if (answer.status !== 202) expect(problem(answer)).toMatchObject({ status: 409, code: 'conflict' });
  expect(await jobs()).toBe(before + 1);
});

it('refuses a key that came with another request, and one that is none', async () => {
  await post('/api/jobs', collect, '"mine"');
  const other = await post('/api/jobs', { ...collect, params: { device_ids: ['sw2'] } }, '"mine"');
  expect(problem(other)).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
  for (const bad of ['""', '"half', 'a"b', 'x'.repeat(256)])
    expect(problem(await post('/api/jobs', collect, bad)), bad).toMatchObject({ status: 400, code: 'idempotency_key_invalid' });
});

it('keeps the keys of callers apart, and frees the key of a request that was refused', async () => {
  const before = await jobs();
  const one = await post('/api/jobs', collect, '"shared"', 'admin');
  const two = await post('/api/jobs', collect, '"shared"', 'operator');
  expect(two.json.job_id).not.toBe(one.json.job_id);
  const wrong = { type: 'fleet.collect', params: { device_ids: ['nobody'] } };
  expect((await post('/api/jobs', wrong, '"again"')).status).toBe(422);
  expect((await post('/api/jobs', collect, '"again"')).status).toBe(202);
  expect(await jobs()).toBe(before + 3);
});

it('goes on where the first request was killed after its job was stored: the job is found, not started again', async () => {
  const first = await post('/api/topology/discover-async', { device_ids: ['sw2'] }, '"killed"');
  const before = await jobs();
  await api.deps.database
    .sql`update idempotency_keys set status = null, response = null, created_at = now() - interval '5 minutes' where key = 'killed'`;
  const again = await post('/api/topology/discover-async', { device_ids: ['sw2'] }, '"killed"');
  expect(again.status).toBe(202);
  expect(again.json.job_id).toBe(first.json.job_id);
  expect(await jobs()).toBe(before);
});

it('is free again when its day is over', async () => {
  const first = await post('/api/jobs', collect, '"old"');
  await api.deps.database.sql`update idempotency_keys set expires_at = now() - interval '1 second' where key = 'old'`;
  const again = await post('/api/jobs', collect, '"old"');
  expect(again.status).toBe(202);
  expect(again.json.job_id).not.toBe(first.json.job_id);
});

it('answers what was done where the answer cannot be kept, and does not do it again', async () => {
  const { sql } = api.deps.database;
  await sql.unsafe(`create function refuse_settling() returns trigger language plpgsql as $$ begin raise 'not today'; end $$`);
  await sql.unsafe(`create trigger refuse_settling before update on idempotency_keys for each row when (new.status is not null)
    execute function refuse_settling()`);
  const before = await jobs();
  const first = await post('/api/jobs', collect, '"unkept"');
  expect(first.status, first.text).toBe(202);
  expect(api.logged()).toContain('the answer to an idempotency key could not be kept');
  expect(problem(await post('/api/jobs', collect, '"unkept"'))).toMatchObject({ status: 409, code: 'conflict' });
  await sql`update idempotency_keys set created_at = now() - interval '5 minutes' where key = 'unkept'`;
  expect((await post('/api/jobs', collect, '"unkept"')).json.job_id).toBe(first.json.job_id);
  expect(await jobs()).toBe(before + 1);
  await sql.unsafe('drop trigger refuse_settling on idempotency_keys');
});
