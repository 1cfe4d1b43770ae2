import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, type Cluster } from '../support/cluster.ts';
import { runsOf } from '../support/history.ts';

const DEVICES = 14;
const RATE = 4;
const SESSIONS = 3;

let cluster: Cluster;
/** The devices of each group are a network of their own, so that its totals are those of the group. */
let rated: Simulator;
let limited: Simulator;
let job: string;
/** When each connection to a device of the rated group was made. */
const connections: number[] = [];

async function group(name: string, limits: { login_rate?: number; max_sessions?: number }): Promise<string> {
  const id = uuidv7();
  await cluster.database.sql`insert into collection_groups (id, name, queue_id, login_rate, max_sessions)
    values (${id}, ${name}, ${name}, ${limits.login_rate ?? null}, ${limits.max_sessions ?? null})`;
  return id;
}

beforeAll(async () => {
  [cluster, rated, limited] = await Promise.all([
    startCluster(),
    startSimulator({ devices: DEVICES, platforms: ['cisco_ios'], host: '127.44.0.1' }),
    startSimulator({ devices: DEVICES, platforms: ['cisco_ios'], host: '127.44.128.1', latencyMs: 40 }),
  ]);
  const env = { CAIRN_GROUPS: 'rated,limited' };
  await Promise.all([cluster.startWorker(env), cluster.startWorker(env)]);
  const groups = {
    rated: await group('rated', { login_rate: RATE }),
    limited: await group('limited', { max_sessions: SESSIONS }),
  };
  const wanted = [
    ...rated.devices.map((device) => ({ ...device, name: `r-${device.name}`, group_id: groups.rated })),
    ...limited.devices.map((device) => ({ ...device, name: `l-${device.name}`, group_id: groups.limited })),
  ];
  const ids = await cluster.addDevices(wanted);
  const sampler = setInterval(() => {
    while (connections.length < rated.counters().totals.connections) connections.push(Date.now());
  }, 5);
  const devices = wanted.map(({ name }) => ({
    id: ids.get(name)!,
    name,
    queue_id: name.startsWith('r-') ? 'rated' : 'limited',
  }));
  job = await cluster.discover(ids, { snapshot: false }, { devices });
  expect(await cluster.wait(job, 60_000)).toBe('completed');
  clearInterval(sampler);
});

afterAll(async () => {
  await cluster?.stop();
  await rated?.stop();
  await limited?.stop();
});

describe('limits of a collection group, over two worker processes', () => {
  it('both workers take their part, on the queues of the groups', async () => {
    const runs = (await runsOf(cluster.deps.temporal, job)).filter((run) => run.type === 'discoverDevices');
    expect(new Set(runs.map((run) => run.queue))).toEqual(new Set(['collector.group.rated', 'collector.group.limited']));
    for (const queue of ['collector.group.rated', 'collector.group.limited']) {
      expect(new Set(runs.filter((run) => run.queue === queue).map((run) => run.worker)).size).toBe(2);
    }
    expect(new Set((await cluster.devices(job)).map((row) => row.outcome))).toEqual(new Set(['ok']));
  });

  it('`max_sessions` is never exceeded, and is used', () => {
    const { totals } = limited.counters();
    expect(totals).toMatchObject({ logins: DEVICES, peak_sessions: SESSIONS, overlapping_sessions: 0 });
  });

  it('`login_rate` spreads the logins', () => {
    expect(rated.counters().totals).toMatchObject({ logins: DEVICES, connections: DEVICES });
    expect(connections.length).toBe(DEVICES);
    // Each may come late, never early: the last one not before its turn, less what the clocks of two processes leave open.
    const took = connections.at(-1)! - connections[0]!;
    expect(took).toBeGreaterThan(((DEVICES - 1) * 1000) / RATE - 500);
    for (const [index, from] of connections.entries()) {
      const within = connections.slice(index).filter((at) => at < from + 1000).length;
      expect([index, within <= RATE + 3]).toEqual([index, true]);
    }
  });
});
