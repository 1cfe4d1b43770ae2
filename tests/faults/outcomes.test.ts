import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KINDS, type Kind } from '../../core/facts.ts';
import type { Fault } from '../../simulator/faults.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, type Cluster } from '../support/cluster.ts';
import { expectTruth } from '../support/facts.ts';
import { runsOf } from '../support/history.ts';

interface Case {
  fault?: Fault | Fault[];
  /** Of its row instead of what the simulator would give. */
  row?: { password?: string; platform?: string };
  status?: 'completed' | 'failed';
  outcome?: string;
  /** What a person is told. */
  says?: RegExp;
  attempts?: number;
  logins?: number;
  /** Kinds that are not `ok` or `empty`, by outcome. */
  missing?: Partial<Record<Kind, string>>;
}

const arp = 'show ip arp';
const macs = 'show mac address-table';
/** Kinds that come after the MAC table in the order asked for. */
const afterMacs = (outcome: string): Case['missing'] =>
  Object.fromEntries(KINDS.slice(KINDS.indexOf('mac_table')).map((kind) => [kind, outcome]));

/** What each device does, and what is to be said of it. Without more it is `ok` after one login, exact to the record. */
const CASES: Record<string, Case> = {
  healthy: {},
  refused: { fault: 'refuse', status: 'failed', outcome: 'unreachable', says: /refused the connection/, attempts: 3, logins: 0 },
  'wrong password': {
    row: { password: 'not-it' },
    status: 'failed',
    outcome: 'auth_failed',
    says: /refused user "admin"/,
    logins: 0,
  },
  'no banner': {
    fault: 'no_banner',
    status: 'failed',
    outcome: 'timeout',
    says: /SSH handshake in time/,
    attempts: 3,
    logins: 0,
  },
  'no prompt': { fault: 'no_prompt', status: 'failed', outcome: 'timeout', says: /prompt/ },
  stall: {
    fault: { kind: 'stall', command: macs },
    status: 'completed',
    outcome: 'partial',
    says: /mac_table: timeout .*in the middle of "show mac address-table"/,
    missing: afterMacs('timeout'),
  },
  drop: {
    fault: { kind: 'drop', command: macs },
    status: 'completed',
    outcome: 'partial',
    says: /mac_table: truncated .*closed the connection in the middle of "show mac address-table"/,
    missing: afterMacs('truncated'),
  },
  'drop after login': {
    fault: 'drop_after_login',
    status: 'failed',
    outcome: 'unreachable',
    says: /closed the connection after the login, before a prompt/,
  },
  garbage: {
    fault: { kind: 'garbage', command: arp },
    status: 'completed',
    outcome: 'partial',
    says: /arp: parse_failed \(.*show_ip_arp.*\)/,
    missing: { arp: 'parse_failed' },
  },
  huge: { fault: { kind: 'huge', command: arp } },
  flaky: { fault: 'flaky', attempts: 2 },
  slow: { fault: { kind: 'slow', ms: 400 } },
  'new host key': {
    status: 'failed',
    outcome: 'host_key_mismatch',
    says: /shows host key SHA256:.*is pinned; .*remove the pin/,
    logins: 0,
  },
  pager: { fault: 'pager_always' },
  syslog: { fault: 'syslog' },
  motd: { fault: 'motd' },
  legacy: { fault: 'legacy_ssh' },
  deleted: { status: 'failed', outcome: 'error', says: /was deleted after the job was started/, attempts: 0, logins: 0 },
  'no credential': { status: 'failed', outcome: 'error', says: /no credential: set credential_id/, attempts: 0, logins: 0 },
  'unknown platform': {
    row: { platform: 'acme_os' },
    status: 'failed',
    outcome: 'unsupported',
    says: /no platform "acme_os"/,
    logins: 0,
  },
};

const names = Object.keys(CASES);
// Twenty logins at once into a young worker take seconds on a busy machine.
const LIMITS = { command_time_limit: 6, device_time_limit: 16, lock_wait: 5 };

let cluster: Cluster;
let simulator: Simulator;
let ids: Map<string, string>;
/** The name that the simulator gives the device of a case. */
let simulated: Map<string, string>;
let job: string;
let rows: Map<string, Awaited<ReturnType<Cluster['devices']>>[number]>;

