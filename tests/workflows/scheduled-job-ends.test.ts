import { describe, expect, it } from 'vitest';
import { startWorkflow } from '../../api/launch.ts';
import { reconcile } from '../../api/reconcile.ts';
import { collectionGroups } from '../../contracts/http/collection-groups.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import { originOf, SCHEDULE_WORKFLOW, temporalScheduleId } from '../../core/schedules.ts';
import { JOBS_QUEUE } from '../../core/queues.ts';
import { readJobState } from '../../stores/job-state.ts';
import { createScheduledJob } from '../../stores/scheduled-jobs.ts';
import { findSchedule } from '../../stores/schedules.ts';
import { UNSCOPED } from '../../stores/scope.ts';
import { until } from '../support/cluster.ts';
import { params, useScheduleLab } from './support/schedule-lab.ts';

const { lab, create, read, jobsOf, trigger, runsOf } = useScheduleLab('127.57.1.1');

describe('a run and its job end together', () => {
  it('a job that a person cancels ends the run, and is no failure', async () => {
    lab.simulator.setLatency(700);
    const { id } = await create({ spec: { interval: { every: '1h' } }, pause_on_failure: true });
    await trigger(id);
    await until('it runs', async () => (await read(id)).running.length === 1);
    const [job = ''] = (await read(id)).running;
    await lab.api.client.call(jobs.cancelJob, params(job));
    await until('the run is over', async () => (await runsOf(id))[0]?.status !== 'RUNNING');
    const [run] = await runsOf(id);
    expect(run?.status).toBe('COMPLETED');
    expect(await read(id)).toMatchObject({ state: 'active', running: [], last_runs: [{ job_id: job, status: 'cancelled' }] });
    expect(await lab.cluster.locks()).toBe(0);
  });

  it.each(['cancel', 'terminate'] as const)('a run that is ended in Temporal (%s) ends the job', async (verb) => {
    lab.simulator.setLatency(700);
    const { id } = await create({ paused: true });
    await trigger(id);
    await until('it runs', async () => (await jobsOf(id))[0]?.status === 'in_progress');
    const [run] = await runsOf(id);
    await (verb === 'cancel' ? run?.handle.cancel() : run?.handle.terminate());
    await until('the job is cancelled', async () => (await jobsOf(id))[0]?.status === 'cancelled');
    await until('no session is open', () => lab.simulator.counters().totals.open_sessions === 0);
    expect(await lab.cluster.locks()).toBe(0);
  });

  it('a job that fails fails the run, and pauses the schedule where that was asked for', async () => {
    const group = { name: 'branch-7', queue_id: 'b7', login_rate: null, max_sessions: null };
    await lab.api.client.call(collectionGroups.createCollectionGroup, { body: group });
    const [device] = await lab.cluster.database.sql<{ id: string }[]>`update devices
      set collection_group_id = (select id from collection_groups where name = 'branch-7') where name = ${lab.simulator.devices[0]!.name} returning id`;
    const { id } = await create({ params: { group: 'branch-7' }, spec: { interval: { every: '1h' } }, pause_on_failure: true });
    await lab.cluster.database.sql`update devices set collection_group_id = null where id = ${device!.id}`;
    await lab.api.client.call(collectionGroups.deleteCollectionGroup, params('branch-7'));
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

describe('a job that is there before its run has started it', () => {
  const early = async (delay: '1s' | '6s') => {
    const { id } = await create({ paused: true });
    const schedule = (await findSchedule(lab.cluster.database, UNSCOPED, id))!;
    const handle = await lab.cluster.deps.temporal.workflow.start(SCHEDULE_WORKFLOW, {
      workflowId: `${temporalScheduleId(id)}-2026-05-01T01:00:00Z`,
      taskQueue: JOBS_QUEUE,
      args: [{ schedule_id: id }],
      startDelay: delay,
    });
    const { workflowId, firstExecutionRunId } = handle;
    const { job_id } = await createScheduledJob(lab.cluster.database, schedule, originOf({ workflowId, firstExecutionRunId }));
    return { handle, job_id };
  };
  const started = async (job_id: string) => startWorkflow(lab.cluster.deps, (await readJobState(lab.cluster.database, job_id))!);
  const rounds = async (count: number) => {
    for (let round = 0; round < count; round++) await reconcile(lab.cluster.deps);
  };
  const attends = (handle: { fetchHistory(): Promise<unknown> }) =>
    until('the run waits for it', async () => JSON.stringify(await handle.fetchHistory()).includes('"awaitJob"'));

  it('is waited for where somebody else has started it', async () => {
    lab.simulator.setLatency(5000);
    const { handle, job_id } = await early('1s');
    await started(job_id);
    await attends(handle);
    expect((await lab.cluster.job(job_id)).status).toBe('in_progress');
    lab.simulator.setLatency(0);
    await until('the run is over', async () => (await handle.describe()).status.name === 'COMPLETED');
    expect((await lab.cluster.job(job_id)).status).toBe('completed');
  });

  it('is cancelled with the run then', async () => {
    lab.simulator.setLatency(5000);
    const { handle, job_id } = await early('1s');
    await started(job_id);
    await attends(handle);
    await handle.cancel();
    await until('the run is over', async () => (await handle.describe()).status.name !== 'RUNNING');
    expect(await lab.cluster.job(job_id)).toMatchObject({ status: 'cancelled' });
    expect((await handle.describe()).status.name).toBe('CANCELLED');
  });

  it('is left alone by the reconciler while the run lives', async () => {
    const { handle, job_id } = await early('6s');
    await lab.cluster.database.sql`update jobs set created_at = now() - interval '1 minute' where id = ${job_id}`;
    await rounds(3);
    expect(await lab.cluster.job(job_id)).toMatchObject({ status: 'pending', error: null });
    await until('the run is over', async () => (await handle.describe()).status.name === 'COMPLETED');
    expect((await lab.cluster.job(job_id)).status).toBe('completed');
    expect(JSON.stringify(await handle.fetchHistory())).not.toContain('"awaitJob"');
  });

  it('ends with a run that is terminated before', async () => {
    const { handle, job_id } = await early('6s');
    await lab.cluster.database.sql`update jobs set created_at = now() - interval '1 minute' where id = ${job_id}`;
    await handle.terminate();
    await rounds(1);
    expect(await lab.cluster.job(job_id)).toMatchObject({
      status: 'cancelled',
      error: expect.stringContaining('unknown to Temporal'),
    });
    await expect(lab.cluster.deps.temporal.workflow.getHandle(job_id).describe()).rejects.toThrow(/not found/);
  });
});
