import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listJobDevices, listJobs } from '../../stores/job-views.ts';
import { UNSCOPED } from '../../stores/scope.ts';
import { until } from '../support/cluster.ts';
import { addDevices, problem, startApi, type TestApi } from './harness.ts';

interface Page {
  items: { job_id: string; type: string; status: string; owner: string; total_devices: number; pending_devices: number }[];
  next_cursor: string | null;
}

let api: TestApi;
/** The newest first. */
let jobs: string[];
let devices: string[];

beforeAll(async () => {
  api = await startApi();
  const sql = api.database.sql;
  await api.send('POST', '/api/collection-groups', { body: { name: 'branch', queue_id: 'b' } });
  devices = await addDevices(api, ['sw0', 'sw1', 'sw2']);
  // Every six hours one, so that each filter has some to leave out.
  const params = JSON.stringify({ kinds: ['arp'] });
  jobs = Array.from({ length: 12 }, () => uuidv7());
  for (const [index, id] of jobs.entries()) {
    const type = ['topology.discover', 'fleet.collect', 'device.collect'][index % 3]!;
    const status = ['completed', 'failed', 'cancelled', 'paused'][index % 4]!;
    const created = new Date(Date.parse('2026-01-10T00:00:00Z') - index * 6 * 3_600_000);
    await sql`insert into jobs (id, type, status, params, owner, priority, total_devices, created_at, schedule_id)
      values (${id}, ${type}, ${status}, ${params}::text::jsonb, ${`owner${index % 2}`}, 5, 1, ${created}, ${index === 4 ? devices[0]! : null})`;
    await sql`insert into job_devices (job_id, device_id, position, name, batch, queue)
      values (${id}, ${devices[index % 3]!}, 0, 'x', 0, ${index % 6 === 5 ? 'collector.group.b' : 'collector'})`;
  }
});
afterAll(() => api.stop());

const list = async (query: string): Promise<number[]> => {
  const { status, json, text } = await api.send<Page>('GET', `/api/jobs?${query}`, { as: 'viewer' });
  if (status !== 200) throw new Error(text);
  return json.items.map((item) => jobs.indexOf(item.job_id));
};

