import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startWorkflow } from '../../api/launch.ts';
import { reconcile } from '../../api/reconcile.ts';
import { describeSchedule } from '../../api/schedules/temporal.ts';
import type { BodyIn } from '../../contracts/endpoint.ts';
import { collectionGroups } from '../../contracts/http/collection-groups.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import { schedules } from '../../contracts/http/schedules.ts';
import type { Schedule } from '../../contracts/schedule.ts';
import { originOf, SCHEDULE_WORKFLOW, temporalScheduleId } from '../../core/schedules.ts';
import { JOBS_QUEUE } from '../../core/queues.ts';
import { readJobState } from '../../stores/job-state.ts';
import { createScheduledJob } from '../../stores/scheduled-jobs.ts';
import { findSchedule } from '../../stores/schedules.ts';
import { UNSCOPED } from '../../stores/scope.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, until, type ApiProcess, type Cluster, type WorkerProcess } from '../support/cluster.ts';

/** The tests read what Temporal keeps with a client of their own, which has no keys. */
const READABLE = { CAIRN_PAYLOAD_CODEC: 'off' };

let cluster: Cluster;
let simulator: Simulator;
let worker: WorkerProcess;
let api: ApiProcess;
const made: string[] = [];

beforeAll(async () => {
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: 3, platforms: ['cisco_ios'], host: '127.57.0.1' }),
  ]);
  await cluster.addDevices(simulator.devices);
  [worker, api] = await Promise.all([cluster.startWorker(READABLE), cluster.startApi(READABLE)]);
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

afterEach(async () => {
  simulator.setLatency(0);
  // Nothing of one test starts anything in the next.
  for (const id of made.splice(0))
    await temporal(id)
      .delete()
      .catch(() => undefined);
  await until(
    'all jobs are over',
    async () => (await cluster.database.sql`select 1 from jobs where completed_at is null`).length === 0,
  );
});

const temporal = (id: string) => cluster.deps.temporal.schedule.getHandle(temporalScheduleId(id));
const NEVER_SOON = { cron: '0 0 1 1 *' };

async function create(more: Partial<BodyIn<typeof schedules.createSchedule>>): Promise<Schedule> {
  const plan = { name: `s-${randomUUID().slice(0, 8)}`, type: 'fleet.collect', params: { all: true }, spec: NEVER_SOON } as const;
  const body = { ...plan, ...more };
  const { body: schedule } = await api.client.call(schedules.createSchedule, { body });
  made.push(schedule.id);
  return schedule;
}

const params = (id: string) => ({ params: { id } });
const read = async (id: string): Promise<Schedule> => (await api.client.call(schedules.getSchedule, params(id))).body;
const jobsOf = async (id: string) => (await api.client.call(jobs.listJobs, { query: { schedule_id: id } })).body.items;
const trigger = async (id: string, body: BodyIn<typeof schedules.triggerSchedule> = {}) =>
  (await api.client.call(schedules.triggerSchedule, { ...params(id), body })).body;

const jobRows = async (id: string) => [
  ...(await cluster.database.sql<{ status: string }[]>`select status from jobs where schedule_id = ${id}`),
];

/** The status in Temporal of the runs of a schedule, the oldest first. */
async function runsOf(id: string) {
  const { info } = (await describeSchedule(cluster.deps, id))!;
  return Promise.all(
    info.recentActions.map(async ({ action: { workflow } }) => {
      const handle = cluster.deps.temporal.workflow.getHandle(workflow.workflowId, workflow.firstExecutionRunId);
      return { handle, status: (await handle.describe()).status.name };
    }),
  );
}

