import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openArtifactStore } from '../../artifacts/open.ts';
import type { ArtifactStore } from '../../artifacts/store.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, type Cluster } from '../support/cluster.ts';

let simulator: Simulator;
let cluster: Cluster;
let store: ArtifactStore;
let ids: Map<string, string>;

interface Row {
  name: string;
  status: string;
  changed: boolean;
  suspicious: boolean;
  artifact: string | null;
  sha256: string | null;
  lines_added: number;
  lines_removed: number;
}

const rowsOf = (jobId: string): Promise<Row[]> =>
  cluster.database
    .sql`select d.name, b.* from backups b join devices d on d.id = b.device_id where b.job_id = ${jobId} order by d.name`;

const textOf = async (row: Row | undefined): Promise<string> => (await store.get(row?.artifact ?? '')).toString();

const PLATFORMS = ['cisco_ios', 'arista_eos', 'juniper_junos', 'mikrotik_routeros', 'cisco_nxos', 'fortinet'];

beforeAll(async () => {
  [simulator, cluster] = await Promise.all([
    startSimulator({ devices: 12, seed: 4, platforms: PLATFORMS, host: '127.41.0.1' }),
    startCluster(),
  ]);
  await cluster.startWorker();
  ids = await cluster.addDevices(simulator.devices);
  const url = pathToFileURL(join(cluster.dataDir, 'artifacts')).href;
  ({ store } = await openArtifactStore(url, { dataDir: cluster.dataDir }));
});

afterAll(async () => {
  await store?.close();
  await cluster?.stop();
  await simulator?.stop();
});

describe.sequential('a fleet that is collected again and again', () => {
  it('stores what each device prints, letter by letter, as its first version', async () => {
    const job = await cluster.collect(ids);
    expect(await cluster.wait(job)).toBe('completed');
    expect(await cluster.job(job)).toMatchObject({ partial: false });
    const rows = await rowsOf(job);
    expect(rows).toHaveLength(simulator.devices.length);
    for (const row of rows) {
      expect(row, row.name).toMatchObject({ status: 'success', changed: true, suspicious: false });
      expect((await textOf(row)).trimEnd(), row.name).toBe(simulator.configuration(row.name).text.trimEnd());
    }
    expect(Object.values(simulator.counters().devices).every((one) => one.logins === 1)).toBe(true);
    expect(await cluster.locks()).toBe(0);
    expect(await cluster.database.sql`select * from unpublished_versions`).toEqual([]);
    const shown = await store.published();
    expect([...shown.keys()].toSorted()).toEqual(rows.map((row) => `${row.name}.cfg`).toSorted());
  });

  it('makes no version of what did not change, and one with exactly the difference of what did', async () => {
    const [edited] = simulator.devices;
    const before = simulator.configuration(edited!.name).text;
    simulator.change(edited!.name, { kind: 'edit_config' });
    const after = simulator.configuration(edited!.name).text;
    expect(after).not.toBe(before);
    const job = await cluster.collect(ids);
    expect(await cluster.wait(job)).toBe('completed');
    const rows = await rowsOf(job);
    const changed = rows.filter((row) => row.changed);
    expect(changed.map((row) => row.name)).toEqual([edited!.name]);
    expect(changed[0]!.lines_added + changed[0]!.lines_removed).toBeGreaterThan(0);
    expect((await textOf(changed[0])).trimEnd()).toBe(after.trimEnd());
    for (const row of rows.filter((one) => !one.changed)) {
      expect(row, row.name).toMatchObject({ status: 'success', lines_added: 0, lines_removed: 0 });
      expect(row.sha256, row.name).not.toBeNull();
    }
  });

  it('keeps nothing that was cut off, tells why, and leaves the version before as the newest', async () => {
    const [, stalled, dropped, refused] = simulator.devices;
    await simulator.setFault(stalled!.name, 'stall');
    await simulator.setFault(dropped!.name, 'drop');
    await simulator.setFault(refused!.name, 'refuse');
    const job = await cluster.collect(ids, { command_time_limit: 2 });
    expect(await cluster.wait(job)).toBe('completed');
    expect(await cluster.job(job)).toMatchObject({ partial: true });
    const rows = new Map((await rowsOf(job)).map((row) => [row.name, row]));
    const outcomes = new Map((await cluster.devices(job)).map((row) => [row.name, row.outcome]));
    for (const [device, outcome] of [
      [stalled!, 'timeout'],
      [dropped!, 'truncated'],
      [refused!, 'unreachable'],
    ] as const) {
      expect(outcomes.get(device.name), device.name).toBe(outcome);
      expect(rows.get(device.name), device.name).toMatchObject({ status: outcome, artifact: null, sha256: null, changed: false });
      await simulator.setFault(device.name, null);
    }
    expect([...rows.values()].filter((row) => row.status === 'success')).toHaveLength(simulator.devices.length - 3);
    const again = await cluster.collect(ids);
    expect(await cluster.wait(again)).toBe('completed');
    expect((await rowsOf(again)).filter((row) => row.changed)).toEqual([]);
  });
});
