import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient, type Client } from '../../api/client.ts';
import { controlJob } from '../../api/control.ts';
import type { BodyIn } from '../../contracts/endpoint.ts';
import { bulk } from '../../contracts/http/bulk.ts';
import { devices } from '../../contracts/http/devices.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import { schedules } from '../../contracts/http/schedules.ts';
import { tokens } from '../../contracts/http/tokens.ts';
import { insertGroup } from '../../stores/collection-groups.ts';
import { startCluster, until, type ApiProcess, type Cluster } from '../support/cluster.ts';

let cluster: Cluster;
let api: ApiProcess;
let scoped: Client;
const groups = new Map<string, string>();
const ids = new Map<string, string>();

/** 60 devices at addresses where nothing listens: 20 in each group that no worker serves, 20 in none. */
beforeAll(async () => {
  cluster = await startCluster();
  [api] = await Promise.all([cluster.startApi(), cluster.startWorker()]);
  for (const name of ['east', 'west']) {
    const row = await insertGroup(cluster.database, { name, queue_id: name, login_rate: null, max_sessions: null });
    groups.set(name, row.id);
  }
  for (const part of ['east', 'west', 'none'])
    for (let n = 0; n < 20; n += 1) {
      const name = `${part}-${String(n).padStart(2, '0')}`;
      ids.set(name, randomUUID());
      await cluster.database.sql`insert into devices (id, name, host, port, platform, transport, collection_group_id, site, tags)
        values (${ids.get(name)!}, ${name}, '127.0.0.1', 9, 'cisco_ios', 'ssh', ${groups.get(part) ?? null}, ${part}, '{old}')`;
    }
  const { body } = await api.client.call(tokens.createToken, { body: { name: 'east-only', role: 'operator', groups: ['east'] } });
  scoped = createClient({ baseUrl: api.url, token: body.secret });
});
afterAll(() => cluster?.stop());

type JobsBody = BodyIn<typeof bulk.bulkJobs>;
type DevicesBody = BodyIn<typeof bulk.bulkDevices>;

async function overJobs(body: JobsBody, client = api.client) {
  const { body: answer } = await client.call(bulk.bulkJobs, { body });
  if (!('job_id' in answer)) throw new Error('a preview');
  return answer;
}
async function preview(body: JobsBody, client = api.client) {
  const { status, body: answer } = await client.call(bulk.bulkJobs, { body: { ...body, dry_run: true } });
  if ('job_id' in answer) throw new Error('a job');
  expect(status).toBe(200);
  return answer;
}
async function overDevices(body: DevicesBody, client = api.client) {
  const { body: answer } = await client.call(bulk.bulkDevices, { body });
  if (!('job_id' in answer)) throw new Error('a preview');
  await cluster.wait(answer.job_id);
  const { items } = (await client.call(bulk.listBulkItems, { params: { id: answer.job_id }, query: { limit: 1000 } })).body;
  const job = (await client.call(jobs.getJob, { params: { id: answer.job_id } })).body;
  return { job, items };
}
const code = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'ok',
    (error: { code: string; errors: { pointer: string }[] }) => [error.code, ...error.errors.map(({ pointer }) => pointer)],
  );
const queued = (part: string, owner: string, more: string[] = []): Promise<string> =>
  cluster.discover(
    new Map(),
    {},
    {
      owner,
      devices: [...ids]
        .filter(([name]) => name.startsWith(part) || more.includes(name))
        .map(([name, id]) => ({ id, name, queue_id: name.startsWith('none') ? null : name.slice(0, 4) })),
    },
  );
const count = async (): Promise<number> => {
  const [row] = await cluster.database.sql<{ n: number }[]>`select count(*)::int as n from jobs`;
  return row!.n;
};