describe('a nightly backup, with nights of two seconds', () => {
  it('is due again and again, each run is a job, and it stops when it is paused or deleted', async () => {
    const { id, name } = await create({ name: 'nightly', spec: { interval: { every: '2s' } }, note: 'every night' });
    const finished = async () => (await jobsOf(id)).filter((job) => job.status === 'completed').length;
    await until('three runs are done', async () => (await finished()) >= 3);
    const schedule = await read(name);
    expect(schedule).toMatchObject({ state: 'active', problem: null, note: 'every night' });
    expect(schedule.next_runs).toHaveLength(10);
    const runs = schedule.last_runs.filter((run) => run.status === 'completed');
    const due = runs.map((run) => Date.parse(run.scheduled_at!) / 1000);
    expect(due.every((time) => time % 2 === 0)).toBe(true);
    expect(new Set(due).size).toBe(due.length);
    const { body: job } = await api.client.call(jobs.getJob, params(runs.at(-1)!.job_id));
    expect(job).toMatchObject({
      type: 'fleet.collect',
      owner: 'admin',
      priority: 3,
      schedule_id: id,
      total_devices: 3,
      completed_devices: 3,
    });
    const child = await cluster.deps.temporal.workflow.getHandle(job.job_id).describe();
    expect(job.temporal.run_id).toBe(child.runId);
    expect(child).toMatchObject({ type: 'collectDevices', priority: { priorityKey: 4, fairnessKey: 'admin' } });
    expect(child.searchAttributes).toMatchObject({ CairnJobType: ['fleet.collect'], CairnOwner: ['admin'] });

    await api.client.call(schedules.pauseSchedule, params(id));
    await until('no job of it runs', async () => (await read(id)).running.length === 0);
    const { numActionsTaken } = (await describeSchedule(cluster.deps, id))!.info;
    const before = (await jobsOf(id)).length;
    // Two nights that must not bring a job.
    const until4 = Date.now() + 4500;
    await until('two nights are over', () => Date.now() > until4);
    expect([(await jobsOf(id)).length, (await describeSchedule(cluster.deps, id))!.info.numActionsTaken]).toEqual([
      before,
      numActionsTaken,
    ]);
    await api.client.call(schedules.unpauseSchedule, params(id));
    await until('it goes on', async () => (await jobsOf(id)).length > before);
    await api.client.call(schedules.deleteSchedule, params(id));
    expect(await describeSchedule(cluster.deps, id)).toBeNull();
    expect((await jobsOf(id)).length).toBeGreaterThan(before);
  });

  it('goes on while the API is dead, and the API that comes back knows what ran', async () => {
    const { id } = await create({ spec: { interval: { every: 1 } } });
    await api.kill();
    const count = async () =>
      (await cluster.database.sql`select 1 from jobs where schedule_id = ${id} and status = 'completed'`).length;
    const before = await count();
    await until('two more runs are done', async () => (await count()) >= before + 2);
    api = await cluster.startApi(READABLE);
    expect((await read(id)).last_runs.length).toBeGreaterThanOrEqual(2);
  });
});

describe('a run that is due while the one before is not over', () => {
  const slow = async (more: object) => {
    simulator.setLatency(700);
    const schedule = await create({ spec: { interval: { every: 1 } }, ...more });
    await until('a job runs', async () => (await read(schedule.id)).running.length > 0);
    return schedule.id;
  };

  it('is skipped unless told otherwise', async () => {
    const id = await slow({});
    await until('runs were skipped', async () => (await read(id)).skipped_overlap >= 2);
    simulator.setLatency(0);
    await until('two are over', async () => (await jobsOf(id)).filter((job) => job.completed_at !== null).length >= 2);
    await api.client.call(schedules.pauseSchedule, params(id));
    await until('all are over', async () => (await read(id)).running.length === 0);
    const spans = (await jobsOf(id))
      .map((job) => [Date.parse(job.created_at), Date.parse(job.completed_at!)] as const)
      .toSorted((a, b) => a[0] - b[0]);
    for (const [index, [start]] of spans.entries()) if (index > 0) expect(start).toBeGreaterThanOrEqual(spans[index - 1]![1]);
  });

  it.each(['cancel_other', 'terminate_other'] as const)(
    'ends the one before with %s, and leaves no session and no lock',
    async (overlap) => {
      const id = await slow({ overlap });
      await until('one was cancelled and one came after it', async () => {
        const statuses = (await jobsOf(id)).map((job) => job.status);
        return statuses.includes('cancelled') && statuses.length >= 2;
      });
      await temporal(id).pause();
      simulator.setLatency(0);
      await until('all are over', async () => (await read(id)).running.length === 0);
      expect(await cluster.locks()).toBe(0);
      expect(simulator.counters().totals.open_sessions).toBe(0);
      const ends = (await runsOf(id)).map((run) => run.status);
      expect(ends).toContain(overlap === 'cancel_other' ? 'CANCELLED' : 'TERMINATED');
    },
  );

  it('is up to the caller where a person starts it', async () => {
    simulator.setLatency(3000);
    const { id } = await create({ paused: true });
    await trigger(id);
    await until('it runs', async () => (await read(id)).running.length === 1);
    await trigger(id);
    await until('the second is skipped', async () => (await read(id)).skipped_overlap === 1);
    await trigger(id, { overlap: 'allow_all' });
    await until('two run at once', async () => (await read(id)).running.length === 2);
    simulator.setLatency(0);
    await until('both are over', async () => (await read(id)).running.length === 0);
    expect((await read(id)).last_runs.map((run) => run.status)).toEqual(['completed', 'completed']);
  });
});

