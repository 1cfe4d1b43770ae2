import { randomUUID } from 'node:crypto';
import { controlJob } from '../../api/control.ts';
import { launchRequest, steerDeps } from '../../api/launch.ts';
import { MAX_BATCH_SIZE } from '../../core/batches.ts';
import type { InventorySourceOptions } from '../../core/inventory.ts';
import { collectorQueue, JOBS_QUEUE } from '../../core/queues.ts';
import { SCHEDULE_WORKFLOW, temporalScheduleId } from '../../core/schedules.ts';
import { countItems } from '../../stores/bulk-items.ts';
import { dropDevices } from '../../stores/steer/drop-devices.ts';
import type { Simulator } from '../../simulator/simulator.ts';
import { startSourceServer } from '../inventory/support/source-server.ts';
import { until, type Cluster } from '../support/cluster.ts';
import { UNSCOPED } from '../../stores/scope.ts';

/** What histories are encrypted with; those that are older than the payload codec are not. No secret: it encrypts nothing else. */
export const HISTORY_KEY = Buffer.alloc(32, 'cairn histories ');

/** What a scenario plays with: 6 devices on a simulator, a worker with room for all of them. */
export interface Stage {
  cluster: Cluster;
  simulator: Simulator;
  ids: Map<string, string>;
}

export interface Scenario {
  /** What the recorded history must show, or it records something else: event types with the least number of each. */
  shows: Record<string, number>;
  /** Runs a job to its end and returns its id. */
  play(stage: Stage): Promise<string>;
}

const first = (ids: Map<string, string>, count: number): Map<string, string> => new Map([...ids].slice(0, count));
const sessions = ({ simulator }: Stage): number => simulator.counters().totals.open_sessions;

async function pauseAndResume(stage: Stage): Promise<string> {
  const { cluster, simulator, ids } = stage;
  simulator.setLatency(200);
  const job = await cluster.discover(ids);
  await until('sessions are open', () => sessions(stage) > 0);
  await controlJob(cluster.deps, job, 'pause', 'recorder');
  await until('it is paused', async () => (await cluster.job(job)).status === 'paused');
  simulator.setLatency(0);
  await controlJob(cluster.deps, job, 'resume', 'recorder');
  return job;
}

/**
 * One recorded history each, in `tests/histories/<name>.json`. All but `local` are of runs that began before there were local activities:
 * keep them; recorded anew they would have fewer activities.
 */
