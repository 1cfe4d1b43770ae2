import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { controlJob } from '../../api/control.ts';
import type { BodyIn } from '../../contracts/endpoint.ts';
import { bulk } from '../../contracts/http/bulk.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { insertGroup } from '../../stores/collection-groups.ts';
import { startCluster, until, type ApiProcess, type Cluster, type WorkerProcess } from '../support/cluster.ts';

const WORKER = { CAIRN_GROUPS: 'near', CAIRN_MAX_SESSIONS: '6' };
const LONG_MS = 120_000;

let cluster: Cluster;
let simulator: Simulator;
let api: ApiProcess;
let worker: WorkerProcess;
/** On the common queue, in the group that the worker serves, in the group that nobody serves. */
let common: Map<string, string>;
let near: Map<string, string>;
let lost: Map<string, string>;
const groups: Record<string, string> = {};

beforeAll(async () => {
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: 24, platforms: ['cisco_ios'], host: '127.71.0.1' }),
  ]);
  const limits = { login_rate: null, max_sessions: null };
  for (const name of ['near', 'lost'])
    groups[name] = (await insertGroup(cluster.database, { name, queue_id: name, ...limits })).id;
  const part = (from: number, to: number, group_id?: string) =>
    cluster.addDevices(
      simulator.devices.slice(from, to).map((device) => ({ ...device, ...(group_id === undefined ? {} : { group_id }) })),
    );
  common = await part(0, 8);
  near = await part(8, 20, groups['near']);
  lost = await part(20, 24, groups['lost']);
  [api, worker] = await Promise.all([cluster.startApi(), cluster.startWorker(WORKER)]);
});

afterEach(async () => {
  await cluster.database.sql`drop trigger if exists slow on jobs`;
  simulator.reset();
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

const placed = (ids: Map<string, string>, queue_id: string | null) => [...ids].map(([name, id]) => ({ id, name, queue_id }));
const openSessions = (): number => simulator.counters().totals.open_sessions;
const items = (job: string) =>
  cluster.database.sql<{ state: string; message: string | null; target_id: string }[]>`
    select state, message, target_id from bulk_items where job_id = ${job} order by position`;
const done = async (job: string): Promise<number> => (await items(job)).filter((item) => item.state === 'done').length;
const view = async (id: string) => (await api.client.call(bulk.listBulkItems, { params: { id } })).body.items;

async function start(body: BodyIn<typeof bulk.bulkJobs>) {
  const answer = await api.client.call(bulk.bulkJobs, { body });
  if (!('job_id' in answer.body)) throw new Error('a preview');
  return answer.body;
}

/** Each such write of a row of `jobs` takes so long, so that something can happen in between. */
async function slowDown(when: 'cancel' | 'retry', seconds = 0.25): Promise<void> {
  const { sql } = cluster.database;
  await sql.unsafe(`create or replace function slow() returns trigger language plpgsql as
    $$ begin perform pg_sleep(${seconds}); return new; end $$`);
  const event = when === 'cancel' ? 'update' : 'insert';
  const condition = when === 'cancel' ? `new.status = 'cancelling' and old.status <> 'cancelling'` : `new.origin like 'bulk %'`;
  await sql.unsafe(`create trigger slow before ${event} on jobs for each row when (${condition}) execute function slow()`);
}

/** Jobs that nobody can run: no worker serves their group. */
const waitingJobs = (count: number, owner: string): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => cluster.discover(new Map(), {}, { owner, devices: placed(lost, 'lost') })));

async function killAndReplace(): Promise<void> {
  process.kill(worker.pid, 'SIGKILL');
  worker = await cluster.startWorker(WORKER);
}

