import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FLEET_ABSENT, fleetIsHere, startBenchFleet, type BenchFleet } from '../support/bench-fleet.ts';
import { startCluster, until, type Cluster } from '../support/cluster.ts';
import { runsOf } from '../support/history.ts';

const RATE = 5;
const DEVICES = 100;
const WORKERS = 3;
/** Logins are spaced evenly; one that its process or the network held up comes together with the next. */
const BURST = 3;

describe.skipIf(!fleetIsHere)(`${RATE} logins a second of a group${fleetIsHere ? '' : ` (${FLEET_ABSENT})`}`, () => {
  let fleet: BenchFleet;
  let cluster: Cluster;
  let ids: Map<string, string>;
  /** When the fleet had counted each login. */
  const logins: number[] = [];

  beforeAll(async () => {
    [fleet, cluster] = await Promise.all([startBenchFleet({ devices: DEVICES + 1, fail: 0, modes: [] }), startCluster()]);
    const { user: username, password } = fleet;
    const group = uuidv7();
    await cluster.database
      .sql`insert into collection_groups (id, name, queue_id, login_rate) values (${group}, 'rated', 'rated', ${RATE})`;
    const devices = fleet.devices.map((device) => ({ ...device, platform: 'cisco_ios', username, password, group_id: group }));
    ids = await cluster.addDevices(devices);
    await Promise.all(Array.from({ length: WORKERS }, () => cluster.startWorker({ CAIRN_GROUPS: 'rated' })));
  });

  afterAll(async () => {
    await cluster?.stop();
    await fleet?.stop();
  });

  const collect = (names: [string, string][], priority: number): Promise<string> =>
    cluster.collect(new Map(names), {}, { priority, devices: names.map(([name, id]) => ({ id, name, queue_id: 'rated' })) });
  const done = async (job: string): Promise<number> =>
    (await cluster.devices(job)).filter((device) => device.status === 'completed').length;

  it('holds over three worker processes, and an urgent job does not wait for those before it', { timeout: 55_000 }, async () => {
    const end = new AbortController();
    const watch = (async () => {
      while (!end.signal.aborted) {
        const { logins: now } = await fleet.totals();
        while (logins.length < now) logins.push(Date.now());
        await new Promise((resolve) => setTimeout(resolve, 15));
      }
    })();
    const many = await collect([...ids].slice(0, DEVICES), 2);
    await until('a fifth is done', async () => (await done(many)) >= DEVICES / 5);
    const before = await done(many);
    const urgent = await collect([...ids].slice(DEVICES), 8);
    expect(await cluster.wait(urgent, 30_000)).toBe('completed');
    const passed = (await done(many)) - before;
    expect(await cluster.wait(many, 50_000)).toBe('completed');
    end.abort();
    await watch;
    expect((await fleet.totals()).logins).toBe(DEVICES + 1);
    const inWindow = logins.map((from, at) => logins.slice(at).filter((time) => time < from + 1000).length);
    const rate = (logins.length - 1) / ((logins.at(-1)! - logins[0]!) / 1000);
    console.log(`${rate.toFixed(2)} logins a second, at most ${Math.max(...inWindow)} in one; ${passed} before the urgent one`);
    expect(Math.max(...inWindow)).toBeLessThanOrEqual(RATE + BURST);
    expect(rate).toBeGreaterThan(RATE * 0.9);
    expect(rate).toBeLessThan(RATE * 1.1);
    // What was booked for others before, at most some seconds, goes first.
    expect(passed).toBeLessThanOrEqual(6 * RATE);
    const runs = (await runsOf(cluster.deps.temporal, many)).filter((run) => run.type === 'collectDevices');
    expect(new Set(runs.map((run) => run.worker)).size).toBe(WORKERS);
  });
});
