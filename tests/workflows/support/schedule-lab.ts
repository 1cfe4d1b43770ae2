import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { describeSchedule } from '../../../api/schedules/temporal.ts';
import type { BodyIn } from '../../../contracts/endpoint.ts';
import { jobs } from '../../../contracts/http/jobs.ts';
import { schedules } from '../../../contracts/http/schedules.ts';
import type { Schedule } from '../../../contracts/schedule.ts';
import { temporalScheduleId } from '../../../core/schedules.ts';
import { startSimulator, type Simulator } from '../../../simulator/simulator.ts';
import { startCluster, until, type ApiProcess, type Cluster, type WorkerProcess } from '../../support/cluster.ts';

/** The tests read what Temporal keeps with a client of their own, which has no keys. */
export const READABLE = { CAIRN_PAYLOAD_CODEC: 'off' };

/** Processes that a test may end and start again. */
export interface ScheduleLab {
  cluster: Cluster;
  simulator: Simulator;
  worker: WorkerProcess;
  api: ApiProcess;
}

/** A cluster with three simulated devices at `host`, set up before the tests of a file, and what they ask it for. */
export function useScheduleLab(host: string) {
  const lab = {} as ScheduleLab;
  const made: string[] = [];

  beforeAll(async () => {
    [lab.cluster, lab.simulator] = await Promise.all([
      startCluster(),
      startSimulator({ devices: 3, platforms: ['cisco_ios'], host }),
    ]);
    await lab.cluster.addDevices(lab.simulator.devices);
    [lab.worker, lab.api] = await Promise.all([lab.cluster.startWorker(READABLE), lab.cluster.startApi(READABLE)]);
  });

  afterAll(async () => {
    await lab.cluster?.stop();
    await lab.simulator?.stop();
  });

  afterEach(async () => {
    lab.simulator.setLatency(0);
    // Nothing of one test starts anything in the next.
    for (const id of made.splice(0))
      await temporal(id)
        .delete()
        .catch(() => undefined);
    await until(
      'all jobs are over',
      async () => (await lab.cluster.database.sql`select 1 from jobs where completed_at is null`).length === 0,
    );
  });

  const temporal = (id: string) => lab.cluster.deps.temporal.schedule.getHandle(temporalScheduleId(id));

  async function create(more: Partial<BodyIn<typeof schedules.createSchedule>>): Promise<Schedule> {
    const name = `s-${randomUUID().slice(0, 8)}`;
    const plan = { name, type: 'fleet.collect', params: { all: true }, spec: { cron: '0 0 1 1 *' } } as const;
    const body = { ...plan, ...more };
    const { body: schedule } = await lab.api.client.call(schedules.createSchedule, { body });
    made.push(schedule.id);
    return schedule;
  }

  return {
    lab,
    temporal,
    /** One that is due on New Year's Day, unless told otherwise. */
    create,
    read: async (id: string): Promise<Schedule> => (await lab.api.client.call(schedules.getSchedule, params(id))).body,
    jobsOf: async (id: string) => (await lab.api.client.call(jobs.listJobs, { query: { schedule_id: id } })).body.items,
    trigger: async (id: string, body: BodyIn<typeof schedules.triggerSchedule> = {}) =>
      (await lab.api.client.call(schedules.triggerSchedule, { ...params(id), body })).body,
    /** The status in Temporal of the runs of a schedule, the oldest first. */
    runsOf: async (id: string) => {
      const { info } = (await describeSchedule(lab.cluster.deps, id))!;
      return Promise.all(
        info.recentActions.map(async ({ action: { workflow } }) => {
          const handle = lab.cluster.deps.temporal.workflow.getHandle(workflow.workflowId, workflow.firstExecutionRunId);
          return { handle, status: (await handle.describe()).status.name };
        }),
      );
    },
  };
}

export const params = (id: string) => ({ params: { id } });