it('a backfill starts what was due, one after the other, also what ran already', async () => {
  const { id } = await create({ spec: { interval: { every: '1h' } }, paused: true });
  const backfill = () =>
    api.client.call(schedules.backfillSchedule, {
      ...params(id),
      body: { start: '2026-05-01T01:00:00Z', end: '2026-05-01T03:30:00Z' },
    });
  await backfill();
  const done = async () => (await read(id)).last_runs.filter((run) => run.status === 'completed');
  await until('three runs are done', async () => (await done()).length === 3);
  expect((await done()).map((run) => run.scheduled_at)).toEqual([
    '2026-05-01T03:00:00Z',
    '2026-05-01T02:00:00Z',
    '2026-05-01T01:00:00Z',
  ]);
  await backfill();
  await until('they ran once more', async () => (await done()).length === 6);
});

describe('a run and its job end together', () => {
  it('a job that a person cancels ends the run, and is no failure', async () => {
    simulator.setLatency(700);
    const { id } = await create({ spec: { interval: { every: '1h' } }, pause_on_failure: true });
    await trigger(id);
    await until('it runs', async () => (await read(id)).running.length === 1);
    const [job = ''] = (await read(id)).running;
    await api.client.call(jobs.cancelJob, params(job));
    await until('the run is over', async () => (await runsOf(id))[0]?.status !== 'RUNNING');
    const [run] = await runsOf(id);
    expect(run?.status).toBe('COMPLETED');
    expect(await read(id)).toMatchObject({ state: 'active', running: [], last_runs: [{ job_id: job, status: 'cancelled' }] });
    expect(await cluster.locks()).toBe(0);
  });

  it.each(['cancel', 'terminate'] as const)('a run that is ended in Temporal (%s) ends the job', async (verb) => {
    simulator.setLatency(700);
    const { id } = await create({ paused: true });
    await trigger(id);
    await until('it runs', async () => (await jobsOf(id))[0]?.status === 'in_progress');
    const [run] = await runsOf(id);
    await (verb === 'cancel' ? run?.handle.cancel() : run?.handle.terminate());
    await until('the job is cancelled', async () => (await jobsOf(id))[0]?.status === 'cancelled');
    await until('no session is open', () => simulator.counters().totals.open_sessions === 0);
    expect(await cluster.locks()).toBe(0);
  });

  it('a job that fails fails the run, and pauses the schedule where that was asked for', async () => {
    const group = { name: 'branch-7', queue_id: 'b7', login_rate: null, max_sessions: null };
    await api.client.call(collectionGroups.createCollectionGroup, { body: group });
    const [device] = await cluster.database.sql<{ id: string }[]>`update devices
      set collection_group_id = (select id from collection_groups where name = 'branch-7') where name = ${simulator.devices[0]!.name} returning id`;
    const { id } = await create({ params: { group: 'branch-7' }, spec: { interval: { every: '1h' } }, pause_on_failure: true });
    await cluster.database.sql`update devices set collection_group_id = null where id = ${device!.id}`;
    await api.client.call(collectionGroups.deleteCollectionGroup, params('branch-7'));
    const problem = 'the collection group branch-7 does not exist any more';
    expect(await read(id)).toMatchObject({ state: 'active', problem: `${problem}: the next run will fail` });
    await trigger(id);
    await until('the run is on record', async () => (await jobsOf(id)).length === 1);
    expect((await jobsOf(id))[0]).toMatchObject({ status: 'failed', error: problem, total_devices: 0, schedule_id: id });
    await until('it is paused', async () => (await read(id)).state === 'paused');
    expect(await read(id)).toMatchObject({ note: expect.stringContaining('failure'), last_runs: [{ status: 'failed' }] });
    expect((await runsOf(id)).map((run) => run.status)).toEqual(['FAILED']);
  });
});

it('a Temporal schedule whose row is gone starts nothing and removes itself', async () => {
  const { id } = await create({ spec: { interval: { every: 1 } }, paused: true });
  await cluster.database.sql`delete from schedules where id = ${id}`;
  await temporal(id).unpause();
  await until('it is logged', () => worker.log().includes('has no row in the database any more'));
  await until('it has removed itself', async () => (await describeSchedule(cluster.deps, id)) === null);
  expect(await cluster.database.sql`select 1 from jobs where schedule_id = ${id}`).toHaveLength(0);
});

