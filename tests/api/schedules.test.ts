import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { Schedule } from '../../contracts/schedule.ts';
import { temporalScheduleId } from '../../core/schedules.ts';
import { until } from '../support/cluster.ts';
import { addDevices, problem, startApi, type TestApi } from './harness.ts';
import { NIGHTLY, postSchedule, strangers, unnamed } from './support/schedules.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ temporal: true, maxDevicesPerRequest: 3 });
  await addDevices(api, ['sw1', 'sw2'], { tags: ['core'] });
});
afterAll(() => api.stop());

const post = (body: unknown, as?: 'viewer') => postSchedule(api, body, as);
const temporal = (id: string) => api.deps.temporal.schedule.getHandle(temporalScheduleId(id));

describe('a schedule', () => {
  it('keeps what is written to it, and Temporal has it', async () => {
    const created = await post({ ...NIGHTLY, note: 'for the auditors', overlap: 'buffer_one', pause_on_failure: true });
    expect(created.text).toContain('nightly');
    expect(created.status).toBe(201);
    const { id } = created.json;
    expect(created.headers.get('location')).toBe(`/api/schedules/${id}`);
    expect(created.json).toMatchObject({
      name: 'nightly',
      type: 'fleet.collect',
      params: { all: true },
      priority: 3,
      owner: 'test-operator',
      spec: { cron: ['30 2 * * *'], time_zone: 'Europe/Berlin', jitter: 0 },
      overlap: 'buffer_one',
      catch_up: 600,
      pause_on_failure: true,
      state: 'active',
      note: 'for the auditors',
      problem: null,
      last_runs: [],
      running: [],
      missed_catch_up: 0,
      skipped_overlap: 0,
    });
    expect(created.json.next_runs).toHaveLength(10);
    for (const time of created.json.next_runs) expect(time).toMatch(/T0[01]:30:00\.000Z$/);
    const known = await temporal(id).describe();
    expect(known.action).toMatchObject({
      workflowType: 'scheduledJob',
      workflowId: `cairn-schedule-${id}`,
      taskQueue: 'cairn-jobs',
      args: [{ schedule_id: id }],
      priority: { priorityKey: 4, fairnessKey: 'test-operator' },
    });
    expect(known.policies).toEqual({ overlap: 'BUFFER_ONE', catchupWindow: 600_000, pauseOnFailure: true });
    expect((await api.send('GET', '/api/schedules/nightly', { as: 'viewer' })).json).toEqual(created.json);
    expect((await api.send<{ items: Schedule[] }>('GET', '/api/schedules', { as: 'viewer' })).json.items).toContainEqual(
      created.json,
    );
    expect(problem(await post(NIGHTLY))).toMatchObject({ code: 'conflict', errors: [{ pointer: '/name' }] });
  });

  it('takes every way to tell times, and what it answers can be sent again', async () => {
    const spec = {
      cron: ['@daily', '0 3 * * mon-fri', '15 0 0 1 jan,JUL * 2027-2030'],
      interval: [{ every: '1h30m', offset: 60 }, { every: 86_400 }],
      calendar: [
        { hour: 2, minute: [0, '30-40/5'], day_of_week: 'mon-fri', comment: 'worked days' },
        { month: '*/3', day_of_month: 1 },
      ],
      time_zone: 'America/New_York',
      jitter: '2m',
      start_at: '2027-01-01T00:00:00+01:00',
      end_at: '2029-01-01T00:00:00Z',
    };
    const { json, status, text } = await post(unnamed({ spec, catch_up: '1h', paused: true }));
    expect(text).not.toContain('problem:');
    expect(status).toBe(201);
    expect(json).toMatchObject({ state: 'paused', catch_up: 3600 });
    const any = ['*'];
    expect(json.spec).toEqual({
      cron: spec.cron,
      interval: [
        { every: 5400, offset: 60 },
        { every: 86_400, offset: 0 },
      ],
      calendar: [
        {
          second: [0],
          minute: [0, '30-40/5'],
          hour: [2],
          day_of_month: any,
          month: any,
          day_of_week: ['1-5'],
          year: any,
          comment: 'worked days',
        },
        { second: [0], minute: [0], hour: [0], day_of_month: [1], month: ['*/3'], day_of_week: any, year: any },
      ],
      time_zone: 'America/New_York',
      jitter: 120,
      start_at: '2026-12-31T23:00:00.000Z',
      end_at: '2029-01-01T00:00:00.000Z',
    });
    const again = await api.send<Schedule>('PATCH', `/api/schedules/${json.id}`, { body: { spec: json.spec } });
    expect(again.json).toMatchObject({ spec: json.spec, next_runs: json.next_runs, state: 'paused' });
  });

  it('is changed in plan and times, or not at all', async () => {
    const { json: was } = await post(unnamed({}));
    const patch = (body: object) => api.send<Schedule>('PATCH', `/api/schedules/${was.id}`, { body, as: 'operator' });
    const { json: now } = await patch({
      name: 'weekly',
      params: { tag: 'core' },
      priority: 9,
      overlap: 'skip',
      catch_up: 60,
      spec: { cron: '0 4 * * 0' },
    });
    expect(now).toMatchObject({
      name: 'weekly',
      params: { tag: 'core' },
      priority: 9,
      catch_up: 60,
      spec: { cron: ['0 4 * * 0'], time_zone: 'UTC' },
    });
    expect(new Date(now.next_runs[0]!).getUTCDay()).toBe(0);
    expect((await temporal(was.id).describe()).action).toMatchObject({
      priority: { priorityKey: 1 },
      staticSummary: 'schedule weekly: fleet.collect',
    });
    for (const [body, pointer] of [
      [{ name: 'other', spec: { cron: '61 * * * *' } }, '/spec/cron/0'],
      [{ name: 'other', spec: { cron: '0 0 30 2 *' } }, '/spec'],
      [{ name: 'other', params: { tag: 'nobody' } }, '/params/tag'],
      [{ name: 'other', params: { tags: 'core' } }, '/params/tags'],
      [{ name: 'nightly' }, '/name'],
    ] as const)
      expect([pointer, problem(await patch(body)).errors[0]?.pointer]).toEqual([pointer, pointer]);
    expect((await api.send('GET', `/api/schedules/${was.id}`)).json).toMatchObject({ ...now, updated_at: now.updated_at });
  });

  it('is paused and goes on, with a note', async () => {
    const { json } = await post(unnamed({}));
    const act = (verb: string, body?: object) =>
      api.send<Schedule>('POST', `/api/schedules/${json.name}/${verb}`, {
        as: 'operator',
        ...(body === undefined ? {} : { body }),
      });
    expect(await act('pause', { note: 'change freeze' })).toMatchObject({
      status: 200,
      json: { state: 'paused', note: 'change freeze' },
    });
    expect((await act('unpause')).json).toMatchObject({ state: 'active', note: 'unpaused by test-operator' });
    expect((await act('pause')).json).toMatchObject({ state: 'paused', note: 'paused by test-operator' });
  });

  it('is deleted at both places', async () => {
    const { json } = await post(unnamed({}));
    expect((await api.send('DELETE', `/api/schedules/${json.name}`, { as: 'operator' })).status).toBe(204);
    await expect(temporal(json.id).describe()).rejects.toThrow(/not found/);
    expect((await api.send('GET', `/api/schedules/${json.id}`)).status).toBe(404);
    expect((await api.send('DELETE', `/api/schedules/${json.id}`)).status).toBe(404);
  });

  it('says so where Temporal has lost it, and is set up again by new times', async () => {
    const { json } = await post(unnamed({ catch_up: 60 }));
    await temporal(json.id).delete();
    const get = async () => (await api.send<Schedule>('GET', `/api/schedules/${json.id}`)).json;
    expect(await get()).toMatchObject({
      state: 'missing',
      spec: null,
      next_runs: [],
      problem: expect.stringContaining('send spec'),
    });
    for (const verb of ['pause', 'unpause', 'trigger'])
      expect(problem(await api.send('POST', `/api/schedules/${json.id}/${verb}`))).toMatchObject({ code: 'conflict' });
    const times = { start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00Z' };
    expect(problem(await api.send('POST', `/api/schedules/${json.id}/backfill`, { body: times })).code).toBe('conflict');
    const patch = (body: object) => api.send<Schedule>('PATCH', `/api/schedules/${json.id}`, { body });
    expect(problem(await patch({ overlap: 'skip' })).code).toBe('conflict');
    expect((await patch({ priority: 1 })).json).toMatchObject({ priority: 1, state: 'missing' });
    expect((await patch({ spec: { interval: { every: '1d' } } })).json).toMatchObject({
      state: 'active',
      problem: null,
      catch_up: 600,
    });
    await temporal(json.id).delete();
    expect((await api.send('DELETE', `/api/schedules/${json.id}`)).status).toBe(204);
  });

  it('is exhausted when no time is left', async () => {
    const { json } = await post(
      unnamed({ spec: { interval: { every: 1 }, end_at: new Date(Date.now() + 3000).toISOString() }, paused: true }),
    );
    await api.send('POST', `/api/schedules/${json.id}/unpause`);
    await until(
      'it is exhausted',
      async () => (await api.send<Schedule>('GET', `/api/schedules/${json.id}`)).json.state === 'exhausted',
    );
    expect((await api.send('GET', `/api/schedules/${json.id}`)).json).toMatchObject({
      next_runs: [],
      problem: 'no time is left at which it is due',
    });
  });

  it('needs the role operator, and every change is on record', async () => {
    expect((await post(unnamed({}), 'viewer')).status).toBe(403);
    const { json } = await post(unnamed({}));
    for (const [method, path] of [
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/pause'],
      ['POST', '/unpause'],
      ['POST', '/trigger'],
      ['POST', '/backfill'],
    ] as const)
      expect((await api.send(method, `/api/schedules/${json.id}${path}`, { as: 'viewer', body: {} })).status).toBe(403);
    const events = await api.database.sql<{ action: string; status: string; detail: object }[]>`
      select action, status, detail from audit_events where action like 'schedule.%' and detail ->> 'name' = ${json.name}`;
    expect([...events]).toEqual([
      { action: 'schedule.create', status: '201', detail: { id: json.id, name: json.name, type: 'fleet.collect' } },
    ]);
    const actions = await api.database.sql<
      { action: string }[]
    >`select distinct action from audit_events where action like 'schedule.%'`;
    expect(actions.map((row) => row.action).toSorted()).toEqual(
      ['backfill', 'create', 'delete', 'pause', 'trigger', 'unpause', 'update'].map((verb) => `schedule.${verb}`),
    );
  });
});

describe('a deleted group or device', () => {
  it('is told with the schedule before the night is over', async () => {
    await api.send('POST', '/api/collection-groups', { body: { name: 'branch-7', queue_id: 'b7' } });
    const [device = ''] = await addDevices(api, ['edge7'], { collection_group: 'branch-7' });
    const { json: byGroup } = await post(unnamed({ params: { group: 'branch-7' } }));
    const { json: byName } = await post(unnamed({ params: { device_ids: ['sw1', device] } }));
    const { json: one } = await post(unnamed({ type: 'device.collect', params: { device_id: 'edge7' } }));
    const told = async (id: string) => (await api.send<Schedule>('GET', `/api/schedules/${id}`)).json.problem;
    expect(await Promise.all([byGroup, byName, one].map(({ id }) => told(id)))).toEqual([null, null, null]);
    await api.send('PATCH', `/api/devices/${device}`, { body: { enabled: false } });
    expect(await told(byGroup.id)).toBe(
      'the collection group branch-7 selects no enabled device any more: the next run will fail',
    );
    expect(await told(one.id)).toBe('the device edge7 is disabled: edge7: the next run will fail');
    expect((await api.send('DELETE', `/api/devices/${device}`)).status).toBe(204);
    expect(await told(byName.id)).toBe(`the device ${device} does not exist any more: the next run will fail`);
    expect((await api.send('DELETE', '/api/collection-groups/branch-7')).status).toBe(204);
    expect(await told(byGroup.id)).toBe('the collection group branch-7 does not exist any more: the next run will fail');
    expect(await told(one.id)).toBe('the device edge7 does not exist any more: the next run will fail');
  });
});

test('all of it leaves nothing behind', async () => {
  expect(await strangers(api)).toEqual([]);
  expect(api.logged()).not.toContain('a request failed');
});

test('with Temporal away nothing is stored, and 503 says so', async () => {
  const alone = await startApi();
  try {
    const [device = ''] = await addDevices(alone, ['sw1']);
    const answer = await alone.send('POST', '/api/schedules', { body: NIGHTLY });
    expect(problem(answer)).toMatchObject({ status: 503, code: 'temporal_unavailable' });
    expect(await alone.database.sql`select 1 from schedules`).toHaveLength(0);
    await alone.database.sql`insert into schedules (id, name, type, params, priority, owner)
      values (${device}, 'kept', 'fleet.collect', '{"all":true}'::jsonb, 3, 'me')`;
    const calls = [
      ['GET', '', undefined],
      ['GET', '/kept', undefined],
      ['PATCH', '/kept', { priority: 1 }],
      ['POST', '/kept/pause', {}],
      ['DELETE', '/kept', undefined],
      ['POST', '/preview', { spec: NIGHTLY.spec }],
    ] as const;
    const answers = await Promise.all(calls.map(([method, path, body]) => alone.send(method, `/api/schedules${path}`, { body })));
    expect(answers.map((answer) => problem(answer).code)).toEqual(calls.map(() => 'temporal_unavailable'));
    expect([...(await alone.database.sql`select name, priority from schedules`)]).toEqual([{ name: 'kept', priority: 3 }]);
  } finally {
    await alone.stop();
  }
});
