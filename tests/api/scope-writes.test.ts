import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Job } from '../../contracts/job.ts';
import { NO_GROUP, UNSCOPED } from '../../stores/scope.ts';
import { createScheduledJob } from '../../stores/scheduled-jobs.ts';
import { findSchedule } from '../../stores/schedules.ts';
import { problem, startApi, type TestApi } from './harness.ts';
import { plant, SHARED, type Caller, type World } from './support/scope-world.ts';

let api: TestApi;
let world: World;
let viewerB: Caller;
let operatorB: Caller;
let ofBoth: Caller;
let ofAll: Caller;

beforeAll(async () => {
  api = await startApi({ temporal: true });
  world = await plant(api);
  const { a, b } = world;
  [viewerB, operatorB] = [await world.as([b.group], 'viewer'), await world.as([b.group], 'operator')];
  [ofBoth, ofAll] = [await world.as([a.group, b.group], 'operator'), await world.as(null)];
});
afterAll(() => api?.stop());

const devicesOf = async (job: string) =>
  (await api.database.sql<{ device_id: string }[]>`select device_id from job_devices where job_id = ${job}`).map(
    (row) => row.device_id,
  );
const groupsOf = async (job: string) =>
  (await api.database.sql<{ groups: string[] }[]>`select groups from jobs where id = ${job}`)[0]!.groups;
const discover = (caller: Caller, params: object) => caller<Job>('POST', '/jobs', { type: 'topology.discover', params });
const status = async (caller: Caller, path: string) => (await caller('GET', path)).status;

describe('a job', () => {
  it.each([{ all: true }, { group: 'bravob-group' }, { tag: 'bravob-tag' }, { site: 'bravob-site' }])(
    'of %o is for the devices in scope, and is seen by who may see all of them',
    async (params) => {
      const { status: code, json } = await discover(operatorB, params);
      expect([code, json.total_devices]).toEqual([202, 1]);
      expect([await devicesOf(json.job_id), await groupsOf(json.job_id)]).toEqual([[world.b.device], [world.b.group]]);
      const seen = await Promise.all(
        [viewerB, operatorB, ofBoth, ofAll, world.ofA].map((caller) => status(caller, `/jobs/${json.job_id}`)),
      );
      expect(seen).toEqual([200, 200, 200, 200, 404]);
    },
  );

  it('of several groups is seen by who may see all of them, and not by a token that is for less than the one that started it', async () => {
    const { json } = await discover(ofBoth, { all: true });
    expect((await groupsOf(json.job_id)).toSorted()).toEqual([world.a.group, world.b.group].toSorted());
    expect(await status(viewerB, `/jobs/${json.job_id}`)).toBe(404);
    const { json: whole } = await discover(ofAll, { all: true });
    expect(await groupsOf(whole.job_id)).toContain(NO_GROUP);
    // A device without a group is nobody's but theirs who may see all.
    expect([await status(ofBoth, `/jobs/${whole.job_id}`), await status(ofBoth, `/jobs/${world.none.job}`)]).toEqual([404, 404]);
    const { name } = (await world.ofA<{ name: string }>('GET', '/me')).json;
    await api.database.sql`update jobs set owner = ${name} where id = ${whole.job_id}`;
    expect(await status(world.ofA, `/jobs/${whole.job_id}`)).toBe(404);
  });

  it('of before there were scopes is for who may see all devices', async () => {
    const { json } = await discover(ofBoth, { all: true });
    await api.database.sql`update jobs set groups = '{}' where id = ${json.job_id}`;
    expect([await status(ofBoth, `/jobs/${json.job_id}`), await status(ofAll, `/jobs/${json.job_id}`)]).toEqual([404, 200]);
  });

  it('about no device of its own is seen by who sees as much as its owner', async () => {
    const body = { action: 'add_tag', tag: 'seen', filter: { q: 'bravob' } };
    const { status: code, json } = await operatorB<Job>('POST', '/devices/bulk', body);
    expect(code).toBe(202);
    const seen = await Promise.all([viewerB, ofBoth, world.ofA, ofAll].map((caller) => status(caller, `/jobs/${json.job_id}`)));
    expect(seen).toEqual([200, 200, 404, 200]);
    const { json: wide } = await ofAll<Job>('POST', '/devices/bulk', body);
    expect(await status(operatorB, `/jobs/${wide.job_id}`)).toBe(404);
  });

  it.each([
    ['inventory.sync', { source: { type: 'csv', name: 'table', text: 'name,host\n' } }],
    ['maintenance.cleanup', {}],
  ])('of type %s is for who may see all devices', async (type, params) => {
    expect(problem(await world.ofB('POST', '/jobs', { type, params })).code).toBe('forbidden');
    const plan = { name: `${type} by some`, type, params, spec: { cron: '0 3 1 1 *' } };
    expect(problem(await world.ofB('POST', '/schedules', plan)).code).toBe('forbidden');
  });

  it('is steered by who sees it and has the role', async () => {
    expect((await viewerB('PATCH', `/jobs/${world.b.job}`, { priority: 7 })).status).toBe(403);
    expect((await operatorB('POST', `/jobs/${world.b.job}/cancel`)).status).toBe(202);
    expect((await operatorB('POST', `/jobs/${world.a.job}/cancel`)).status).toBe(404);
  });

  it('is done again without the devices that left the scope, and does not say where they are', async () => {
    const { json } = await discover(operatorB, { all: true });
    const { sql } = api.database;
    await sql`update jobs set status = 'failed' where id = ${json.job_id}`;
    await sql`update job_devices set status = 'failed', outcome = 'timeout' where job_id = ${json.job_id}`;
    const preview = () =>
      operatorB<{ devices: number; skipped: { reason: string }[] }>('POST', `/jobs/${json.job_id}/retry`, { dry_run: true });
    expect((await preview()).json.devices).toBe(1);
    await sql`update devices set collection_group_id = ${world.a.group} where id = ${world.b.device}`;
    try {
      const moved = (await preview()).json;
      expect([moved.devices, moved.skipped[0]!.reason]).toEqual([0, 'is not there any more']);
      expect((await operatorB('POST', `/jobs/${json.job_id}/retry`)).status).toBe(409);
      expect(await status(operatorB, `/devices/${world.b.device}`)).toBe(404);
      // Whom it was for when it was made decides who sees it.
      expect([await status(operatorB, `/jobs/${json.job_id}`), await status(world.ofA, `/jobs/${json.job_id}`)]).toEqual([
        200, 404,
      ]);
    } finally {
      await sql`update devices set collection_group_id = ${world.b.group} where id = ${world.b.device}`;
    }
  });

  it('in the way of a collection is not named where it is foreign', async () => {
    const busy = await operatorB('POST', `/devices/${world.b.device}/collect`, {});
    expect([busy.status, problem(busy).detail]).toEqual([409, 'The device bravob-sw1 is held by another job.']);
    expect(problem(await ofAll('POST', `/devices/${world.b.device}/collect`, {})).detail).toContain(world.a.job);
  });
});