describe('kill -9 of the worker', () => {
  it.each([
    ['as soon as the run is there', 0],
    ['as soon as its job is there', 1],
    ['while its devices are collected', 2],
  ] as const)(
    '%s: the run is one job, and it ends',
    async (_when, when) => {
      simulator.reset();
      simulator.setLatency(500);
      const { id } = await create({ paused: true });
      await trigger(id);
      if (when === 0) await until('the run is there', async () => (await runsOf(id)).length === 1);
      if (when === 1) await until('the job is there', async () => (await jobRows(id)).length === 1);
      if (when === 2) await until('it collects', () => simulator.counters().totals.open_sessions > 0);
      await worker.kill();
      simulator.setLatency(0);
      worker = await cluster.startWorker(READABLE);
      await until('the run is over', async () => (await runsOf(id))[0]?.status === 'COMPLETED', 100_000);
      expect(await jobRows(id)).toEqual([{ status: 'completed' }]);
      expect((await runsOf(id)).length).toBe(1);
      expect(simulator.counters().totals.overlapping_sessions).toBe(0);
      expect(await cluster.locks()).toBe(0);
      // A database activity that died with its worker is tried again after its time limit of a minute.
    },
    150_000,
  );
});

describe('a job that is there before its run has started it', () => {
  const early = async (delay: '1s' | '6s') => {
    const { id } = await create({ paused: true });
    const schedule = (await findSchedule(cluster.database, UNSCOPED, id))!;
    const handle = await cluster.deps.temporal.workflow.start(SCHEDULE_WORKFLOW, {
      workflowId: `${temporalScheduleId(id)}-2026-05-01T01:00:00Z`,
      taskQueue: JOBS_QUEUE,
      args: [{ schedule_id: id }],
      startDelay: delay,
    });
    const { workflowId, firstExecutionRunId } = handle;
    const { job_id } = await createScheduledJob(cluster.database, schedule, originOf({ workflowId, firstExecutionRunId }));
    return { handle, job_id };
  };
  const started = async (job_id: string) => startWorkflow(cluster.deps, (await readJobState(cluster.database, job_id))!);
  const rounds = async (count: number) => {
    for (let round = 0; round < count; round++) await reconcile(cluster.deps);
  };
  const attends = (handle: { fetchHistory(): Promise<unknown> }) =>
    until('the run waits for it', async () => JSON.stringify(await handle.fetchHistory()).includes('"awaitJob"'));

  it('is waited for where somebody else has started it', async () => {
    simulator.setLatency(5000);
    const { handle, job_id } = await early('1s');
    await started(job_id);
    await attends(handle);
    expect((await cluster.job(job_id)).status).toBe('in_progress');
    simulator.setLatency(0);
    await until('the run is over', async () => (await handle.describe()).status.name === 'COMPLETED');
    expect((await cluster.job(job_id)).status).toBe('completed');
  });

  it('is cancelled with the run then', async () => {
    simulator.setLatency(5000);
    const { handle, job_id } = await early('1s');
    await started(job_id);
    await attends(handle);
    await handle.cancel();
    await until('the run is over', async () => (await handle.describe()).status.name !== 'RUNNING');
    expect(await cluster.job(job_id)).toMatchObject({ status: 'cancelled' });
    expect((await handle.describe()).status.name).toBe('CANCELLED');
  });

  it('is left alone by the reconciler while the run lives', async () => {
    const { handle, job_id } = await early('6s');
    await cluster.database.sql`update jobs set created_at = now() - interval '1 minute' where id = ${job_id}`;
    await rounds(3);
    expect(await cluster.job(job_id)).toMatchObject({ status: 'pending', error: null });
    await until('the run is over', async () => (await handle.describe()).status.name === 'COMPLETED');
    expect((await cluster.job(job_id)).status).toBe('completed');
    expect(JSON.stringify(await handle.fetchHistory())).not.toContain('"awaitJob"');
  });

  it('ends with a run that is terminated before', async () => {
    const { handle, job_id } = await early('6s');
    await cluster.database.sql`update jobs set created_at = now() - interval '1 minute' where id = ${job_id}`;
    await handle.terminate();
    await rounds(1);
    expect(await cluster.job(job_id)).toMatchObject({
      status: 'cancelled',
      error: expect.stringContaining('unknown to Temporal'),
    });
    await expect(cluster.deps.temporal.workflow.getHandle(job_id).describe()).rejects.toThrow(/not found/);
  });
});