describe('a bulk job', { timeout: LONG_MS }, () => {
  it('cancels 30 jobs by filter, each once, though its worker is killed midway', async () => {
    const victims = await waitingJobs(30, 'victim');
    const [spared] = await waitingJobs(1, 'somebody else');
    await slowDown('cancel');
    const job = await start({ action: 'cancel', filter: { owner: 'victim', status: ['pending', 'in_progress'] } });
    expect(job).toMatchObject({ type: 'jobs.bulk', total_devices: 30, owner: 'admin' });
    await until('some are done', async () => (await done(job.job_id)) >= 5);
    await killAndReplace();
    expect(await done(job.job_id)).toBeLessThan(30);
    expect(await cluster.wait(job.job_id)).toBe('completed');
    expect((await items(job.job_id)).map((item) => item.state)).toEqual(Array(30).fill('done'));
    for (const id of victims) expect(await cluster.wait(id)).toBe('cancelled');
    const asked = await cluster.database.sql<{ n: number }[]>`
      select count(*)::int as n from job_log where message like 'cancel asked for by admin (bulk job %' group by job_id`;
    expect(asked.map((row) => row.n)).toEqual(Array(30).fill(1));
    expect((await cluster.job(job.job_id)).message).toBe('30 of 30 done');
    expect((await cluster.job(spared!)).status).toBe('in_progress');
    await controlJob(cluster.deps, spared!, 'cancel', 'tester');
    expect(await cluster.wait(spared!)).toBe('cancelled');
  });

  it('retries failed jobs, exactly one new job each, though its worker is killed midway', async () => {
    for (const name of common.keys()) await simulator.setFault(name, 'auth');
    const failed = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        cluster.discover(new Map([[...common][n % 8]!]), { kinds: ['arp'], snapshot: false }, { owner: 'loser' }),
      ),
    );
    for (const id of failed) expect(await cluster.wait(id)).toBe('failed');
    for (const name of common.keys()) await simulator.setFault(name, null);
    await cluster.database.sql`delete from device_health`;
    await slowDown('retry');
    const filter = { status: 'failed', owner: 'loser' } as const;
    const job = await start({ action: 'retry', filter });
    expect(job.total_devices).toBe(20);
    const made = () => cluster.database.sql<{ id: string; retry_of: string }[]>`
      select id, retry_of from jobs where retry_of = any(${failed}::uuid[])`;
    await until('some are made', async () => (await made()).length >= 3);
    await killAndReplace();
    expect(await cluster.wait(job.job_id)).toBe('completed');
    const again = await made();
    expect(again.map((row) => row.retry_of).sort()).toEqual(failed.toSorted());
    for (const { id } of again) expect(await cluster.wait(id)).toBe('completed');
    // What was done again is not done once more.
    expect((await start({ action: 'retry', filter })).total_devices).toBe(0);
  });

  it('stops between targets when it is cancelled; the rest is left alone, and a retry goes on with it', async () => {
    const victims = await waitingJobs(24, 'late');
    // A cancel is heard with a heartbeat, on a busy machine after 5 s and more.
    await slowDown('cancel', 1);
    const job = await start({ action: 'cancel', filter: { owner: 'late' } });
    await until('some are done', async () => (await done(job.job_id)) >= 4);
    await controlJob(cluster.deps, job.job_id, 'cancel', 'tester');
    expect(await cluster.wait(job.job_id)).toBe('cancelled');
    const ends = await items(job.job_id);
    const left = ends.filter((item) => item.state === 'cancelled').map((item) => item.target_id);
    expect(left.length).toBeGreaterThan(0);
    expect(ends.filter((item) => item.state === 'done').length).toBe(24 - left.length);
    for (const id of left) expect((await cluster.job(id)).status).toBe('in_progress');
    await cluster.database.sql`drop trigger slow on jobs`;
    const { body: again } = await api.client.call(jobs.retryJob, { params: { id: job.job_id } });
    if (!('job_id' in again)) throw new Error('a preview');
    expect(again).toMatchObject({ type: 'jobs.bulk', retry_of: job.job_id, total_devices: left.length });
    expect(await cluster.wait(again.job_id)).toBe('completed');
    expect((await view(again.job_id)).map((item) => [item.target_id, item.state])).toEqual(left.map((id) => [id, 'done']));
    // One that is over costs itself.
    const { job_id: late } = await start({ action: 'cancel', job_ids: victims });
    expect(await cluster.wait(late)).toBe('completed');
    expect(new Set((await view(late)).map((item) => item.state))).toEqual(new Set(['skipped']));
    expect((await view(late))[0]?.message).toMatch(/^The job is cancel/);
    for (const id of victims) expect(await cluster.wait(id)).toBe('cancelled');
  });
});

