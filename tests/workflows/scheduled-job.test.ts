import { describe, expect, it } from 'vitest';
import { describeSchedule } from '../../api/schedules/temporal.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import { schedules } from '../../contracts/http/schedules.ts';
import { until } from '../support/cluster.ts';
import { params, READABLE, useScheduleLab } from './support/schedule-lab.ts';

const { lab, temporal, create, read, jobsOf, trigger, runsOf } = useScheduleLab('127.57.0.1');

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
    const { body: job } = await lab.api.client.call(jobs.getJob, params(runs.at(-1)!.job_id));
    expect(job).toMatchObject({
      type: 'fleet.collect',
      owner: 'admin',
      priority: 3,
      schedule_id: id,
      total_devices: 3,
      completed_devices: 3,
    });
    const child = await lab.cluster.deps.temporal.workflow.getHandle(job.job_id).describe();
    expect(job.temporal.run_id).toBe(child.runId);
    expect(child).toMatchObject({ type: 'collectDevices', priority: { priorityKey: 4, fairnessKey: 'admin' } });
    expect(child.searchAttributes).toMatchObject({ CairnJobType: ['fleet.collect'], CairnOwner: ['admin'] });

    await lab.api.client.call(schedules.pauseSchedule, params(id));
    await until('no job of it runs', async () => (await read(id)).running.length === 0);
    const { numActionsTaken } = (await describeSchedule(lab.cluster.deps, id))!.info;
    const before = (await jobsOf(id)).length;
    // Two nights that must not bring a job.
    const until4 = Date.now() + 4500;
    await until('two nights are over', () => Date.now() > until4);
    expect([(await jobsOf(id)).length, (await describeSchedule(lab.cluster.deps, id))!.info.numActionsTaken]).toEqual([
      before,
      numActionsTaken,
    ]);
    await lab.api.client.call(schedules.unpauseSchedule, params(id));
    await until('it goes on', async () => (await jobsOf(id)).length > before);
    await lab.api.client.call(schedules.deleteSchedule, params(id));
    expect(await describeSchedule(lab.cluster.deps, id)).toBeNull();
    expect((await jobsOf(id)).length).toBeGreaterThan(before);
  });

  it('goes on while the API is dead, and the API that comes back knows what ran', async () => {
    const { id } = await create({ spec: { interval: { every: 1 } } });
    await lab.api.kill();
    const count = async () =>
      (await lab.cluster.database.sql`select 1 from jobs where schedule_id = ${id} and status = 'completed'`).length;
    const before = await count();
    await until('two more runs are done', async () => (await count()) >= before + 2);
    lab.api = await lab.cluster.startApi(READABLE);
    expect((await read(id)).last_runs.length).toBeGreaterThanOrEqual(2);
  });
});

describe('a run that is due while the one before is not over', () => {
  const slow = async (more: object) => {
    lab.simulator.setLatency(700);
    const schedule = await create({ spec: { interval: { every: 1 } }, ...more });
    await until('a job runs', async () => (await read(schedule.id)).running.length > 0);
    return schedule.id;
  };

  it('is skipped unless told otherwise', async () => {
    const id = await slow({});
    await until('runs were skipped', async () => (await read(id)).skipped_overlap >= 2);
    lab.simulator.setLatency(0);
    await until('two are over', async () => (await jobsOf(id)).filter((job) => job.completed_at !== null).length >= 2);
    await lab.api.client.call(schedules.pauseSchedule, params(id));
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
      lab.simulator.setLatency(0);
      await until('all are over', async () => (await read(id)).running.length === 0);
      expect(await lab.cluster.locks()).toBe(0);
      expect(lab.simulator.counters().totals.open_sessions).toBe(0);
      const ends = (await runsOf(id)).map((run) => run.status);
      expect(ends).toContain(overlap === 'cancel_other' ? 'CANCELLED' : 'TERMINATED');
    },
  );

  it('is up to the caller where a person starts it', async () => {
    lab.simulator.setLatency(3000);
    const { id } = await create({ paused: true });
    await trigger(id);
    await until('it runs', async () => (await read(id)).running.length === 1);
    await trigger(id);
    await until('the second is skipped', async () => (await read(id)).skipped_overlap === 1);
    await trigger(id, { overlap: 'allow_all' });
    await until('two run at once', async () => (await read(id)).running.length === 2);
    lab.simulator.setLatency(0);
    await until('both are over', async () => (await read(id)).running.length === 0);
    expect((await read(id)).last_runs.map((run) => run.status)).toEqual(['completed', 'completed']);
  });
});

it('a backfill starts what was due, one after the other, also what ran already', async () => {
  const { id } = await create({ spec: { interval: { every: '1h' } }, paused: true });
  const backfill = () =>
    lab.api.client.call(schedules.backfillSchedule, {
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

it('a Temporal schedule whose row is gone starts nothing and removes itself', async () => {
  const { id } = await create({ spec: { interval: { every: 1 } }, paused: true });
  await lab.cluster.database.sql`delete from schedules where id = ${id}`;
  await temporal(id).unpause();
  await until('it is logged', () => lab.worker.log().includes('has no row in the database any more'));
  await until('it has removed itself', async () => (await describeSchedule(lab.cluster.deps, id)) === null);
  expect(await lab.cluster.database.sql`select 1 from jobs where schedule_id = ${id}`).toHaveLength(0);
});
