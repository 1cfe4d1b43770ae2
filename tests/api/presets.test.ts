import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDevices, problem, startApi, type TestApi } from './harness.ts';

interface Preset {
  id: string;
  name: string;
  type: string;
  params: Record<string, unknown>;
  priority: number;
}
interface Job {
  job_id: string;
  params: { kinds: string[]; command_time_limit: number };
  priority: number;
  total_devices: number;
}

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await addDevices(api, ['a1', 'a2'], { site: 'a' });
  await addDevices(api, ['b1'], { site: 'b' });
});
afterAll(() => api.stop());

const create = (body: object) => api.send<Preset>('POST', '/api/presets', { as: 'operator', body });
const start = (body: object) => api.send<Job>('POST', '/api/jobs', { as: 'operator', body });
const nightly = { type: 'topology.discover', params: { site: 'a', include_arp: false, command_time_limit: 7 }, priority: 2 };

describe('a preset', () => {
  it('keeps what was given and nothing else, under one name', async () => {
    const created = await create({ name: 'nightly', ...nightly });
    expect([created.status, created.json]).toEqual([
      201,
      expect.objectContaining({ name: 'nightly', ...nightly, owner: 'test-operator' }),
    ]);
    expect(created.headers.get('location')).toBe(`/api/presets/${created.json.id}`);
    expect(problem(await create({ name: 'nightly', ...nightly }))).toMatchObject({ status: 409, errors: [{ pointer: '/name' }] });
    const read = await api.send<Preset>('GET', '/api/presets/nightly', { as: 'viewer' });
    expect(read.json).toEqual(created.json);
    const list = await api.send<{ items: Preset[] }>('GET', '/api/presets?type=topology.discover', { as: 'viewer' });
    expect(list.json.items.map((item) => item.name)).toEqual(['nightly']);
    expect((await api.send<{ items: [] }>('GET', '/api/presets?type=fleet.collect')).json.items).toEqual([]);
    expect((await api.send('POST', '/api/presets', { as: 'viewer', body: { name: 'x', ...nightly } })).status).toBe(403);
  });

  it('is checked like the params of a job', async () => {
    const bad: [object, string[]][] = [
      [{ name: 'x', type: 'fleet.collect', params: { include_arp: true } }, ['/params/include_arp']],
      [{ name: 'x', type: 'fleet.collect', params: { lock_wait: -1 } }, ['/params/lock_wait']],
      [{ name: 'x', type: 'nothing', params: {} }, ['/type']],
      [{ name: 'x', type: 'fleet.collect' }, ['/params']],
      [{ ...nightly, name: ' ' }, ['/name']],
    ];
    for (const [body, pointers] of bad)
      expect(problem(await create(body)).errors.map((error) => error.pointer)).toEqual(pointers);
  });

  it('is changed, replaced and removed', async () => {
    const { json } = await create({ name: 'other', type: 'fleet.collect', params: { all: true } });
    const patch = (body: object) => api.send<Preset>('PATCH', '/api/presets/other', { as: 'operator', body });
    expect((await patch({ priority: 9 })).json).toMatchObject({ id: json.id, priority: 9, params: { all: true } });
    expect((await patch({ params: { site: 'b' } })).json).toMatchObject({ priority: 9, params: { site: 'b' } });
    expect(problem(await patch({ params: { include_arp: true } })).errors).toMatchObject([{ pointer: '/params/include_arp' }]);
    const put = { name: 'other2', type: 'device.collect', params: { device_id: 'a1' }, priority: 1 };
    expect((await api.send('PUT', `/api/presets/${json.id}`, { as: 'operator', body: put })).json).toMatchObject({
      id: json.id,
      ...put,
    });
    expect((await api.send('DELETE', '/api/presets/other2', { as: 'operator' })).status).toBe(204);
    expect((await api.send('DELETE', '/api/presets/other2', { as: 'operator' })).status).toBe(404);
    expect((await api.send('GET', `/api/presets/${json.id}`)).status).toBe(404);
  });
});

describe('a job from a preset', () => {
  const from = (body: object) => start({ type: 'topology.discover', preset: 'nightly', ...body });

  it('does what the preset tells', async () => {
    const { status, json } = await from({});
    expect([status, json]).toEqual([202, expect.objectContaining({ priority: 2, total_devices: 2 })]);
    expect(json.params).toMatchObject({ command_time_limit: 7 });
    expect(json.params.kinds).not.toContain('arp');
    expect(json.params.kinds).toContain('interfaces');
  });

  it('lets the request go first; a selection replaces the one of the preset as a whole', async () => {
    const { json } = await from({ params: { device_ids: ['b1'], include_arp: true, include_interfaces: false }, priority: 8 });
    expect(json).toMatchObject({ priority: 8, total_devices: 1 });
    expect(json.params.kinds).toContain('arp');
    expect(json.params.kinds).not.toContain('interfaces');
    expect(json.params.command_time_limit).toBe(7);
    const task = await api.send<Job>('POST', '/api/tasks/launch', {
      as: 'operator',
      body: { task_type: 'topology.discover', preset: 'nightly', params: { all: true } },
    });
    expect([task.status, task.json]).toEqual([202, expect.objectContaining({ total_devices: 3, priority: 2 })]);
  });

  it('is refused where the preset is none, or of another type, or does not tell enough', async () => {
    await create({ name: 'vague', type: 'device.collect', params: { lock_wait: 5 } });
    const bad: [object, string][] = [
      [{ type: 'topology.discover', preset: 'nope' }, '/preset'],
      [{ type: 'fleet.collect', preset: 'nightly' }, '/preset'],
      [{ type: 'device.collect', preset: 'vague' }, '/params/device_id'],
    ];
    for (const [body, pointer] of bad) expect(problem(await start(body))).toMatchObject({ status: 422, errors: [{ pointer }] });
    expect((await start({ type: 'device.collect', preset: 'vague', params: { device_id: 'a1' } })).status).toBe(202);
  });
});
