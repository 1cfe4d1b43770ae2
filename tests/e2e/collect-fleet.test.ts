import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openArtifactStore } from '../../artifacts/open.ts';
import type { ArtifactStore } from '../../artifacts/store.ts';
import { complaintOf, git, newestShown, rowsOf, sha256Of, type BackupRow } from '../support/backups.ts';
import { FLEET_ABSENT, fleetIsHere, startBenchFleet, type BenchFleet, type FleetFault } from '../support/bench-fleet.ts';
import { startCluster, type Cluster } from '../support/cluster.ts';

const DEVICES = 1000;
/** What each of the fleet's faults is to be told as, after how many attempts. */
const TOLD: Record<FleetFault, { outcome: string; says: RegExp; attempts: number }> = {
  refuse: { outcome: 'unreachable', says: /refused the connection/, attempts: 3 },
  auth: { outcome: 'auth_failed', says: /refused/, attempts: 1 },
  hang: { outcome: 'timeout', says: /in time|no answer/, attempts: 3 },
  stall: { outcome: 'timeout', says: /no answer for \d+ s/, attempts: 1 },
  drop: { outcome: 'truncated', says: /closed/, attempts: 1 },
  flaky: { outcome: 'ok', says: /^$/, attempts: 2 },
};
const MODES = Object.keys(TOLD) as FleetFault[];