describe('the list of jobs', () => {
  it.each([
    ['', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
    ['type=fleet.collect', [1, 4, 7, 10]],
    ['type=fleet.collect&type=device.collect', [1, 2, 4, 5, 7, 8, 10, 11]],
    ['status=failed', [1, 5, 9]],
    ['status=failed,cancelled', [1, 2, 5, 6, 9, 10]],
    ['owner=owner1', [1, 3, 5, 7, 9, 11]],
    ['since=2026-01-09T00:00:00Z', [0, 1, 2, 3, 4]],
    ['until=2026-01-08T00:00:00Z', [9, 10, 11]],
    ['since=2026-01-08T00:00:00Z&until=2026-01-09T00:00:00Z', [5, 6, 7, 8]],
    ['device_id=sw1', [1, 4, 7, 10]],
    ['device_id=nope', []],
    ['group=branch', [5, 11]],
    ['group=none', []],
    ['status=failed&owner=owner1&group=branch', [5]],
  ])('?%s', async (query, expected) => {
    expect(await list(query)).toEqual(expected);
  });

  it('takes ids of devices and schedules', async () => {
    expect(await list(`device_id=${devices[2]}`)).toEqual([2, 5, 8, 11]);
    expect(await list(`schedule_id=${devices[0]}`)).toEqual([4]);
  });

  it.each(['status=nonsense', 'type=topology.discover,nonsense', 'since=yesterday', 'status='])('refuses ?%s', async (query) => {
    const answer = await api.send('GET', `/api/jobs?${query}`);
    expect(problem(answer).errors[0]!.pointer).toContain(`query/${query.split('=')[0]}`);
  });

  it('is read page by page, with its filter', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { json }: { json: Page } = await api.send<Page>(
        'GET',
        `/api/jobs?owner=owner0&limit=2${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...json.items.map((item) => item.job_id));
      cursor = json.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(jobs.filter((_, index) => index % 2 === 0));
  });
});

describe('an unchanged job', () => {
  it.each(['', '/status'])('GET /jobs/{id}%s answers 304, until something changes', async (path) => {
    const url = `/api/jobs/${jobs[0]}${path}`;
    const first = await api.send('GET', url);
    const tag = first.headers.get('etag')!;
    expect([first.status, tag]).toEqual([200, expect.stringMatching(/^W\/"[\w-]{22}"$/)]);
    const get = (match: string) => api.send('GET', url, { headers: { 'If-None-Match': match } });
    const again = await get(tag);
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', tag]);
    expect((await get(`"other", ${tag.slice(2)}`)).status).toBe(304);
    expect((await get('"other"')).status).toBe(200);
    await api.database.sql`update jobs set message = ${`changed${path}`} where id = ${jobs[0]!}`;
    const changed = await get(tag);
    expect([changed.status, changed.headers.get('etag') === tag]).toEqual([200, false]);
  });

  it('is 304 while only the estimate of its end moves, and in the progress of a discovery', async () => {
    const id = jobs[3]!;
    await api.database
      .sql`update jobs set status = 'in_progress', total_devices = 2, started_at = now() - interval '1 minute' where id = ${id}`;
    await api.database.sql`insert into job_devices (job_id, device_id, position, name, batch, queue, status)
      values (${id}, ${devices[1]!}, 1, 'y', 0, 'collector', 'completed')`;
    const first = await api.send<{ eta_seconds: number }>('GET', `/api/jobs/${id}`);
    expect(first.json.eta_seconds).toBeGreaterThan(0);
    const eta = async () => (await api.send<{ eta_seconds: number }>('GET', `/api/jobs/${id}`)).json.eta_seconds;
    await until('the estimate has moved', async () => (await eta()) !== first.json.eta_seconds);
    const headers = { 'If-None-Match': first.headers.get('etag')! };
    expect((await api.send('GET', `/api/jobs/${id}`, { headers })).status).toBe(304);
    const progress = await api.send('GET', `/api/topology/discover/progress/${id}`);
    const match = { 'If-None-Match': progress.headers.get('etag')! };
    expect((await api.send('GET', `/api/topology/discover/progress/${id}`, { headers: match })).status).toBe(304);
    await api.database.sql`update job_devices set status = 'completed' where job_id = ${id}`;
    expect((await api.send('GET', `/api/topology/discover/progress/${id}`, { headers: match })).status).toBe(200);
  });
});

it('the log of a job is read by device and by level', async () => {
  const id = jobs[1]!;
  await api.database.sql`delete from job_log where job_id = ${id}`;
  for (const [device, level] of [
    [null, 'info'],
    [devices[0], 'warn'],
    [devices[0], 'info'],
    [devices[1], 'error'],
  ] as const) {
    await api.database.sql`insert into job_log (job_id, device_id, event, level, message)
      values (${id}, ${device ?? null}, 'log', ${level}, ${`${devices.indexOf(device ?? '')} ${level}`})`;
  }
  const read = async (query: string) =>
    (await api.send<{ items: { message: string }[] }>('GET', `/api/jobs/${id}/log?${query}`)).json.items.map(
      (line) => line.message,
    );
  // Lines are read once every transaction before them is over, also those of other tests on this server.
  await until('all lines are read', async () => (await read('')).length === 4);
  expect(await read('')).toEqual(['-1 info', '0 warn', '0 info', '1 error']);
  expect(await read(`device_id=${devices[0]}`)).toEqual(['0 warn', '0 info']);
  expect(await read('level=warn,error')).toEqual(['0 warn', '1 error']);
  expect(await read(`device_id=${devices[0]}&level=info`)).toEqual(['0 info']);
  expect((await api.send('GET', `/api/jobs/${id}/log?level=loud`)).status).toBe(422);
});

describe('the priority of a job, with Temporal away', () => {
  const patch = (id: string) =>
    api.send<{ priority: number }>('PATCH', `/api/jobs/${id}`, { as: 'operator', body: { priority: 9 } });
  const priority = async (id: string) => (await api.send<{ priority: number }>('GET', `/api/jobs/${id}`)).json.priority;

  it('is changed where Temporal has not taken the job yet: it starts with that of its row', async () => {
    expect((await patch(jobs[3]!)).json).toMatchObject({ priority: 9 });
  });

  it('stays what it was where a run would have to be told', async () => {
    await api.database.sql`update jobs set run_id = 'some', status = 'paused' where id = ${jobs[7]!}`;
    expect(problem(await patch(jobs[7]!))).toMatchObject({ status: 503, code: 'temporal_unavailable' });
    expect(await priority(jobs[7]!)).toBe(5);
    expect(problem(await patch(jobs[4]!))).toMatchObject({ status: 409, code: 'conflict' });
  });
});

describe('50,000 jobs, and one of 100,000 devices', () => {
  const big = uuidv7();
  beforeAll(async () => {
    const { sql } = api.database;
    const params = JSON.stringify({ kinds: ['arp', 'interfaces'] });
    await sql`insert into jobs (id, type, status, params, owner, priority, total_devices, created_at)
      select gen_random_uuid(), 'fleet.collect', 'completed', ${params}::text::jsonb, 'bulk', 5, 1, '2020-01-01'::timestamptz - n * interval '1 minute'
      from generate_series(1, 50000) n`;
    await sql`insert into job_devices (job_id, device_id, position, name, batch, queue, status, outcome)
      select id, gen_random_uuid(), 0, 'd', 0, 'collector', 'completed', 'ok' from jobs where owner = 'bulk'`;
    await sql`insert into jobs (id, type, status, params, owner, priority, total_devices)
      values (${big}, 'topology.discover', 'completed', ${params}::text::jsonb, 'big', 5, 100000)`;
    await sql`insert into job_devices (job_id, device_id, position, name, batch, queue, status, outcome)
      select ${big}, gen_random_uuid(), n, 'd' || n, n / 50, 'collector', 'completed', case n % 3 when 0 then 'ok' else 'partial' end
      from generate_series(0, 99999) n`;
    await sql`analyze jobs, job_devices`;
  });

  /** The best of several, for the machine has other things to do; one that is fast enough is enough. */
  async function fastest(run: () => Promise<unknown[]>, rows: number): Promise<number> {
    let best = Infinity;
    for (let turn = 0; turn < 12 && best >= 100; turn++) {
      const began = performance.now();
      expect((await run()).length).toBe(rows);
      best = Math.min(best, performance.now() - began);
    }
    return best;
  }

  it('every page of the list of jobs comes within 100 ms', async () => {
    for (const minutes of [0, 25_000, 49_000]) {
      const before = { created_at: new Date(Date.parse('2020-01-01T00:00:00Z') - minutes * 60_000).toISOString(), job_id: big };
      expect(await fastest(() => listJobs(api.deps.database, UNSCOPED, {}, before, 1000), 1000)).toBeLessThan(100);
    }
    expect(await fastest(() => listJobs(api.deps.database, UNSCOPED, { owner: 'big' }, null, 100), 1)).toBeLessThan(100);
  });

  it('and every page of the devices of the job', async () => {
    for (const position of [-1, 50_000, 98_999]) {
      const page = () => listJobDevices(api.deps.database, big, {}, position, 1000);
      expect(await fastest(page, 1000)).toBeLessThan(100);
    }
    const partial = () => listJobDevices(api.deps.database, big, { outcome: 'partial' }, 50_000, 1000);
    expect(await fastest(partial, 1000)).toBeLessThan(100);
  });
});
