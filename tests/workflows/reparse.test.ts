import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, type Cluster } from '../support/cluster.ts';

const COMMAND = 'show ip arp';

let cluster: Cluster;
let simulator: Simulator;
let ids: Map<string, string>;

beforeAll(async () => {
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: 2, platforms: ['cisco_ios'], host: '127.34.0.1' }),
  ]);
  ids = await cluster.addDevices(simulator.devices);
  await cluster.startWorker();
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

const outcomes = async (job: string): Promise<string[]> =>
  (await cluster.kinds(job)).map((kind) => `${kind.name} ${kind.kind} ${kind.outcome} ${kind.rows}`);

const reparse = (): Promise<string> => cluster.discover(ids, {}, { type: 'topology.reparse' });

const logins = (): number => simulator.counters().totals.logins;

describe('parsing again', () => {
  it('gives the same records without touching a device, dated as they were collected', async () => {
    const first = await cluster.discover(ids);
    expect(await cluster.wait(first)).toBe('completed');
    const [before] = await cluster.database.sql`select min(collected_at) as at, count(*)::int as n from device_kinds`;
    const again = await reparse();
    expect(await cluster.wait(again)).toBe('completed');
    expect(await outcomes(again)).toEqual(await outcomes(first));
    expect(logins()).toBe(2);
    const [after] = await cluster.database.sql`select max(collected_at) as at, count(*)::int as n from device_kinds`;
    expect(after!.n).toBe(before!.n);
    expect((after!.at as Date).getTime() - (before!.at as Date).getTime()).toBeLessThan(5_000);
  });

  it('a line that the template does not know costs that kind only, and comes right when the template does', async () => {
    const device = simulator.devices[0]!.name;
    const id = ids.get(device)!;
    const { sql } = cluster.database;
    const [kept] = await sql<
      { output: string }[]
    >`select output from command_outputs where device_id = ${id} and command = ${COMMAND}`;
    await sql`update command_outputs set output = output || E'\nQ?  a line of tomorrow\n' where device_id = ${id} and command = ${COMMAND}`;
    const broken = await reparse();
    await cluster.wait(broken);
    const failed = (await cluster.kinds(broken)).filter((kind) => kind.outcome === 'parse_failed');
    expect(failed).toMatchObject([{ name: device, kind: 'arp' }]);
    expect(failed[0]!.error).toMatch(/line \d+ .*a line of tomorrow/);
    const [cached] = await sql`select count(*)::int as n from arp_entries where device_id = ${id}`;
    expect(cached!.n).toBe(simulator.truth(device, 'arp').length);
    await sql`update command_outputs set output = ${kept!.output} where device_id = ${id} and command = ${COMMAND}`;
    const mended = await reparse();
    await cluster.wait(mended);
    expect((await cluster.kinds(mended)).filter((kind) => kind.outcome === 'parse_failed')).toEqual([]);
    expect(logins()).toBe(2);
  });

  it('says so where there is nothing to parse', async () => {
    await cluster.database.sql`delete from command_outputs`;
    const job = await reparse();
    await cluster.wait(job);
    expect(await cluster.job(job)).toMatchObject({ status: 'failed' });
    expect((await cluster.kinds(job))[0]!.error).toContain('raw output was not kept');
  });
});