describe('a cancel of a collection group', { timeout: LONG_MS }, () => {
  it('ends its devices in a job with others, which goes on, and jobs that are only for it', async () => {
    simulator.setLatency(700);
    const mixed = await cluster.discover(new Map(), {}, { devices: [...placed(near, 'near'), ...placed(common, null)] });
    const whole = await cluster.discover(new Map(), {}, { devices: placed(near, 'near') });
    const other = await cluster.discover(common);
    const sessionsOfGroup = (): number => {
      const { devices } = simulator.counters();
      return [...near.keys()].reduce((sum, name) => sum + (devices[name]?.open_sessions ?? 0), 0);
    };
    await until('sessions are open', () => sessionsOfGroup() > 0);
    const { body: job } = await api.client.call(bulk.cancelCollectionGroup, { params: { id: 'near' } });
    await until('its sessions are closed', () => sessionsOfGroup() === 0, 8_000);
    expect(await cluster.wait(job.job_id)).toBe('completed');
    simulator.setLatency(0);
    expect((await items(job.job_id)).map(({ target_id, message }) => [target_id, message])).toEqual([
      [mixed, expect.stringMatching(/^\d+ device\(s\) of the group are cancelled; the job goes on with its others$/)],
      [whole, 'cancelled'],
    ]);
    expect(await cluster.wait(whole)).toBe('cancelled');
    expect(await cluster.wait(other)).toBe('completed');
    expect(await cluster.wait(mixed)).toBe('completed');
    const devices = await cluster.devices(mixed);
    const inGroup = devices.filter(({ name }) => near.has(name));
    expect(inGroup.filter(({ status }) => status === 'cancelled').length).toBeGreaterThan(0);
    expect(inGroup.find(({ status }) => status === 'cancelled')?.error).toMatch(/^cancelled with its collection group by admin/);
    expect(devices.filter(({ name }) => common.has(name)).map(({ status }) => status)).toEqual(Array(8).fill('completed'));
    expect((await cluster.job(mixed)).partial).toBe(true);
    expect(await cluster.locks()).toBe(0);
  });

  it('ends devices that no worker serves, and finds nothing to do a second time', async () => {
    const job = await cluster.discover(new Map(), {}, { devices: [...placed(lost, 'lost'), ...placed(common, null)] });
    await until('the others are done', async () => {
      const states = await cluster.devices(job);
      return states.filter(({ status }) => status === 'completed').length === 8;
    });
    const cancel = () => api.client.call(bulk.cancelCollectionGroup, { params: { id: groups['lost']! } });
    await cluster.wait((await cancel()).body.job_id);
    expect(await cluster.wait(job, 30_000)).toBe('completed');
    expect(await cluster.job(job)).toMatchObject({ message: '8 of 12 device(s) completed, 0 failed, 4 cancelled' });
    const { body: second } = await cancel();
    expect(second.total_devices).toBe(0);
    expect(await cluster.wait(second.job_id)).toBe('completed');
    expect((await cluster.job(second.job_id)).message).toBe('nothing was found to act on');
  });

  it('is not held up by a worker that stands still, and what that does later is not kept', async () => {
    const stuck = await cluster.startWorker({ CAIRN_GROUPS: 'lost', CAIRN_MAX_SESSIONS: '6' });
    simulator.setLatency(700);
    const job = await cluster.discover(new Map(), {}, { devices: [...placed(lost, 'lost'), ...placed(common, null)] });
    const sessionsOfGroup = (): number => {
      const { devices } = simulator.counters();
      return [...lost.keys()].reduce((sum, name) => sum + (devices[name]?.open_sessions ?? 0), 0);
    };
    await until('sessions are open', () => sessionsOfGroup() > 0);
    process.kill(stuck.pid, 'SIGSTOP');
    try {
      simulator.setLatency(0);
      await api.client.call(bulk.cancelCollectionGroup, { params: { id: 'lost' } });
      expect(await cluster.wait(job, 90_000)).toBe('completed');
    } finally {
      process.kill(stuck.pid, 'SIGCONT');
    }
    const ends = await cluster.devices(job);
    expect(ends.filter(({ name }) => lost.has(name)).every(({ status }) => status === 'cancelled')).toBe(true);
    await until('its sessions are closed', () => sessionsOfGroup() === 0, 30_000);
    await until('its locks are given back', async () => (await cluster.locks()) === 0, 30_000);
    expect(await cluster.devices(job)).toEqual(ends);
    await stuck.stop();
  });

  it('of a job that is paused leaves it paused', async () => {
    simulator.setLatency(300);
    const job = await cluster.discover(new Map(), {}, { devices: [...placed(near, 'near'), ...placed(common, null)] });
    await until('sessions are open', () => openSessions() > 0);
    await controlJob(cluster.deps, job, 'pause', 'tester');
    await until('it is paused', async () => (await cluster.job(job)).status === 'paused', 20_000);
    await cluster.wait((await api.client.call(bulk.cancelCollectionGroup, { params: { id: 'near' } })).body.job_id);
    await until('its devices are cancelled', async () => {
      const states = (await cluster.devices(job)).filter(({ name }) => near.has(name)).map(({ status }) => status);
      return states.includes('cancelled') && !states.includes('pending');
    });
    expect((await cluster.job(job)).status).toBe('paused');
    simulator.setLatency(0);
    await controlJob(cluster.deps, job, 'resume', 'tester');
    expect(await cluster.wait(job)).toBe('completed');
  });
});

