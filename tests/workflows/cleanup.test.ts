import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient, type Client } from '../../api/client.ts';
import { MAINTENANCE } from '../../api/schedules/maintenance.ts';
import { openArtifactStore } from '../../artifacts/open.ts';
import type { ArtifactStore } from '../../artifacts/store.ts';
import { controlJob } from '../../api/control.ts';
import { launchRequest } from '../../api/launch.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import { schedules } from '../../contracts/http/schedules.ts';
import { tokens } from '../../contracts/http/tokens.ts';
import type { CleanupRequest } from '../../core/cleanup.ts';
import { addBackup, addDevice, addJob, daysAgo } from '../support/cleanup.ts';
import { startCluster, until, type ApiProcess, type Cluster } from '../support/cluster.ts';
import { UNSCOPED } from '../../stores/scope.ts';

let cluster: Cluster;
let api: ApiProcess;
let store: ArtifactStore;
let url: string;

beforeAll(async () => {
  cluster = await startCluster();
  url = pathToFileURL(join(cluster.dataDir, 'store')).href;
  store = (await openArtifactStore(url, { dataDir: cluster.dataDir })).store;
  [api] = await Promise.all([cluster.startApi({ CAIRN_ARTIFACTS: url }), cluster.startWorker({ CAIRN_ARTIFACTS: url })]);
});

afterAll(async () => {
  await store?.close();
  await cluster?.stop();
});

/** Starts a cleanup as everybody does, and returns its id. */
async function start(request: CleanupRequest = {}): Promise<string> {
  const wish = { type: 'maintenance.cleanup', request, priority: 0, owner: 'test' } as const;
  return (await launchRequest({ ...cluster.deps, maxDevicesPerRequest: 100 }, UNSCOPED, wish)).job_id;
}

const addAudit = (rows: number, days: number) =>
  cluster.database.sql`insert into audit_events (at, actor, action, method, path, status, request_id)
    select ${daysAgo(days)}::timestamptz - n * interval '1 second', 'old', 'x', 'POST', '/', '200', 'r' from generate_series(1, ${rows}::int) n`;

const oldAudit = async (): Promise<number> => {
  const [row] = await cluster.database.sql<{ n: number }[]>`select count(*)::int as n from audit_events where actor = 'old'`;
  return row!.n;
};

interface End {
  message: string;
  counts: Record<string, number>;
  problems: number;
}

async function endOf(jobId: string): Promise<End> {
  const [row] = await cluster.database.sql<{ message: string; data: Omit<End, 'message'> }[]>`
    select message, data from job_log where job_id = ${jobId} and event = 'status' order by id desc limit 1`;
  return { message: row!.message, ...row!.data };
}

async function operatorToken(name: string): Promise<string> {
  const { body } = await api.client.call(tokens.createToken, { body: { name, role: 'operator' } });
  return body.secret;
}