/** A token of the same owner that is for less neither sees nor steers what he wrote with another one. */
async function expectOnlyForAsMuch(table: 'schedules' | 'presets', id: string): Promise<void> {
  const { sql } = api.database;
  const { name } = (await operatorB<{ name: string }>('GET', '/me')).json;
  await sql`update ${sql(table)} set owner = ${name}, groups = ${[world.a.group, world.b.group]}::uuid[] where id = ${id}`;
  expect((await operatorB('GET', `/${table}/${id}`)).status).toBe(404);
  expect((await operatorB('DELETE', `/${table}/${id}`)).status).toBe(404);
  await sql`update ${sql(table)} set groups = null where id = ${id}`;
  expect((await operatorB('GET', `/${table}/${id}`)).status).toBe(404);
  await sql`update ${sql(table)} set groups = ${[world.b.group]}::uuid[] where id = ${id}`;
  expect((await operatorB('GET', `/${table}/${id}`)).status).toBe(200);
}

it('a preset is its owner’s, as long as he sees what he saw when he wrote it', async () => {
  const made = await operatorB<{ id: string }>('POST', '/presets', {
    name: 'mine',
    type: 'fleet.collect',
    params: { all: true },
  });
  expect([made.status, await status(viewerB, `/presets/${made.json.id}`)]).toEqual([201, 404]);
  await expectOnlyForAsMuch('presets', made.json.id);
});