describe('many jobs at once', () => {
  it('says what is wrong with a request, and starts nothing', async () => {
    const before = await count();
    const send = (body: object): Promise<unknown> => code(api.client.call(bulk.bulkJobs, { body: body as JobsBody }));
    expect(await send({ action: 'cancel' })).toEqual(['validation_failed', '/filter']);
    expect(await send({ action: 'cancel', filter: {} })).toEqual(['validation_failed', '/filter']);
    expect(await send({ action: 'cancel', all: true, filter: { owner: 'a' } })).toEqual(['validation_failed', '/all']);
    expect(await send({ action: 'priority', all: true })).toEqual(['validation_failed', '/priority']);
    expect(await send({ action: 'cancel', all: true, priority: 3 })).toEqual(['validation_failed', '/priority']);
    expect(await send({ action: 'cancel', filter: { within: '2 hours' } })).toEqual(['validation_failed', '/filter/within']);
    expect(await send({ action: 'cancel', filter: { status: 'open' } })).toMatchObject({ 0: 'validation_failed' });
    expect(await send({ action: 'stop', all: true })).toEqual(['validation_failed', '/action']);
    expect(await count()).toBe(before);
  });

  it('a dry run counts what the same request then does, and starts nothing', async () => {
    const mine = [await queued('east', 'dry'), await queued('west', 'dry')];
    await queued('west', 'other');
    const before = await count();
    const filter = { owner: 'dry', type: 'topology.discover', within: '1h' } as const;
    const told = await preview({ action: 'pause', filter });
    expect(told).toMatchObject({ action: 'pause', total: 2 });
    expect(told.items.map((item) => item.target_id)).toEqual(mine);
    expect(await count()).toBe(before);
    const audited = await cluster.database.sql`select 1 from audit_events where action = 'job.bulk' and status = '200'`;
    expect(audited).toEqual([]);

    const job = await overJobs({ action: 'pause', filter });
    expect(job).toMatchObject({ type: 'jobs.bulk', total_devices: 2, priority: 10 });
    expect(job.params['bulk']).toMatchObject({ action: 'pause', filter: { owner: 'dry', type: ['topology.discover'] } });
    expect(await cluster.wait(job.job_id)).toBe('completed');
    const view = (await api.client.call(jobs.getJob, { params: { id: job.job_id } })).body;
    expect(view).toMatchObject({ completed_devices: 2, failed_devices: 0, progress_percentage: 100, message: '2 of 2 done' });
    // Batches that nobody takes are still out: the pause is heard, and not over.
    for (const id of mine) expect((await cluster.job(id)).status).toMatch(/^paus(ing|ed)$/);
    // Paused ones are no target of a pause any more.
    expect((await preview({ action: 'pause', filter })).total).toBe(0);

    await cluster.wait((await overJobs({ action: 'priority', priority: 9, filter })).job_id);
    const rows = await cluster.database.sql<{ priority: number }[]>`select priority from jobs where id = any(${mine}::uuid[])`;
    expect(rows.map((row) => row.priority)).toEqual([9, 9]);
    await cluster.wait((await overJobs({ action: 'resume', job_ids: mine })).job_id);
    for (const id of mine) await until('it goes on', async () => (await cluster.job(id)).status === 'in_progress');
    await cluster.wait((await overJobs({ action: 'cancel', all: true })).job_id);
    for (const id of mine) expect(await cluster.wait(id)).toBe('cancelled');
  });

  it('one bad target costs one; a filter that finds more than its limit starts nothing', async () => {
    const open = [await queued('east', 'limited'), await queued('east', 'limited')];
    const unknown = randomUUID();
    const limit: JobsBody = { action: 'cancel', filter: { owner: 'limited' }, limit: 1 };
    const before = await count();
    expect(await code(overJobs(limit))).toEqual(['validation_failed', '/limit']);
    expect(await code(preview(limit))).toEqual(['validation_failed', '/limit']);
    expect(await count()).toBe(before);
    await controlJob(cluster.deps, open[0]!, 'cancel', 'tester');
    await cluster.wait(open[0]!);
    const { job_id: id } = await overJobs({ action: 'cancel', job_ids: [open[0]!, unknown, open[1]!, open[1]!] });
    await cluster.wait(id);
    const page = async (query: { limit: number; cursor?: string; state?: 'skipped' }) =>
      (await api.client.call(bulk.listBulkItems, { params: { id }, query })).body;
    const first = await page({ limit: 2 });
    const second = await page({ limit: 2, cursor: first.next_cursor! });
    expect([...first.items, ...second.items].map(({ target_id, state, message }) => [target_id, state, message])).toEqual([
      [open[0], 'skipped', expect.stringContaining('The job is cancelled')],
      [unknown, 'skipped', 'there is no such job'],
      [open[1], 'done', 'cancelling'],
    ]);
    expect(second.next_cursor).toBeNull();
    expect((await page({ limit: 10, state: 'skipped' })).items).toHaveLength(2);
    expect((await cluster.job(id)).message).toBe('1 of 3 done, 2 skipped');
  });

  it('is a job type like any other: started as one, and by a schedule that counts back from its runs', async () => {
    const first = await queued('west', 'typed');
    const params = { action: 'cancel', filter: { owner: 'typed', within: '1h' } } as const;
    const { body: job } = await api.client.call(jobs.createJob, { body: { type: 'jobs.bulk', params } });
    expect(job.total_devices).toBe(1);
    expect(await cluster.wait(job.job_id)).toBe('completed');
    expect(await cluster.wait(first)).toBe('cancelled');
    const second = await queued('west', 'typed');
    const spec = { cron: ['0 3 1 1 *'], time_zone: 'UTC' };
    const { body: schedule } = await api.client.call(schedules.createSchedule, {
      body: { name: 'tidy', type: 'jobs.bulk', params, spec },
    });
    await api.client.call(schedules.triggerSchedule, { params: { id: schedule.id } });
    expect(await cluster.wait(second)).toBe('cancelled');
    const run = async () => (await api.client.call(jobs.listJobs, { query: { schedule_id: schedule.id } })).body.items[0];
    await until('the run is over', async () => (await run())?.status === 'completed');
    expect(await run()).toMatchObject({ type: 'jobs.bulk', total_devices: 1, message: '1 of 1 done' });
  });

  it('with an Idempotency-Key it starts once', async () => {
    const headers = { 'Idempotency-Key': '"once"' };
    const body: JobsBody = { action: 'cancel', filter: { owner: 'nobody' } };
    const answers = [
      await api.client.call(bulk.bulkJobs, { body, headers }),
      await api.client.call(bulk.bulkJobs, { body, headers }),
    ];
    expect(answers[0]!.body).toMatchObject({ job_id: expect.any(String) });
    expect(answers[1]!.body).toMatchObject({ job_id: (answers[0]!.body as { job_id: string }).job_id });
  });

  it('a caller with a scope reaches only what he sees', async () => {
    const seen = await queued('east', 'somebody');
    const hidden = [
      await queued('west', 'somebody'),
      await queued('none', 'somebody'),
      await queued('east', 'somebody', ['west-00']),
    ];
    expect((await preview({ action: 'cancel', filter: { owner: 'somebody' } })).total).toBe(4);
    expect((await preview({ action: 'cancel', all: true }, scoped)).items.map((item) => item.target_id)).toEqual([seen]);
    const { job_id: id } = await overJobs({ action: 'cancel', job_ids: [hidden[0]!, seen] }, scoped);
    await cluster.wait(id);
    const { items } = (await scoped.call(bulk.listBulkItems, { params: { id } })).body;
    expect(items.map(({ state, message, name }) => [state, message, name])).toEqual([
      ['skipped', 'there is no such job', 'a job'],
      ['done', 'cancelling', 'topology.discover of somebody'],
    ]);
    expect(await code(scoped.call(bulk.cancelCollectionGroup, { params: { id: 'west' } }))).toEqual(['not_found']);
    // His group in the job that has others as well; the rest of that job goes on.
    await cluster.wait((await scoped.call(bulk.cancelCollectionGroup, { params: { id: 'east' } })).body.job_id);
    await until('his devices are cancelled', async () => {
      const states = await cluster.devices(hidden[2]!);
      return states.filter(({ status }) => status === 'cancelled').length === 20;
    });
    expect((await cluster.devices(hidden[2]!)).find(({ name }) => name === 'west-00')?.status).toBe('pending');
    expect((await cluster.job(hidden[0]!)).status).toBe('in_progress');
    expect(await code(scoped.call(bulk.cancelSystem, {}))).toEqual(['forbidden']);
    await cluster.wait((await api.client.call(bulk.cancelSystem, {})).body.job_id);
    for (const one of hidden) await cluster.wait(one);
  });
});

