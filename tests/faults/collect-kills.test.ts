import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openArtifactStore } from '../../artifacts/open.ts';
import type { FaultSpec } from '../../simulator/faults.ts';
import { pick, shuffled } from '../../simulator/random.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { git, newestShown, rowsOf, withoutTail, type BackupRow } from '../support/backups.ts';
import { breakSome, pinOtherKeys, printedBy, toldAs } from '../support/broken-devices.ts';
import { startCluster, until, type Cluster, type WorkerProcess } from '../support/cluster.ts';
import { watchSessions, type SessionWatch } from '../support/open-sessions.ts';
import { startOwnServers, type OwnServers } from '../support/own-servers.ts';

const DEVICES = 320;
/** Of each of two workers. */
const SESSIONS = 12;
const SEED = Number(process.env['CAIRN_TEST_SEED'] ?? 5);
/** Until the next devices are done: nobody is left for a while where both workers were killed. */
const LONGEST_MS = 120_000;
const VICTIMS = [
  'worker',
  'worker',
  'worker',
  'temporal',
  'temporal',
  'temporal',
  'postgres',
  'postgres',
  'postgres',
  'postgres',
] as const;
const PLATFORMS = ['cisco_ios', 'arista_eos', 'juniper_junos', 'cisco_nxos', 'mikrotik_routeros', 'frr'];

let servers: OwnServers;
let cluster: Cluster;
let simulator: Simulator;
const workers: Promise<WorkerProcess>[] = [];
let url: string;
let repository: string;
let ids: Map<string, string>;
let broken: Map<string, FaultSpec>;

/** As a supervisor does it: a worker that cannot start because a server is away is started again. */
async function startWorker(): Promise<WorkerProcess> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await cluster.startWorker({ CAIRN_MAX_SESSIONS: String(SESSIONS), CAIRN_ARTIFACTS: url, CAIRN_LOG_LEVEL: 'warn' });
    } catch (error) {
      if (attempt === 10) throw error;
    }
  }
}

beforeAll(async () => {
  servers = await startOwnServers();
  [cluster, simulator] = await Promise.all([
    startCluster(servers),
    startSimulator({ devices: DEVICES, seed: SEED, platforms: PLATFORMS, latencyMs: 350, host: '127.34.0.1' }),
  ]);
  broken = await breakSome(simulator);
  ids = await cluster.addDevices(simulator.devices);
  await pinOtherKeys(cluster.database, broken);
  repository = join(cluster.dataDir, 'configurations.git');
  url = `git+${pathToFileURL(repository).href}`;
  workers.push(startWorker(), startWorker());
  await Promise.all(workers);
});

afterAll(async () => {
  await Promise.allSettled(workers);
  await cluster?.stop();
  await simulator?.stop();
  await servers?.stop();
});

/** Kills and starts again; resolves with the devices that were in flight. */
const KILLS: { [V in (typeof VICTIMS)[number]]: (watch: SessionWatch) => Promise<Set<string>> } = {
  async worker() {
    // The older one; the next kill does not wait until another one is there.
    const one = await workers.shift()!;
    await one.kill();
    workers.push(startWorker());
    return new Set(await lockHolders(`%:${one.pid}`));
  },
  temporal: (watch) => duringOutage(watch, async () => (await servers.killTemporal(), await servers.startTemporal())),
  postgres: (watch) => duringOutage(watch, async () => (await servers.killPostgres(), await servers.startPostgres())),
};

/** In flight is who has a session, or had one and is not committed: whoever holds a lock, before and after. */
async function duringOutage(watch: SessionWatch, outage: () => Promise<void>): Promise<Set<string>> {
  const close = watch.window();
  const before = await lockHolders('%');
  await outage();
  return new Set([...close(), ...before, ...(await lockHolders('%'))]);
}

async function lockHolders(holder: string): Promise<string[]> {
  const held = await cluster.database.sql<{ name: string }[]>`
    select d.name from device_locks l join devices d on d.id = l.device_id where l.holder like ${holder}`;
  return held.map(({ name }) => name);
}

async function finished(job: string): Promise<number> {
  return (await cluster.devices(job)).filter((one) => ['completed', 'failed'].includes(one.status)).length;
}

