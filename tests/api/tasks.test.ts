import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JOB_TYPES } from '../../core/jobs.ts';
import { addDevices, problem, startApi, type TestApi } from './harness.ts';

interface TaskType {
  task_type: string;
  name: string;
  description: string;
  parameters: { $schema: string; type: string; properties: Record<string, { default?: unknown }>; required?: string[] };
}
interface Task {
  job_id: string;
  task_id: string;
  state: string;
  status: string;
  type: string;
  priority: number;
}

let api: TestApi;
let ids: string[];
beforeAll(async () => {
  api = await startApi();
  ids = await addDevices(api, ['sw0', 'sw1']);
});
afterAll(() => api.stop());

const launch = (body: unknown) => api.send<Task>('POST', '/api/tasks/launch', { as: 'operator', body });

describe('the catalogue', () => {
  it('tells every job type, and its parameters as JSON Schema 2020-12', async () => {
    const { json } = await api.send<{ items: TaskType[] }>('GET', '/api/tasks', { as: 'viewer' });
    expect(json.items.map((item) => item.task_type).sort()).toEqual([...JOB_TYPES].sort());
    for (const { parameters, name, description } of json.items) {
      expect(parameters).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' });
      expect([name, description].every((text) => text.length > 3)).toBe(true);
    }
    const of = (type: string) => json.items.find((item) => item.task_type === type)!.parameters;
    expect(of('topology.discover').properties.include_arp).toMatchObject({ type: 'boolean', default: true });
    expect(of('topology.discover').required).toBeUndefined();
    expect(of('device.collect').required).toEqual(['device_id']);
  });

  it('starts the same job as POST /jobs', async () => {
    const { status, json, headers } = await launch({ task_type: 'fleet.collect', params: { all: true }, priority: 7 });
    expect([status, json]).toEqual([
      202,
      expect.objectContaining({ type: 'fleet.collect', status: 'pending', state: 'PENDING', priority: 7, total_devices: 2 }),
    ]);
    expect(json.task_id).toBe(json.job_id);
    expect(headers.get('location')).toBe(`/api/tasks/${json.task_id}`);
    const job = await api.send<Task>('GET', `/api/jobs/${json.job_id}`);
    expect(job.json).toMatchObject({ job_id: json.job_id, owner: 'test-operator' });
    expect((await api.send<Task>('GET', `/api/tasks/${json.task_id}`)).json).toMatchObject({ ...job.json, state: 'PENDING' });
  });

  it('names what is wrong, and starts nothing', async () => {
    const bad: [unknown, string[]][] = [
      [{ params: {} }, ['/task_type']],
      [{ task_type: 'topology.discover' }, ['/params']],
      [{ task_type: 'device.collect', params: {} }, ['/params/device_id']],
      [{ task_type: 'device.collect', params: { device_id: 'nope' } }, ['/params/device_id']],
      [{ task_type: 'fleet.collect', params: { all: true, wrong: 1 }, more: 2 }, ['/params/wrong', '/more']],
    ];
    const count = async () => (await api.send<{ items: unknown[] }>('GET', '/api/jobs')).json.items.length;
    const before = await count();
    for (const [body, pointers] of bad)
      expect(problem(await launch(body)).errors.map((error) => error.pointer)).toEqual(pointers);
    expect(await count()).toBe(before);
    const viewer = await api.send('POST', '/api/tasks/launch', {
      as: 'viewer',
      body: { task_type: 'fleet.collect', params: { all: true } },
    });
    expect(viewer.status).toBe(403);
  });
});

describe('a task', () => {
  it.each([
    ['in_progress', 'STARTED'],
    ['paused', 'STARTED'],
    ['cancelling', 'STARTED'],
    ['completed', 'SUCCESS'],
    ['failed', 'FAILURE'],
    ['cancelled', 'REVOKED'],
  ])('that is %s is %s', async (status, state) => {
    const { json } = await launch({ task_type: 'device.collect', params: { device_id: ids[0] } });
    await api.database.sql`update jobs set status = ${status} where id = ${json.job_id}`;
    expect((await api.send<Task>('GET', `/api/tasks/${json.task_id}`)).json).toMatchObject({ status, state });
  });

  it('is revoked once', async () => {
    const { json } = await launch({ task_type: 'device.collect', params: { device_id: ids[0] } });
    const path = `/api/tasks/${json.task_id}`;
    const revoked = await api.send('DELETE', path, { as: 'operator' });
    expect([revoked.status, revoked.json]).toEqual([
      200,
      { job_id: json.job_id, task_id: json.job_id, status: 'cancelling', message: expect.any(String) },
    ]);
    await api.database.sql`update jobs set status = 'cancelled' where id = ${json.job_id}`;
    expect(problem(await api.send('DELETE', path, { as: 'operator' }))).toMatchObject({ status: 409, code: 'conflict' });
    expect((await api.send('DELETE', '/api/tasks/nope', { as: 'operator' })).status).toBe(404);
  });

  it('is retried', async () => {
    const { json } = await launch({ task_type: 'fleet.collect', params: { all: true } });
    const retry = (body?: unknown) => api.send<Task>('POST', `/api/tasks/${json.task_id}/retry`, { as: 'operator', body });
    expect((await retry()).status).toBe(409);
    await api.database.sql`update jobs set status = 'completed' where id = ${json.job_id}`;
    await api.database
      .sql`update job_devices set status = 'failed', outcome = 'timeout' where job_id = ${json.job_id} and name = 'sw1'`;
    const again = await retry();
    expect([again.status, again.json]).toEqual([
      202,
      expect.objectContaining({ retry_of: json.job_id, total_devices: 1, state: 'PENDING', skipped: [] }),
    ]);
  });

  it('for no devices is retried as a whole, by whoever may start it', async () => {
    const body = { task_type: 'maintenance.cleanup', params: {} };
    const { json } = await api.send<Task>('POST', '/api/tasks/launch', { body });
    const path = `/api/tasks/${json.task_id}/retry`;
    await api.database.sql`update jobs set status = 'failed' where id = ${json.job_id}`;
    expect((await api.send('POST', path, { as: 'operator' })).status).toBe(403);
    const again = await api.send<Task>('POST', path);
    expect([again.status, again.json]).toEqual([
      202,
      expect.objectContaining({ retry_of: json.job_id, type: 'maintenance.cleanup', total_devices: 0 }),
    ]);
    await api.database.sql`update jobs set status = 'completed' where id = ${json.job_id}`;
    expect((await api.send('POST', path)).status).toBe(409);
  });
});