describe('through the API', () => {
  it('a dry run touches nothing and tells the numbers that the real run then removes, artifacts too', async () => {
    const { sql } = cluster.database;
    const device = await addDevice(cluster.database, 'dry');
    const text = async (n: number): Promise<string> => store.put(Buffer.from(`hostname dry\nversion ${n}\n`));
    const texts = [await text(1), await text(2), await text(3), await text(4)];
    for (const [n, artifact] of texts.entries()) {
      await addBackup(cluster.database, device, { at: daysAgo(60 - n * 10), changed: true, artifact, published: false });
      await addBackup(cluster.database, device, { at: daysAgo(55 - n * 10), artifact });
    }
    const flagged = await text(5);
    await addBackup(cluster.database, device, { at: daysAgo(100), status: 'truncated', artifact: flagged });
    await addBackup(cluster.database, device, { at: daysAgo(10) });
    const orphan = await text(6);
    await old(texts[0]!, texts[1]!, flagged, orphan);
    const fresh = await text(7);
    await store.publish({ message: 'm', actor: 'a', files: [{ name: 'renamed.cfg', address: texts[0]! }], removed: [] });
    await addAudit(3, 400);
    const gone = await addJob(cluster.database, { status: 'completed', days: 100 });
    const params = { versions_keep: 2 };
    const seen = async () => ({
      objects: (await readdir(join(cluster.dataDir, 'store', 'objects'), { recursive: true })).sort(),
      shown: Object.fromEntries(await store.published()),
      backups: (
        await sql`select id, u.backup_id from backups left join unpublished_versions u on u.backup_id = id order by id`
      ).map((row) => ({ ...row })),
      audit: await oldAudit(),
    });
    const before = await seen();
    const { body: dry } = await api.client.call(jobs.createJob, {
      body: { type: 'maintenance.cleanup', params: { ...params, dry_run: true } },
    });
    expect(dry).toMatchObject({
      type: 'maintenance.cleanup',
      total_devices: 0,
      params: { cleanup: { versions_keep: 2, audit_days: 365 } },
    });
    expect(await cluster.wait(dry.job_id)).toBe('completed');
    expect(await seen()).toEqual(before);
    const told = await endOf(dry.job_id);
    expect(told.message).toBe('dry run: 12 rows and 4 artifacts would be removed');
    const { body: real } = await api.client.call(jobs.createJob, { body: { type: 'maintenance.cleanup', params } });
    expect(await cluster.wait(real.job_id)).toBe('completed');
    const done = await endOf(real.job_id);
    expect(done.message).toBe('12 rows and 4 artifacts removed');
    expect(done.counts).toEqual(told.counts);
    expect(done.counts).toMatchObject({ audit_events: 3, jobs: 1, versions: 2, backups: 3, artifacts: 4, hidden: 1 });
    const left = new Set<string>();
    for await (const { address } of store.list()) left.add(address);
    expect(left).toEqual(new Set([texts[2], texts[3], fresh]));
    expect([...(await store.published())]).toEqual([['dry.cfg', texts[3]]]);
    expect((await sql`select 1 from jobs where id = ${gone}`).length).toBe(0);
    const { body: view } = await api.client.call(jobs.getJob, { params: { id: real.job_id } });
    expect(view).toMatchObject({ status: 'completed', partial: false, error: null, progress_percentage: 100 });
  });

  it('is for admins', async () => {
    const operator: Client = createClient({ baseUrl: api.url, token: await operatorToken('op') });
    await expect(
      operator.call(jobs.createJob, { body: { type: 'maintenance.cleanup', params: { versions_keep: 2 } } }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('refuses to keep fewer versions than always stay', async () => {
    await expect(
      api.client.call(jobs.createJob, { body: { type: 'maintenance.cleanup', params: { versions_keep: 1 } } }),
    ).rejects.toMatchObject({ code: 'validation_failed' });
  });

  it('is scheduled hourly, once, by the start of the API; an admin may pause it', async () => {
    const { client } = api;
    const found = async () =>
      (await client.call(schedules.listSchedules, {})).body.items.filter((item) => item.name === MAINTENANCE);
    await until('the schedule is there', async () => (await found()).length === 1);
    const [schedule] = await found();
    expect(schedule).toMatchObject({
      type: 'maintenance.cleanup',
      owner: 'system',
      priority: 0,
      state: 'active',
      overlap: 'skip',
    });
    const first = Date.parse(schedule!.next_runs[0]!);
    expect(first - Date.now()).toBeGreaterThan(50 * 60_000);
    expect(first - Date.now()).toBeLessThan(66 * 60_000);
    await client.call(schedules.pauseSchedule, { params: { id: schedule!.id } });
    const again = await cluster.startApi({ CAIRN_ARTIFACTS: url });
    await until('the other API answers', async () => (await fetch(`${again.url}/readyz`)).ok);
    expect(await found()).toMatchObject([{ id: schedule!.id, state: 'paused' }]);
    const params = { versions_keep: 100, backups_unchanged_days: 14, audit_days: null };
    const asOperator = createClient({ baseUrl: api.url, token: await operatorToken('op-schedules') });
    const change = { params: { id: MAINTENANCE }, body: { params } };
    await expect(asOperator.call(schedules.updateSchedule, change)).rejects.toMatchObject({ code: 'forbidden' });
    await client.call(schedules.updateSchedule, change);
    await client.call(schedules.triggerSchedule, { params: { id: schedule!.id } });
    await until('its run is over', async () => (await found())[0]!.last_runs[0]?.status === 'completed');
    const { body: job } = await client.call(jobs.getJob, { params: { id: (await found())[0]!.last_runs[0]!.job_id } });
    expect(job.params['cleanup']).toMatchObject({ ...params, job_log_days: 30 });
  });
});

/** Makes texts look as if they had been stored two hours ago. */
async function old(...addresses: string[]): Promise<void> {
  const { utimes } = await import('node:fs/promises');
  const then = new Date(Date.now() - 7_200_000);
  for (const address of addresses)
    await utimes(join(cluster.dataDir, 'store', 'objects', address.slice(0, 2), address), then, then);
}

describe('a run', () => {
  it('pauses between slices, and goes on', async () => {
    await addAudit(30_000, 400);
    const job = await start();
    await until('rows go', async () => (await oldAudit()) < 30_000);
    await controlJob(cluster.deps, job, 'pause', 'test');
    await until('it is paused', async () => (await cluster.job(job)).status === 'paused');
    const other = await start();
    expect(await cluster.wait(other)).toBe('cancelled');
    expect(await cluster.job(other)).toMatchObject({
      message: `nothing was done: another cleanup, job ${job}, is not over`,
      error: null,
    });
    const dry = await start({ dry_run: true });
    expect(await cluster.wait(dry)).toBe('completed');
    await controlJob(cluster.deps, job, 'resume', 'test');
    expect(await cluster.wait(job)).toBe('completed');
    expect(await oldAudit()).toBe(0);
    expect((await endOf(job)).counts['audit_events']).toBe(30_000);
  });

  it('is cancelled between batches, and tells what was removed until then', async () => {
    await addAudit(400_000, 400);
    const job = await start();
    await until('rows go', async () => (await oldAudit()) < 400_000);
    await controlJob(cluster.deps, job, 'cancel', 'test');
    expect(await cluster.wait(job)).toBe('cancelled');
    const left = await oldAudit();
    expect(left).toBeGreaterThan(0);
    const [row] = await cluster.database.sql<{ n: number }[]>`select sum((data #>> '{removed,audit_events}')::int)::int as n
      from job_log where job_id = ${job} and data ->> 'step' = 'audit_events'`;
    expect(row!.n).toBe(400_000 - left);
    await cluster.database.sql`truncate audit_events`;
  });

  it('of two that start at once, one runs', async () => {
    await addAudit(5_000, 400);
    const both = await Promise.all([start(), start()]);
    const ends = await Promise.all(both.map((job) => cluster.wait(job)));
    expect(ends.sort()).toEqual(['cancelled', 'completed']);
    expect(await oldAudit()).toBe(0);
  });

  it('stops at the time limit of the job, and says what was not reached', async () => {
    await addAudit(60_000, 400);
    const wish = { type: 'maintenance.cleanup', request: { job_time_limit: 1 }, priority: 0, owner: 'test' } as const;
    const { job_id: job } = await launchRequest({ ...cluster.deps, maxDevicesPerRequest: 100 }, UNSCOPED, wish);
    expect(await cluster.wait(job)).toBe('completed');
    const { partial, error } = await cluster.job(job);
    expect(partial).toBe(true);
    expect(error).toMatch(/^the time limit of the job was reached before .*artifacts, maintain$/);
    await cluster.database.sql`truncate audit_events`;
  });

  it('tells texts that the store has lost, and leaves their rows alone', async () => {
    const device = await addDevice(cluster.database, 'lost');
    await addBackup(cluster.database, device, { at: daysAgo(1), changed: true, artifact: 'f'.repeat(64) });
    const job = await start();
    expect(await cluster.wait(job)).toBe('completed');
    expect(await cluster.job(job)).toMatchObject({ partial: true });
    const lines = await cluster.database.sql<
      { message: string }[]
    >`select message from job_log where job_id = ${job} and level = 'error' order by id`;
    expect(lines.map((line) => line.message)).toEqual([
      expect.stringMatching(/^artifacts: the store has lost 1 texts that 1 collections refer to: lost t-/),
    ]);
    const [row] = await cluster.database.sql<{ n: number }[]>`select count(*)::int as n from backups where device_id = ${device}`;
    expect(row!.n).toBe(1);
    await cluster.database.sql`delete from devices where id = ${device}`;
  });
});

describe('kill -9 of the worker amid', () => {
  it('the cleanup goes on with another worker, and counts every row once', async () => {
    const solo = await startCluster();
    try {
      const { sql } = solo.database;
      const worker = await solo.startWorker();
      await sql`insert into audit_events (at, actor, action, method, path, status, request_id)
        select ${daysAgo(400)}::timestamptz - n * interval '1 second', 'old', 'x', 'POST', '/', '200', 'r' from generate_series(1, 60000) n`;
      for (let n = 0; n < 20; n++) await addJob(solo.database, { status: 'completed', days: 100, lines: 10 });
      const wish = { type: 'maintenance.cleanup', request: {}, priority: 0, owner: 'test' } as const;
      const { job_id: job } = await launchRequest({ ...solo.deps, maxDevicesPerRequest: 100 }, UNSCOPED, wish);
      const left = async (): Promise<number> => (await sql<{ n: number }[]>`select count(*)::int as n from audit_events`)[0]!.n;
      await until('rows go', async () => (await left()) < 58_000);
      await worker.kill();
      const atKill = await left();
      expect(atKill).toBeGreaterThan(0);
      await solo.startWorker();
      expect(await solo.wait(job)).toBe('completed');
      expect(await left()).toBe(0);
      const [end] = await sql<{ message: string; data: End }[]>`
        select message, data from job_log where job_id = ${job} and event = 'status' order by id desc limit 1`;
      expect(end!.message).toBe('60,260 rows and 0 artifacts removed');
      expect(end!.data.counts).toMatchObject({
        audit_events: 60_000,
        jobs: 20,
        job_log: 200,
        job_devices: 20,
        job_device_kinds: 20,
      });
    } finally {
      await solo.stop();
    }
  });
});