describe('many devices at once', () => {
  const read = async (name: string) => (await api.client.call(devices.getDevice, { params: { id: name } })).body;

  it('changes what the filter finds, and says what needed nothing', async () => {
    const dry = await api.client.call(bulk.bulkDevices, {
      body: { action: 'disable', filter: { site: 'none', enabled: true }, dry_run: true },
    });
    expect(dry.body).toMatchObject({ action: 'disable', total: 20 });
    const { job, items } = await overDevices({ action: 'disable', filter: { site: 'none' } });
    expect(job).toMatchObject({ type: 'devices.bulk', status: 'completed', partial: false, message: '20 of 20 done' });
    expect(items[0]).toMatchObject({ name: 'none-00', state: 'done', message: 'disabled' });
    expect((await read('none-00')).enabled).toBe(false);
    expect((await read('east-00')).enabled).toBe(true);
    const again = await overDevices({ action: 'disable', device_ids: [ids.get('none-00')!, randomUUID()] });
    expect(again.items.map(({ state, message }) => [state, message])).toEqual([
      ['skipped', 'it is disabled already'],
      ['skipped', 'there is no such device'],
    ]);
    await overDevices({ action: 'enable', filter: { enabled: false } });
    expect((await read('none-00')).enabled).toBe(true);
  });

  it('sets tags, group and credential', async () => {
    await overDevices({ action: 'add_tag', tag: 'new', filter: { q: 'west-0' } });
    await overDevices({ action: 'remove_tag', tag: 'old', filter: { tag: 'new' } });
    expect((await read('west-03')).tags).toEqual(['new']);
    expect((await read('west-13')).tags).toEqual(['old']);
    await overDevices({ action: 'set_group', collection_group: 'west', filter: { q: 'none-1' } });
    expect((await read('none-11')).collection_group_id).toBe(groups.get('west'));
    await overDevices({ action: 'set_group', collection_group: null, filter: { site: 'none' } });
    expect((await read('none-11')).collection_group_id).toBeNull();
    const wrong = (body: DevicesBody): Promise<unknown> => code(overDevices(body));
    expect(await wrong({ action: 'set_group', collection_group: 'nowhere', all: true })).toEqual([
      'validation_failed',
      '/collection_group',
    ]);
    expect(await wrong({ action: 'set_credential', credential: 'none', all: true })).toEqual([
      'validation_failed',
      '/credential',
    ]);
  });

  it('deletes, but no jump host of a device that stays', async () => {
    const [host, behind, other] = ['none-17', 'none-18', 'none-19'].map((name) => ids.get(name)!) as [string, string, string];
    await cluster.database.sql`update devices set jump_device_id = ${host} where id = any(${[behind, other]}::uuid[])`;
    const one = await overDevices({ action: 'delete', device_ids: [host, behind] });
    expect(one.items.map(({ name, state, message }) => [name, state, message])).toEqual([
      ['none-18', 'done', 'deleted'],
      ['none-17', 'failed', 'it is the jump host of none-19'],
    ]);
    expect(one.job).toMatchObject({ status: 'completed', partial: true, message: '1 of 2 done, 1 failed' });
    const both = await overDevices({ action: 'delete', filter: { q: 'none-1' } });
    expect(both.job).toMatchObject({ partial: false, failed_devices: 0 });
    expect(await code(read('none-17'))).toEqual(['not_found']);
  });

  it('a caller with a scope changes only devices of his groups, and moves none out of them', async () => {
    const { items } = await overDevices({ action: 'add_tag', tag: 'his', all: true }, scoped);
    expect(items).toHaveLength(20);
    expect(items.every(({ name }) => name.startsWith('east'))).toBe(true);
    expect((await read('west-00')).tags).not.toContain('his');
    const named = await overDevices({ action: 'delete', device_ids: [ids.get('west-00')!] }, scoped);
    expect(named.items).toMatchObject([{ name: 'a device', state: 'skipped', message: 'there is no such device' }]);
    for (const collection_group of ['west', null])
      expect(await code(overDevices({ action: 'set_group', collection_group, all: true }, scoped))).toEqual([
        'validation_failed',
        '/collection_group',
      ]);
  });
});
