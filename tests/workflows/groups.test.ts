import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectionGroups } from '../../contracts/http/collection-groups.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, until, type ApiProcess, type Cluster, type WorkerProcess } from '../support/cluster.ts';
import { runsOf } from '../support/history.ts';

const DEVICES = 30;
const SESSIONS = 3;
const QUEUE = 'collector.group.b7';
const ENV = { CAIRN_GROUPS: 'b7', CAIRN_MAX_SESSIONS: String(SESSIONS) };

let cluster: Cluster;
let simulator: Simulator;
let api: ApiProcess;
let ids: Map<string, string>;

beforeAll(async () => {
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: DEVICES, platforms: ['cisco_ios'], host: '127.62.0.1', latencyMs: 40 }),
  ]);
  api = await cluster.startApi();
  const group_id = uuidv7();
  await cluster.database.sql`insert into collection_groups (id, name, queue_id) values (${group_id}, 'branch-7', 'b7')`;
  ids = await cluster.addDevices(simulator.devices.map((device) => ({ ...device, group_id })));
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

const group = async () => (await api.client.call(collectionGroups.getCollectionGroup, { params: { id: 'branch-7' } })).body;
const job = async (id: string) => (await api.client.call(jobs.getJob, { params: { id } })).body;

/** A job for the devices of the group. */
const start = (names = [...ids.keys()]): Promise<string> =>
  cluster.discover(ids, { snapshot: false }, { devices: names.map((name) => ({ id: ids.get(name)!, name, queue_id: 'b7' })) });

// Workers are started and waited for in each of them.
describe('a collection group', { timeout: 180_000 }, () => {
  it('says that no worker serves it, and so does a job for it, until one does', async () => {
    // Nobody at all: the workflow itself cannot run.
    const waiting = await start();
    expect(await job(waiting)).toMatchObject({
      status: 'pending',
      waiting_for: [{ queue: 'cairn-jobs', group: null, devices: DEVICES, advice: 'start a worker (npm run worker)' }],
    });
    // A worker, but of no group.
    const other = await cluster.startWorker();
    await until('the job waits for its group', async () => (await job(waiting)).waiting_for?.[0]?.queue === QUEUE);
    const seen = await job(waiting);
    const advice = 'start a worker with CAIRN_GROUPS=b7';
    const reason = 'no worker serves the collection group branch-7';
    expect(seen.waiting_for).toEqual([{ queue: QUEUE, group: 'branch-7', devices: DEVICES, reason, advice }]);
    expect(seen.message).toContain(`${DEVICES} device(s) wait: ${reason}; ${advice}`);
    expect(await group()).toMatchObject({ state: 'no_worker', workers: 0, advice });
    // The devices without a group are served, and a job for those does not say a word.
    const free = await cluster.discover(new Map(), {}, { devices: [{ id: uuidv7(), name: 'gone', queue_id: null }] });
    await cluster.wait(free);
    expect((await job(free)).waiting_for).toEqual([]);
    // Asking again and again stays cheap.
    const took: number[] = [];
    for (let turn = 0; turn < 40; turn++) {
      const asked = performance.now();
      await job(waiting);
      took.push(performance.now() - asked);
    }
    // Of the quieter moments of the machine.
    expect(took.sort((a, b) => a - b)[5]).toBeLessThan(20);

    const own = await cluster.startWorker(ENV);
    expect(await cluster.wait(waiting)).toBe('completed');
    expect(await job(waiting)).toMatchObject({
      waiting_for: [],
      message: `${DEVICES} of ${DEVICES} device(s) completed, 0 failed, 0 cancelled`,
    });
    await until('the group is served', async () => (await group()).state === 'served');
    expect(await group()).toMatchObject({ workers: 1, advice: null });
    const { items } = (await api.client.call(collectionGroups.listCollectionGroups, {})).body;
    expect(items).toMatchObject([{ name: 'branch-7', state: 'served', workers: 1 }]);
    await Promise.all([own.stop(), other.stop()]);
  });

  it('is shared by its workers; when one is killed the job goes on, and only what was in flight is done again', async () => {
    const workers: WorkerProcess[] = await Promise.all([cluster.startWorker(ENV), cluster.startWorker(ENV)]);
    simulator.reset();
    const id = await start();
    const done = async () => (await cluster.devices(id)).filter((device) => device.status === 'completed');
    await until('both have done devices', async () => {
      const runs = (await runsOf(cluster.deps.temporal, id)).filter((run) => run.queue === QUEUE);
      return new Set(runs.map((run) => run.worker)).size === 2;
    });
    const before = new Set((await done()).map((device) => device.name));
    await workers[0]!.kill();
    expect(before.size).toBeGreaterThan(0);
    expect(before.size).toBeLessThan(DEVICES);
    expect(await cluster.wait(id)).toBe('completed');
    expect((await done()).length).toBe(DEVICES);
    const { devices, totals } = simulator.counters();
    const twice = Object.entries(devices).filter(([, device]) => device.logins !== 1);
    expect(twice.filter(([name, device]) => before.has(name) || device.logins !== 2)).toEqual([]);
    // In flight: its sessions, and what had just left one and was not committed yet.
    expect(twice.length).toBeLessThanOrEqual(2 * SESSIONS);
    expect(totals.overlapping_sessions).toBe(0);
    await workers[1]!.stop();
  });

  it('whose last worker was killed is not served any more as soon as work for it piles up', async () => {
    const [own, other] = await Promise.all([cluster.startWorker(ENV), cluster.startWorker()]);
    // Whatever a try before this one left in the queue is done too.
    expect(await cluster.wait(await start([...ids.keys()].slice(0, 1)))).toBe('completed');
    await until('its worker is seen', async () => (await group()).state === 'served');
    await own.kill();
    const id = await start([...ids.keys()].slice(0, 1));
    // Before Temporal forgets who asked for work. It may still give the dead one what then times out, once for each of its polls.
    await until('the job says so', async () => (await job(id)).waiting_for?.[0]?.queue === QUEUE, 100_000);
    expect(await group()).toMatchObject({ state: 'no_worker' });
    const next = await cluster.startWorker(ENV);
    expect(await cluster.wait(id)).toBe('completed');
    await Promise.all([next.stop(), other.stop()]);
  });

  it('of a Temporal that is away is unknown, and the list still answers', async () => {
    const own = await cluster.startApi({ TEMPORAL_ADDRESS: '127.0.0.1:1' });
    const asked = Date.now();
    const { body } = await own.client.call(collectionGroups.listCollectionGroups, {});
    expect(body.items).toMatchObject([{ name: 'branch-7', state: 'unknown', workers: null, advice: null }]);
    expect(Date.now() - asked).toBeLessThan(3000);
  });
});