describe('a schedule', () => {
  const run = async (id: string, origin: string) => {
    const row = (await findSchedule(api.deps.database, UNSCOPED, id))!;
    const { job_id } = await createScheduledJob(api.deps.database, row, origin);
    return devicesOf(job_id);
  };

  it('never chooses what its owner might not see when he wrote it, whoever changes it later', async () => {
    const plan = { name: 'all of mine', type: 'fleet.collect', params: { all: true }, spec: { cron: '0 3 1 1 *' } };
    const made = await operatorB<{ id: string; groups: string[] }>('POST', '/schedules', plan);
    expect([made.status, made.json.groups]).toEqual([201, [world.b.group]]);
    const { id } = made.json;
    expect(await run(id, 'first')).toEqual([world.b.device]);
    const changed = await ofAll<{ groups: string[]; problem: string | null }>('PATCH', `/schedules/${id}`, {
      params: { all: true, lock_wait: 1 },
    });
    expect([changed.status, changed.json.groups, changed.json.problem]).toEqual([200, [world.b.group], null]);
    expect(await run(id, 'second')).toEqual([world.b.device]);
    const foreign = problem(await ofAll('PATCH', `/schedules/${id}`, { params: { device_ids: [world.a.device] } }));
    expect(foreign.errors).toEqual([{ pointer: '/params/device_ids/0', detail: 'is no device' }]);
    expect([await status(viewerB, `/schedules/${id}`), await status(ofAll, `/schedules/${id}`)]).toEqual([404, 200]);
    await expectOnlyForAsMuch('schedules', id);
    const { name } = (await operatorB<{ name: string }>('GET', '/me')).json;
    const { sql } = api.database;
    await sql`update api_tokens set groups = ${[world.a.group]}::uuid[] where name = ${name}`;
    try {
      expect(await run(id, 'after the group was taken')).toEqual([]);
      const problems = await ofAll<{ problem: string }>('GET', `/schedules/${id}`);
      expect(problems.json.problem).toContain('selects no enabled device any more');
    } finally {
      await sql`update api_tokens set groups = ${[world.b.group]}::uuid[] where name = ${name}`;
    }
  });

  it('of who sees all chooses all', async () => {
    const plan = { name: 'all there is', type: 'fleet.collect', params: { all: true }, spec: { cron: '0 3 1 1 *' } };
    const made = await ofAll<{ id: string; groups: null }>('POST', '/schedules', plan);
    expect([made.status, made.json.groups]).toEqual([201, null]);
    expect((await run(made.json.id, 'third')).length).toBeGreaterThan(2);
  });
});

it('dead letters are counted, settled and replayed for the devices in scope', async () => {
  type Groups = { items: { fingerprint: string; letters: number; devices: number }[] };
  const shared = async (caller: Caller) =>
    (await caller<Groups>('GET', '/dead-letters')).json.items.find((item) => item.fingerprint === SHARED);
  expect(await shared(operatorB)).toMatchObject({ letters: 1, devices: 1 });
  expect(await shared(ofAll)).toMatchObject({ letters: 2, devices: 2 });
  const { json } = await operatorB<{ devices: number; jobs: { job_id: string }[] }>('POST', '/dead-letters/replay', {
    fingerprint: SHARED,
  });
  expect([json.devices, await devicesOf(json.jobs[0]!.job_id)]).toEqual([1, [world.b.device]]);
  expect((await operatorB<{ letters: number }>('POST', `/dead-letters/${SHARED}/resolve`)).json.letters).toBe(1);
  expect(await shared(ofAll)).toMatchObject({ letters: 1, devices: 1 });
});

it('a hold of the whole system is seen by all, and lifted by an admin of all devices', async () => {
  const made = await ofAll<{ id: string }>('POST', '/holds', {
    kind: 'maintenance',
    reason: 'new core',
    starts_at: '2099-01-01T00:00:00Z',
    ends_at: '2099-01-02T00:00:00Z',
  });
  expect(made.status).toBe(201);
  expect((await viewerB('GET', '/holds')).text).toContain('new core');
  expect(problem(await world.ofB('DELETE', `/holds/${made.json.id}`)).code).toBe('forbidden');
  expect(problem(await world.ofB('POST', '/holds', { kind: 'pause', reason: 'x' })).code).toBe('forbidden');
});

it('who may see no group sees nothing', async () => {
  const nobody = await world.as([]);
  for (const path of [
    '/devices',
    '/jobs',
    '/collection-groups',
    '/credentials',
    '/schedules',
    '/presets',
    '/dead-letters',
    '/backups/changes',
  ])
    expect([path, (await nobody<{ items: unknown[] }>('GET', path)).json.items]).toEqual([path, []]);
  expect((await nobody<{ nodes: unknown[] }>('GET', '/topology')).json.nodes).toEqual([]);
  expect((await discover(nobody, { all: true })).status).toBe(422);
});
