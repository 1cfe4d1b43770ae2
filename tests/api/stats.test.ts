import { hostname } from 'node:os';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schedules } from '../../contracts/http/schedules.ts';
import { stats, type Stats } from '../../contracts/http/stats.ts';
import { JOB_TYPES } from '../../core/jobs.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, until, type ApiProcess, type Cluster, type WorkerProcess } from '../support/cluster.ts';

let cluster: Cluster;
let simulator: Simulator;
let api: ApiProcess;
let worker: WorkerProcess;

beforeAll(async () => {
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: 6, platforms: ['cisco_ios'], host: '127.64.0.1', latencyMs: 400 }),
  ]);
  [api, worker] = await Promise.all([cluster.startApi(), cluster.startWorker({ CAIRN_GROUPS: 'b1', CAIRN_MAX_SESSIONS: '2' })]);
  for (const [name, queue] of [
    ['branch-1', 'b1'],
    ['branch-2', 'b2'],
  ] as const) {
    await cluster.database.sql`insert into collection_groups (id, name, queue_id) values (${uuidv7()}, ${name}, ${queue})`;
  }
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

const read = async (): Promise<Stats> => (await api.client.call(stats.readStats, {})).body;

describe('GET /api/stats', () => {
  it('tells the workers with what they do, the queues of every group, and who serves them', async () => {
    const idle = await read();
    expect(idle.registered).toEqual(JOB_TYPES);
    expect(idle.workers).toMatchObject([
      {
        identity: `${worker.pid}@${hostname()}`,
        host: hostname(),
        pid: worker.pid,
        queues: ['cairn-jobs', 'collector', 'collector.group.b1'],
        slots: { used: 0, free: null },
      },
    ]);
    expect(Date.now() - Date.parse(idle.workers[0]!.last_heartbeat_at)).toBeLessThan(70_000);
    expect(idle.backlog.map(({ queue, kind, group, state, pollers }) => [queue, kind, group, state, pollers])).toEqual([
      ['cairn-jobs', 'workflow', null, 'served', 1],
      ['cairn-jobs', 'activity', null, 'served', 1],
      ['collector', 'activity', null, 'served', 1],
      ['collector.group.b1', 'activity', 'branch-1', 'served', 1],
      ['collector.group.b2', 'activity', 'branch-2', 'no_worker', 0],
    ]);
    expect([idle.active, idle.active_jobs]).toEqual([[], 0]);
  });

  it('tells the jobs that run, the slots they use and what waits', async () => {
    const ids = await cluster.addDevices(simulator.devices);
    const running = await cluster.discover(ids);
    const waiting = await cluster.discover(new Map(), {}, { devices: [{ id: uuidv7(), name: 'far', queue_id: 'b2' }] });
    await until('two devices are worked on, and one waits', async () => {
      const now = await read();
      return now.workers[0]?.slots.used === 2 && now.backlog.some(({ queue, backlog }) => queue.endsWith('.b2') && backlog === 1);
    });
    const now = await read();
    expect(now.active.map((job) => job.job_id)).toEqual([waiting, running]);
    expect(now.active_jobs).toBe(2);
    expect(now.backlog.find(({ queue }) => queue.endsWith('.b2'))).toMatchObject({ state: 'no_worker', backlog: 1 });
    simulator.setLatency(0);
    await cluster.wait(running);
    await until('the job is no longer active', async () => (await read()).active_jobs === 1);
  });

  it('tells what is due next', async () => {
    const { body } = await api.client.call(schedules.createSchedule, {
      body: { name: 'hourly', type: 'fleet.collect', params: { all: true }, spec: { interval: [{ every: 3600 }] } },
    });
    const find = async () => (await read()).scheduled.find((one) => one.schedule_id === body.id);
    await until('the schedule is seen', async () => typeof (await find())?.next_run_at === 'string');
    const mine = (await find())!;
    expect(mine).toMatchObject({ name: 'hourly', type: 'fleet.collect', paused: false });
    expect(Date.parse(mine.next_run_at!)).toBeGreaterThan(Date.now());
    expect(Date.parse(mine.next_run_at!)).toBeLessThan(Date.now() + 3_700_000);
  });

  it('is read by many at the cost of one, and is 503 within three seconds where Temporal is away', async () => {
    const [one, two] = await Promise.all([read(), read()]);
    expect(one.at).toBe(two.at);
    const own = await cluster.startApi({ TEMPORAL_ADDRESS: '127.0.0.1:1' });
    const asked = Date.now();
    await expect(own.client.call(stats.readStats, {})).rejects.toMatchObject({ code: 'temporal_unavailable' });
    expect(Date.now() - asked).toBeLessThan(3000);
  });
});