beforeAll(async () => {
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: names.length, platforms: ['cisco_ios'], host: '127.41.0.1' }),
  ]);
  await cluster.startWorker();
  // Leaves, for they have something of every kind.
  const leaves = simulator.devices.filter((device) => device.name.includes('leaf'));
  const spines = simulator.devices.filter((device) => !device.name.includes('leaf'));
  simulated = new Map(names.toReversed().map((name) => [name, (leaves.pop() ?? spines.pop())!.name]));
  ids = await cluster.addDevices(names.map((name) => ({ ...simulator.device(simulated.get(name)!), name, ...CASES[name]!.row })));
  const pinned = await cluster.discover(new Map([['new host key', ids.get('new host key')!]]), { snapshot: false });
  expect(await cluster.wait(pinned)).toBe('completed');
  for (const name of names) await simulator.setFault(simulated.get(name)!, CASES[name]!.fault ?? null);
  await simulator.setFault(simulated.get('new host key')!, 'host_key_change');
  await cluster.database.sql`update devices set credential_id = null where id = ${ids.get('no credential')!}`;
  await cluster.database.sql`delete from devices where id = ${ids.get('deleted')!}`;
  simulator.reset();
  job = await cluster.discover(ids, LIMITS);
  expect(await cluster.wait(job)).toBe('completed');
  rows = new Map((await cluster.devices(job)).map((row) => [row.name, row]));
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

describe('one job over a device of each fault', () => {
  it('ends as completed with what is missing said, and leaves nothing behind', async () => {
    const failed = Object.values(CASES).filter((one) => one.status === 'failed').length;
    expect(await cluster.job(job)).toMatchObject({
      status: 'completed',
      partial: true,
      message: `${names.length - failed} of ${names.length} device(s) completed, ${failed} failed, 0 cancelled`,
    });
    expect(await cluster.locks()).toBe(0);
    expect(simulator.counters().totals).toMatchObject({ open_sessions: 0, overlapping_sessions: 0 });
  });

  it.each(names)('%s', async (name) => {
    const { status = 'completed', outcome = 'ok', says = null, attempts = 1, logins = 1, missing = {} } = CASES[name]!;
    const { error, ...row } = rows.get(name)!;
    expect({ ...row, error }).toMatchObject({ name, status, outcome, attempts });
    if (says === null) expect(error).toBeNull();
    else expect(error).toMatch(says);
    const counters = simulator.counters().devices[simulated.get(name)!]!;
    expect([counters.logins, counters.auth_failures]).toEqual([logins, name === 'wrong password' ? 1 : 0]);

    const kinds = new Map((await cluster.kinds(job)).filter((kind) => kind.name === name).map((kind) => [kind.kind, kind]));
    expect([...kinds.keys()].sort()).toEqual([...KINDS].sort());
    for (const kind of KINDS) {
      const { outcome: found, rows: count, error: why } = kinds.get(kind)!;
      const expected = status === 'failed' ? outcome : missing[kind];
      if (expected === undefined) expect([kind, found, why]).toEqual([kind, count > 0 ? 'ok' : 'empty', null]);
      else {
        expect([kind, found, count]).toEqual([kind, expected, 0]);
        // A person is told why; nothing is just empty.
        expect(why).toBeTruthy();
      }
    }
    if (status === 'failed') return;
    const exact = KINDS.filter((kind) => missing[kind] === undefined && !(name === 'huge' && kind === 'arp'));
    const where = { jobId: job, name: simulated.get(name)!, id: ids.get(name)!, kinds: exact };
    await expectTruth(cluster, simulator, where);
  });

  it('keeps every line of 60,000', async () => {
    const arpRows = (await cluster.kinds(job)).find((kind) => kind.name === 'huge' && kind.kind === 'arp')!;
    const once = simulator.output(simulated.get('huge')!, arp).trimEnd().split('\n');
    const entries = once.filter((line) => line.startsWith('Internet')).length;
    expect(arpRows.rows).toBeGreaterThan(Math.floor(60_000 / once.length) * entries - 1);
  });

  it('tries again by the hand of the workflow, each time later', async () => {
    const runs = await runsOf(cluster.deps.temporal, job);
    for (const name of names) {
      const { attempts } = rows.get(name)!;
      const own = runs.filter((run) => run.summary === name);
      // One activity for each attempt, none of them retried by Temporal.
      expect([name, own.length]).toEqual([name, Math.max(1, attempts)]);
      expect(own.map((run) => run.attempt)).toEqual(own.map(() => 1));
      const pauses = own.slice(1).map((run, index) => run.scheduled - own[index]!.closed);
      if (pauses.length > 0) expect(pauses[0]).toBeGreaterThanOrEqual(900);
      if (pauses.length > 1) expect(pauses[1]).toBeGreaterThanOrEqual(2900);
    }
  });
});
