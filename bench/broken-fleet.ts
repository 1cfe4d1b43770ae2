import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { openArtifactStore } from '../artifacts/open.ts';
import { credentials } from '../contracts/http/credentials.ts';
import { deviceImport } from '../contracts/http/device-import.ts';
import { jobs } from '../contracts/http/jobs.ts';
import { isTerminalJob } from '../core/jobs.ts';
import type { FaultSpec } from '../simulator/faults.ts';
import { findSimPlatforms } from '../simulator/platforms/index.ts';
import { startSimulator } from '../simulator/simulator.ts';
import { breakSome, pinOtherKeys, printedBy, toldAs } from '../tests/support/broken-devices.ts';
import { startStack } from './support/stack.ts';
import { printTable } from './support/table.ts';

/**
 * Our own simulated devices backed up, every tenth broken, in turn in every way that the simulator offers. Each device is to have the
 * right outcome, each whole text is to be what the device prints, nothing else is to be stored, and each device logged in to once.
 */
const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '1000' },
    sessions: { type: 'string', default: '100' },
    seed: { type: 'string', default: '5' },
    platforms: { type: 'string', default: 'cisco_ios,arista_eos,juniper_junos,cisco_nxos,mikrotik_routeros,frr' },
  },
});
const DEVICES = Number(values.devices);
/** Seconds. */
const LIMITS = { device_time_limit: 10, command_time_limit: 8 };

let folder = '';
const artifacts = (dataDir: string): string => pathToFileURL(join(dataDir, 'artifacts')).href;
const platforms = findSimPlatforms(values.platforms.split(',')).map(({ name }) => name);
const simulator = await startSimulator({ devices: DEVICES, seed: Number(values.seed), platforms, host: '127.90.0.1' });
const stack = await startStack({
  maxSessions: Number(values.sessions),
  profiles: null,
  statements: false,
  nodeOptions: null,
  artifacts: (dataDir) => artifacts((folder = dataDir)),
});
const wrong: string[] = [];
try {
  const broken = await breakSome(simulator);
  await importDevices();
  await pinOtherKeys(stack.database, broken);
  const began = performance.now();
  const body = { type: 'fleet.collect', params: { all: true, ...LIMITS } } as const;
  const { job_id } = (await stack.client.call(jobs.createJob, { body })).body;
  for (;;) {
    const { body: job } = await stack.client.call(jobs.getJob, { params: { id: job_id } });
    if (isTerminalJob(job.status)) break;
    await sleep(200);
  }
  const seconds = (performance.now() - began) / 1000;
  await check(job_id, broken, seconds);
} finally {
  await stack.stop();
  await simulator.stop();
}
for (const line of wrong.slice(0, 10)) process.stderr.write(`WRONG ${line}\n`);
if (wrong.length > 0) process.exitCode = 1;

async function importDevices(): Promise<void> {
  const logins = new Map<string, string>();
  const rows = [];
  for (const { name, host, port, platform, username, password, enable_password } of simulator.devices) {
    const key = `${username} ${password} ${enable_password ?? ''}`;
    if (!logins.has(key)) {
      logins.set(key, `login ${logins.size}`);
      const secrets = { password, ...(enable_password === null ? {} : { enable_password }) };
      await stack.client.call(credentials.createCredential, { body: { name: logins.get(key)!, username, ...secrets } });
    }
    rows.push({ name, host, port, platform, transport: 'ssh' as const, credential: logins.get(key)! });
  }
  const { failed } = (await stack.client.call(deviceImport.importDevices, { body: { devices: rows } })).body;
  if (failed.length > 0) throw new Error(`the import refused row ${failed[0]!.row}: ${JSON.stringify(failed[0]!.errors)}`);
}

async function check(jobId: string, broken: Map<string, FaultSpec>, seconds: number): Promise<void> {
  const { sql } = stack.database;
  const rows = await sql<{ name: string; outcome: string; error: string | null; artifact: string | null; status: string }[]>`
    select jd.name, coalesce(jd.outcome, jd.status) as outcome, jd.error, b.artifact, b.status
    from job_devices jd join backups b using (job_id, device_id) where jd.job_id = ${jobId}`;
  const byName = new Map(rows.map((row) => [row.name, row]));
  const { devices: counters, totals } = simulator.counters();
  const { store } = await openArtifactStore(artifacts(folder), { dataDir: folder });
  const table = new Map<string, Map<string, number>>();
  const kept = new Set<string>();
  for (const device of simulator.devices) {
    const { name } = device;
    const fault = broken.get(name);
    const row = byName.get(name);
    if (row === undefined) {
      wrong.push(`${name}: no row`);
      continue;
    }
    const kind = fault?.kind ?? 'healthy';
    const counts = table.get(kind) ?? new Map<string, number>();
    table.set(kind, counts.set(row.outcome, (counts.get(row.outcome) ?? 0) + 1));
    const expected = toldAs(device, fault, row.outcome);
    if (row.outcome !== expected)
      wrong.push(`${name} (${device.platform}, ${kind}): ${row.outcome}, expected ${expected}: ${row.error}`);
    if (row.outcome === 'ok' && row.artifact !== null) {
      kept.add(row.artifact);
      const text = (await store.get(row.artifact)).toString().trimEnd();
      if (text !== printedBy(simulator, name, fault).trimEnd()) wrong.push(`${name} (${kind}): another text is stored`);
    } else if (row.outcome === 'ok' || row.artifact !== null)
      wrong.push(`${name} (${kind}): ${row.outcome}, artifact ${row.artifact}`);
    if (counters[name]!.logins > 1) wrong.push(`${name} (${kind}): ${counters[name]!.logins} logins`);
  }
  for await (const { address } of store.list()) if (!kept.has(address)) wrong.push(`${address} is stored without a good row`);
  await store.close();
  if (totals.overlapping_sessions > 0) wrong.push(`${totals.overlapping_sessions} overlapping sessions`);
  const [{ locks }] = await sql<[{ locks: number }]>`select count(*)::int as locks from device_locks`;
  if (locks > 0) wrong.push(`${locks} locks are left`);
  process.stdout.write(`${DEVICES} devices, ${broken.size} broken, in ${seconds.toFixed(1)} s; ${wrong.length} wrong\n\n`);
  const outcomes = (counts: Map<string, number>): string => [...counts].map(([outcome, n]) => `${n} ${outcome}`).join(', ');
  printTable(
    ['fault', 'came to'],
    [...table].map(([kind, counts]) => [kind, outcomes(counts)]),
  );
}