describe.skipIf(!fleetIsHere).sequential(`the benchmark fleet, backed up${fleetIsHere ? '' : ` (${FLEET_ABSENT})`}`, () => {
  let fleet: BenchFleet;
  let cluster: Cluster;
  let store: ArtifactStore;
  let repository: string;
  let ids: Map<string, string>;
  let rows: Map<string, BackupRow>;

  beforeAll(async () => {
    [fleet, cluster] = await Promise.all([startBenchFleet({ devices: DEVICES, fail: 0.1, modes: MODES }), startCluster()]);
    repository = join(cluster.dataDir, 'configurations.git');
    const url = `git+${pathToFileURL(repository).href}`;
    await cluster.startWorker({ CAIRN_ARTIFACTS: url });
    ({ store } = await openArtifactStore(url, { dataDir: cluster.dataDir }));
    const { user: username, password } = fleet;
    ids = await cluster.addDevices(fleet.devices.map((device) => ({ ...device, platform: 'cisco_ios', username, password })));
  });

  afterAll(async () => {
    await store?.close();
    await cluster?.stop();
    await fleet?.stop();
  });

  const isSound = ({ fail }: { fail: FleetFault | null }): boolean => fail === null || TOLD[fail].outcome === 'ok';
  const textOf = async (row: BackupRow): Promise<string> => (await store.get(row.artifact ?? '')).toString();
  const commits = async (): Promise<number> => Number(await git(repository, 'rev-list', '--count', 'main'));

  it(
    'stores what every healthy device prints, and tells of each broken one what is the matter',
    { timeout: 120_000 },
    async () => {
      const began = Date.now();
      const job = await cluster.collect(ids, { command_time_limit: 4, device_time_limit: 8 });
      expect(await cluster.wait(job)).toBe('completed');
      const seconds = (Date.now() - began) / 1000;
      rows = new Map((await rowsOf(cluster, job)).map((row) => [row.name, row]));
      const devices = new Map((await cluster.devices(job)).map((row) => [row.name, row]));
      const { devices: counters, totals } = await fleet.counters();
      expect([rows.size, devices.size]).toEqual([DEVICES, DEVICES]);
      const seen = new Map<string, number>();
      for (const device of fleet.devices) {
        const row = rows.get(device.name)!;
        const told = device.fail === null ? { outcome: 'ok', says: /^$/, attempts: 1 } : TOLD[device.fail];
        seen.set(device.fail ?? 'healthy', (seen.get(device.fail ?? 'healthy') ?? 0) + 1);
        const { outcome, attempts, error } = devices.get(device.name)!;
        expect([device.name, device.fail, outcome, attempts]).toEqual([device.name, device.fail, told.outcome, told.attempts]);
        expect([device.name, complaintOf(row)]).toEqual([device.name, expect.stringMatching(told.says)]);
        if (isSound(device)) {
          expect(row).toMatchObject({ status: 'success', changed: true, suspicious: false, sha256: device.runningConfigSha256 });
          expect([device.name, sha256Of(await textOf(row))]).toEqual([device.name, device.runningConfigSha256]);
          expect([device.name, counters[device.name]!.logins]).toEqual([device.name, 1]);
        } else {
          expect(row).toMatchObject({ status: told.outcome, changed: false, artifact: null, sha256: null, bytes: null });
          expect([device.name, error]).toEqual([device.name, complaintOf(row)]);
          expect([device.name, counters[device.name]?.logins ?? 0]).toEqual([
            device.name,
            told.attempts === 1 && device.fail !== 'auth' ? 1 : 0,
          ]);
        }
        // A password that is wrong is not tried again: that locks accounts.
        if (device.fail === 'auth') expect([device.name, counters[device.name]!.connections]).toEqual([device.name, 1]);
      }
      expect([...seen.keys()].toSorted()).toEqual([...MODES, 'healthy'].toSorted());
      expect(totals.overlappingSessions).toBe(0);
      expect(await cluster.job(job)).toMatchObject({ partial: true });
      expect(await cluster.locks()).toBe(0);
      console.log(
        `${DEVICES} devices in ${seconds.toFixed(1)} s, ${await commits()} commits: ${JSON.stringify(Object.fromEntries(seen))}`,
      );
    },
  );

  it('nothing cut off is stored, a job makes few commits, and the branch shows the newest version of each device', async () => {
    const kept = new Set([...rows.values()].flatMap((row) => row.artifact ?? []));
    const stored = new Set<string>();
    for await (const { address } of store.list()) stored.add(address);
    expect([...stored].filter((address) => !kept.has(address))).toEqual([]);
    expect(stored.size).toBe(fleet.devices.filter(isSound).length);
    expect(await store.published()).toEqual(await newestShown(cluster));
    expect(await commits()).toBeLessThanOrEqual(20);
    expect((await git(repository, 'log', '--format=%an', 'main')).trim().split('\n')).toEqual(
      Array(await commits()).fill('test'),
    );
    const [first] = rows.values();
    expect(await git(repository, 'show', `main:${first!.name}.cfg`)).toBe(await textOf(first!));
    await git(repository, 'fsck', '--strict');
  });

  it('of devices that are changed, exactly those get one new version each', async () => {
    const sound = fleet.devices.filter(isSound);
    const some = new Map(sound.map((device): [string, string] => [device.name, ids.get(device.name)!]));
    const before = await commits();
    await fleet.reset();
    expect(await fleet.bump(10)).toBe(DEVICES / 10);
    const bumped = new Set(fleet.devices.filter((_device, index) => index % 10 === 0).map((device) => device.name));
    const job = await cluster.collect(some, { command_time_limit: 20 });
    expect(await cluster.wait(job)).toBe('completed');
    expect(await cluster.job(job)).toMatchObject({ partial: false });
    const now = await rowsOf(cluster, job);
    expect(now.filter((row) => row.changed).map((row) => row.name)).toEqual(
      sound
        .map((device) => device.name)
        .filter((name) => bumped.has(name))
        .toSorted(),
    );
    for (const row of now) {
      expect(row).toMatchObject({ status: 'success', suspicious: false });
      const was = rows.get(row.name)!;
      if (!row.changed) {
        expect([row.name, row.artifact, row.sha256]).toEqual([row.name, was.artifact, was.sha256]);
        continue;
      }
      expect([row.name, row.sha256 === was.sha256, row.lines_added + row.lines_removed > 0]).toEqual([row.name, false, true]);
      expect([row.name, sha256Of(await textOf(row))]).toEqual([row.name, row.sha256]);
    }
    expect(await store.published()).toEqual(await newestShown(cluster));
    expect((await commits()) - before).toBeLessThanOrEqual(10);
    const { devices, totals } = await fleet.counters();
    expect(totals.overlappingSessions).toBe(0);
    expect(Object.values(devices).map((one) => one.logins)).toEqual(Array(sound.length).fill(1));
  });
});