export const SCENARIOS: Record<string, Scenario> = {
  // The short activities are part of workflow tasks.
  local: {
    shows: { MARKER_RECORDED: 3, WORKFLOW_EXECUTION_COMPLETED: 1 },
    play: ({ cluster, ids }) => cluster.discover(first(ids, 3)),
  },
  completed: {
    shows: { ACTIVITY_TASK_COMPLETED: 8, WORKFLOW_EXECUTION_COMPLETED: 1 },
    play: ({ cluster, ids }) => cluster.discover(first(ids, 3)),
  },
  paused: {
    shows: { WORKFLOW_EXECUTION_SIGNALED: 2, WORKFLOW_EXECUTION_COMPLETED: 1 },
    play: pauseAndResume,
  },
  // With the payload codec on, as it is by default.
  sealed: {
    shows: { WORKFLOW_EXECUTION_SIGNALED: 2, ACTIVITY_TASK_COMPLETED: 8, WORKFLOW_EXECUTION_COMPLETED: 1 },
    play: pauseAndResume,
  },
  cancelled: {
    shows: { WORKFLOW_EXECUTION_CANCEL_REQUESTED: 1, ACTIVITY_TASK_CANCEL_REQUESTED: 1, WORKFLOW_EXECUTION_CANCELED: 1 },
    async play(stage) {
      const { cluster, simulator, ids } = stage;
      simulator.setLatency(500);
      const job = await cluster.discover(ids);
      await until('sessions are open', () => sessions(stage) > 2);
      await controlJob(cluster.deps, job, 'cancel', 'recorder');
      await cluster.wait(job);
      simulator.setLatency(0);
      return job;
    },
  },
  retries: {
    shows: { TIMER_FIRED: 2, ACTIVITY_TASK_COMPLETED: 8, WORKFLOW_EXECUTION_COMPLETED: 1 },
    async play({ cluster, simulator, ids }) {
      const [refused, flaky] = [...ids.keys()] as [string, string];
      await simulator.setFault(refused, 'refuse');
      await simulator.setFault(flaky, 'flaky');
      const job = await cluster.discover(first(ids, 3));
      await cluster.wait(job);
      for (const name of [refused, flaky]) await simulator.setFault(name, null);
      return job;
    },
  },
  'time-limit': {
    shows: { ACTIVITY_TASK_CANCEL_REQUESTED: 1, WORKFLOW_EXECUTION_COMPLETED: 1 },
    async play({ cluster, simulator, ids }) {
      simulator.setLatency(3000);
      const job = await cluster.discover(ids, { job_time_limit: 4 });
      await cluster.wait(job);
      simulator.setLatency(0);
      return job;
    },
  },
  // More batches of 50 than are in flight at once. The devices were deleted since, so that no session is needed.
  batches: {
    shows: { ACTIVITY_TASK_COMPLETED: 103, WORKFLOW_EXECUTION_COMPLETED: 1 },
    play({ cluster }) {
      const gone = Array.from({ length: 101 * MAX_BATCH_SIZE }, (_, index) => ({
        id: randomUUID(),
        name: `gone${index}`,
        queue_id: null,
      }));
      return cluster.discover(new Map(), { snapshot: false }, { devices: gone });
    },
  },
  reparsed: {
    shows: { ACTIVITY_TASK_COMPLETED: 6, WORKFLOW_EXECUTION_COMPLETED: 1 },
    async play({ cluster, ids }) {
      await cluster.wait(await cluster.discover(first(ids, 2)));
      return cluster.discover(first(ids, 2), {}, { type: 'topology.reparse' });
    },
  },
  // Of more rows than a slice takes, and paused in between.
  cleaned: {
    shows: { ACTIVITY_TASK_COMPLETED: 18, WORKFLOW_EXECUTION_SIGNALED: 2, WORKFLOW_EXECUTION_COMPLETED: 1 },
    async play({ cluster }) {
      await cluster.database.sql`insert into audit_events (at, actor, action, method, path, status, request_id)
        select now() - interval '400 days' - n * interval '1 second', 'old', 'x', 'POST', '/', '200', 'r' from generate_series(1, 200000) n`;
      const wish = { type: 'maintenance.cleanup', request: {}, priority: 0, owner: 'recorder' } as const;
      const { job_id: job } = await launchRequest({ ...cluster.deps, maxDevicesPerRequest: 1 }, UNSCOPED, wish);
      await until('rows are removed', async () => {
        const [row] = await cluster.database.sql<{ n: number }[]>`select count(*)::int as n from audit_events`;
        return row!.n < 200_000;
      });
      await controlJob(cluster.deps, job, 'pause', 'recorder');
      await until('it is paused', async () => (await cluster.job(job)).status === 'paused');
      await controlJob(cluster.deps, job, 'resume', 'recorder');
      await cluster.wait(job);
      return job;
    },
  },
  synced: {
    shows: { ACTIVITY_TASK_COMPLETED: 3, WORKFLOW_EXECUTION_COMPLETED: 1 },
    play: ({ cluster }) => startSync(cluster, { type: 'csv', name: 'table', text: 'name,host\nsynced,192.0.2.1\n' }),
  },
  // While its source says nothing.
  'sync-cancelled': {
    shows: { ACTIVITY_TASK_CANCELED: 1, ACTIVITY_TASK_COMPLETED: 3, WORKFLOW_EXECUTION_CANCELED: 1 },
    async play({ cluster }) {
      const silent = await startSourceServer(() => () => undefined);
      const job = await startSync(cluster, { type: 'netbox', name: 'box', url: silent.url });
      await until('the source is asked', () => silent.asked.length > 0);
      await controlJob(cluster.deps, job, 'cancel', 'recorder');
      await cluster.wait(job);
      await silent.stop();
      return job;
    },
  },
  // Paused in between.
  bulk: {
    shows: { ACTIVITY_TASK_COMPLETED: 6, WORKFLOW_EXECUTION_SIGNALED: 2, WORKFLOW_EXECUTION_COMPLETED: 1 },
    async play({ cluster }) {
      const job = await startBulk(cluster, 'paused');
      await controlJob(cluster.deps, job, 'pause', 'recorder');
      await until('it is paused', async () => (await cluster.job(job)).status === 'paused');
      await controlJob(cluster.deps, job, 'resume', 'recorder');
      await cluster.wait(job);
      return job;
    },
  },
  'bulk-cancelled': {
    shows: { ACTIVITY_TASK_CANCEL_REQUESTED: 1, ACTIVITY_TASK_COMPLETED: 4, WORKFLOW_EXECUTION_CANCELED: 1 },
    async play({ cluster }) {
      const job = await startBulk(cluster, 'cancelled');
      await controlJob(cluster.deps, job, 'cancel', 'recorder');
      await cluster.wait(job);
      return job;
    },
  },
  // The devices of one queue are cancelled, which nobody serves; the job goes on with the others.
  dropped: {
    shows: { WORKFLOW_EXECUTION_SIGNALED: 1, ACTIVITY_TASK_CANCEL_REQUESTED: 3, WORKFLOW_EXECUTION_COMPLETED: 1 },
    async play({ cluster, simulator, ids }) {
      simulator.setLatency(300);
      const devices = [...ids].map(([name, id], index) => ({ id, name, queue_id: index < 3 ? null : 'nobody' }));
      const job = await cluster.discover(new Map(), {}, { devices });
      await until('sessions are open', () => simulator.counters().totals.open_sessions > 0);
      await dropDevices(steerDeps(cluster.deps), job, collectorQueue('nobody'), 'recorder');
      await cluster.wait(job);
      simulator.setLatency(0);
      return job;
    },
  },
  scheduled: {
    shows: {
      START_CHILD_WORKFLOW_EXECUTION_INITIATED: 1,
      CHILD_WORKFLOW_EXECUTION_COMPLETED: 1,
      WORKFLOW_EXECUTION_COMPLETED: 1,
    },
    play: (stage) => startRun(stage),
  },
  'scheduled-cancelled': {
    shows: { CHILD_WORKFLOW_EXECUTION_CANCELED: 1, ACTIVITY_TASK_COMPLETED: 3, WORKFLOW_EXECUTION_CANCELED: 1 },
    async play(stage) {
      stage.simulator.setLatency(500);
      const run = await startRun(stage);
      await until('sessions are open', () => sessions(stage) > 2);
      await stage.cluster.deps.temporal.workflow.getHandle(run).cancel();
      await until('none is open', () => sessions(stage) === 0);
      stage.simulator.setLatency(0);
      return run;
    },
  },
};