describe(`kill -9 at ten random moments of a backup of ${DEVICES} devices, a tenth of them broken`, () => {
  it(`loses nothing and makes nothing twice (CAIRN_TEST_SEED=${SEED})`, { timeout: 290_000 }, async () => {
    const watch = watchSessions(simulator);
    const moments = VICTIMS.map((_victim, at) => 10 + pick(DEVICES * 0.8, SEED, at, 'moment')).sort((a, b) => a - b);
    const victims = shuffled(VICTIMS, SEED, 'victims');
    /** How many kills found the device in flight. */
    const inFlight = new Map<string, number>();
    const told: string[] = [];
    const job = await cluster.collect(ids, { device_time_limit: 10, command_time_limit: 8 });
    const began = Date.now();
    const since = (): string => ((Date.now() - began) / 1000).toFixed(1);
    for (const [at, victim] of victims.entries()) {
      await until(`${moments[at]} devices are done`, async () => (await finished(job)) >= moments[at]!, LONGEST_MS);
      await sleep(pick(700, SEED, at, 'pause'));
      const [when, done] = [since(), await finished(job)];
      const found = await KILLS[victim](watch);
      for (const name of found) inFlight.set(name, (inFlight.get(name) ?? 0) + 1);
      told.push(`${victim} at ${when} s, with ${done} devices done and ${found.size} in flight`);
      expect(done, `${victim} at ${when} s: the job was over`).toBeLessThan(DEVICES);
    }
    expect(await cluster.wait(job, 100_000)).toBe('completed');
    const seconds = since();
    watch.stop();
    const rows = new Map((await rowsOf(cluster, job)).map((row) => [row.name, row]));
    const outcomes = new Map((await cluster.devices(job)).map((row) => [row.name, row.outcome]));
    const { devices: counters, totals } = simulator.counters();
    let more = 0;
    for (const [name, { logins }] of Object.entries(counters)) {
      more += Math.max(0, logins - 1);
      expect([name, logins <= 1 + (inFlight.get(name) ?? 0), logins, inFlight.get(name) ?? 0]).toEqual([
        name,
        true,
        logins,
        inFlight.get(name) ?? 0,
      ]);
    }
    console.log(`${told.join('\n')}\ndone after ${seconds} s; ${totals.logins} logins, ${more} of them again`);
    expect(totals.overlapping_sessions).toBe(0);
    await expectTruth(rows, outcomes);
    expect(await cluster.locks()).toBe(0);
    expect(await cluster.job(job)).toMatchObject({ partial: true, error: null });
  });
});

/** Every device exactly once: its text letter by letter, or what was the matter with it, and nothing else in the store. */
async function expectTruth(rows: Map<string, BackupRow>, outcomes: Map<string, string | null>): Promise<void> {
  const { store } = await openArtifactStore(url, { dataDir: cluster.dataDir });
  try {
    const [{ n }] = await cluster.database.sql<[{ n: number }]>`select count(*)::int as n from backups`;
    expect([n, rows.size]).toEqual([DEVICES, DEVICES]);
    for (const device of simulator.devices) {
      const row = rows.get(device.name)!;
      const kind = broken.get(device.name)?.kind ?? null;
      const outcome = outcomes.get(device.name) ?? '';
      const expected = toldAs(device, broken.get(device.name), outcome);
      const said = row.log.at(-1)?.message;
      expect([device.name, device.platform, kind, outcome, said]).toEqual([device.name, device.platform, kind, expected, said]);
      if (outcome !== 'ok') {
        expect(row).toMatchObject({ status: outcome, changed: false, artifact: null, sha256: null });
        continue;
      }
      expect(row).toMatchObject({ status: 'success', changed: true, suspicious: false });
      const text = (await store.get(row.artifact!)).toString();
      expect([device.name, kind, withoutTail(text)]).toEqual([
        device.name,
        kind,
        withoutTail(printedBy(simulator, device.name, broken.get(device.name))),
      ]);
    }
    expect(await store.published()).toEqual(await newestShown(cluster));
    await git(repository, 'fsck', '--strict');
    // A text that is there without a row is one whose worker died in between; it is a whole one too.
    const kept = new Set([...rows.values()].map((row) => row.artifact));
    const whole = new Set(
      simulator.devices.map((device) => withoutTail(printedBy(simulator, device.name, broken.get(device.name)))),
    );
    for await (const { address } of store.list()) {
      if (kept.has(address)) continue;
      expect(whole.has(withoutTail((await store.get(address)).toString()))).toBe(true);
    }
  } finally {
    await store.close();
  }
}
