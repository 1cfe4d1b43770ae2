import { setTimeout as sleep } from 'node:timers/promises';
import { credentials } from '../../contracts/http/credentials.ts';
import { deviceImport } from '../../contracts/http/device-import.ts';
import { discovery } from '../../contracts/http/discovery.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import type { Job } from '../../contracts/job.ts';
import { isTerminalJob } from '../../core/jobs.ts';
import { collectGarbage } from './collect-garbage.ts';
import type { Fleet } from './fleet.ts';
import type { Part, Stack } from './stack.ts';
import { cpuByThread, cpuOf, machineBusy } from './usage.ts';

export type Transport = 'ssh' | 'http';

/** What the fleet can be asked for over each transport; it knows no `show ip arp` and no `show interfaces`. */
export const KINDS_OF = {
  ssh: ['static_routes', 'ospf_routes', 'bgp_routes', 'mac_table', 'cdp_neighbors', 'lldp_neighbors'],
  http: ['static_routes', 'ospf_routes', 'bgp_routes', 'mac_table', 'cdp_neighbors'],
} as const;

/** One discovery job over the whole fleet. CPU in ms a device. */
export interface CairnRound {
  job: Job;
  seconds: number;
  rate: number;
  cpu: Record<Part | 'fleet', number>;
  /** CPU of the worker by thread (`cpuByThread`). */
  threads: Map<string, number>;
  /** Cores that other work took meanwhile. */
  others: number;
}

const POLL_MS = 250;
const IMPORT_ROWS = 2000;

/** Puts the fleet into the inventory, to be reached over this transport from now on. */
export async function importFleet(stack: Stack, fleet: Fleet, transport: Transport): Promise<void> {
  const { user, password, token, devices } = fleet.truth;
  const known = await stack.client.call(credentials.listCredentials, {});
  if (known.body.items.length === 0) {
    await stack.client.call(credentials.createCredential, { body: { name: 'fleet', username: user, password, token } });
  }
  const base = `http://127.0.0.1:${fleet.httpPort}`;
  const rows = devices.map(({ id, name, host, port }) => ({
    name,
    host: transport === 'ssh' ? host : base,
    port: transport === 'ssh' ? port : fleet.httpPort,
    platform: 'cisco_ios',
    transport,
    credential: 'fleet',
    external_id: String(id),
  }));
  for (let at = 0; at < rows.length; at += IMPORT_ROWS) {
    const answer = await stack.client.call(deviceImport.importDevices, { body: { devices: rows.slice(at, at + IMPORT_ROWS) } });
    const [failed] = answer.body.failed;
    if (failed !== undefined) throw new Error(`the import refused row ${failed.row}: ${JSON.stringify(failed.errors)}`);
  }
}

/** Forgets what was collected, so that the next job writes everything anew. */
export async function emptyCaches({ database: { sql } }: Stack): Promise<void> {
  await sql`truncate static_routes, ospf_routes, bgp_routes, mac_entries, arp_entries, interfaces, cdp_neighbors, lldp_neighbors,
    device_kinds, command_outputs, fact_sets, topology_snapshots, backups`;
}

/** Starts a discovery of everything and waits for its end. `during` is called with the job every now and then. */
export function runDiscovery(
  stack: Stack,
  fleet: Fleet,
  transport: Transport,
  during?: (job: Job) => Promise<void>,
): Promise<CairnRound> {
  const has = (kind: string): boolean => (KINDS_OF[transport] as readonly string[]).includes(kind);
  const body = {
    all: true,
    include_arp: false,
    include_interfaces: false,
    include_lldp_neighbors: has('lldp_neighbors'),
  } as const;
  const start = async () => (await stack.client.call(discovery.discoverAsync, { body })).body.job_id;
  return runJob(stack, fleet, start, during);
}

/** Starts a backup of everything and waits for its end. */
export function runCollection(stack: Stack, fleet: Fleet): Promise<CairnRound> {
  const body = { type: 'fleet.collect', params: { all: true } } as const;
  return runJob(stack, fleet, async () => (await stack.client.call(jobs.createJob, { body })).body.job_id);
}

async function runJob(
  stack: Stack,
  fleet: Fleet,
  start: () => Promise<string>,
  during: (job: Job) => Promise<void> = async () => undefined,
): Promise<CairnRound> {
  await fleet.reset();
  // What this process has left behind is not collected at the cost of the job, on its two cores.
  collectGarbage();
  const before = snapshot(stack, fleet);
  const began = Date.now();
  const id = await start();
  for (;;) {
    const { body: job } = await stack.client.call(jobs.getJob, { params: { id } });
    if (isTerminalJob(job.status)) {
      // What asks now and then learns of the end later than it was.
      const seconds = (Date.parse(job.completed_at!) - began) / 1000;
      return {
        job,
        seconds,
        rate: job.total_devices / seconds,
        ...difference(before, snapshot(stack, fleet), job.total_devices, seconds),
      };
    }
    await during(job);
    await sleep(POLL_MS);
  }
}

interface Snapshot {
  parts: Record<Part | 'fleet', number>;
  threads: Map<string, number>;
  own: number;
  machine: number;
}

function snapshot({ pids }: Stack, fleet: Fleet): Snapshot {
  const { user, system } = process.cpuUsage();
  return {
    parts: {
      worker: cpuOf(pids.worker),
      api: cpuOf(pids.api),
      temporal: cpuOf(pids.temporal),
      postgres: cpuOf(pids.postgres),
      fleet: cpuOf(fleet.pid),
    },
    threads: cpuByThread(pids.worker),
    own: (user + system) / 1e6,
    machine: machineBusy(),
  };
}

function difference(before: Snapshot, after: Snapshot, devices: number, seconds: number) {
  const ms = (from: number, to: number): number => ((to - from) * 1000) / devices;
  const cpu = { ...after.parts };
  let ours = after.own - before.own;
  for (const part of Object.keys(cpu) as (keyof typeof cpu)[]) {
    ours += after.parts[part] - before.parts[part];
    cpu[part] = ms(before.parts[part], after.parts[part]);
  }
  const threads = new Map([...after.threads].map(([name, cpu]) => [name, ms(before.threads.get(name) ?? 0, cpu)]));
  return { cpu, threads, others: Math.max(0, (after.machine - before.machine - ours) / seconds) };
}

/** Milliseconds of CPU a device of all parts of Cairn together. */
export function totalCpu({ cpu }: CairnRound): number {
  return cpu.worker + cpu.api + cpu.temporal + cpu.postgres;
}

/** Of that, what orchestration costs: the server, and the worker's threads that speak to it and run workflows. */
export function orchestrationCpu({ cpu, threads }: CairnRound): number {
  return cpu.temporal + (threads.get('Temporal core') ?? 0) + (threads.get('workflows, libuv') ?? 0);
}