describe('a cancel of the system', { timeout: LONG_MS }, () => {
  it('leaves no job, session, lock or slot behind', async () => {
    simulator.setLatency(700);
    const open = [
      await cluster.discover(common),
      await cluster.discover(new Map(), {}, { devices: placed(near, 'near') }),
      await cluster.collect(common),
      ...(await waitingJobs(3, 'waits')),
    ];
    await until('sessions are open', () => openSessions() >= 4);
    const asked = Date.now();
    const { body: job } = await api.client.call(bulk.cancelSystem, {});
    expect(job.total_devices).toBe(open.length);
    await until('all sessions are closed', () => openSessions() === 0, 8_000);
    expect(Date.now() - asked).toBeLessThan(8_000);
    expect(await cluster.wait(job.job_id)).toBe('completed');
    for (const id of open) expect(await cluster.wait(id)).toBe('cancelled');
    const [left] = await cluster.database.sql<{ n: number }[]>`
      select count(*)::int as n from jobs where status not in ('completed', 'failed', 'cancelled')`;
    expect(left!.n).toBe(0);
    expect(await cluster.locks()).toBe(0);
    for (const id of open)
      await until('Temporal says the same', async () => {
        const { status } = await cluster.deps.temporal.workflow.getHandle(id).describe();
        return status.name === 'CANCELLED';
      });
    // All slots are free: as many devices as sessions are at work at once.
    simulator.reset();
    simulator.setLatency(300);
    const next = await cluster.discover(
      new Map([...common, ...near]),
      {},
      { devices: [...placed(common, null), ...placed(near, 'near')] },
    );
    await until('six sessions are open', () => openSessions() === 6, 20_000);
    simulator.setLatency(0);
    expect(await cluster.wait(next)).toBe('completed');
  });
});