async function startSync(cluster: Cluster, source: InventorySourceOptions): Promise<string> {
  const wish = { type: 'inventory.sync', request: { source }, priority: 5, owner: 'recorder' } as const;
  const { job_id } = await launchRequest({ ...cluster.deps, maxDevicesPerRequest: 1 }, UNSCOPED, wish);
  return job_id;
}

/** A bulk job that cancels 40 jobs of this owner, each of which takes its time, when it has done some of them. */
async function startBulk(cluster: Cluster, owner: string): Promise<string> {
  const { sql } = cluster.database;
  await sql.unsafe(`create or replace function slow() returns trigger language plpgsql as
    $$ begin perform pg_sleep(0.3); return new; end $$`);
  await sql.unsafe(`create or replace trigger slow before update on jobs for each row
    when (new.status = 'cancelling' and old.status <> 'cancelling' and new.owner <> 'recorder') execute function slow()`);
  const devices = [{ id: randomUUID(), name: 'gone', queue_id: 'nobody' }];
  for (let n = 0; n < 40; n += 1) await cluster.discover(new Map(), {}, { owner, devices });
  const request = { action: 'cancel', filter: { owner } } as const;
  const wish = { type: 'jobs.bulk', request, priority: 10, owner: 'recorder' } as const;
  const { job_id } = await launchRequest({ ...cluster.deps, maxDevicesPerRequest: 1 }, UNSCOPED, wish);
  await until('some are done', async () => (await countItems(sql, job_id)).done >= 4);
  return job_id;
}

/** One run of a schedule for all devices, as Temporal starts it; returns its workflow id. */
async function startRun({ cluster }: Stage): Promise<string> {
  const id = randomUUID();
  await cluster.database.sql`insert into schedules (id, name, type, params, priority, owner)
    values (${id}, ${id}, 'topology.discover', '{"all":true}'::jsonb, 3, 'recorder')`;
  const workflowId = `${temporalScheduleId(id)}-2027-01-01T00:00:00Z`;
  const args = [{ schedule_id: id }];
  await cluster.deps.temporal.workflow.start(SCHEDULE_WORKFLOW, { workflowId, taskQueue: JOBS_QUEUE, args });
  return workflowId;
}
